// What the modeler of bpmn.io would lose of a file that another program made, and how it is kept all the same.
// References to what stands in no file at hand; none of them is drawn.
const KEPT_REFERENCES = new Set(['bpmn:inMessageRef', 'bpmn:outMessageRef', 'bpmn:itemSubjectRef']);

// A reference that leads nowhere is written as it was read.
class References {
  constructor(eventBus) {
    eventBus.on('import.parse.complete', ({ references = [], elementsById = {} }) => {
      references.filter(({ id, property }) => !elementsById[id] && KEPT_REFERENCES.has(property)).forEach(({ element, property, id }) => {
        const name = property.split(':')[1];
        const nowhere = { id };
        if (element.$descriptor.propertiesByName[name]?.isMany) element.get(name).push(nowhere);
        else element.set(name, nowhere);
      });
    });
  }
}
References.$inject = ['eventBus'];

// What the file draws and the modeler cannot (a process outside every participant) stays drawn for whoever can. The modeler itself
// keeps only what stands on its canvas when it saves.
const LAST = 100; // priority: after the modeler has put the drawing in order

class Undrawn {
  constructor(eventBus, elementRegistry, loketLater) {
    let undrawn = [];
    eventBus.on('import.render.complete', () => {
      const drawn = new Set([...elementRegistry.getAll(), ...loketLater.waiting.values()].map(({ di }) => di));
      undrawn = planesOf(elementRegistry).map((plane) => [plane, plane.get('planeElement').filter((di) => !drawn.has(di))]);
    });
    eventBus.on('saveXML.start', LAST, () => undrawn.forEach(([plane, rest]) => {
      const now = plane.get('planeElement');
      plane.set('planeElement', [...now, ...rest.filter((di) => !now.includes(di) && isThere(di.bpmnElement))]);
    }));
  }
}
Undrawn.$inject = ['eventBus', 'elementRegistry', 'loketLater'];

const planesOf = (elementRegistry) => [...new Set(elementRegistry.filter(({ di }) => di?.$type === 'bpmndi:BPMNPlane').map(({ di }) => di))];

function isThere(element) {
  let top = element;
  while (top?.$parent && top.$parent.$type !== 'bpmn:Definitions') top = top.$parent;
  return !element || Boolean(top.$parent?.get('rootElements').includes(top));
}

export const losslessModule = { __init__: ['loketReferences', 'loketUndrawn'], loketReferences: ['type', References], loketUndrawn: ['type', Undrawn] };
