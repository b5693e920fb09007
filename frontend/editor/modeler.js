// The modeler of bpmn.io with what we add to it: Dutch, templates, minimap, our own colours. What reads the file comes sooner (reader.js), its properties panel later (panel.js).
import Modeler from 'bpmn-js/lib/Modeler';
import { CreateAppendAnythingModule, CreateAppendElementTemplatesModule } from 'bpmn-js-create-append-anything';
import { ElementTemplatesCoreModule } from 'bpmn-js-element-templates/core';
import camundaBehaviors from 'camunda-bpmn-js-behaviors/lib/camunda-platform';
import minimap from 'diagram-js-minimap';
import { dutch } from './dutch.js';
import { inViewModule } from './in_view.js';
import { losslessModule } from './lossless.js';
import { menusModule } from './menus.js';
import { undoOrderModule } from './undo_order.js';

// With a colour behind each variable, so that a picture of the diagram is right outside this page too.
const COLOURS = {
  defaultFillColor: 'var(--loket-shape, #ffffff)', defaultStrokeColor: 'var(--loket-stroke, #22242a)', defaultLabelColor: 'var(--loket-stroke, #22242a)',
};

export function makeModeler(frame) {
  return new Modeler({
    container: frame.querySelector('[data-canvas]'),
    propertiesPanel: { parent: frame.querySelector('[data-panel]') },
    bpmnRenderer: COLOURS,
    additionalModules: [
      dutch, losslessModule, camundaBehaviors, ElementTemplatesCoreModule, CreateAppendAnythingModule, CreateAppendElementTemplatesModule, minimap, menusModule, inViewModule, undoOrderModule,
    ],
  });
}
