// What is wrong with the diagram: a list whose items jump to their element, and a mark on each element.
const WORDS = { error: 'fout', todo: 'nog invullen', warning: 'let op', info: 'ter informatie' };
const SIGNS = { error: '!', todo: '…', warning: 'i', info: 'i' };
const WORST = ['error', 'todo', 'warning', 'info'];

const make = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text ?? '' });

// Where a finding is drawn: its own element; of a process or something that is not drawn, nowhere.
const drawn = (modeler, id) => {
  const element = id && modeler.get('elementRegistry').get(id);
  return element && element.parent ? element : null;
};

export function jumpTo(frame, modeler, id) {
  const element = modeler.get('elementRegistry').get(id);
  if (!element) return;
  const canvas = modeler.get('canvas');
  canvas.setRootElement(canvas.findRoot(element) ?? canvas.getRootElement());
  if (element.parent) canvas.scrollToElement(element, { top: 120, bottom: 120, left: 160, right: 160 });
  modeler.get('selection').select(element.parent ? element : []);
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  frame.querySelector('[data-canvas]').scrollIntoView({ block: 'nearest', behavior: still ? 'auto' : 'smooth' });
  canvas.focus();
}

// An arrow seldom has a name, and its id says nothing.
const arrowTo = (element) => (element?.waypoints && element.target?.businessObject.name ? `pijl naar ${element.target.businessObject.name}` : '');

function item(frame, modeler, finding) {
  const element = make('li', `loket-finding loket-finding--${finding.severity}`);
  const known = finding.element && modeler.get('elementRegistry').get(finding.element);
  const where = finding.name || arrowTo(known) || finding.element;
  const head = make(known ? 'button' : 'p', 'loket-finding__head');
  head.append(make('span', 'loket-finding__kind', WORDS[finding.severity]), make('span', 'loket-finding__where', where || 'het hele diagram'));
  if (known) {
    head.type = 'button';
    head.title = 'Naar dit onderdeel';
    head.addEventListener('click', () => jumpTo(frame, modeler, finding.element));
  }
  element.append(head, make('p', 'loket-finding__text', finding.message));
  return element;
}

// `marked`: the marker of each element from the time before; others are left alone, because a big diagram has many.
function marks(modeler, findings, marked) {
  const overlays = modeler.get('overlays');
  const canvas = modeler.get('canvas');
  overlays.remove({ type: 'loket-finding' });
  marked.forEach((marker, id) => { if (modeler.get('elementRegistry').get(id)) canvas.removeMarker(id, marker); });
  marked.clear();
  const found = Map.groupBy ? Map.groupBy(findings, ({ element }) => element) : findings.reduce((map, each) => map.set(each.element, [...(map.get(each.element) ?? []), each]), new Map());
  for (const [id, of] of found) {
    if (!drawn(modeler, id)) continue;
    const worst = WORST.find((severity) => of.some((each) => each.severity === severity));
    const sign = make('span', `loket-mark loket-mark--${worst}`, SIGNS[worst]);
    sign.title = of.map(({ message }) => message).join('\n');
    sign.setAttribute('aria-hidden', 'true'); // the list says it in words
    overlays.add(id, 'loket-finding', { position: modeler.get('elementRegistry').get(id).waypoints ? { top: 8, left: 0 } : { top: -10, left: -10 }, html: sign });
    marked.set(id, `loket-has-${worst}`);
    canvas.addMarker(id, marked.get(id));
  }
}

function summary(findings) {
  const count = (severity) => findings.filter((each) => each.severity === severity).length;
  const told = count('info');
  if (findings.length === told) return `Niets gevonden dat nog moet gebeuren.${told ? ` ${told} ter informatie.` : ''}`;
  const words = [[count('error'), 'fout', 'fouten'], [count('todo'), 'nog invullen', 'nog invullen'], [count('warning'), 'let op', 'let op'], [told, 'ter informatie', 'ter informatie']];
  return words.filter(([number]) => number).map(([number, one, more]) => `${number} ${number === 1 ? one : more}`).join(', ');
}

// Two sources: 'check' (the rules of the deployment, from the server) and 'lint' (how it is drawn, from the browser).
export function showFindings(frame, modeler) {
  const list = frame.querySelector('[data-findings]');
  const told = frame.querySelector('[data-findings-summary]');
  const marked = new Map();
  const from = { check: JSON.parse(list.dataset.findings || '[]'), lint: [] };
  const draw = () => {
    const all = [...from.check, ...from.lint].sort((a, b) => WORST.indexOf(a.severity) - WORST.indexOf(b.severity));
    list.replaceChildren(...all.map((finding) => item(frame, modeler, finding)));
    if (told.textContent !== summary(all)) told.textContent = summary(all);
    marks(modeler, all, marked);
  };
  // Each finding stands at its element: in a big diagram not all of them are there when it opens.
  if (modeler.get('loketLater').waiting.size) modeler.get('eventBus').once('loket.placed', draw);
  else draw();
  return {
    set(source, findings) {
      from[source] = findings;
      draw();
    },
  };
}
