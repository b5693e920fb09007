// Reads the file of a diagram while the browser still fetches styles and the editor itself (modeler.js). Its script element is `async`, so
// that it waits for no style, and has
//   data-reads      address of the BPMN file
// Its property `reader` has what reads and writes BPMN (`moddle`, which the modeler takes as its own) and the file (`xml`, a promise).
import { BpmnModdle } from 'bpmn-moddle';
import camunda from 'camunda-bpmn-moddle/resources/camunda.json';
import { fetchDiagram } from './diagrams.js';
import { freePrefixes } from './editor/prefixes.js';

const moddle = new BpmnModdle({ camunda });
const fromXML = moddle.fromXML.bind(moddle);

// What was read ahead is given once: who opens the same text again gets elements of its own.
function readAhead(text) {
  const result = fromXML(text, 'bpmn:Definitions');
  result.catch(() => {}); // told to who opens it
  moddle.fromXML = (asked, ...rest) => {
    moddle.fromXML = fromXML;
    return asked === text ? result : fromXML(asked, ...rest);
  };
}

const script = document.currentScript;
const xml = fetchDiagram(script.dataset.reads).then((text) => { readAhead(freePrefixes(text)); return text; });
xml.catch(() => {}); // told by the editor
script.reader = { moddle, xml };
