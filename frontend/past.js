// The slider over the past of an instance: each state marks the diagram anew; without this file the same states are links.
import { mark } from './diagrams.js';

export function markWay(diagram, { tokens = [], passed = [], flows = [] }) {
  const canvas = diagram.get('canvas');
  const registry = diagram.get('elementRegistry');
  diagram.get('overlays').clear();
  registry.forEach(({ id }) => ['loket-token', 'loket-done', 'loket-way'].forEach((name) => canvas.removeMarker(id, name)));
  passed.filter((id) => registry.get(id)).forEach((id) => canvas.addMarker(id, 'loket-done'));
  flows.filter((id) => registry.get(id)).forEach((id) => canvas.addMarker(id, 'loket-way'));
  mark(diagram, tokens, 'token', 'hier');
}

export function slider(diagram, frame) {
  const past = frame.closest('[data-past]');
  if (!past) return;
  const states = JSON.parse(past.dataset.states);
  const range = past.querySelector('input[type=range]');
  const now = past.querySelector('[data-past-now]');
  const rows = document.querySelectorAll('[data-past-row]');
  const text = (row, cell) => row.cells[cell].textContent.replace(/\s+/g, ' ').trim();

  const address = (number) => { const url = new URL(location.href); url.searchParams.set('stap', number); return url; };
  const show = (number) => {
    const state = states[number - 1];
    if (state.elsewhere) { location.assign(address(number)); return; }
    markWay(diagram, state);
    range.value = number;
    rows.forEach((row) => row.toggleAttribute('aria-current', false));
    const row = rows[number - 1];
    row.setAttribute('aria-current', 'step');
    now.replaceChildren(Object.assign(document.createElement('strong'), { textContent: `Stap ${number} van ${states.length}` }), `, ${text(row, 1)}: ${text(row, 2)}${row.dataset.waited && ` → ${row.dataset.waited}`}`);
    history.replaceState(null, '', address(number));
  };
  const step = (by) => show(Math.min(Math.max(Number(range.value) + by, 1), states.length));

  range.addEventListener('input', () => show(Number(range.value)));
  past.querySelectorAll('[data-past-step]').forEach((link) => {
    const button = Object.assign(document.createElement('button'), { type: 'button', className: link.className });
    button.append(Number(link.dataset.pastStep) < 0 ? '‹ Vorige' : 'Volgende ›', Object.assign(document.createElement('span'), { className: 'loket-hidden', textContent: ' stap' }));
    button.addEventListener('click', () => step(Number(link.dataset.pastStep)));
    link.replaceWith(button);
  });
  rows.forEach((row, index) => row.querySelector('a').addEventListener('click', (event) => {
    if (states[index].elsewhere) return;
    event.preventDefault();
    show(index + 1);
    past.scrollIntoView({ block: 'start' });
    range.focus({ preventScroll: true });
  }));
}
