// In the properties panel: a field with a name for each property (camunda:property) that Loket reads, so that nobody types that name (tenant,
// businessKey, legalTerm, correlationKey, review, label); and which groups there are, where one is asked for.
import { CheckboxEntry, TextFieldEntry, isCheckboxEntryEdited, isTextFieldEntryEdited } from '@bpmn-io/properties-panel';
import { useService } from 'bpmn-js-properties-panel';
import { getBusinessObject, is, isAny } from 'bpmn-js/lib/util/ModelUtil';

const AFTER_SERVICES = 190; // priority: the groups of services.js stand in their place
const OWN_LIST = 'CamundaPlatform__ExtensionProperties';
const CASES = { id: 'Loket__Cases', label: 'Zaken van dit proces', before: OWN_LIST };

const ownerOf = (element) => getBusinessObject(element).get('processRef') ?? getBusinessObject(element);
const eventsOf = (element) => getBusinessObject(element).get('eventDefinitions') ?? [];
const isProcess = (element) => is(element, 'bpmn:Process') || Boolean(is(element, 'bpmn:Participant') && getBusinessObject(element).get('processRef'));
const isPlainStart = (element) => is(element, 'bpmn:StartEvent') && !eventsOf(element).length && is(getBusinessObject(element).$parent, 'bpmn:Process');
const meansOneCase = (element) => is(element, 'bpmn:ReceiveTask') || (isAny(element, ['bpmn:CatchEvent', 'bpmn:ThrowEvent']) && !is(element, 'bpmn:StartEvent') && eventsOf(element).some((each) => is(each, 'bpmn:MessageEventDefinition')));

// Where each is read, what its field says, and in which group of the panel it stands.
const NAMED = [
  { name: 'tenant', at: isProcess, group: CASES, label: 'Bij welk bedrijf hoort de zaak?', description: 'Voor een zaak die met een bericht begint: het gegeven met het KvK-nummer, zoals ${aanbieder}.' },
  { name: 'businessKey', at: isProcess, group: CASES, label: 'Waarvan loopt er één zaak tegelijk?', description: 'Zoals ${kvk}: één per bedrijf. Leeg: er mogen er meer tegelijk lopen.' },
  { name: 'legalTerm', at: isProcess, group: CASES, label: 'Wat is de wettelijke termijn?', description: 'Zoals P6W (zes weken) of P30D (dertig dagen). Leeg: er is geen termijn.' },
  { name: 'review', at: isPlainStart, group: { id: 'general' }, label: 'Antwoorden nog eens tonen voor het versturen', tick: true },
  { name: 'label', at: (element) => is(element, 'bpmn:UserTask'), group: { id: 'general' }, label: 'Wat staat er achter de naam?', description: 'Houdt taken met dezelfde naam uit elkaar, zoals ${onderwerp}.' },
  { name: 'correlationKey', at: meansOneCase, group: { id: 'message' }, label: 'Om welke zaak gaat het bericht?', description: 'Een gegeven dat beide processen kennen. Een zaak heeft altijd een kenmerk: ${reference}.' },
];

const extensionsOf = (element) => ownerOf(element).get('extensionElements');
const listOf = (element) => extensionsOf(element)?.get('values').find((each) => is(each, 'camunda:Properties'));
const drawn = (element, name) => listOf(element)?.get('values').find((each) => each.get('name') === name);

// Reads and writes one property; each change is one step to undo.
class NamedProperties {
  constructor(bpmnFactory, modeling) { Object.assign(this, { bpmnFactory, modeling }); }

  make(type, properties, parent) {
    const made = this.bpmnFactory.create(type, properties);
    made.$parent = parent;
    for (const part of properties.values ?? []) part.$parent = made;
    return made;
  }

  get(element, name) { return drawn(element, name)?.get('value'); }

