// The editor of a process diagram, in an element with data-modeler:
//   data-src        address of the BPMN file, which reader.js reads before this; data-name, for the files that are downloaded
//   data-templates  address of the element templates (loket templates export)
//   data-show       address of the page that only shows the diagram
//   data-panel-script  address of the script with the properties panel (panel.js)
//   data-names      address of the names that expressions may use (editor/completion.js)
//   data-save, data-check, data-merge, data-version   see editor/keeping.js
// Inside it: [data-canvas], [data-panel], [data-findings], [data-status], buttons with data-do (editor/toolbar.js).
// The modeler itself is the property `modeler` of the element, `panel` the services of its properties panel, `missing` the texts that had no Dutch.
// It tells `loket:ready` when what is in view stands there and can be changed, `loket:complete` when all is drawn and the panel is there.
import { fit, get, offerAgain } from './diagrams.js';
import { openAdded } from './editor/added.js';
import { missing } from './editor/dutch.js';
import { showFindings } from './editor/findings.js';
import { previewForms } from './editor/form_preview.js';
import { keepSaved } from './editor/keeping.js';
import { mayLose } from './editor/losses.js';
import { makeModeler } from './editor/modeler.js';
import { reader } from './editor/shared_moddle.js';
import { toolbar } from './editor/toolbar.js';
import { readyExports } from './exports.js';

const PALETTE = 120; // pixels that the palette covers

const templatesFrom = async (address) => (await get(address, 'application/json')).json();

function complain(frame, text) {
  const told = Object.assign(document.createElement('p'), { className: 'loket-error', role: 'alert', textContent: text });
  offerAgain(told);
  frame.before(told);
}

// What the modeler says of a file that it cannot show.
const WORDS = { 'no diagram to display': 'er staat een proces in, maar geen tekening' };

// A line in the panel until it is there; it takes the room that the panel takes.
function tellPanel(place, text) {
  place.replaceChildren(Object.assign(document.createElement('p'), { className: 'loket-note loket-editor__loading', textContent: text }));
}

// What comes with the panel's script; nothing when it could not be had.
async function addPanel(frame, modeler, place) {
  try {
    const script = await import(frame.dataset.panelScript);
    place.replaceChildren();
    frame.panel = script.openPanel(frame, modeler);
    return script;
  } catch {
    tellPanel(place, 'De eigenschappen konden niet geladen worden. Laad de pagina opnieuw. Wat u tekent, wordt bewaard.');
    return {};
  }
}

const shown = () => new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); });

async function edit(frame) {
  const read = await reader();
  if (!read) {
    complain(frame, 'De editor kon niet geladen worden.');
    return;
  }
  const templates = templatesFrom(frame.dataset.templates);
  templates.catch(() => {}); // told below
  const modeler = makeModeler(frame);
  const drawn = new Promise((done) => { modeler.on('loket.drawn', done); });
  const panel = frame.querySelector('[data-panel]');
  Object.assign(frame, { modeler, missing });
  tellPanel(panel, 'De eigenschappen worden geladen…');
  openAdded(panel);
  try {
    await keepSaved.open(modeler, frame, await read.xml);
    modeler.get('elementTemplatesLoader').setTemplates(await templates);
  } catch (error) {
    panel.replaceChildren();
    complain(frame, `Het diagram kan niet geopend worden: ${WORDS[error.message] ?? error.message}. Het bestand zelf is niet veranderd.`);
    return;
  }
  fit(modeler, { left: PALETTE });
  const refit = () => fit(modeler, { left: PALETTE, smallest: 0 });
  toolbar(frame, modeler, refit);
  const findings = showFindings(frame, modeler);
  keepSaved(modeler, frame, findings, mayLose(frame, modeler, drawn));
  readyExports(frame, modeler);
  previewForms(frame, modeler);
  frame.dataset.ready = '';
  frame.dispatchEvent(new CustomEvent('loket:ready', { bubbles: true }));
  await shown();
  const [{ lintIn }] = await Promise.all([addPanel(frame, modeler, panel), drawn]);
  lintIn?.(modeler, findings);
  frame.dataset.complete = '';
  frame.dispatchEvent(new CustomEvent('loket:complete', { bubbles: true }));
}

const start = () => document.querySelectorAll('[data-modeler]:not([data-began])').forEach((frame) => { frame.dataset.began = ''; edit(frame); });
document.addEventListener('DOMContentLoaded', start);
if (document.readyState !== 'loading') start();
