// The editor of a process diagram, in an element with data-modeler:
//   data-src     address of the BPMN file (or leave it out: then the text in the target is opened)
//   data-target  id of the textarea or hidden field that gets the XML when its form is sent
// Inside it: an element with data-canvas, one with data-panel. Anywhere: a button with data-download="name.bpmn".
import Modeler from 'bpmn-js/lib/Modeler';
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule } from 'bpmn-js-properties-panel';
import camundaBehaviors from 'camunda-bpmn-js-behaviors/lib/camunda-platform';
import camunda from 'camunda-bpmn-moddle/resources/camunda.json';
import { fetchDiagram, fit, zoomTools } from './diagrams.js';

const PALETTE = 120; // pixels that the palette covers

const xmlOf = async (modeler) => (await modeler.saveXML({ format: true })).xml;

// The XML goes into the field just before the form leaves; saving is asynchronous, so the form is sent a second time.
function saveOnSubmit(modeler, target) {
  let saved = false;
  target.form.addEventListener('submit', async (event) => {
    if (saved) return;
    event.preventDefault();
    target.value = await xmlOf(modeler);
    await new Promise((after) => { setTimeout(after); }); // within the first submit event, a second one is ignored
    saved = true;
    target.form.requestSubmit(event.submitter ?? undefined);
    saved = false;
  });
}

function download(modeler, button) {
  button.addEventListener('click', async () => {
    const file = new Blob([await xmlOf(modeler)], { type: 'application/xml' });
    const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(file), download: button.dataset.download || 'proces.bpmn' });
    link.click();
    URL.revokeObjectURL(link.href);
  });
}

async function edit(frame) {
  const canvas = frame.querySelector('[data-canvas]');
  const target = document.getElementById(frame.dataset.target);
  const modeler = new Modeler({
    container: canvas, propertiesPanel: { parent: frame.querySelector('[data-panel]') }, moddleExtensions: { camunda },
    additionalModules: [BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule, camundaBehaviors],
  });
  try {
    await modeler.importXML(frame.dataset.src ? await fetchDiagram(frame.dataset.src) : target.value);
  } catch (error) {
    frame.before(Object.assign(document.createElement('p'), { className: 'loket-error', role: 'alert', textContent: `Het diagram kan niet geopend worden (${error.message}).` }));
    return;
  }
  const refit = () => fit(modeler, { left: PALETTE, smallest: 0 });
  fit(modeler, { left: PALETTE });
  canvas.append(zoomTools(modeler, refit));
  if (target?.form) saveOnSubmit(modeler, target);
  document.querySelectorAll('[data-download]').forEach((button) => download(modeler, button));
  frame.dataset.ready = '';
}

const start = () => document.querySelectorAll('[data-modeler]').forEach(edit);
document.addEventListener('DOMContentLoaded', start);
if (document.readyState === 'complete') start();
