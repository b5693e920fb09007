// A path through the diagram for the keyboard and for screen readers: from element to element along the flow, each told in a sentence.
//   → or Tab next, ← or Shift+Tab back, ↑ ↓ another branch, Home the beginning, Escape stops. At both ends Tab leaves the diagram.

const WHAT = {
  UserTask: 'Taak', ManualTask: 'Taak buiten Loket', ServiceTask: 'Automatische stap', SendTask: 'Bericht versturen', ReceiveTask: 'Wachten op een bericht',
  BusinessRuleTask: 'Beslistabel', ScriptTask: 'Script', Task: 'Stap', CallActivity: 'Ander proces', SubProcess: 'Onderdeel', ExclusiveGateway: 'Keuze', InclusiveGateway: 'Keuze, een of meer',
  ParallelGateway: 'Tegelijk', EventBasedGateway: 'Wachten op wat het eerst komt', StartEvent: 'Begin', EndEvent: 'Einde', IntermediateCatchEvent: 'Wachten', IntermediateThrowEvent: 'Melding', BoundaryEvent: 'Gebeurtenis',
};
const GROUPS = { provider: 'aanbieder', teacher: 'leraar', registrar: 'medewerker van het register', operator: 'beheerder' };
const HELP = 'Pijl naar rechts: volgende stap. Pijl naar links: terug. Pijl omhoog en omlaag: een andere tak. Escape: stoppen.';

const what = (element) => WHAT[element.type.replace('bpmn:', '')] ?? 'Onderdeel';
export const nameOf = (element) => element.businessObject.name || (element.type === 'bpmn:ParallelGateway' && element.outgoing.length < 2 ? 'wacht tot alle takken klaar zijn' : what(element).toLowerCase());
const isFlow = (connection) => connection.type === 'bpmn:SequenceFlow';
const flowsFrom = (element) => element.outgoing.filter(isFlow);
const waysOn = (element) => [...flowsFrom(element).map((flow) => ({ to: flow.target, label: flow.businessObject.name })), ...(element.attachers ?? []).map((edge) => ({ to: edge, label: null }))];

function who(element) {
  const about = element.businessObject;
  if (!/Task|Activity|SubProcess/.test(element.type)) return '';
  const group = about.$attrs['camunda:candidateGroups'];
  return about.lanes?.[0]?.name ?? GROUPS[group] ?? group ?? '';
}

const stop = (text) => (/[?!.]$/.test(text) ? text : `${text}.`);

export function sentence(element, canvas) {
  const parts = [stop(`${what(element)}: ${nameOf(element)}`)];
  if (who(element)) parts.push(`Wie: ${who(element)}.`);
  if (canvas.hasMarker(element.id, 'loket-incident')) parts.push('Hier is de zaak gestopt.');
  else if (canvas.hasMarker(element.id, 'loket-token')) parts.push('Hier wacht de zaak.');
  else if (canvas.hasMarker(element.id, 'loket-done')) parts.push('Dit is gedaan.');
  const next = waysOn(element).map(({ to, label }) => (label ? `${label}: ${nameOf(to)}` : nameOf(to)));
  parts.push(next.length > 1 ? stop(`Daarna ${next.length} mogelijkheden: ${next.join('; ')}`) : next.length ? stop(`Daarna: ${next[0]}`) : 'Hier eindigt het.');
  return parts.join(' ');
}

// Every element once, along the flow: a branch is followed to its end before the next one.
function inOrder(registry) {
  const nodes = registry.filter((element) => !element.labelTarget && /Event$|Task$|Gateway$|Activity$|SubProcess$/.test(element.type));
  const order = new Set();
  const starts = [...nodes.filter(({ type }) => type === 'bpmn:StartEvent'), ...nodes];
  const left = starts.reverse();
  while (left.length) {
    const element = left.pop();
    if (order.has(element)) continue;
    order.add(element);
    left.push(...waysOn(element).map(({ to }) => to).reverse());
  }
  return [...order];
}

export function walk(diagram, frame, { zoomKey }) {
  const canvas = diagram.get('canvas');
  const order = inOrder(diagram.get('elementRegistry'));
  const field = frame.querySelector('.loket-diagram__canvas');
  const told = Object.assign(document.createElement('p'), { className: 'loket-diagram__told', hidden: true });
  told.setAttribute('aria-live', 'polite');
  const help = Object.assign(document.createElement('p'), { className: 'loket-hidden', textContent: HELP, id: `${frame.id || 'diagram'}-hulp` });
  frame.append(told, help);
  frame.removeAttribute('tabindex');
  field.tabIndex = 0;
  field.setAttribute('role', 'application');
  field.setAttribute('aria-label', `${frame.getAttribute('aria-label')}, met de pijltjestoetsen`);
  field.setAttribute('aria-describedby', help.id);

  let here = null;
  const came = [];
  const go = (element) => {
    if (here) canvas.removeMarker(here.id, 'loket-here');
    here = element;
    told.hidden = !element;
    if (!element) { came.length = 0; return; }
    canvas.addMarker(element.id, 'loket-here');
    told.textContent = sentence(element, canvas);
    bringIntoView(canvas, element);
  };
  const on = () => {
    const next = here ? waysOn(here).map(({ to }) => to)[0] : order[0];
    if (!next) return;
    if (here) came.push(here);
    go(next);
  };
  const back = () => { const before = came.pop() ?? here?.host ?? here?.incoming.filter(isFlow)[0]?.source; if (before) go(before); };
  const aside = (by) => {
    const from = came.at(-1) ?? here?.host ?? here?.incoming.filter(isFlow)[0]?.source;
    const ways = from ? waysOn(from).map(({ to }) => to) : [];
    if (ways.length > 1) go(ways[(ways.indexOf(here) + by + ways.length) % ways.length]);
  };
  const inLine = (by) => {
    const next = order[order.indexOf(here) + by];
    if (!here || !next) { go(null); return false; }
    came.length = 0;
    go(next);
    return true;
  };
  const keys = {
    ArrowRight: on, ArrowLeft: back, ArrowDown: () => (here ? aside(1) : on()), ArrowUp: () => aside(-1),
    Enter: () => here || on(), Home: () => { came.length = 0; go(order[0]); }, Escape: () => go(null),
  };

  field.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Tab') { if (here && inLine(event.shiftKey ? -1 : 1)) event.preventDefault(); return; }
    if (event.shiftKey && event.key.startsWith('Arrow')) { if (zoomKey(event.key)) event.preventDefault(); return; }
    const act = keys[event.key] ?? (zoomKey(event.key, true) && (() => {}));
    if (!act) return;
    event.preventDefault();
    act();
  });
  field.addEventListener('blur', () => go(null));
  diagram.get('eventBus').on('element.click', ({ element }) => { if (order.includes(element)) { came.length = 0; go(element); } });
}

const MARGIN = 40;
function bringIntoView(canvas, element) {
  const box = canvas.viewbox();
  const past = (start, size, from, room) => (start < from ? start - from : Math.max(start + size - from - room, 0));
  const dx = past(element.x - MARGIN, element.width + 2 * MARGIN, box.x, box.width);
  const dy = past(element.y - MARGIN, element.height + 2 * MARGIN, box.y, box.height);
  if (dx || dy) canvas.scroll({ dx: -dx * box.scale, dy: -dy * box.scale });
}
