#!/bin/sh
# dmn-moddle 12.2.1 (so dmn-js too) reads DMN 1.3 alone, and loses an element of it.

# Seen: the same table is refused in the namespaces of DMN 1.1, 1.2, 1.4 and 1.5. In 1.3 the element
# organizationUnit (DMN13.xsd, tOrganizationUnit) is "unparsable content" and is gone after saving.

# What Loket does: tables of every version are read, and translated to 1.3 for the editor
# (docs/engine.md).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund dmn-moddle@12.2.1
cat >show.mjs <<'JAVASCRIPT'
import { DmnModdle } from "dmn-moddle";

const VERSIONS = {
  "1.1": "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
  "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
  "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
  "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
  "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/",
};
const TABLE = `<decision id="x" name="x"><decisionTable id="t"><output id="o" name="o"/></decisionTable></decision>`;
const read = (namespace, body) => new DmnModdle().fromXML(
  `<definitions xmlns="${namespace}" id="d" name="d" namespace="n">${body}</definitions>`);
for (const [version, namespace] of Object.entries(VERSIONS)) {
  const outcome = await read(namespace, TABLE).then(() => "read", (error) => error.message.split("\n")[0]);
  console.log(version, outcome);
}
const { warnings } = await read(VERSIONS["1.3"], TABLE + `<organizationUnit id="u" name="Board"/>`);
console.log(warnings[0].message.split("\n")[0]);
JAVASCRIPT
cat >expected <<'TEXT'
1.1 failed to parse document as <dmn:Definitions>
1.2 failed to parse document as <dmn:Definitions>
1.3 read
1.4 failed to parse document as <dmn:Definitions>
1.5 failed to parse document as <dmn:Definitions>
unparsable content <organizationUnit> detected
TEXT
node show.mjs | tee seen
diff expected seen
