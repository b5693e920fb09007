// In the properties panel: the fields (camunda:formData) that a user task asks besides those of its form, or a start event of whoever begins, with the types that Loket knows.
// Those of bpmn.io know five types, and give them up as soon as a task has a form of the code.
import {
  CheckboxEntry, ListGroup, SelectEntry, TextAreaEntry, TextFieldEntry, isCheckboxEntryEdited, isSelectEntryEdited, isTextAreaEntryEdited, isTextFieldEntryEdited,
} from '@bpmn-io/properties-panel';
import { useService } from 'bpmn-js-properties-panel';
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';

const AFTER_ALL = 150; // priority: the other providers have made their groups
const OF_OTHERS = new Set(['CamundaPlatform__Form', 'CamundaPlatform__FormData']);
const TYPES = [
  ['string', 'Tekst'], ['longtext', 'Lange tekst'], ['long', 'Heel getal'], ['double', 'Getal met komma'], ['date', 'Datum'], ['boolean', 'Ja of nee'], ['enum', 'Keuze'],
  ['email', 'E-mailadres'], ['kvk', 'KvK-nummer'], ['postcode', 'Postcode'], ['table', 'Tabel'], ['file', 'Bestand'],
];
const TEXTS = ['string', 'longtext'];
const NUMBERS = ['long', 'double'];
const TABLE = 'table';
const FILE = 'file';
const OF_FILES = ['kinds', 'largest'];

const hasFields = (element) => is(element, 'bpmn:UserTask') || (is(element, 'bpmn:StartEvent') && !getBusinessObject(element).get('eventDefinitions').length && is(getBusinessObject(element).$parent, 'bpmn:Process'));
const extensionsOf = (element) => getBusinessObject(element).get('extensionElements');
const formDataOf = (element) => extensionsOf(element)?.get('values').find((each) => is(each, 'camunda:FormData'));
export const fieldsOf = (element) => formDataOf(element)?.get('fields') ?? [];

// Makes the parts of a field and puts them in their place, each change as one step to undo.
class Fields {
  constructor(bpmnFactory, elementRegistry, modeling) {
    Object.assign(this, { bpmnFactory, elementRegistry, modeling });
  }

  make(type, properties, parent) {
    const made = this.bpmnFactory.create(type, properties);
    made.$parent = parent;
    for (const part of Object.values(properties).flat()) if (part?.$type) part.$parent = made;
    return made;
  }

  set(element, field, properties) { this.modeling.updateModdleProperties(element, field, properties); }

  // A task that has no fields yet gets all that is needed to hold one.
  add(element) {
    const field = this.make('camunda:FormField', { id: this.freeId(), label: '', type: 'string' });
    const formData = formDataOf(element);
    field.$parent = formData;
    if (formData) { this.set(element, formData, { fields: [...formData.get('fields'), field] }); return; }
    const task = getBusinessObject(element);
    const made = this.make('camunda:FormData', { fields: [field] });
    const extensions = extensionsOf(element);
    if (!extensions) { this.set(element, task, { extensionElements: this.make('bpmn:ExtensionElements', { values: [made] }, task) }); return; }
    made.$parent = extensions;
    this.set(element, extensions, { values: [...extensions.get('values'), made] });
  }

  remove(element, field) {
    const formData = formDataOf(element);
    const left = formData.get('fields').filter((each) => each !== field);
    if (left.length) { this.set(element, formData, { fields: left }); return; }
    const extensions = extensionsOf(element);
    const others = extensions.get('values').filter((each) => each !== formData);
    if (others.length) this.set(element, extensions, { values: others });
    else this.set(element, getBusinessObject(element), { extensionElements: undefined });
  }

  freeId() {
    const used = new Set(this.elementRegistry.filter(hasFields).flatMap(fieldsOf).map((field) => field.get('id')));
    let number = 1;
    while (used.has(`veld_${number}`)) number += 1;
    return `veld_${number}`;
  }

  constraint(field, name) { return (field.get('validation')?.get('constraints') ?? []).find((each) => each.get('name') === name); }

  setConstraint(element, field, name, config) {
    const others = (field.get('validation')?.get('constraints') ?? []).filter((each) => each.get('name') !== name);
    const kept = config === undefined ? others : [...others, this.make('camunda:Constraint', { name, ...(config && { config }) })];
    this.set(element, field, { validation: kept.length ? this.make('camunda:Validation', { constraints: kept }, field) : undefined });
  }

  property(field, name) { return (field.get('properties')?.get('values') ?? []).find((each) => each.get('id') === name)?.get('value'); }

