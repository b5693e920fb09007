#!/bin/sh
# bpmn-moddle 10.3.1 saves messagePath under a name that BPMN does not have.

# BPMN20.xsd: correlationPropertyRetrievalExpression holds an element messagePath of type
# tFormalExpression. Seen: it is read, and saved as <formalExpression>, which the schema does not allow
# there; no warning. Another tool then finds no path.

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
  <message id="m"/>
  <correlationProperty id="c" name="reference">
    <correlationPropertyRetrievalExpression id="r" messageRef="m">
      <messagePath id="path">reference</messagePath>
    </correlationPropertyRetrievalExpression>
  </correlationProperty>`);
console.log(xml);
console.log(warnings.length, "warnings");
JAVASCRIPT
cat >expected <<'TEXT'
<message id="m" /><correlationProperty id="c" name="reference"><correlationPropertyRetrievalExpression id="r" messageRef="m"><formalExpression id="path">reference</formalExpression></correlationPropertyRetrievalExpression></correlationProperty>
0 warnings
TEXT
node show.mjs | tee seen
diff expected seen
