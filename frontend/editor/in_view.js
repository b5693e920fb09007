// A big diagram is drawn in two steps: what is in view when it opens, the rest in moments in which the browser has nothing else to do.
// What waits is not placed on the canvas yet (later.js), or it is there, with its graphics and its arrows, and what is drawn in them waits, and
// where a mouse hits them. What comes into view, is chosen, changes or is downloaded is drawn at once. A small diagram is drawn whole.
import GraphicsFactory from 'diagram-js/lib/core/GraphicsFactory';
import { append, attr, create, remove } from 'tiny-svg';
import { idle } from './idle.js';
import { laterModule } from './later.js';

const BIG = 150; // elements
const AROUND = 100; // pixels of the diagram around the view: names may stand outside their element
const PIECE = 40; // milliseconds in which nobody is answered; after each piece the browser lays out and shows the whole drawing anew
const FIRST = 5000; // priority
const LAST = 100; // priority: after all others looked at what was opened
const AFTER_DRAWING = 750; // priority: before the place that a mouse hits is looked up
// At these all is placed: they look at what stands in or beside an element. So does each command.
const ASK_FOR_ALL = ['drag.start', 'keyboard.keydown', 'popupMenu.open', 'autoPlace', 'copyPaste.canCopyElements', 'saveXML.start'];

function boundsOf({ waypoints, x, y, width, height }) {
  if (!waypoints) return { left: x, top: y, right: x + width, bottom: y + height };
  const [across, down] = [waypoints.map((at) => at.x), waypoints.map((at) => at.y)];
  return { left: Math.min(...across), top: Math.min(...down), right: Math.max(...across), bottom: Math.max(...down) };
}
const around = (all) => ({
  left: Math.min(...all.map(({ left }) => left)), top: Math.min(...all.map(({ top }) => top)), right: Math.max(...all.map(({ right }) => right)), bottom: Math.max(...all.map(({ bottom }) => bottom)),
});
// Of what is not placed yet, as the file draws it.
function boundsIn({ bounds, waypoint, label }) {
  return around([bounds, label?.bounds, waypoint && { waypoints: waypoint }].filter(Boolean).map(boundsOf));
}

// bpmn-js draws every element with `update`, when it is made and after each change.
class LateGraphics extends GraphicsFactory {
  waiting = new Set();

  constructor(eventBus, elementRegistry, loketLater) {
    super(eventBus, elementRegistry);
    this.later = loketLater;
  }

  update(type, element, gfx) {
    if (!this.later.isHiding || !element.parent) { super.update(type, element, gfx); return; }
    this.waiting.add(element);
    attr(gfx, 'display', 'none'); // nothing to lay out; drawing it shows it
  }
}
LateGraphics.$inject = [...GraphicsFactory.$inject, 'loketLater'];

class InView {
  constructor(eventBus, canvas, elementRegistry, graphicsFactory, loketLater) {
    Object.assign(this, { eventBus, canvas, elementRegistry, graphicsFactory, later: loketLater, waiting: graphicsFactory.waiting });
    eventBus.on('diagram.clear', FIRST, () => this.begin(0));
    eventBus.on('import.render.start', ({ definitions }) => this.begin(definitions.get('diagrams').reduce((sum, { plane }) => sum + (plane?.get('planeElement').length ?? 0), 0)));
    eventBus.on('interactionEvents.createHit', FIRST, ({ element }) => (this.later.isHiding && this.waiting.has(element) ? false : undefined));
    eventBus.on('import.render.complete', LAST, () => this.opened());
    eventBus.on(['shape.changed', 'connection.changed'], AFTER_DRAWING, ({ element }) => this.drawn(element));
    eventBus.on(['shape.removed', 'connection.removed'], ({ element }) => this.leave(element));
    eventBus.on('canvas.viewbox.changed', () => this.drawInView());
    eventBus.on('selection.changed', ({ newSelection }) => this.draw(newSelection));
    eventBus.on(['root.set', 'saveSVG.start'], () => { if (!this.later.isOpening) this.drawAll(); });
    eventBus.on('minimap.toggle', ({ open }) => this.drawInMap(open));
    eventBus.on(ASK_FOR_ALL, FIRST, () => this.later.placeAll());
    addEventListener('beforeprint', () => this.drawAll());
  }

