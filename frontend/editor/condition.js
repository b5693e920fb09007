// The condition of a flow or of an event: one field, and a button that writes it as FEEL when its owner asks. Nothing is rewritten by itself.
import { TextAreaEntry, isTextAreaEntryEdited } from '@bpmn-io/properties-panel';
import { useState } from '@bpmn-io/properties-panel/preact/hooks';
import { jsx, jsxs } from '@bpmn-io/properties-panel/preact/jsx-runtime';
import { useService } from 'bpmn-js-properties-panel';
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { post } from './post.js';

const eventOf = (element) => getBusinessObject(element).get('eventDefinitions')?.find((each) => is(each, 'bpmn:ConditionalEventDefinition'));

function useCondition(element) {
  const modeling = useService('modeling');
  const bpmnFactory = useService('bpmnFactory');
  const event = eventOf(element);
  const [holder, name] = event ? [event, 'condition'] : [getBusinessObject(element), 'conditionExpression'];
  const write = (text) => {
    const expression = text ? bpmnFactory.create('bpmn:FormalExpression', { body: text }) : undefined;
    if (expression) expression.$parent = holder;
    if (text && element.source && getBusinessObject(element.source).get('default') === holder) modeling.updateProperties(element.source, { default: undefined });
    modeling.updateModdleProperties(element, holder, { [name]: expression });
  };
  return { read: () => holder.get(name)?.get('body'), write };
}

// One field: a condition is an expression, so there is no kind to choose.
function Condition({ element, id }) {
  const debounce = useService('debounceInput');
  const { read, write } = useCondition(element);
  return TextAreaEntry({ element, id, label: 'Voorwaarde', monospace: true, debounce, getValue: read, setValue: write });
}

// The fields of type date in all forms: FEEL reads what they give as dates.
const datesIn = (registry) => registry.getAll()
  .flatMap((element) => getBusinessObject(element)?.get?.('extensionElements')?.get('values') ?? [])
  .filter((part) => is(part, 'camunda:FormData'))
  .flatMap((form) => form.get('fields') ?? [])
  .filter((field) => field.get('type') === 'date')
  .map((field) => field.get('id'));

function AsFeel({ element }) {
  const registry = useService('elementRegistry');
  const { read, write } = useCondition(element);
  const [refused, setRefused] = useState({});
  const address = document.querySelector('[data-modeler]')?.dataset.feel;
  const text = read()?.trim();
  if (!address || !text || text.startsWith('=')) return null;
  const convert = async () => {
    const answer = await post(address, JSON.stringify({ text, dates: datesIn(registry) }), 'application/json').catch(() => null);
    const found = await answer?.json().catch(() => null);
    if (found?.feel) write(found.feel);
    else setRefused({ text, problem: found?.problem ?? 'Dat lukte nu niet. Probeer het straks opnieuw.' });
  };
  const button = jsx('button', { type: 'button', class: 'utrecht-button utrecht-button--secondary-action loket-button', onClick: convert, children: 'Schrijf als FEEL' });
  const problem = refused.text === text && jsx('p', { role: 'alert', children: refused.problem });
  return jsxs('div', { class: 'bio-properties-panel-entry', children: [button, problem] });
}

export const conditionEntries = (element) => [
  { id: 'conditionExpression', element, component: Condition, isEdited: isTextAreaEntryEdited },
  { id: 'conditionAsFeel', element, component: AsFeel },
];
