// In the properties panel: which service a task uses or which form it shows, chosen by name. Nobody types a topic or a form key.
import { SelectEntry, isSelectEntryEdited } from '@bpmn-io/properties-panel';
import { jsx } from '@bpmn-io/properties-panel/preact/jsx-runtime';
import { useService } from 'bpmn-js-properties-panel';
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';

const AFTER_TEMPLATES = 200; // priority: the providers before this one have made their groups
const KINDS = {
  'bpmn:ServiceTask': {
    label: 'Dienst', question: 'Wat gebeurt er?', none: 'Nog niet gekozen', unknown: 'Onbekende dienst',
    names: ['camunda:topic', 'camunda:delegateExpression'], all: ['camunda:type', 'camunda:topic', 'camunda:delegateExpression', 'camunda:class', 'camunda:expression', 'camunda:resultVariable'],
    replaces: ['CamundaPlatform__Implementation'],
  },
  'bpmn:UserTask': {
    label: 'Formulier', question: 'Welk formulier?', none: 'Geen vast formulier', unknown: 'Onbekend formulier',
    names: ['camunda:formKey'], all: ['camunda:formKey'], replaces: ['CamundaPlatform__UserAssignment'],
  },
};
// What our engine has no use for: the checks refuse it, or it does nothing.
const USELESS = new Set([
  'ElementTemplates__Template', 'ElementTemplates__Input', 'ElementTemplates__Output', 'CamundaPlatform__HistoryCleanup', 'CamundaPlatform__Tasklist', 'CamundaPlatform__CandidateStarter',
  'CamundaPlatform__ExternalTask', 'CamundaPlatform__StartInitiator', 'CamundaPlatform__AsynchronousContinuations', 'CamundaPlatform__ExecutionListener', 'CamundaPlatform__TaskListener',
  'CamundaPlatform__FieldInjection', 'CamundaPlatform__Errors', 'CamundaPlatform__Output', 'CamundaPlatform__ConnectorInput', 'CamundaPlatform__ConnectorOutput', 'CamundaPlatform__ProcessVariables',
]);

const kindOf = (element) => KINDS[Object.keys(KINDS).find((type) => is(element, type))];
const hiddenIn = (template) => Object.fromEntries(template.properties.filter(({ type }) => type === 'Hidden').map(({ binding, value }) => [binding.name, value]));

// The template of a task: the one it was made with, or the one that writes what the task says.
export function templateOf(elementTemplates, element) {
  const task = getBusinessObject(element);
  return elementTemplates.get(element) ?? elementTemplates.getLatest(element).find((template) => {
    const hidden = hiddenIn(template);
    return kindOf(element).names.some((name) => hidden[name] && hidden[name] === task.get(name));
  });
}

const inputsOf = (task) => {
  const found = task.get('extensionElements')?.get('values').find((each) => is(each, 'camunda:InputOutput'));
  return new Map((found?.get('inputParameters') ?? []).map((each) => [each.get('name'), each.get('value') ?? '']));
};

// The template with the values that the task has by now, so that choosing it again loses none of them.
function withValuesOf(task, template) {
  const inputs = inputsOf(task);
  const value = ({ type, binding, value: usual }) => {
    if (type === 'Hidden') return usual;
    return binding.type === 'property' ? task.get(binding.name) : inputs.get(binding.name) ?? '';
  };
  return { ...template, properties: template.properties.map((property) => ({ ...property, value: value(property) })) };
}

function Choice({ element, id }) {
  const elementTemplates = useService('elementTemplates');
  const modeling = useService('modeling');
  const task = getBusinessObject(element);
  const kind = kindOf(element);
  const named = kind.names.map((name) => task.get(name)).find(Boolean);
  const current = templateOf(elementTemplates, element);
  const options = [
    { value: '', label: kind.none }, ...(named && !current ? [{ value: named, label: `${kind.unknown}: ${named}` }] : []),
    ...elementTemplates.getLatest(element).map((template) => ({ value: template.id, label: template.name })),
  ];
  const choose = (chosen) => {
    const template = elementTemplates.getLatest(element).find((each) => each.id === chosen);
    if (template) elementTemplates.applyTemplate(element, template);
    else if (elementTemplates.get(element)) elementTemplates.removeTemplate(element);
    else modeling.updateProperties(element, Object.fromEntries(kind.all.map((name) => [name, undefined])));
  };
  return SelectEntry({
    element, id, label: kind.question, description: current?.description, getValue: () => current?.id ?? named ?? '', setValue: choose, getOptions: () => options,
  });
}

function Fields({ element }) {
  const elementTemplates = useService('elementTemplates');
  const template = templateOf(elementTemplates, element);
  const apply = () => elementTemplates.applyTemplate(element, withValuesOf(getBusinessObject(element), template));
  return jsx('div', { class: 'bio-properties-panel-entry', children: jsx('button', { type: 'button', class: 'loket-panel-button', onClick: apply, children: 'Velden tonen' }) });
}

function groupFor(elementTemplates, element) {
  const kind = kindOf(element);
  const known = templateOf(elementTemplates, element);
  const entries = [{ id: 'loket-choice', element, component: Choice, isEdited: isSelectEntryEdited }];
  if (known && !elementTemplates.get(element)) entries.push({ id: 'loket-fields', element, component: Fields });
  return { id: 'Loket__Choice', label: kind.label, entries, shouldOpen: true };
}

class ServicesProvider {
  constructor(propertiesPanel, elementTemplates) {
    this._elementTemplates = elementTemplates;
    propertiesPanel.registerProvider(AFTER_TEMPLATES, this);
  }

  getGroups(element) {
    return (groups) => {
      const kept = groups.filter(({ id }) => !USELESS.has(id)).map((group) => (group.id.startsWith('ElementTemplates__CustomProperties') ? { ...group, shouldOpen: true } : group));
      const kind = kindOf(element);
      if (!kind) return kept;
      const known = templateOf(this._elementTemplates, element);
      const replaced = new Set([...(known ? kind.replaces : kind.replaces.slice(0, kind.label === 'Dienst' ? 1 : 0)), ...(this._elementTemplates.get(element) ? ['CamundaPlatform__Input', 'CamundaPlatform__Form'] : [])]);
      const rest = kept.filter(({ id }) => !replaced.has(id));
      const general = rest.findIndex(({ id }) => id === 'general') + 1;
      return [...rest.slice(0, general), groupFor(this._elementTemplates, element), ...rest.slice(general)];
    };
  }
}
ServicesProvider.$inject = ['propertiesPanel', 'elementTemplates'];

export const servicesModule = { __init__: ['loketServices'], loketServices: ['type', ServicesProvider] };