  set(element, name, value) {
    const list = listOf(element);
    const found = drawn(element, name);
    if (found && value) { this.modeling.updateModdleProperties(element, found, { value }); return; }
    const others = (list?.get('values') ?? []).filter((each) => each !== found);
    const kept = value ? [...others, this.make('camunda:Property', { name, value }, list)] : others;
    if (list && kept.length) this.modeling.updateModdleProperties(element, list, { values: kept });
    else this.setLists(element, list, kept);
  }

  // The list itself comes with its first property and goes with its last.
  setLists(element, list, kept) {
    const others = (extensionsOf(element)?.get('values') ?? []).filter((each) => each !== list);
    const values = kept.length ? [...others, this.make('camunda:Properties', { values: kept })] : others;
    const extensionElements = values.length ? this.make('bpmn:ExtensionElements', { values }, ownerOf(element)) : undefined;
    this.modeling.updateModdleProperties(element, ownerOf(element), { extensionElements });
  }
}
NamedProperties.$inject = ['bpmnFactory', 'modeling'];

function Line({ element, id, named: { name, label, description } }) {
  const properties = useService('loketProperties');
  const debounce = useService('debounceInput');
  return TextFieldEntry({ element, id, label, description, debounce, getValue: () => properties.get(element, name), setValue: (value) => properties.set(element, name, value) });
}
function Tick({ element, id, named: { name, label } }) {
  const properties = useService('loketProperties');
  return CheckboxEntry({ element, id, label, getValue: () => properties.get(element, name) === 'true', setValue: (value) => properties.set(element, name, value ? 'true' : '') });
}

const GROUPS = { candidateGroups: 'Groepen die het mogen doen', candidateStarterGroups: 'Groepen die mogen beginnen' };

// The groups are those of the forms that may be chosen.
function groupNames(elementTemplates) {
  const asked = elementTemplates.getAll().flatMap(({ properties }) => properties).find(({ binding, choices }) => choices && binding.name === 'camunda:candidateGroups');
  return (asked?.choices ?? []).map(({ name, value }) => `${value} (${name.toLowerCase()})`);
}
function Groups({ element, id }) {
  const names = groupNames(useService('elementTemplates'));
  const modeling = useService('modeling');
  const debounce = useService('debounceInput');
  const known = id === 'candidateStarterGroups' ? [...names, 'public (iedereen)'] : names;
  const owner = ownerOf(element);
  const setValue = (value) => modeling.updateModdleProperties(element, owner, { [`camunda:${id}`]: value });
  return TextFieldEntry({
    element, id, label: GROUPS[id], description: `Een of meer van: ${known.join(', ')}. Zet er komma's tussen.`, debounce, getValue: () => owner.get(`camunda:${id}`), setValue,
  });
}

const entryFor = (element, named) => ({
  id: `loket-${named.name}`, element, named, component: named.tick ? Tick : Line, isEdited: named.tick ? isCheckboxEntryEdited : isTextFieldEntryEdited,
});
const withGroups = (group) => ({ ...group, entries: group.entries?.map((entry) => (entry.id in GROUPS ? { ...entry, component: Groups } : entry)) });

class NamedPropertiesProvider {
  constructor(propertiesPanel) { propertiesPanel.registerProvider(AFTER_SERVICES, this); }

  getGroups(element) {
    return (groups) => {
      const known = NAMED.filter(({ at }) => at(element));
      const names = new Set(known.map(({ name }) => name));
      const made = groups.map((group) => (group.id === OWN_LIST ? { ...group, items: group.items.filter(({ label }) => !names.has(label)) } : withGroups(group)));
      known.forEach((named) => this.put(made, named, entryFor(element, named)));
      return made;
    };
  }

  put(groups, { group: { id, label, before } }, entry) {
    const found = groups.find((group) => group.id === id);
    if (found) found.entries = [...(found.entries ?? []), entry];
    else groups.splice(groups.findIndex((group) => group.id === before), 0, { id, label, entries: [entry] });
  }
}
NamedPropertiesProvider.$inject = ['propertiesPanel'];

export const namedPropertiesModule = { __init__: ['loketPropertiesProvider'], loketProperties: ['type', NamedProperties], loketPropertiesProvider: ['type', NamedPropertiesProvider] };
