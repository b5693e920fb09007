#!/bin/sh
# @bpmn-io/feel-analyzer 0.5.1 takes names that a loop gives for inputs, and what a filter reads for entries.

# DMN 1.5 (10.3.2): in a `for` with more lists, each may use the names before it, and `partial` is what the
# loop has so far; a filter finds the entries of an item first, and else what is around it. Seen: `i`
# and `partial` are inputs that somebody must give; all names in a filter are entries of the list, also `limit`
# from around it; where the list is reached through a point, `provider` is no input, and `status` is one.

# What Loket does: the names of loops and `partial` are no variables, and a name in a filter need not be one
# (names and required of processes/engine/language/expressions.py, and their tests).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @bpmn-io/feel-analyzer@0.5.1 @camunda/feel-builtins@1.4.1
cat >show.mjs <<'JAVASCRIPT'
import { FeelAnalyzer } from "@bpmn-io/feel-analyzer";
import { camundaBuiltins, camundaReservedNameBuiltins } from "@camunda/feel-builtins";

const analyzer = new FeelAnalyzer({
  dialect: "expression",
  parserDialect: "camunda",
  builtins: camundaBuiltins,
  reservedNameBuiltins: camundaReservedNameBuiltins,
});
const told = ({ name, entries = [] }) => (entries.length ? `${name} {${entries.map(told).join(" ")}}` : name);
for (const text of [
  "for i in list return i * factor",
  "for i in offers, j in i.runs return j",
  "for i in 1..n return i * partial[-1]",
  "offers[price > limit]",
  "provider.offers[status = asked]",
]) {
  console.log(`${text}: ${analyzer.analyzeExpression(text).inputs.map(told).join(" ")}`);
}
JAVASCRIPT
cat >expected <<'TEXT'
for i in list return i * factor: factor list
for i in offers, j in i.runs return j: i {runs} offers
for i in 1..n return i * partial[-1]: n partial
offers[price > limit]: offers {limit price}
provider.offers[status = asked]: asked status
TEXT
node show.mjs | tee seen
diff expected seen
