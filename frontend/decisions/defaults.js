// Below a table: what each column gives where no rule fits (DMN 1.5, 8.2.11: defaultOutputEntry), for which dmn-js has no place.
import { labelled, make, textField } from './dom.js';

const HINT = 'Schrijf het als in een cel: tekst tussen aanhalingstekens. Leeg: dan komt er niets uit.';
const textOf = (output) => output.defaultOutputEntry?.text ?? '';
const nameOf = (output, at) => output.label || output.name || `kolom ${at + 1}`;

class Defaults {
  constructor(frame, editor) {
    Object.assign(this, { editor, fields: [] });
    this.part = make('fieldset', { className: 'loket-dmn__form', hidden: true }, make('legend', { className: 'loket-dmn__legend', textContent: 'Als geen regel past' }));
    frame.querySelector('[data-canvas]').after(this.part);
  }

  // The columns of the table on the screen; none in another view.
  outputs() {
    if (this.editor.getActiveView()?.type !== 'decisionTable') return [];
    return this.editor.getActiveViewer()?.get('sheet').getRoot().businessObject.get('output') ?? [];
  }

  show() {
    const outputs = this.outputs();
    this.part.hidden = !outputs.length;
    if (outputs.length !== this.fields.length || outputs.some((each, at) => each !== this.fields[at].output || nameOf(each, at) !== this.fields[at].name)) this.draw(outputs);
    this.fields.filter(({ field }) => field !== document.activeElement).forEach(({ field, output }) => { field.value = textOf(output); });
  }

  draw(outputs) {
    this.fields = outputs.map((output, at) => {
      const field = textField({ value: textOf(output) });
      field.addEventListener('change', () => this.keep(output, field.value.trim()));
      return { field, output, name: nameOf(output, at) };
    });
    const [legend] = this.part.children;
    this.part.replaceChildren(legend, ...this.fields.map(({ field, name }) => labelled(`Dan is ${name}`, field, HINT)));
  }

  // One step to undo; an entry that becomes empty goes.
  keep(output, text) {
    if (text === textOf(output)) return;
    const viewer = this.editor.getActiveViewer();
    const entry = text ? viewer.get('dmnFactory').create('dmn:LiteralExpression', { text }) : undefined;
    if (entry) entry.$parent = output;
    viewer.get('modeling').updateProperties(output, { defaultOutputEntry: entry });
  }
}

export const defaultsBelow = (frame, editor) => new Defaults(frame, editor);
