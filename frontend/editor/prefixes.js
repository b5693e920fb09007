// Prefixes of a file that mean something else here.
const OURS = {
  bpmn: 'http://www.omg.org/spec/BPMN/20100524/MODEL', bpmndi: 'http://www.omg.org/spec/BPMN/20100524/DI', dc: 'http://www.omg.org/spec/DD/20100524/DC', di: 'http://www.omg.org/spec/DD/20100524/DI',
  camunda: 'http://camunda.org/schema/1.0/bpmn', bioc: 'http://bpmn.io/schema/bpmn/biocolor/1.0', color: 'http://www.omg.org/spec/BPMN/non-normative/color/1.0',
};
const TAG = /<[^!?](?:[^<>"']|"[^"]*"|'[^']*')*>/g;

// A prefix that we know may stand for something else in somebody's file; saving would fail on it. It gets a name of its own.
export function freePrefixes(xml) {
  const taken = [...xml.matchAll(/xmlns:([\w.-]+)\s*=\s*["']([^"']*)["']/g)].filter(([, prefix, uri]) => OURS[prefix] && OURS[prefix] !== uri).map(([, prefix]) => prefix);
  return taken.reduce((text, prefix) => text.replace(TAG, (tag) => tag.replace(
    new RegExp(`"[^"]*"|'[^']*'|(?<=xmlns:)${prefix}(?=\\s*=)|(?<=[<\\s/])${prefix}(?=:)`, 'g'), (part) => (part === prefix ? `${prefix}_other` : part),
  )), xml);
}
