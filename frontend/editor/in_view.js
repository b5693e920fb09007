// A big diagram is drawn in two steps: what is in view when it opens, the rest in moments in which the browser has nothing else to do.
// Every element is there from the start, with its place and its graphics; what waits is what is drawn in them, and where a mouse hits them.
// What comes into view, is chosen, changes or is downloaded is drawn at once. A small diagram is drawn whole.
import GraphicsFactory from 'diagram-js/lib/core/GraphicsFactory';
import { append, attr, create, remove } from 'tiny-svg';
import { idle } from './idle.js';

const BIG = 150; // elements
const AROUND = 100; // pixels of the diagram around the view: names may stand outside their element
const PIECE = 40; // milliseconds in which nobody is answered; after each piece the browser lays out and shows the whole drawing anew
const FIRST = 5000; // priority
const AFTER_DRAWING = 750; // priority: before the place that a mouse hits is looked up

function boundsOf({ waypoints, x, y, width, height }) {
  if (!waypoints) return { left: x, top: y, right: x + width, bottom: y + height };
  const [across, down] = [waypoints.map((at) => at.x), waypoints.map((at) => at.y)];
  return { left: Math.min(...across), top: Math.min(...down), right: Math.max(...across), bottom: Math.max(...down) };
}
const around = (all) => ({
  left: Math.min(...all.map(({ left }) => left)), top: Math.min(...all.map(({ top }) => top)), right: Math.max(...all.map(({ right }) => right)), bottom: Math.max(...all.map(({ bottom }) => bottom)),
});

// bpmn-js draws every element with `update`, when it is made and after each change.
class LateGraphics extends GraphicsFactory {
  waiting = new Set();

  isOpening = false;

  update(type, element, gfx) {
    if (!this.isOpening || !element.parent) { super.update(type, element, gfx); return; }
    this.waiting.add(element);
    attr(gfx, 'display', 'none'); // nothing to lay out; drawing it shows it
  }
}
LateGraphics.$inject = GraphicsFactory.$inject;

class InView {
  constructor(eventBus, canvas, elementRegistry, graphicsFactory) {
    Object.assign(this, { eventBus, canvas, elementRegistry, graphicsFactory, waiting: graphicsFactory.waiting, frames: [] });
    eventBus.on('import.render.start', ({ definitions }) => this.begin(definitions));
    eventBus.on('interactionEvents.createHit', FIRST, ({ element }) => (this.isOpening && this.waiting.has(element) ? false : undefined));
    eventBus.on('import.render.complete', () => this.opened());
    eventBus.on(['shape.changed', 'connection.changed'], AFTER_DRAWING, ({ element }) => this.drawn(element));
    eventBus.on(['shape.removed', 'connection.removed'], ({ element }) => this.leave(element));
    eventBus.on('canvas.viewbox.changed', () => this.drawInView());
    eventBus.on('selection.changed', ({ newSelection }) => this.draw(newSelection));
    eventBus.on(['root.set', 'saveSVG.start'], () => { if (!this.isOpening) this.drawAll(); });
    eventBus.on('minimap.toggle', ({ open }) => this.drawInMap(open));
    addEventListener('beforeprint', () => this.drawAll());
  }

  get isOpening() { return this.graphicsFactory.isOpening; }

  begin(definitions) {
    this.waiting.clear();
    this.graphicsFactory.isOpening = definitions.get('diagrams').reduce((sum, { plane }) => sum + (plane?.get('planeElement').length ?? 0), 0) > BIG;
  }

  // How large the diagram is, is asked of what is drawn: until all is, of one rectangle around what waits on each plane.
  opened() {
    this.graphicsFactory.isOpening = false;
    const planes = new Map();
    this.waiting.forEach((element) => {
      const root = this.canvas.findRoot(element);
      if (!planes.has(root)) planes.set(root, []);
      planes.get(root).push(boundsOf(element));
    });
    this.frames = [...planes].map(([root, all]) => {
      const { left, top, right, bottom } = around(all);
      const frame = create('rect');
      attr(frame, { x: left, y: top, width: right - left, height: bottom - top, fill: 'none', 'pointer-events': 'none' });
      append(this.elementRegistry.getGraphics(root), frame);
      return frame;
    });
    if (this.waiting.size) idle(() => this.drawSome());
    else this.eventBus.fire('loket.drawn');
  }

  drawSome() {
    const end = performance.now() + PIECE;
    for (const element of this.waiting) {
      this.draw([element]);
      if (performance.now() > end) break;
    }
    if (this.waiting.size) idle(() => this.drawSome());
  }

  drawInView() {
    if (this.isOpening || !this.waiting.size) return;
    const { x, y, width, height } = this.canvas.viewbox();
    const root = this.canvas.getRootElement();
    this.draw([...this.waiting].filter((element) => {
      const { left, top, right, bottom } = boundsOf(element);
      return left < x + width + AROUND && right > x - AROUND && top < y + height + AROUND && bottom > y - AROUND && this.canvas.findRoot(element) === root;
    }));
  }

  drawAll() { this.draw([...this.waiting]); }

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
    if (!this.waiting.delete(element) || this.waiting.size) return;
    this.frames.forEach(remove);
    this.eventBus.fire('loket.drawn');
  }

  // The map is made of what is drawn.
  drawInMap(isOpen) {
    if (!isOpen || !this.waiting.size) return;
    const elements = [...this.waiting];
    this.drawAll();
    this.eventBus.fire('elements.changed', { elements });
  }
}
InView.$inject = ['eventBus', 'canvas', 'elementRegistry', 'graphicsFactory'];

export const inViewModule = { __init__: ['loketInView'], loketInView: ['type', InView], graphicsFactory: ['type', LateGraphics] };
