// The editor of a process diagram, in an element with data-modeler:
//   data-src        address of the BPMN file; data-name, for the files that are downloaded
//   data-templates  address of the element templates (loket templates export)
//   data-show       address of the page that only shows the diagram
//   data-names      address of the names that expressions may use (editor/completion.js)
//   data-save, data-check, data-merge, data-version   see editor/keeping.js
// Inside it: [data-canvas], [data-panel], [data-findings], [data-status], buttons with data-do (editor/toolbar.js).
// The modeler itself is the property `modeler` of the element; `missing` the texts that had no Dutch; it tells `loket:ready` when the diagram stands there.
import { agreesToLose } from './ask_lost.js';
import { fetchDiagram, fit, get } from './diagrams.js';
import { openAdded } from './editor/added.js';
import { completeNames } from './editor/completion.js';
import { missing } from './editor/dutch.js';
import { showFindings } from './editor/findings.js';
import { keepSaved } from './editor/keeping.js';
import { lintIn } from './editor/lint.js';
import { makeModeler } from './editor/modeler.js';
import { toolbar } from './editor/toolbar.js';
import { readyExports } from './exports.js';
import { previewForms } from './form_fields.js';

const PALETTE = 120; // pixels that the palette covers

const templatesFrom = async (address) => (await get(address, 'application/json')).json();

function complain(frame, text) {
  frame.before(Object.assign(document.createElement('p'), { className: 'loket-error', role: 'alert', textContent: text }));
}

// What the modeler says of a file that it cannot show.
const WORDS = { 'no diagram to display': 'er staat een proces in, maar geen tekening' };

async function edit(frame) {
  const modeler = makeModeler(frame);
  Object.assign(frame, { modeler, missing });
  openAdded(frame.querySelector('[data-panel]'));
  try {
    const [xml, templates] = await Promise.all([fetchDiagram(frame.dataset.src), templatesFrom(frame.dataset.templates)]);
    modeler.get('elementTemplatesLoader').setTemplates(templates);
    await keepSaved.open(modeler, frame, xml);
  } catch (error) {
    complain(frame, `Het diagram kan niet geopend worden: ${WORDS[error.message] ?? error.message}. Het bestand zelf is niet veranderd.`);
    return;
  }
  fit(modeler, { left: PALETTE });
  // What this browser had kept before was drawn after this question.
  if (!keepSaved.isRestored(frame) && !await agreesToLose(frame, frame.opened, (await modeler.saveXML({ format: true })).xml, 'het diagram')) {
    location.assign(frame.dataset.show);
    return;
  }
  const refit = () => fit(modeler, { left: PALETTE, smallest: 0 });
  toolbar(frame, modeler, refit);
  const findings = showFindings(frame, modeler);
  lintIn(modeler, findings);
  keepSaved(modeler, frame, findings);
  readyExports(frame, modeler);
  previewForms(frame, modeler);
  completeNames(frame, modeler);
  frame.dataset.ready = '';
  frame.dispatchEvent(new CustomEvent('loket:ready', { bubbles: true }));
}

const start = () => document.querySelectorAll('[data-modeler]:not([data-began])').forEach((frame) => { frame.dataset.began = ''; edit(frame); });
document.addEventListener('DOMContentLoaded', start);
if (document.readyState !== 'loading') start();
