// In the properties panel: which service a task uses, which form it shows, which table it asks or which process it calls, chosen by name.
// Nobody types a form key, an id or a topic of Loket; that of a program outside is agreed with whoever makes it (outside.js).
import { SelectEntry, isSelectEntryEdited } from '@bpmn-io/properties-panel';
import { jsx } from '@bpmn-io/properties-panel/preact/jsx-runtime';
import { useService } from 'bpmn-js-properties-panel';
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { OUTSIDE, isOutside, makeOutside, outsideEntries } from './outside.js';

const AFTER_TEMPLATES = 200; // priority: the providers before this one have made their groups
const SERVICE = {
  label: 'Dienst', question: 'Wat gebeurt er?', none: 'Nog niet gekozen', unknown: 'Onbekende dienst',
  names: ['camunda:topic', 'camunda:delegateExpression'], all: ['camunda:type', 'camunda:topic', 'camunda:delegateExpression', 'camunda:class', 'camunda:expression', 'camunda:resultVariable', 'camunda:taskPriority'],
  made: ['CamundaPlatform__Input'],
};
// `made`: the groups that are in the way where it was made with a template, for what they ask is asked elsewhere. A form says nothing else.
const KINDS = {
  'bpmn:ServiceTask': SERVICE,
  'bpmn:SendTask': SERVICE,
  'bpmn:BusinessRuleTask': {
    label: 'Beslistabel', question: 'Welke tabel beslist?', none: 'Nog niet gekozen', unknown: 'Tabel die niet in gebruik is',
    names: ['camunda:decisionRef'], all: ['camunda:decisionRef', 'camunda:decisionRefBinding', 'camunda:decisionRefVersion', 'camunda:mapDecisionResult', ...SERVICE.all],
  },
  'bpmn:CallActivity': {
    label: 'Ander proces', question: 'Welk proces wordt gestart?', none: 'Nog niet gekozen', unknown: 'Proces dat niet in gebruik is',
    names: ['calledElement'], all: ['calledElement', 'camunda:calledElementBinding', 'camunda:calledElementVersion', 'camunda:caseRef', 'camunda:caseBinding', 'camunda:caseVersion'],
  },
  'bpmn:UserTask': {
    label: 'Formulier', question: 'Welk formulier?', none: 'Geen vast formulier', unknown: 'Onbekend formulier',
    names: ['camunda:formKey'], all: ['camunda:formKey'], made: ['ElementTemplates__CustomProperties-form'], hasNoFields: true,
  },
};
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

const isForOutside = (elementTemplates, element) => kindOf(element) === SERVICE && !templateOf(elementTemplates, element) && isOutside(element);

function Choice({ element, id }) {
  const elementTemplates = useService('elementTemplates');
  const modeling = useService('modeling');
  const task = getBusinessObject(element);
  const kind = kindOf(element);
  const named = kind.names.map((name) => task.get(name)).find(Boolean);
  const current = templateOf(elementTemplates, element);
  const outside = isForOutside(elementTemplates, element);
  const options = [
    { value: '', label: kind.none }, ...(kind === SERVICE ? [{ value: OUTSIDE, label: 'Een programma van buiten' }] : []), ...(named && !current && !outside ? [{ value: named, label: `${kind.unknown}: ${named}` }] : []),
    ...elementTemplates.getLatest(element).map((template) => ({ value: template.id, label: template.name })),
  ];
  const choose = (chosen) => {
    const template = elementTemplates.getLatest(element).find((each) => each.id === chosen);
    if (template) elementTemplates.applyTemplate(element, template);
    else if (chosen === OUTSIDE) makeOutside(modeling, elementTemplates.get(element) ? elementTemplates.removeTemplate(element) : element, kind.all);
    else if (elementTemplates.get(element)) elementTemplates.removeTemplate(element);
    else modeling.updateProperties(element, Object.fromEntries(kind.all.map((name) => [name, undefined])));
  };
  return SelectEntry({
    element, id, label: kind.question, description: current?.description, getValue: () => current?.id ?? (outside ? OUTSIDE : named ?? ''), setValue: choose, getOptions: () => options,
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
  if (isForOutside(elementTemplates, element)) entries.push(...outsideEntries(element));
  if (known && !kind.hasNoFields && !elementTemplates.get(element)) entries.push({ id: 'loket-fields', element, component: Fields });
  return { id: 'Loket__Choice', label: kind.label, entries, shouldOpen: true };
}

class ServicesProvider {
  constructor(propertiesPanel, elementTemplates) {
    this._elementTemplates = elementTemplates;
    propertiesPanel.registerProvider(AFTER_TEMPLATES, this);
  }

  getGroups(element) {
    return (groups) => {
      const kept = groups.map((group) => (group.id.startsWith('ElementTemplates__CustomProperties') ? { ...group, shouldOpen: true } : group));
      const kind = kindOf(element);
      if (!kind) return kept;
      const replaced = new Set(this._elementTemplates.get(element) ? kind.made : []);
      const rest = kept.filter(({ id }) => !replaced.has(id));
      const general = rest.findIndex(({ id }) => id === 'general') + 1;
      return [...rest.slice(0, general), groupFor(this._elementTemplates, element), ...rest.slice(general)];
    };
  }
}
ServicesProvider.$inject = ['propertiesPanel', 'elementTemplates'];

export const servicesModule = { __init__: ['loketServices'], loketServices: ['type', ServicesProvider] };
