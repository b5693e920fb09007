// Drawing requirements without a pointer: a form that adds parts and says what is needed for what; the palette is for the keyboard too.
import { is } from 'dmn-js-shared/lib/util/ModelUtil';
import { button, choice, fill, labelled, make, textField } from './dom.js';

const KINDS = {
  table: ['Beslissing met een tabel', 'dmn:Decision', { table: true }],
  expression: ['Beslissing met een expressie', 'dmn:Decision', { expression: true }],
  input: ['Invoer', 'dmn:InputData'],
  knowledge: ['Rekenregel', 'dmn:BusinessKnowledgeModel', { expression: true }],
  source: ['Bron', 'dmn:KnowledgeSource'],
};
const PALETTE = { 'create.decision': 'dmn:Decision', 'create.input-data': 'dmn:InputData', 'create.knowledge-source': 'dmn:KnowledgeSource', 'create.business-knowledge-model': 'dmn:BusinessKnowledgeModel' };
const ROOM = 60; // pixels between what is there and what is added

class Parts {
  constructor(frame, editor) {
    Object.assign(this, { frame, editor, kind: choice(), name: textField(), needed: choice(), by: choice(), told: make('p', { className: 'loket-quiet' }) });
    this.told.setAttribute('role', 'status');
    fill(this.kind, Object.entries(KINDS).map(([id, [text]]) => [id, text]));
    this.part = make('details', { className: 'loket-details', hidden: true }, make('summary', { textContent: 'Tekenen zonder muis' }), make('div', { className: 'loket-details__body loket-dmn__form' },
      labelled('Soort onderdeel', this.kind), labelled('Naam', this.name), button('Onderdeel toevoegen', () => this.add()),
      labelled('Dit onderdeel', this.needed), labelled('is nodig voor', this.by), button('Verbinden', () => this.connect()), this.told));
    frame.querySelector('[data-canvas]').after(this.part);
    frame.addEventListener('keydown', (event) => this.press(event), true);
  }

  get(name) { return this.editor.getActiveViewer().get(name); }

  shapes() { return this.get('elementRegistry').filter((each) => !each.waypoints && is(each, 'dmn:DRGElement')); }

  show() {
    this.part.hidden = this.editor.getActiveView()?.type !== 'drd';
    if (this.part.hidden) return;
    const named = this.shapes().map(({ id, businessObject }) => [id, businessObject.name || id]);
    [this.needed, this.by].forEach((select) => fill(select, named));
    this.frame.querySelectorAll('.djs-palette .entry').forEach((entry) => {
      if (!PALETTE[entry.dataset.action]) return; // the hand and the lasso are of the pointer
      entry.tabIndex = 0;
      entry.setAttribute('role', 'button');
    });
  }

  // Enter or space on the palette places a part, where a click would have the pointer carry it.
  press(event) {
    const type = PALETTE[event.target.closest?.('.djs-palette .entry')?.dataset.action];
    if (!type || !['Enter', ' '].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    this.get('directEditing').activate(this.placed(type));
  }

  // A new part below what is there, in sight and selected.
  placed(type, logic) {
    const shape = this.get('elementFactory').createShape({ type });
    const { inner, x, y } = this.get('canvas').viewbox();
    const position = { x: Math.round((inner.width ? inner.x + inner.width / 2 : x + 300)), y: Math.round((inner.width ? inner.y + inner.height : y + 80) + ROOM + shape.height / 2) };
    const created = this.get('modeling').createShape(shape, position, this.get('canvas').getRootElement());
    const made = logic ? this.get('drdReplace').replaceElement(created, { type, ...logic }) : created;
    this.get('canvas').zoom('fit-viewport', 'auto');
    this.get('selection').select(made);
    return made;
  }

  add() {
    const name = this.name.value.trim();
    if (!name) { this.say('Vul een naam in.'); this.name.focus(); return; }
    const [, type, logic] = KINDS[this.kind.value];
    this.get('modeling').updateLabel(this.placed(type, logic), name);
    this.name.value = '';
    this.say(`“${name}” is toegevoegd.`);
    this.show();
  }

  connect() {
    const [source, target] = [this.needed, this.by].map(({ value }) => this.get('elementRegistry').get(value));
    const attributes = source && target && this.get('rules').allowed('connection.create', { source, target });
    const [one, other] = [source, target].map((each) => `“${each?.businessObject.name ?? ''}”`);
    if (!attributes || attributes.type === 'dmn:Association') { this.say(`${one} kan niet nodig zijn voor ${other}.`); return; }
    if (source.outgoing.some((each) => each.target === target)) { this.say(`Dat staat er al: ${one} is nodig voor ${other}.`); return; }
    this.get('modeling').connect(source, target, attributes);
    this.say(`${one} is nodig voor ${other}.`);
  }

  say(text) { this.told.textContent = text; }
}

export const partsBelow = (frame, editor) => new Parts(frame, editor);