  setProperty(element, field, name, value) {
    const others = (field.get('properties')?.get('values') ?? []).filter((each) => each.get('id') !== name);
    const kept = value ? [...others, this.make('camunda:Property', { id: name, value })] : others;
    this.set(element, field, { properties: kept.length ? this.make('camunda:Properties', { values: kept }, field) : undefined });
  }

  choices(field) { return (field.get('values') ?? []).map((each) => (each.get('name') && each.get('name') !== each.get('id') ? `${each.get('id')} = ${each.get('name')}` : each.get('id') ?? '')).join('\n') || undefined; }

  setChoices(element, field, text) {
    const lines = text.split('\n').map((line) => line.trim()).filter(Boolean);
    const values = lines.map((line) => {
      const [id, ...rest] = line.split('=').map((part) => part.trim());
      return this.make('camunda:Value', { id, name: rest.join('=') || id }, field);
    });
    this.set(element, field, { values });
  }

  // A constraint of another type is none of this one.
  setType(element, field, type) {
    const fits = (name) => ['required', 'readonly'].includes(name) || (TEXTS.includes(type) && name.endsWith('length')) || (NUMBERS.includes(type) && ['min', 'max'].includes(name)) || ([TABLE, FILE].includes(type) && name === 'max');
    const constraints = (field.get('validation')?.get('constraints') ?? []).filter((each) => fits(each.get('name')));
    const validation = constraints.length ? this.make('camunda:Validation', { constraints }, field) : undefined;
    const said = (field.get('properties')?.get('values') ?? []).filter((each) => type === FILE || !OF_FILES.includes(each.get('id')));
    const properties = said.length ? this.make('camunda:Properties', { values: said }, field) : undefined;
    this.set(element, field, { type, validation, properties, ...(field.get('type') !== type && { defaultValue: undefined }) });
  }
}
Fields.$inject = ['bpmnFactory', 'elementRegistry', 'modeling'];

const text = (name, label, description) => function Text({ element, id, field }) {
  const fields = useService('loketFields');
  const debounce = useService('debounceInput');
  const setValue = (value) => fields.set(element, field, { [name]: value || undefined });
  return TextFieldEntry({ element: field, id, label, description, debounce, getValue: () => field.get(name), setValue });
};
const bound = (name, label) => function Bound({ element, id, field }) {
  const fields = useService('loketFields');
  const debounce = useService('debounceInput');
  const getValue = () => fields.constraint(field, name)?.get('config');
  return TextFieldEntry({ element: field, id, label, debounce, getValue, setValue: (value) => fields.setConstraint(element, field, name, value || undefined) });
};
const tick = (name, label) => function Tick({ element, id, field }) {
  const fields = useService('loketFields');
  const getValue = () => { const found = fields.constraint(field, name); return Boolean(found) && found.get('config') !== 'false'; };
  return CheckboxEntry({ element: field, id, label, getValue, setValue: (value) => fields.setConstraint(element, field, name, value ? '' : undefined) });
};
const property = (name, label, description) => function Property({ element, id, field }) {
  const fields = useService('loketFields');
  const debounce = useService('debounceInput');
  return TextFieldEntry({ element: field, id, label, description, debounce, getValue: () => fields.property(field, name), setValue: (value) => fields.setProperty(element, field, name, value) });
};
function Help({ element, id, field }) {
  const fields = useService('loketFields');
  const debounce = useService('debounceInput');
  const description = 'Mag met **vet**, lijsten en links (Markdown).';
  return TextAreaEntry({ element: field, id, label: 'Uitleg bij de vraag', description, rows: 3, debounce, getValue: () => fields.property(field, 'help'), setValue: (value) => fields.setProperty(element, field, 'help', value) });
}
function Choices({ element, id, field }) {
  const fields = useService('loketFields');
  const debounce = useService('debounceInput');
  const description = 'Eén per regel: id = tekst die men ziet.';
  return TextAreaEntry({ element: field, id, label: 'Mogelijkheden', description, rows: 4, debounce, getValue: () => fields.choices(field), setValue: (value) => fields.setChoices(element, field, value ?? '') });
}
function Column({ element, id, field }) {
  const fields = useService('loketFields');
  const tables = fieldsOf(element).filter((each) => each !== field && each.get('type') === TABLE);
  const options = [{ value: '', label: 'Geen: een gewone vraag' }, ...tables.map((each) => ({ value: each.get('id'), label: each.get('label') || each.get('id') }))];
  return SelectEntry({ element: field, id, label: 'Kolom van de tabel', getValue: () => fields.property(field, 'in') ?? '', setValue: (value) => fields.setProperty(element, field, 'in', value), getOptions: () => options });
}
function Type({ element, id, field }) {
  const fields = useService('loketFields');
  const type = field.get('type') ?? '';
  const options = TYPES.map(([value, label]) => ({ value, label }));
  if (!TYPES.some(([value]) => value === type)) options.unshift({ value: type, label: type ? `Onbekend: ${type}` : 'Kies een soort' });
  return SelectEntry({ element: field, id, label: 'Soort', getValue: () => type, setValue: (value) => fields.setType(element, field, value), getOptions: () => options });
}
const Question = text('label', 'Vraag');
const Id = text('id', 'Id', 'De naam van het antwoord in voorwaarden, zoals ${geeft_toestemming}.');
const Default = text('defaultValue', 'Staat er vooraf', 'Laat leeg als er niets vooraf staat.');
const Required = tick('required', 'Verplicht');
const ReadOnly = tick('readonly', 'Alleen lezen');
const Heading = property('group', 'Kop erboven', 'Vragen na elkaar met dezelfde kop staan bij elkaar.');
const Visible = property('visible', 'Alleen vragen als', 'Een voorwaarde, zoals ${soort == \'anders\'}.');
const Prefill = property('prefill', 'Vooraf invullen met', 'Wat bekend is, zoals ${company[\'name\']}. Men kan het wijzigen.');
const Shortest = bound('minlength', 'Ten minste zoveel tekens');
const Longest = bound('maxlength', 'Hooguit zoveel tekens');
const Least = bound('min', 'Laagste getal');
const Most = bound('max', 'Hoogste getal');
const MostRows = bound('max', 'Hooguit zoveel rijen');
const MostFiles = bound('max', 'Hooguit zoveel bestanden');
const Kinds = property('kinds', 'Welke bestanden', 'pdf, jpeg, png, word en excel, met komma\'s ertussen. Leeg: pdf, jpeg, png.');
const Largest = property('largest', 'Hooguit zoveel MB per bestand', 'Een heel getal, hooguit 20. Leeg: 10.');

