// The properties panel of a modeler that stands, and the hints about how it is drawn: two thirds of the editor's script, and nobody needs
// it to see the diagram. modeler.js loads it.
import { ElementTemplatesPropertiesProviderModule } from 'bpmn-js-element-templates';
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule } from 'bpmn-js-properties-panel';
import { completeNames } from './editor/completion.js';
import { namedPropertiesModule } from './editor/named_properties.js';
import { offeredModule } from './editor/offered.js';
import { servicesModule } from './editor/services.js';
import { waysModule } from './editor/ways.js';
import { formFieldsModule } from './form_fields.js';

export { lintIn } from './editor/lint.js';

const MODULES = [
  BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule, ElementTemplatesPropertiesProviderModule,
  servicesModule, formFieldsModule, namedPropertiesModule, offeredModule, waysModule,
];

// These modules and what they need, but for what the modeler has already.
function missingIn(modeler, modules, found = new Map()) {
  for (const module of modules) {
    const names = Object.keys(module).filter((name) => !name.startsWith('__'));
    const isThere = names.length && names.every((name) => modeler.get(name, false));
    if (found.has(module) || isThere) continue;
    missingIn(modeler, module.__depends__ ?? [], found);
    found.set(module, { ...module, __depends__: [] });
  }
  return found;
}

// What is ready, or has a root, before the panel hears of it. The panel is told once more, and nobody else is.
const MISSED = ['diagram.init', 'root.added'];

function lateBus(eventBus) {
  const told = new Map(MISSED.map((name) => [name, []]));
  const late = Object.create(eventBus);
  late.on = (events, ...rest) => {
    told.get(events)?.push(rest.find((each) => typeof each === 'function'));
    eventBus.on(events, ...rest);
  };
  late.tell = (name, event) => told.get(name).forEach((listener) => listener(event));
  return late;
}

// Shows the panel with what is chosen by now. Returns its injector, which has the services of the modeler too.
export function openPanel(frame, modeler) {
  const bus = lateBus(modeler.get('eventBus'));
  const panel = modeler.get('injector').createChild([{ eventBus: ['value', bus] }, ...missingIn(modeler, MODULES).values()]);
  panel.init();
  const chosen = modeler.get('selection').get();
  bus.tell('diagram.init', {});
  const [only = modeler.get('canvas').getRootElement()] = chosen;
  bus.tell('root.added', { element: chosen.length > 1 ? chosen : only.labelTarget ?? only });
  completeNames(frame, modeler);
  return panel;
}
