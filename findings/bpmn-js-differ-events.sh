#!/bin/sh
# bpmn-js-differ 3.2.0 sees no difference in what an event waits for.

# Seen: "after 1 day" becomes "after 2 days", a message becomes a signal, a message or an error gets
# another name or code, a task goes to another lane: each time nothing is added, removed or changed.
# A changed condition or script is seen.

# What Loket does: versions and drafts are compared by a comparison of its own, which reads these
# (processes/engine/deployment/diff.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund bpmn-js-differ@3.2.0 bpmn-moddle@10.3.1
cat >show.mjs <<'JAVASCRIPT'
import { diff } from "bpmn-js-differ";
import { BpmnModdle } from "bpmn-moddle";

const FILE = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
  <message id="m" name="order"/><signal id="g" name="alarm"/><error id="x" errorCode="E1"/>
  <process id="p" isExecutable="true">
    <laneSet id="ls"><lane id="l1"><flowNodeRef>a</flowNodeRef></lane><lane id="l2"/></laneSet>
    <startEvent id="s"><messageEventDefinition id="md" messageRef="m"/></startEvent>
    <userTask id="a"/>
    <boundaryEvent id="b" attachedToRef="a">
      <timerEventDefinition id="td"><timeDuration>P1D</timeDuration></timerEventDefinition>
    </boundaryEvent>
    <endEvent id="e"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
    <sequenceFlow id="f2" sourceRef="a" targetRef="e"><conditionExpression>one</conditionExpression></sequenceFlow>
    <sequenceFlow id="f3" sourceRef="b" targetRef="e"/>
  </process>
</definitions>`;
const CHANGES = {
  "longer timer": ["P1D", "P2D"],
  "cycle for duration": [/timeDuration/g, "timeCycle"],
  "signal for message": ['<messageEventDefinition id="md" messageRef="m"/>', '<signalEventDefinition id="md" signalRef="g"/>'],
  "other message": ['name="order"', 'name="complaint"'],
  "other error code": ['errorCode="E1"', 'errorCode="E2"'],
  "other lane": ['<lane id="l1"><flowNodeRef>a</flowNodeRef></lane><lane id="l2"/>', '<lane id="l1"/><lane id="l2"><flowNodeRef>a</flowNodeRef></lane>'],
  "other condition": [">one<", ">two<"],
};
const read = async (xml) => (await new BpmnModdle().fromXML(xml)).rootElement;
for (const [name, [before, after]] of Object.entries(CHANGES)) {
  const changed = FILE.replace(before, after);
  if (changed === FILE) throw new Error(name);
  const { _added, _removed, _changed } = diff(await read(FILE), await read(changed));
  console.log(`${name}: ${Object.keys({ ..._added, ..._removed, ..._changed }).join(" ") || "no difference"}`);
}
JAVASCRIPT
cat >expected <<'TEXT'
longer timer: no difference
cycle for duration: no difference
signal for message: no difference
other message: no difference
other error code: no difference
other lane: no difference
other condition: f2
TEXT
node show.mjs | tee seen
diff expected seen
