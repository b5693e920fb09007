#!/bin/sh
# @kie-tools/dmn-language-service 10.2.0: a renamed input keeps its old name where it is reckoned with in a `for`.

# Apache KIE's editor of DMN gives an input another name in all expressions that use it. A name of FEEL may hold
# * and + (DMN 1.5, 10.3.1.2), so its reader has to know which names there are, and `for` gives one, as a filter
# gives `item`. Seen: of `hour * limit` in a `for` all is one name that nobody gave, where `some` knows its own, so
# the loop keeps `limit` when that becomes `most`: a name that is no more, so the decision is null. `item` in a
# filter is unknown too; names beside it are found.

# What Loket does: names are read by what is given where they stand, loops and `item` too; the check warns of a name
# that a decision reads and none of its arrows brings (processes/engine/checks/rules/decisions/decision_names.py,
# tests/processes/engine/checks/rules/decisions/test_decision_tables.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @kie-tools/dmn-language-service@10.2.0 \
  @kie-tools/dmn-feel-antlr4-parser@10.2.0 @kie-tools/dmn-marshaller@10.2.0 jsdom@26.1.0 esbuild@0.28.0
cat >show.js <<'JAVASCRIPT'
import { FeelSyntacticSymbolNature } from "@kie-tools/dmn-feel-antlr4-parser";
import { IdentifiersRefactor } from "@kie-tools/dmn-language-service";
import { getMarshaller } from "@kie-tools/dmn-marshaller";

const EXPRESSIONS = [
  "hours[1] * limit",
  "for hour in hours return hour * limit",
  "some hour in hours satisfies hour > limit",
  "hours[item > limit]",
];
const decision = (text, n) => `<decision id="d${n}" name="d${n}"><variable id="dv${n}" name="d${n}"/>
  <informationRequirement id="a${n}"><requiredInput href="#hours"/></informationRequirement>
  <informationRequirement id="b${n}"><requiredInput href="#limit"/></informationRequirement>
  <literalExpression id="e${n}"><text>${text.replace(">", "&gt;")}</text></literalExpression></decision>`;
const model = `<definitions xmlns="https://www.omg.org/spec/DMN/20240513/MODEL/" id="m" name="m" namespace="urn:example">
  <itemDefinition id="t" name="tHours" isCollection="true"><typeRef>number</typeRef></itemDefinition>
  <inputData id="hours" name="hours"><variable id="hoursVariable" name="hours" typeRef="tHours"/></inputData>
  <inputData id="limit" name="limit"><variable id="limitVariable" name="limit" typeRef="number"/></inputData>
  ${EXPRESSIONS.map(decision).join("")}</definitions>`;

const marshaller = getMarshaller(model, { upgradeTo: "latest" });
const json = marshaller.parser.parse();
const refactor = new IdentifiersRefactor({
  writeableDmnDefinitions: json.definitions,
  _readonly_externalDmnModelsByNamespaceMap: new Map(),
});
for (const each of refactor.expressions.values()) {
  const unknown = each.identifiersOfTheExpression.filter(
    ({ feelSymbolNature }) => feelSymbolNature === FeelSyntacticSymbolNature.Unknown,
  );
  console.log(`${each.fullExpression} | unknown: ${unknown.map(({ text }) => `"${text}"`).join(" ") || "none"}`);
}
refactor.rename({ identifierUuid: "limit", newName: "most" });
for (const [, text] of marshaller.builder.build(json).matchAll(/<text>(.*?)<\/text>/g)) console.log(`renamed: ${text}`);
process.exit(0);
JAVASCRIPT
npx esbuild show.js --bundle --platform=node --format=esm --external:jsdom --outfile=bundle.mjs --log-level=error \
  --banner:js='import { createRequire } from "node:module"; const require = createRequire(import.meta.url);'
cat >expected <<'TEXT'
hours[1] * limit | unknown: none
for hour in hours return hour * limit | unknown: "hour * limit"
some hour in hours satisfies hour > limit | unknown: none
hours[item > limit] | unknown: "item"
renamed: hours[1] * most
renamed: for hour in hours return hour * limit
renamed: some hour in hours satisfies hour &gt; most
renamed: hours[item &gt; most]
TEXT
node bundle.mjs 2>/dev/null | tee seen
diff expected seen