function entriesFor(element, field, prefix) {
  const type = field.get('type');
  const entry = (name, component, isEdited) => ({ id: `${prefix}-${name}`, element, field, component, isEdited });
  const line = (name, component) => entry(name, component, isTextFieldEntryEdited);
  return [
    line('label', Question), entry('type', Type, isSelectEntryEdited),
    ...(type === 'enum' ? [entry('choices', Choices, isTextAreaEntryEdited)] : []),
    entry('required', Required, isCheckboxEntryEdited), entry('help', Help, isTextAreaEntryEdited), line('id', Id),
    ...(type === FILE ? [line('kinds', Kinds), line('largest', Largest), line('max', MostFiles)] : [line('default', Default)]),
    ...(TEXTS.includes(type) ? [line('minlength', Shortest), line('maxlength', Longest)] : []),
    ...(NUMBERS.includes(type) ? [line('min', Least), line('max', Most)] : []),
    ...(type === TABLE ? [line('max', MostRows)] : []),
    entry('readonly', ReadOnly, isCheckboxEntryEdited), line('group', Heading), line('visible', Visible), ...(type === FILE ? [] : [line('prefill', Prefill)]),
    ...(![TABLE, FILE].includes(type) && fieldsOf(element).some((each) => each !== field && each.get('type') === TABLE) ? [entry('in', Column, isSelectEntryEdited)] : []),
  ];
}

class FieldsProvider {
  constructor(propertiesPanel, loketFields) {
    this._fields = loketFields;
    propertiesPanel.registerProvider(AFTER_ALL, this);
  }

  getGroups(element) {
    return (groups) => {
      if (!hasFields(element)) return groups;
      const items = fieldsOf(element).map((field, at) => {
        const id = `${element.id}-veld-${at}`;
        const remove = (event) => { event.stopPropagation(); this._fields.remove(element, field); };
        return { id, label: field.get('label') || field.get('id') || 'Nieuw veld', entries: entriesFor(element, field, id), autoFocusEntry: `${id}-label`, remove };
      });
      const add = (event) => { event.stopPropagation(); this._fields.add(element); };
      const group = { id: 'Loket__Fields', label: 'Extra velden', component: ListGroup, items, add };
      const kept = groups.filter(({ id }) => !OF_OTHERS.has(id));
      const at = kept.findIndex(({ id }) => id === 'Loket__Choice') + 1 || kept.findIndex(({ id }) => id === 'general') + 1;
      return [...kept.slice(0, at), group, ...kept.slice(at)];
    };
  }
}
FieldsProvider.$inject = ['propertiesPanel', 'loketFields'];

export const formFieldsModule = { __init__: ['loketFieldsProvider'], loketFields: ['type', Fields], loketFieldsProvider: ['type', FieldsProvider] };
