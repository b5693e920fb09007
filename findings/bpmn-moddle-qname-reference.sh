#!/bin/sh
# bpmn-moddle 10.3.1 does not resolve a reference with the prefix of the target namespace, and drops it.

# References in BPMN20.xsd are xsd:QName, so messageRef="t:m" with xmlns:t="t" and targetNamespace="t" is
# the message m of this file; some modellers write all references so. Seen: a warning "unresolved
# reference", and the saved receive task has no message. SpiffWorkflow 3.2.0 raises a TypeError from
# within its own error message for the same file.

# What Loket does: such references are resolved where XML is read (processes/engine/diagram/xml.py).
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
  <message id="m"/><process id="p"><receiveTask id="r" messageRef="t:m"/></process>`);
console.log(xml);
console.log(warnings.join("; "));
JAVASCRIPT
cat >expected <<'TEXT'
<message id="m" /><process id="p"><receiveTask id="r" /></process>
unresolved reference <t:m>
TEXT
node show.mjs | tee seen
diff expected seen
