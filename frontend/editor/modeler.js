// The modeler of bpmn.io with what we add to it: Dutch, services and forms by name, minimap, our own colours.
import Modeler from 'bpmn-js/lib/Modeler';
import { CreateAppendAnythingModule, CreateAppendElementTemplatesModule } from 'bpmn-js-create-append-anything';
import { ElementTemplatesPropertiesProviderModule } from 'bpmn-js-element-templates';
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule } from 'bpmn-js-properties-panel';
import camundaBehaviors from 'camunda-bpmn-js-behaviors/lib/camunda-platform';
import camunda from 'camunda-bpmn-moddle/resources/camunda.json';
import minimap from 'diagram-js-minimap';
import { formFieldsModule } from '../form_fields.js';
import { dutch } from './dutch.js';
import { losslessModule } from './lossless.js';
import { namedPropertiesModule } from './named_properties.js';
import { offeredModule } from './offered.js';
import { servicesModule } from './services.js';

// With a colour behind each variable, so that a picture of the diagram is right outside this page too.
const COLOURS = {
  defaultFillColor: 'var(--loket-shape, #ffffff)', defaultStrokeColor: 'var(--loket-stroke, #22242a)', defaultLabelColor: 'var(--loket-stroke, #22242a)',
};

export function makeModeler(frame) {
  return new Modeler({
    container: frame.querySelector('[data-canvas]'),
    propertiesPanel: { parent: frame.querySelector('[data-panel]') },
    moddleExtensions: { camunda },
    bpmnRenderer: COLOURS,
    additionalModules: [
      dutch, losslessModule, BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule, camundaBehaviors,
      ElementTemplatesPropertiesProviderModule, CreateAppendAnythingModule, CreateAppendElementTemplatesModule,
      minimap, servicesModule, formFieldsModule, namedPropertiesModule, offeredModule,
    ],
  });
}
