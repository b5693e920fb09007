// Keeps the order of elements when a change is undone. bpmn-js puts what it gives back at the end, and the order of flows counts: behind
// an exclusive gateway the first condition that holds decides.
import CommandInterceptor from 'diagram-js/lib/command/CommandInterceptor';

const COMMANDS = ['shape.delete', 'shape.move', 'connection.delete', 'connection.move', 'connection.reconnect'];
const FIRST = 5000; // priority
const LAST = 100; // priority: after bpmn-js has put the elements back

// The lists that the element stands in: of its process, of what a flow ties together, of the drawing.
function listsOf({ businessObject, di }) {
  const lists = [businessObject.$parent?.flowElements, businessObject.$parent?.artifacts, di?.$parent?.planeElement];
  if (businessObject.$type === 'bpmn:SequenceFlow') lists.push(businessObject.sourceRef?.outgoing, businessObject.targetRef?.incoming);
  return lists.filter(Boolean);
}

function restore(list, before) {
  const now = new Set(list);
  const known = new Set(before);
  list.splice(0, list.length, ...before.filter((each) => now.has(each)), ...list.filter((each) => !known.has(each)));
}

class UndoOrder extends CommandInterceptor {
  constructor(eventBus) {
    super(eventBus);
    const kept = new WeakMap();
    this.preExecute(COMMANDS, FIRST, ({ context }) => {
      const element = context.shape ?? context.connection;
      if (element?.businessObject) kept.set(context, listsOf(element).map((list) => [list, [...list]]));
    });
    this.reverted(COMMANDS, LAST, ({ context }) => kept.get(context)?.forEach(([list, before]) => restore(list, before)));
  }
}
UndoOrder.$inject = ['eventBus'];

export const undoOrderModule = { __init__: ['loketUndoOrder'], loketUndoOrder: ['type', UndoOrder] };
