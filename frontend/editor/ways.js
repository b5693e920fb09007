// In the properties panel of an exclusive gateway: in which order its conditions are tried, since the first that holds decides. The order
// is that of the file, which no drawing shows.
import { useEffect, useRef } from '@bpmn-io/properties-panel/preact/hooks';
import { jsx, jsxs } from '@bpmn-io/properties-panel/preact/jsx-runtime';
import { useService } from 'bpmn-js-properties-panel';
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';

const COMMAND = 'loket.orderWays';
const AFTER_GENERAL = 200; // priority: the providers before this one have made their groups

// The flows that have a condition to try, in the order of the file.
function waysOf(element) {
  const gateway = getBusinessObject(element);
  if (!is(gateway, 'bpmn:ExclusiveGateway')) return [];
  return (gateway.$parent?.get('flowElements') ?? []).filter((each) => each.sourceRef === gateway && each !== gateway.default && each.get('conditionExpression'));
}

// Puts one flow in the place of another in all lists that hold both, and back.
class OrderWays {
  swap({ element, ways }) {
    const gateway = getBusinessObject(element);
    [gateway.$parent.get('flowElements'), gateway.get('outgoing')].forEach((list) => {
      const [one, other] = ways.map((way) => list.indexOf(way));
      if (one >= 0 && other >= 0) [list[one], list[other]] = [list[other], list[one]];
    });
    return [element];
  }

  execute(context) { return this.swap(context); }

  revert(context) { return this.swap(context); }
}

const nameOf = (way) => way.get('name') || way.targetRef?.get('name') || way.get('id');

function Order({ element }) {
  const commandStack = useService('commandStack');
  const [list, moved] = [useRef(null), useRef(null)];
  const ways = waysOf(element);
  const sooner = (number) => {
    if (!number) return;
    moved.current = number - 1;
    commandStack.execute(COMMAND, { element, ways: [ways[number], ways[number - 1]] });
  };
  const button = (way, number) => jsx('button', {
    type: 'button', class: 'loket-panel-button', 'aria-label': `${nameOf(way)} eerder`, 'aria-disabled': !number, onClick: () => sooner(number), children: 'Eerder',
  });
  const row = (way, number) => jsxs('li', { children: [jsx('span', { children: nameOf(way) }), button(way, number)] });
  // Who presses once more moves the same one on, so the focus goes with it.
  useEffect(() => {
    if (moved.current === null) return;
    list.current.querySelectorAll('button')[moved.current]?.focus();
    moved.current = null;
  });
  return jsxs('div', {
    class: 'bio-properties-panel-entry loket-ways',
    children: [jsx('p', { children: 'De eerste voorwaarde die klopt, bepaalt de weg.' }), jsx('ol', { ref: list, children: ways.map(row) })],
  });
}

const groupOf = (element) => ({ id: 'Loket__Ways', label: 'Volgorde van de voorwaarden', entries: [{ id: 'loket-ways', element, component: Order }], shouldOpen: true });

class WaysProvider {
  constructor(propertiesPanel, commandStack) {
    commandStack.registerHandler(COMMAND, OrderWays);
    propertiesPanel.registerProvider(AFTER_GENERAL, this);
  }

  getGroups(element) {
    return (groups) => {
      if (waysOf(element).length < 2) return groups;
      const general = groups.findIndex(({ id }) => id === 'general') + 1;
      return [...groups.slice(0, general), groupOf(element), ...groups.slice(general)];
    };
  }
}
WaysProvider.$inject = ['propertiesPanel', 'commandStack'];

export const waysModule = { __init__: ['loketWays'], loketWays: ['type', WaysProvider] };
