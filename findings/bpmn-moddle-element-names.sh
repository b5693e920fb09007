#!/bin/sh
# bpmn-moddle 10.3.1 saves four elements under names that BPMN does not have.

# Semantic.xsd has messagePath (of a retrieval expression), dataPath (of a property binding), condition
# and event (of a complex behaviour). Seen: they are read, and saved as formalExpression and
# implicitThrowEvent, which the schema does not allow there; no warning. Another tool finds no path, no
# condition, no event.

# What Loket does: correlation is read from its own property, and the editor tells what would be lost
# before it saves (frontend/editor).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund bpmn-moddle@10.3.1
cat >show.mjs <<'JAVASCRIPT'
import { BpmnModdle } from "bpmn-moddle";

const FILE = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="t">
  <message id="m"/>
  <correlationProperty id="c" name="reference">
    <correlationPropertyRetrievalExpression id="r" messageRef="m">
      <messagePath id="path">reference</messagePath>
    </correlationPropertyRetrievalExpression>
  </correlationProperty>
  <process id="p">
    <task id="a"><multiInstanceLoopCharacteristics id="loop" behavior="Complex">
      <complexBehaviorDefinition id="complex">
        <condition xsi:type="tFormalExpression" id="when">ready</condition><event id="then"/>
      </complexBehaviorDefinition>
    </multiInstanceLoopCharacteristics></task>
    <correlationSubscription id="s" correlationKeyRef="k">
      <correlationPropertyBinding id="b" correlationPropertyRef="c"><dataPath id="data">x</dataPath></correlationPropertyBinding>
    </correlationSubscription>
  </process>
  <collaboration id="l"><correlationKey id="k"><correlationPropertyRef>c</correlationPropertyRef></correlationKey></collaboration>
</definitions>`;
const moddle = new BpmnModdle();
const { rootElement, warnings } = await moddle.fromXML(FILE);
const { xml } = await moddle.toXML(rootElement);
for (const id of ["path", "when", "then", "data"]) {
  const named = (text) => text.match(new RegExp(`<(\\w+)[^<>]* id="${id}"`))[1];
  console.log(`${named(FILE)} becomes ${named(xml)}`);
}
console.log(warnings.length, "warnings");
JAVASCRIPT
cat >expected <<'TEXT'
messagePath becomes formalExpression
condition becomes formalExpression
event becomes implicitThrowEvent
dataPath becomes formalExpression
0 warnings
TEXT
node show.mjs | tee seen
diff expected seen
