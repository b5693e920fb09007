// What viewer and editor share: fetching the diagram, fitting it, tools and keys for zooming, marks for tokens and incidents.

export async function get(address, type) {
  const ask = () => fetch(address, { headers: { Accept: type }, credentials: 'same-origin' });
  let answer = await ask().catch(ask); // once more: the network may just have changed
  if (answer.status >= 500) answer = await ask(); // once more: the server may just have been busy
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer;
}

// A button beside what could not be opened: nothing was changed yet, so the page can be asked anew.
export function offerAgain(told) {
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Opnieuw proberen', className: 'loket-textbutton' });
  button.addEventListener('click', () => window.location.reload());
  told.append(' ', button);
}

export const fetchDiagram = async (address) => (await get(address, 'application/xml')).text();

const MARGIN = 24;
const SMALLEST = 0.4; // smaller than this nobody can read the names

// What is hidden has no size: bpmn-js would divide by it.
export const hasSize = (place) => place.clientWidth > 0 && place.clientHeight > 0;

// The whole diagram, with room around it (and for the palette at the left). Too small to read? Then the place that matters.
export function fit(diagram, { left = 0, around = null, smallest = SMALLEST } = {}) {
  const canvas = diagram.get('canvas');
  if (!hasSize(canvas.getContainer())) return;
  canvas.resized();
  const { inner, outer } = canvas.viewbox();
  const room = { width: outer.width - left - 2 * MARGIN, height: outer.height - 2 * MARGIN };
  const whole = Math.min(1, room.width / inner.width, room.height / inner.height);
  const scale = Math.max(whole, smallest);
  const place = around && diagram.get('elementRegistry').get(around);
  const target = whole < smallest && place ? place : inner;
  const at = (start, size, available, offset, fits) => (fits || target === place ? start + size / 2 - (offset + available / 2) / scale : start - offset / scale);
  canvas.viewbox({
    x: at(target.x, target.width, room.width, left + MARGIN, inner.width * scale <= room.width),
    y: at(target.y, target.height, room.height, MARGIN, inner.height * scale <= room.height),
    width: outer.width / scale, height: outer.height / scale,
  });
}

export function zoomTools(diagram, refit) {
  const tools = document.createElement('div');
  tools.className = 'loket-diagram__tools';
  const add = (text, title, act) => {
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: text, title });
    button.setAttribute('aria-label', title);
    button.addEventListener('click', act);
    tools.append(button);
  };
  add('+', 'Inzoomen', () => diagram.get('zoomScroll').stepZoom(1));
  add('−', 'Uitzoomen', () => diagram.get('zoomScroll').stepZoom(-1));
  add('⤢', 'Hele diagram tonen', refit);
  return tools;
}

const STEP = 60;

// What a key does to the view: zoom, fit, and (unless `zoomOnly`) move; false for any other key.
export function zoomKeyboard(diagram, refit) {
  const zoom = (by) => () => diagram.get('zoomScroll').stepZoom(by);
  const scroll = (dx, dy) => () => diagram.get('canvas').scroll({ dx, dy });
  const zooms = { '+': zoom(1), '=': zoom(1), '-': zoom(-1), 0: refit };
  const moves = { ArrowLeft: scroll(STEP, 0), ArrowRight: scroll(-STEP, 0), ArrowUp: scroll(0, STEP), ArrowDown: scroll(0, -STEP) };
  return (key, zoomOnly = false) => {
    const act = zooms[key] ?? (zoomOnly ? undefined : moves[key]);
    act?.();
    return Boolean(act);
  };
}

// ids: element ids, an id once per token; the flag says it in words, not by colour alone.
export function mark(diagram, ids, marker, words) {
  const counts = new Map();
  ids.forEach((id) => counts.set(id, (counts.get(id) ?? 0) + 1));
  for (const [id, count] of counts) {
    const element = diagram.get('elementRegistry').get(id);
    if (!element) continue;
    diagram.get('canvas').addMarker(id, `loket-${marker}`);
    const flag = document.createElement('div');
    flag.className = `loket-flag loket-flag--${marker}`;
    flag.textContent = count > 1 ? `${count} × ${words}` : words;
    diagram.get('overlays').add(id, { position: { top: 0, left: element.width / 2 }, html: flag });
  }
}

export const idsIn = (text) => (text ?? '').split(/\s+/).filter(Boolean);
