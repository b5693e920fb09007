#!/bin/sh
# bpmn-moddle 10.3.1 (so bpmn-js too) reads the xsd:boolean "1" as false, and saves that.

# XML Schema part 2 (3.2.2.1) allows true, false, 1 and 0 for xsd:boolean, and BPMN20.xsd uses it.
# Seen, without a warning: isExecutable="1" is saved as "false", cancelActivity="1" as "false" (an
# interrupting boundary event becomes one that does not interrupt), isSequential="1" goes away, so that
# rounds that came one after the other come at once. dmn-moddle does the same to isCollection="1".

# What Loket does: booleans are read in one place, where XML is read, and handed on as true or false,
# to the interpreter and to the editor (processes/engine/diagram/xml.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund bpmn-moddle@10.3.1
cat >show.mjs <<'JAVASCRIPT'
import { BpmnModdle } from "bpmn-moddle";

const BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL";
const saved = async (body) => {
  const moddle = new BpmnModdle();
  const read = await moddle.fromXML(
    `<definitions xmlns="${BPMN}" xmlns:t="t" id="d" targetNamespace="t">${body}</definitions>`);
  const { xml } = await moddle.toXML(read.rootElement);
  const warnings = read.warnings.map((each) => each.message.split("\n")[0]);
  return [xml.replace(/^[^]*?targetNamespace="t"[^>]*>/, "").replace("</definitions>", "").trim(), warnings];
};

const [xml, warnings] = await saved(`
  <process id="p" isExecutable="1">
    <userTask id="u"><multiInstanceLoopCharacteristics isSequential="1"/></userTask>
    <boundaryEvent id="b" attachedToRef="u" cancelActivity="1"/>
  </process>`);
console.log(xml);
console.log(warnings.length, "warnings");
JAVASCRIPT
cat >expected <<'TEXT'
<process id="p" isExecutable="false"><userTask id="u"><multiInstanceLoopCharacteristics /></userTask><boundaryEvent id="b" cancelActivity="false" attachedToRef="u" /></process>
0 warnings
TEXT
node show.mjs | tee seen
diff expected seen
