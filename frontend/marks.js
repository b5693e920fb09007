// Marks on the diagram: data-marks is a list of {id, mark, text}. Two diagrams in one data-compare move together, and a button
// with data-show-element brings an element into view in each diagram that has it.

const viewers = new Map(); // viewer → frame

function middleOf({ waypoints }) {
  const lengths = waypoints.slice(1).map((end, n) => Math.hypot(end.x - waypoints[n].x, end.y - waypoints[n].y));
  let left = lengths.reduce((sum, length) => sum + length, 0) / 2;
  const leg = lengths.findIndex((length) => { if (left <= length) return true; left -= length; return false; });
  const [start, end] = [waypoints[Math.max(leg, 0)], waypoints[Math.max(leg, 0) + 1]];
  const part = left / (lengths[Math.max(leg, 0)] || 1);
  return { x: start.x + (end.x - start.x) * part, y: start.y + (end.y - start.y) * part };
}

// An overlay on a connection is placed from the corner of all its waypoints.
function placeOn(element) {
  if (!element.waypoints) return { top: element.height < 60 ? -12 : 0, left: element.width / 2 };
  const middle = middleOf(element);
  return { top: middle.y - Math.min(...element.waypoints.map((at) => at.y)), left: middle.x - Math.min(...element.waypoints.map((at) => at.x)) };
}

function add(viewer, { id, mark, text }) {
  const element = viewer.get('elementRegistry').get(id);
  if (!element) return;
  viewer.get('canvas').addMarker(id, `loket-mark-${mark}`);
  const flag = Object.assign(document.createElement('div'), { className: `loket-flag loket-flag--${mark}`, textContent: text });
  viewer.get('overlays').add(id, 'loket-mark', { position: placeOn(element), html: flag });
}

function moveTogether(viewer, frame) {
  const pair = frame.closest('[data-compare]');
  if (!pair) return;
  viewer.on('canvas.viewbox.changed', ({ viewbox }) => {
    if (pair.dataset.moving) return;
    pair.dataset.moving = 'yes';
    for (const [other, its] of viewers) {
      if (other !== viewer && its.closest('[data-compare]') === pair) other.get('canvas').viewbox({ x: viewbox.x, y: viewbox.y, width: viewbox.width, height: viewbox.height });
    }
    delete pair.dataset.moving;
  });
}

function bring(id) {
  for (const [viewer, frame] of viewers) {
    const element = viewer.get('elementRegistry').get(id);
    if (!element) continue;
    const canvas = viewer.get('canvas');
    const { outer } = canvas.viewbox();
    const at = element.waypoints ? middleOf(element) : { x: element.x + element.width / 2, y: element.y + element.height / 2 };
    canvas.viewbox({ x: at.x - outer.width / 2, y: at.y - outer.height / 2, width: outer.width, height: outer.height });
    viewer.get('elementRegistry').forEach((each) => canvas.removeMarker(each, 'loket-shown'));
    canvas.addMarker(id, 'loket-shown');
    frame.scrollIntoView({ block: 'nearest' });
  }
}

// The ids that are marked, so that the first of them can be brought into view.
export function showMarks(viewer, frame) {
  if (!frame.dataset.marks) return [];
  const marks = JSON.parse(frame.dataset.marks);
  marks.forEach((mark) => add(viewer, mark));
  viewers.set(viewer, frame);
  moveTogether(viewer, frame);
  document.querySelectorAll('[data-show-element]').forEach((button) => { button.hidden = false; });
  return marks.map((mark) => mark.id).filter((id) => viewer.get('elementRegistry').get(id)?.width);
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-show-element]');
  if (button) bring(button.dataset.showElement);
});
