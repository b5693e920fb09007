// Of a big diagram, what is not in view is placed on the canvas later: plain activities, events, gateways and the flows between them, as they
// stand in the file. Who asks for one gets it, who asks for all gets all, and nothing changes before all is there. In the drawing and in
// the lists of bpmn-js each then stands where it would have stood.
import BpmnImporter from 'bpmn-js/lib/import/BpmnImporter';
import CommandStack from 'diagram-js/lib/command/CommandStack';
import ElementRegistry from 'diagram-js/lib/core/ElementRegistry';

// What waits, by its id, in the order of the file. `put` places one; InView says when.
class Later {
  waiting = new Map();

  rank = new WeakMap(); // of what is drawn of each, in the order of the file; lanes stand behind all others

  frames = new Map(); // of each plane: the rectangle around what is not drawn, the last of the plane's graphics

  isOpening = false;

  isHiding = false; // what is placed now waits to be drawn

  depth = 0; // placing an arrow asks for its ends

  constructor(eventBus) { this.eventBus = eventBus; }

  begin(isBig) {
    this.waiting.clear();
    this.frames.clear();
    this.isOpening = isBig;
    this.isHiding = isBig;
  }

  opened() {
    this.isOpening = false;
    this.isHiding = false;
  }

  place(id, { isShown = false } = {}) {
    const entry = this.waiting.get(id);
    const { isHiding } = this;
    this.waiting.delete(id);
    this.isHiding = !isShown;
    this.depth += 1;
    try {
      this.put(entry);
    } finally {
      this.depth -= 1;
      this.isHiding = isHiding;
    }
    if (!this.depth && !this.waiting.size && !this.isOpening) this.eventBus.fire('loket.placed');
  }

  placeAll() {
    if (!this.isOpening) [...this.waiting.keys()].forEach((id) => { if (this.waiting.has(id)) this.place(id); });
  }
}
Later.$inject = ['eventBus'];

// Told by name: bpmn-js asks a type for all that it is derived from, of each element many times.
const all = (names) => names.split(' ').map((name) => `bpmn:${name}`);
const NAMED_INSIDE = new Set(all('Task UserTask ManualTask ServiceTask ScriptTask BusinessRuleTask SendTask ReceiveTask CallActivity'));
const WAITING_SHAPES = new Set([...NAMED_INSIDE, ...all('StartEvent EndEvent IntermediateCatchEvent IntermediateThrowEvent ExclusiveGateway InclusiveGateway ParallelGateway EventBasedGateway ComplexGateway')]);
// A label without a place of its own gets one when it is drawn: how large the diagram is, would not be known before.
const hasPlace = (semantic, di) => !semantic.name || NAMED_INSIDE.has(semantic.$type) || Boolean(di.label?.bounds);

class LateImporter extends BpmnImporter {
  constructor(eventBus, canvas, elementFactory, elementRegistry, textRenderer, loketLater) {
    super(eventBus, inOrder(canvas, loketLater), elementFactory, elementRegistry, textRenderer);
    Object.assign(this, { later: loketLater, count: 0 });
    loketLater.put = ({ semantic, di, parent }) => super.add(semantic, di, parent);
  }

  add(semantic, di, parent) {
    this.count += 1;
    this.later.rank.set(di, semantic.$type === 'bpmn:Lane' ? -this.count : this.count);
    if (!this.later.isOpening || !this.canWait(semantic, di)) return super.add(semantic, di, parent);
    this.later.waiting.set(semantic.id, { semantic, di, parent });
    return undefined; // nothing stands in it
  }

  // What cannot be placed at all is told when the file opens.
  canWait(semantic, di) {
    const isThere = (end) => Boolean(end && (this.later.waiting.has(end.id) || this._elementRegistry.get(end.id)));
    if (isThere(semantic) || !hasPlace(semantic, di)) return false;
    if (di.$type === 'bpmndi:BPMNShape') return WAITING_SHAPES.has(semantic.$type) && Boolean(di.bounds);
    return semantic.$type === 'bpmn:SequenceFlow' && di.$type === 'bpmndi:BPMNEdge' && di.waypoint?.length > 1 && isThere(semantic.sourceRef) && isThere(semantic.targetRef);
  }
}
LateImporter.$inject = [...BpmnImporter.$inject, 'loketLater'];

// The canvas of the importer: an element goes before the siblings that come after it in the file.
function inOrder(canvas, { frames, rank }) {
  function place(parent, element) {
    const { children } = parent;
    const own = rank.get(element.di);
    let [low, high] = [0, children.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rank.get(children[middle].di) <= own) low = middle + 1; else high = middle;
    }
    return low < children.length || frames.has(parent) ? low : undefined; // undefined: as the last
  }
  const byRank = (one, other) => rank.get(one.di) - rank.get(other.di);
  return { // no heir of the canvas: that would keep for itself what the canvas counts
    addRootElement: (root) => canvas.addRootElement(root),
    findRoot: (element) => canvas.findRoot(element),
    addShape: (shape, parent) => canvas.addShape(shape, parent, place(parent, shape)),
    addConnection: (connection, parent) => {
      connection.source.outgoing.sort(byRank); // whoever replaces a gateway ties its arrows anew in this order, which decides
      connection.target.incoming.sort(byRank);
      return canvas.addConnection(connection, parent, place(parent, connection));
    },
  };
}

class LateRegistry extends ElementRegistry {
  constructor(eventBus, loketLater) {
    super(eventBus);
    this.later = loketLater;
    eventBus.on('loket.placed', () => this.order());
  }

  // Who takes all, takes them in this order: moving them writes it into the lanes of the file.
  order() {
    const place = ({ element: { di } }) => Math.abs(this.later.rank.get(di));
    this._elements = Object.fromEntries(Object.entries(this._elements).sort(([, one], [, other]) => place(one) - place(other)));
  }

  get(asked) {
    if (this.later.waiting.has(asked)) this.later.place(asked);
    return super.get(asked);
  }

  getGraphics(asked, ...rest) {
    if (this.later.waiting.has(asked)) this.later.place(asked);
    return super.getGraphics(asked, ...rest);
  }

  find(...asked) {
    this.later.placeAll();
    return super.find(...asked);
  }

  // filter and getAll ask this too
  forEach(...asked) {
    this.later.placeAll();
    super.forEach(...asked);
  }
}
LateRegistry.$inject = [...ElementRegistry.$inject, 'loketLater'];

class LateCommandStack extends CommandStack {
  constructor(eventBus, injector, loketLater) {
    super(eventBus, injector);
    this.later = loketLater;
  }

  execute(...asked) {
    this.later.placeAll();
    super.execute(...asked);
  }
}
LateCommandStack.$inject = [...CommandStack.$inject, 'loketLater'];

export const laterModule = {
  loketLater: ['type', Later], bpmnImporter: ['type', LateImporter], elementRegistry: ['type', LateRegistry], commandStack: ['type', LateCommandStack],
};
