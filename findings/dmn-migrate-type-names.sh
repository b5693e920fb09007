#!/bin/sh
# @bpmn-io/dmn-migrate 0.7.1 leaves the types of DMN 1.1 as they are: names that DMN 1.3 does not have.

# In DMN 1.1 typeRef is a QName (feel:number, with a prefix for FEEL's namespace of 2014); since 1.2 it
# is the name alone (DMN12.xsd: xsd:string). Seen: the namespace of the model becomes that of 1.3,
# typeRef and the expression language stay those of 1.1, so that no type of FEEL is named.

# What Loket does: it reads a type without its prefix, whatever the prefix is, and writes it so for the
# editor (processes/engine/diagram/values.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @bpmn-io/dmn-migrate@0.7.1
cat >show.mjs <<'JAVASCRIPT'
import { migrateDiagram } from "@bpmn-io/dmn-migrate";

const FEEL = "http://www.omg.org/spec/FEEL/20140401";
const older = `<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd" xmlns:feel="${FEEL}"
 id="d" name="d" namespace="n" expressionLanguage="${FEEL}">
<itemDefinition id="i" name="tAge"><typeRef>feel:number</typeRef></itemDefinition>
<inputData id="a" name="age"><variable id="v" name="age" typeRef="feel:number"/></inputData>
</definitions>`;
const newer = await migrateDiagram(older);
console.log(newer.match(/xmlns="[^"]*"/)[0]);
console.log(newer.match(/expressionLanguage="[^"]*"/)[0]);
console.log(newer.match(/<typeRef>.*<\/typeRef>/)[0]);
console.log(newer.match(/typeRef="[^"]*"/)[0]);
JAVASCRIPT
cat >expected <<'TEXT'
xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"
expressionLanguage="http://www.omg.org/spec/FEEL/20140401"
<typeRef>feel:number</typeRef>
typeRef="feel:number"
TEXT
node show.mjs | tee seen
diff expected seen
