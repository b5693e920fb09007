// In the properties panel: the fields of a service task that a program outside does: its topic, how often it is tried and how urgent it is.
import { TextFieldEntry, isTextFieldEntryEdited } from '@bpmn-io/properties-panel';
import { useService } from 'bpmn-js-properties-panel';
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';

export const OUTSIDE = 'outside'; // the value of the choice; no id of a template is like it
const PAUSE = 'PT1M'; // when a program has said nothing; one that reports a failure says itself when
const CYCLE = /^R(\d+)\/(.+)$/;

// Whether a task is for a program outside: it has a topic, also one that is still to be filled in. Only asked where no template fits.
export const isOutside = (element) => getBusinessObject(element).get('camunda:type') === 'external' && getBusinessObject(element).get('camunda:topic') !== undefined;

// The task becomes one for a program outside; what else it said of a service goes.
export function makeOutside(modeling, element, names) {
  const others = Object.fromEntries(names.map((name) => [name, undefined]));
  modeling.updateProperties(element, { ...others, 'camunda:type': 'external', 'camunda:topic': '' });
}

const extensionsOf = (element) => getBusinessObject(element).get('extensionElements');
const cycleOf = (element) => extensionsOf(element)?.get('values').find((each) => is(each, 'camunda:FailedJobRetryTimeCycle'));
const attemptsOf = (element) => CYCLE.exec(cycleOf(element)?.get('body') ?? '')?.[1] ?? '';

function setAttempts(bpmnFactory, modeling, element, text) {
  const pause = CYCLE.exec(cycleOf(element)?.get('body') ?? '')?.[2] ?? PAUSE;
  const others = (extensionsOf(element)?.get('values') ?? []).filter((each) => each !== cycleOf(element));
  const cycle = text ? bpmnFactory.create('camunda:FailedJobRetryTimeCycle', { body: `R${text}/${pause}` }) : undefined;
  const values = cycle ? [...others, cycle] : others;
  const owner = getBusinessObject(element);
  const extensionElements = values.length ? bpmnFactory.create('bpmn:ExtensionElements', { values }) : undefined;
  for (const each of values) each.$parent = extensionElements;
  if (extensionElements) extensionElements.$parent = owner;
  modeling.updateModdleProperties(element, owner, { extensionElements });
}

function Topic({ element, id }) {
  const modeling = useService('modeling');
  const debounce = useService('debounceInput');
  return TextFieldEntry({
    element, id, label: 'Onderwerp', description: 'De naam waaronder het programma deze taak ophaalt, zoals bel-de-klant. Spreek die af met de maker en de beheerder.', debounce,
    getValue: () => getBusinessObject(element).get('camunda:topic') ?? '', setValue: (value) => modeling.updateProperties(element, { 'camunda:topic': (value ?? '').trim() }),
  });
}

function Attempts({ element, id }) {
  const bpmnFactory = useService('bpmnFactory');
  const modeling = useService('modeling');
  const debounce = useService('debounceInput');
  const validate = (value) => (!value || /^[1-9]\d?$/.test(value) ? null : 'Vul een getal in van 1 tot en met 99.');
  return TextFieldEntry({
    element, id, label: 'Hoe vaak mag het programma het proberen?', description: 'Leeg: vijf keer. Daarna kijkt een beheerder ernaar.', debounce, validate,
    getValue: () => attemptsOf(element), setValue: (value, error) => { if (!error) setAttempts(bpmnFactory, modeling, element, value); },
  });
}

function Priority({ element, id }) {
  const modeling = useService('modeling');
  const debounce = useService('debounceInput');
  return TextFieldEntry({
    element, id, label: 'Hoe dringend is het?', description: 'Van 0 tot en met 100, of een gegeven, zoals ${spoed}. Wat dringend is, gaat voor.', debounce,
    getValue: () => getBusinessObject(element).get('camunda:taskPriority') ?? '', setValue: (value) => modeling.updateProperties(element, { 'camunda:taskPriority': value || undefined }),
  });
}

export const outsideEntries = (element) => Object.entries({ 'loket-topic': Topic, 'loket-attempts': Attempts, 'loket-task-priority': Priority }).map(
  ([id, component]) => ({ id, element, component, isEdited: isTextFieldEntryEdited }),
);