  get isDone() { return !this.later.waiting.size && !this.waiting.size; }

  begin(count) {
    this.waiting.clear();
    this.later.begin(count > BIG);
  }

  // How large the diagram is, is asked of what is drawn: until all is, of one rectangle around what waits on each plane.
  opened() {
    this.later.opened();
    const planes = new Map();
    const count = (element, bounds) => {
      const root = this.canvas.findRoot(element);
      if (!planes.has(root)) planes.set(root, []);
      planes.get(root).push(bounds);
    };
    this.waiting.forEach((element) => count(element, boundsOf(element)));
    this.later.waiting.forEach(({ di, parent }) => count(parent, boundsIn(di)));
    for (const [root, all] of planes) {
      const { left, top, right, bottom } = around(all);
      const frame = create('rect');
      attr(frame, { x: left, y: top, width: right - left, height: bottom - top, fill: 'none', 'pointer-events': 'none' });
      append(this.elementRegistry.getGraphics(root), frame);
      this.later.frames.set(root, frame);
    }
    if (this.isDone) this.eventBus.fire('loket.drawn');
    else idle(() => this.drawSome());
  }

  drawSome() {
    const end = performance.now() + PIECE;
    const isOver = () => performance.now() > end;
    for (const id of this.later.waiting.keys()) {
      this.later.place(id); // hidden, so that nothing is laid out for it: drawn at once it took the browser half as long again
      if (isOver()) break;
    }
    for (const element of this.waiting) {
      if (isOver()) break;
      this.draw([element]);
    }
    if (!this.isDone) idle(() => this.drawSome());
  }

  drawInView() {
    if (this.later.isOpening || this.isDone) return;
    const { x, y, width, height } = this.canvas.viewbox();
    const root = this.canvas.getRootElement();
    const isSeen = (element, { left, top, right, bottom }) => left < x + width + AROUND && right > x - AROUND && top < y + height + AROUND && bottom > y - AROUND && this.canvas.findRoot(element) === root;
    [...this.later.waiting].filter(([, { di, parent }]) => isSeen(parent, boundsIn(di))).forEach(([id]) => this.placeShown(id));
    this.draw([...this.waiting].filter((element) => isSeen(element, boundsOf(element))));
  }

  drawAll() {
    [...this.later.waiting.keys()].forEach((id) => this.placeShown(id));
    this.draw([...this.waiting]);
  }

  placeShown(id) {
    if (!this.later.waiting.has(id)) return;
    this.later.place(id, { isShown: true });
    this.tellWhenDone();
  }

  draw(elements) {
    elements.filter((element) => this.waiting.has(element)).forEach((element) => {
      this.graphicsFactory.update(element.waypoints ? 'connection' : 'shape', element, this.elementRegistry.getGraphics(element));
      this.drawn(element);
    });
  }

  drawn(element) {
    if (!this.waiting.has(element)) return;
    this.eventBus.fire('interactionEvents.createHit', { element, gfx: this.elementRegistry.getGraphics(element) });
    this.leave(element);
  }

  leave(element) {
    if (this.waiting.delete(element)) this.tellWhenDone();
  }

  tellWhenDone() {
    if (!this.isDone) return;
    this.later.frames.forEach(remove);
    this.later.frames.clear();
    this.eventBus.fire('loket.drawn');
  }

  // The map is made of what is drawn.
  drawInMap(isOpen) {
    if (!isOpen || this.isDone) return;
    this.later.placeAll();
    const elements = [...this.waiting];
    this.drawAll();
    this.eventBus.fire('elements.changed', { elements });
  }
}
InView.$inject = ['eventBus', 'canvas', 'elementRegistry', 'graphicsFactory', 'loketLater'];

export const inViewModule = { __depends__: [laterModule], __init__: ['loketInView'], loketInView: ['type', InView], graphicsFactory: ['type', LateGraphics] };
