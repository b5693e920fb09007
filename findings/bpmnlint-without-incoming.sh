#!/bin/sh
# bpmnlint 11.15.0 finds a whole process "not connected" that leaves out incoming and outgoing.

# Semantic.xsd has incoming and outgoing with minOccurs="0": sourceRef and targetRef of the flow say it
# all. Seen: start, task and end are each "not connected", an "implicit start" and an "implicit end".

# What Loket does: its check follows the flows themselves (processes/engine/diagram/graph.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund bpmnlint@11.15.0 bpmn-moddle@10.3.1
cat >show.mjs <<'JAVASCRIPT'
import { BpmnModdle } from "bpmn-moddle";
import { Linter } from "bpmnlint";
import NodeResolver from "bpmnlint/lib/resolver/node-resolver.js";

const part = (kind, id, inner) => `<${kind} id="${id}" name="${id}">${inner}</${kind}>`;
const file = (into, out) => `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
  <process id="p">
    ${part("startEvent", "s", out("f1"))}
    ${part("task", "a", into("f1") + out("f2"))}
    ${part("endEvent", "e", into("f2"))}
    <sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="e"/>
  </process>
</definitions>`;
const rules = { "no-disconnected": "error", "no-implicit-start": "error", "no-implicit-end": "error" };
const lint = async (xml) => {
  const { rootElement } = await new BpmnModdle().fromXML(xml);
  const linter = new Linter({ config: { rules }, resolver: new NodeResolver() });
  return Object.entries(await linter.lint(rootElement)).flatMap(([rule, found]) => found.map((each) => `${rule} ${each.id}`));
};
console.log("with:", (await lint(file((f) => `<incoming>${f}</incoming>`, (f) => `<outgoing>${f}</outgoing>`))).join(", ") || "no findings");
console.log("without:", (await lint(file(() => "", () => ""))).join(", "));
JAVASCRIPT
cat >expected <<'TEXT'
with: no findings
without: no-disconnected s, no-disconnected a, no-disconnected e, no-implicit-start a, no-implicit-start e, no-implicit-end s, no-implicit-end a
TEXT
node show.mjs | tee seen
diff expected seen
