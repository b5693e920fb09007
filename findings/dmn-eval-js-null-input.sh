#!/bin/sh
# @hbtgmbh/dmn-eval-js 1.5.0: one input without a value ends the whole decision.

# DMN 1.5 (10.3.2.2 and table 42): null < 5 is null, which is no hit, so the next rule is looked at. Seen:
# the comparison raises an error out of the decision, though the last rule takes anything. A null that
# is compared with a list of texts is no error, and "not" of that list is a hit.

# What Loket does: a comparison with null is no hit, and the next rule is tried
# (tests/processes/engine/decisions).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @hbtgmbh/dmn-eval-js@1.5.0
cat >show.cjs <<'JAVASCRIPT'
const { decisionTable } = require("@hbtgmbh/dmn-eval-js");

const rule = (test, outcome, at) => `<rule id="r${at}"><inputEntry id="t${at}"><text>${test}</text></inputEntry>
<outputEntry id="o${at}"><text>"${outcome}"</text></outputEntry></rule>`;
const table = (type, ...rules) => `<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd" id="d" name="d"
 namespace="n"><decision id="x" name="x"><decisionTable id="t" hitPolicy="FIRST">
<input id="i"><inputExpression id="e" typeRef="${type}"><text>value</text></inputExpression></input>
<output id="o" name="outcome" typeRef="string"/>${rules.join("")}</decisionTable></decision></definitions>`;
const ages = table("number", rule("&lt; 5", "young", 1), rule("-", "any", 2));
const names = table("string", rule('not("a", "b")', "other", 1), rule("-", "any", 2));
console.error = () => {};
const decide = async (xml, value) => {
  const decisions = await decisionTable.parseDmnXml(xml);
  try {
    return decisionTable.evaluateDecision("x", decisions, { value }).outcome;
  } catch (error) {
    return "error: " + error.message.match(/null < 5 : operation invalid/)[0];
  }
};
(async () => {
  for (const value of [3, 7, null]) console.log("age", value, await decide(ages, value));
  for (const value of ["a", "c", null]) console.log("name", value, await decide(names, value));
})();
JAVASCRIPT
cat >expected <<'TEXT'
age 3 young
age 7 any
age null error: null < 5 : operation invalid
name a any
name c other
name null other
TEXT
node show.cjs 2>/dev/null | tee seen
diff expected seen
