// In place of bpmn-moddle, in the editor: what reader.js made, and read the file with.
export function BpmnModdle() { return document.querySelector('[data-modeler]').reader.moddle; }
