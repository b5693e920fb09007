// Small help on top of pages that work without it: htmx, focus, counters. No page depends on this file.
import htmx from 'htmx.org/dist/htmx.esm.js';
import { watchSession } from './session_end.js';
import { savesByItself } from './saving.js';
import { fillWhatAppeared, keepTyped, showTyped, tellEarly } from './typed.js';

Object.assign(htmx.config, {
  allowEval: false, allowScriptTags: false, includeIndicatorStyles: false, selfRequestsOnly: true, historyCacheSize: 0, scrollBehavior: 'auto',
  responseHandling: [
    { code: '204', swap: false },
    { code: '[23]..', swap: true },
    { code: '409', swap: true },
    { code: '422', swap: true },
    { code: '[45]..', swap: false, error: true },
  ],
});

const token = () => document.querySelector('meta[name="csrf-token"]')?.content;

document.addEventListener('htmx:configRequest', (event) => {
  if (token()) event.detail.headers['X-CSRFToken'] = token();
});

function focusErrorSummary(root) {
  root.querySelector('[data-error-summary]')?.focus();
}

// "Nog 120 tekens": spoken after a pause, so that a screen reader does not count along with each key.
function countCharacters(line) {
  const box = document.getElementById(line.dataset.countFor);
  const limit = Number(box?.dataset.counter);
  if (!limit) return;
  const tell = () => {
    const left = limit - box.value.length;
    line.textContent = left >= 0 ? `Nog ${left} van ${limit} tekens over` : `${-left} tekens te veel`;
    line.classList.toggle('loket-count--over', left < 0);
  };
  let pause;
  box.addEventListener('input', () => {
    tell();
    line.removeAttribute('aria-live');
    clearTimeout(pause);
    pause = setTimeout(() => { line.setAttribute('aria-live', 'polite'); tell(); }, 900);
  });
  tell();
}

function enhance(root) {
  root.querySelectorAll('[data-count-for]').forEach(countCharacters);
}

// A file that is too large is told before it is sent; the server judges it again.
document.addEventListener('change', (event) => {
  const box = event.target;
  if (!box.matches('input[type="file"][data-largest]')) return;
  document.getElementById(`${box.id}-groot`)?.remove();
  const largest = Number(box.dataset.largest);
  const large = [...box.files].filter((file) => file.size > largest * 1024 * 1024);
  if (!large.length) return;
  const told = document.createElement('p');
  Object.assign(told, { id: `${box.id}-groot`, className: 'utrecht-form-field-error-message loket-error' });
  told.setAttribute('role', 'alert');
  told.textContent = `“${large[0].name}” is te groot. Een bestand mag hoogstens ${largest} MB zijn. Kies een ander bestand.`;
  box.before(told);
  box.value = '';
});

// A second click is harmless (the server knows the submission), so the button only looks busy and is never blocked.
document.addEventListener('submit', (event) => {
  event.submitter?.setAttribute('aria-busy', 'true');
  keepTyped(event.target);
});
window.addEventListener('pageshow', () => {
  document.querySelectorAll('[aria-busy="true"]').forEach((button) => button.removeAttribute('aria-busy'));
});

// A link to a group of choices puts the focus on the first one; the browser would only scroll.
document.addEventListener('click', (event) => {
  const link = event.target.closest('[data-error-summary] a[href^="#"]');
  const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!target) return;
  event.preventDefault();
  (target.closest('fieldset') ?? target.closest('.loket-field') ?? target).scrollIntoView({ block: 'center' });
  target.focus({ preventScroll: true });
});

document.addEventListener('change', (event) => {
  if (!event.target.matches('[data-select-all]')) return;
  document.querySelectorAll(`input[type="checkbox"][name="${CSS.escape(event.target.dataset.selectAll)}"]`)
    .forEach((box) => { box.checked = event.target.checked; });
});

document.addEventListener('DOMContentLoaded', () => {
  enhance(document);
  focusErrorSummary(document);
  showTyped();
  watchSession();
  document.querySelectorAll('form[data-saves]').forEach(savesByItself);
  tellEarly();
  document.querySelector('form[data-send-on]')?.requestSubmit(); // on to the broker, or back from it
});
document.addEventListener('htmx:load', (event) => {
  if (event.detail.elt === document.body) return;
  enhance(event.detail.elt);
  fillWhatAppeared(event.detail.elt);
  focusErrorSummary(event.detail.elt);
});
