#!/bin/sh
# bpmn-moddle 10.3.1 empties a documentation with markup in it, and cannot read a note with any.

# Semantic.xsd: tDocumentation, tText and tScript are mixed and hold xsd:any; textFormat says of which
# kind. Seen: of XHTML in a documentation all text is gone after saving, with a warning that names its
# outermost tag; XHTML in a text annotation, or XML in a script, ends in a TypeError that names no place.

# What Loket does: it reads with lxml, and takes all text of a documentation or note; the editor tells
# what would be lost before it saves.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund bpmn-moddle@10.3.1
cat >show.mjs <<'JAVASCRIPT'
import { BpmnModdle } from "bpmn-moddle";

const saved = async (body) => {
  const moddle = new BpmnModdle();
  const { rootElement, warnings } = await moddle.fromXML(
    `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:h="http://www.w3.org/1999/xhtml"
      id="d" targetNamespace="t"><process id="p">${body}</process></definitions>`);
  const { xml } = await moddle.toXML(rootElement);
  return `${xml.match(/<process id="p">(.*)<\/process>/s)[1].trim()} ${warnings.map((each) => each.message.split("\n")[0])}`;
};
const PARTS = {
  documentation: `<task id="a"><documentation textFormat="application/xhtml+xml"><h:p>Call <h:b>first</h:b>.</h:p></documentation></task>`,
  note: `<textAnnotation id="t" textFormat="application/xhtml+xml"><text>Call <h:b>first</h:b>.</text></textAnnotation>`,
  script: `<scriptTask id="s" scriptFormat="application/xslt+xml"><script><h:b>first</h:b></script></scriptTask>`,
};
for (const [name, body] of Object.entries(PARTS)) {
  console.log(name, await saved(body).catch((error) => `${error.name}: ${error.message.split("\n")[0]}`));
}
JAVASCRIPT
cat >expected <<'TEXT'
documentation <task id="a"><documentation textFormat="application/xhtml+xml" /></task> unparsable content <h:p> detected
note TypeError: Cannot read properties of undefined (reading 'handleEnd')
script TypeError: Cannot read properties of undefined (reading 'handleEnd')
TEXT
node show.mjs | tee seen
diff expected seen
