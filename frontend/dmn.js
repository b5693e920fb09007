// The editor of decisions, in an element with data-dmn:
//   data-src      address of the DMN file        data-save  where each change is sent
//   data-show     address of the page that only shows the decisions
//   data-feel     address of the names and functions that expressions may use (decisions/feel.js)
//   data-version  the version that was read; others in the page with data-version follow it
// Inside it: [data-canvas], [data-views] for the row of views, and [data-status] that says what is kept. Elsewhere: [data-findings].
import { agreesToLose } from './ask_lost.js';
import { defaultsBelow } from './decisions/defaults.js';
import { Keeper, holdForms } from './decisions/keeper.js';
import { partsBelow } from './decisions/parts.js';
import { get, offerAgain } from './diagrams.js';
import { checkAt } from './feel_check.js';
import { firstView, fitRequirements, makeEditor, withoutView } from './decisions/views.js';

const titleOf = ({ type, name, id }) => (type === 'drd' ? 'Overzicht' : name || id);

// A button for each view; with more than one view there is something to choose.
function viewsRow(frame, editor, keeper) {
  const row = frame.querySelector('[data-views]');
  const beside = [defaultsBelow(frame, editor), partsBelow(frame, editor)];
  const refresh = () => beside.forEach((each) => each.show());
  const show = () => {
    const active = editor.getActiveView();
    frame.dataset.view = active?.type ?? '';
    const hadFocus = row.contains(document.activeElement);
    row.replaceChildren(...editor.getViews().map((view) => {
      const button = Object.assign(document.createElement('button'), { type: 'button', textContent: titleOf(view), className: 'loket-dmn__view' });
      button.setAttribute('aria-pressed', String(view.element === active?.element));
      button.addEventListener('click', () => editor.open(view));
      return button;
    }));
    if (hadFocus) row.querySelector('[aria-pressed="true"]')?.focus();
    nameNumbers(frame);
  };
  editor.on('views.changed', show);
  editor.on('import.render.complete', ({ view }) => { frame.dataset.view = view.type; fitRequirements(editor); refresh(); });
  editor.on('viewer.created', ({ viewer }) => viewer.on('commandStack.changed', () => { keeper.changed(); refresh(); }));
  return show;
}

// A heading above the numbers of the rules, for who does not see them.
function nameNumbers(frame) {
  const heading = frame.querySelector('th.index-column');
  if (heading && !heading.querySelector('.loket-hidden')) heading.append(Object.assign(document.createElement('span'), { className: 'loket-hidden', textContent: 'Regel' }));
}

function tellHidden(frame, editor) {
  const hidden = withoutView(editor).map(({ name, id }) => name || id);
  if (!hidden.length) return;
  frame.querySelector('[data-canvas]').before(Object.assign(document.createElement('p'), { className: 'loket-quiet', textContent: `Deze uitdrukkingen toont de editor niet: ${hidden.join(', ')}. Ze blijven in het bestand staan zoals ze zijn.` }));
}

// What an expression may name: the parts of the file, and the variables of the processes.
const namesOf = (editor, variables) => [...editor.getDefinitions().get('drgElement').map(({ name }) => name), ...variables.map(({ name }) => name)].filter(Boolean);

async function edit(frame) {
  try {
    const [xml, feel] = await Promise.all([get(frame.dataset.src, 'application/xml').then((each) => each.text()), get(frame.dataset.feel, 'application/json').then((each) => each.json())]);
    const editor = makeEditor(frame.querySelector('[data-canvas]'), feel);
    let written;
    const keeper = new Keeper(frame, editor, () => agreesToLose(frame, xml, written, 'de beslissingen'));
    const show = viewsRow(frame, editor, keeper);
    await editor.importXML(xml, { open: false });
    await editor.open(firstView(editor.getViews()));
    written = (await editor.saveXML({ format: true })).xml;
    await keeper.decide();
    checkAt(frame.dataset.check, () => namesOf(editor, feel.variables));
    show();
    tellHidden(frame, editor);
    holdForms(keeper);
    frame.editor = editor;
    frame.dataset.ready = '';
  } catch (error) {
    const told = frame.querySelector('[data-status]');
    told.textContent = `Dit bestand kan niet geopend worden (${error.message}).`;
    offerAgain(told);
  }
}

const start = () => document.querySelectorAll('[data-dmn]:not([data-began])').forEach((frame) => { frame.dataset.began = ''; edit(frame); });
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
else start();
