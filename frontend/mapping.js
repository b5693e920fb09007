// Two diagrams beside the selects of a mapping: every pair has its number in both, and the pair that somebody is choosing is
// brought into view and marked. A click on an element of the new diagram chooses it, where the select offers it.

const sides = new Map(); // data-map → { old, new }: the viewers that are ready
const selects = () => [...document.querySelectorAll('[data-map-from]')];

function put(viewer, id, number, isChosen) {
  const element = id && viewer.get('elementRegistry').get(id);
  if (!element) return;
  const flag = Object.assign(document.createElement('div'), { className: 'loket-flag loket-flag--pair', textContent: number });
  viewer.get('overlays').add(id, 'loket-map', { position: { top: element.height, left: element.width / 2 }, html: flag });
  if (!isChosen) return;
  const canvas = viewer.get('canvas');
  const { outer } = canvas.viewbox();
  canvas.viewbox({ x: element.x + element.width / 2 - outer.width / 2, y: element.y + element.height / 2 - outer.height / 2, width: outer.width, height: outer.height });
  canvas.addMarker(id, 'loket-chosen');
}

function draw(pair, chosen) {
  for (const viewer of Object.values(pair)) {
    viewer.get('overlays').remove({ type: 'loket-map' });
    viewer.get('elementRegistry').forEach(({ id }) => viewer.get('canvas').removeMarker(id, 'loket-chosen'));
  }
  selects().forEach((select, index) => {
    put(pair.old, select.dataset.mapFrom, `${index + 1}`, select === chosen);
    put(pair.new, select.value, `${index + 1}`, select === chosen);
  });
}

function listen(pair) {
  let chosen = null;
  const choose = (select) => { chosen = select; draw(pair, chosen); };
  selects().forEach((select) => ['focus', 'change'].forEach((name) => select.addEventListener(name, () => choose(select))));
  pair.old.on('element.click', ({ element }) => selects().find((select) => select.dataset.mapFrom === element.id)?.focus());
  pair.new.on('element.click', ({ element }) => {
    if (!chosen || ![...chosen.options].some((option) => option.value === element.id)) return;
    chosen.value = element.id;
    choose(chosen);
  });
  draw(pair, null);
}

export function mapping(viewer, frame) {
  const around = frame.closest('[data-map]');
  if (!around) return;
  const pair = sides.get(around) ?? {};
  pair[frame.dataset.mapSide] = viewer;
  sides.set(around, pair);
  if (pair.old && pair.new) listen(pair);
}
