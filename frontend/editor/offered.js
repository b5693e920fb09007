// What the properties panel does not offer, because the checks refuse it or it does nothing here. What a file brought along of it
// stays in sight, so that it can be taken out.
import { getBusinessObject, is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { conditionEntries } from './condition.js';

const LAST = 100; // priority: after all other providers
const GROUPS = new Set([
  'ElementTemplates__Template', 'ElementTemplates__Input', 'ElementTemplates__Output', 'CamundaPlatform__HistoryCleanup', 'CamundaPlatform__Tasklist',
  'CamundaPlatform__ExternalTask', 'CamundaPlatform__AsynchronousContinuations', 'CamundaPlatform__ExecutionListener', 'CamundaPlatform__TaskListener',
  'CamundaPlatform__FieldInjection', 'CamundaPlatform__Errors', 'CamundaPlatform__ConnectorInput', 'CamundaPlatform__ConnectorOutput', 'CamundaPlatform__ProcessVariables',
  'CamundaPlatform__Implementation', 'CamundaPlatform__Script', 'CamundaPlatform__Form', 'CamundaPlatform__CallActivity', // services.js has them chosen by name
]);
const eventsOf = (element) => getBusinessObject(element).get('eventDefinitions') ?? [];
const isCarrying = (element) => is(element, 'bpmn:ThrowEvent') && eventsOf(element).some((each) => isAny(each, ['bpmn:MessageEventDefinition', 'bpmn:SignalEventDefinition']));
// Groups that are offered at some elements only.
const PLACES = {
  CamundaPlatform__InMappingPropagation: (element) => is(element, 'bpmn:CallActivity'),
  CamundaPlatform__InMapping: (element) => is(element, 'bpmn:CallActivity'),
  CamundaPlatform__Input: (element) => is(element, 'bpmn:Activity') || isCarrying(element),
  CamundaPlatform__Output: (element) => is(element, 'bpmn:Activity'),
};
const ENTRIES = new Set([
  'versionTag', 'jobPriority', 'multiInstanceAsynchronousBefore', 'multiInstanceAsynchronousAfter', 'errorCodeVariable',
  'errorMessageVariable', 'escalationCodeVariable', 'inMapping-propagation-local',
]);
const STRING = '-stringOrExpression';

const isWritten = (element, name) => {
  const known = getBusinessObject(element).$descriptor.propertiesByName[`camunda:${name}`];
  return Boolean(known) && getBusinessObject(element).get(`camunda:${name}`) !== undefined;
};

// Who begins is known only where a person does: a start that waits for a message, a signal or a timer has no initiator.
const isBegunByNobody = (element, id) => id === 'initiator' && eventsOf(element).length > 0;
const isOffered = (element) => ({ id }) => !(ENTRIES.has(id) || isBegunByNobody(element, id)) || isWritten(element, id);

// An item of a list, such as an input parameter: a text; another type is shown where a file has it.
function itemOffered(item) {
  const isText = item.entries?.some(({ id }) => id.endsWith(STRING));
  return isText ? { ...item, entries: item.entries.filter(({ id }) => !id.endsWith('-type')) } : item;
}

function groupOffered(element, group) {
  if (GROUPS.has(group.id) || PLACES[group.id]?.(element) === false) return group.items?.length ? { ...group, add: undefined } : null;
  if (group.id === 'CamundaPlatform__Condition') return { ...group, entries: conditionEntries(element) };
  if (group.items) return { ...group, items: group.items.map(itemOffered) };
  const entries = (group.entries ?? []).filter(isOffered(element));
  return entries.length || !group.entries?.length ? { ...group, entries } : null;
}

class OfferedProvider {
  constructor(propertiesPanel, translate) {
    this._translate = translate;
    propertiesPanel.registerProvider(LAST, this);
  }

  getGroups(element) {
    // A group speaks English about its own buttons unless it is given the words.
    return (groups) => groups.map((group) => groupOffered(element, group)).filter(Boolean).map((group) => ({ ...group, translate: this._translate }));
  }
}
OfferedProvider.$inject = ['propertiesPanel', 'translate'];

export const offeredModule = { __init__: ['loketOffered'], loketOffered: ['type', OfferedProvider] };
