#!/bin/sh
# bpmnlint 11.15.0: a linter that has seen one diagram finds its flows doubled in the next.

# Seen: two files that are the same, or in which two elements share their ids, are each right by
# themselves. The second that goes through the same Linter gets no-duplicate-sequence-flows on a flow
# that is there once: the rule remembers the flows of the first.

# What Loket does: its check keeps nothing from one file to the next; each file is judged in a process of
# its own (processes/engine/checks/sandbox.py).
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

const FILE = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
  <process id="p">
    <startEvent id="s"><outgoing>f</outgoing></startEvent>
    <endEvent id="e"><incoming>f</incoming></endEvent>
    <sequenceFlow id="f" sourceRef="s" targetRef="e"/>
  </process>
</definitions>`;
const config = { rules: { "no-duplicate-sequence-flows": "error" } };
const linter = new Linter({ config, resolver: new NodeResolver() });
for (const place of ["first", "second"]) {
  const { rootElement } = await new BpmnModdle().fromXML(FILE);
  const found = Object.values(await linter.lint(rootElement)).flat();
  console.log(place, found.map((each) => `${each.id}: ${each.message}`).join("; ") || "no findings");
}
JAVASCRIPT
cat >expected <<'TEXT'
first no findings
second f: SequenceFlow is a duplicate; s: Duplicate outgoing sequence flows; e: Duplicate incoming sequence flows
TEXT
node show.mjs | tee seen
diff expected seen
