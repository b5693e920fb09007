#!/bin/sh
# feelin 8.2.0: during, starts, finishes and coincides are null, for points and for ranges.

# DMN 1.5 (10.3.4.9, table 78): each is given for two ranges, and the first three for a point and a range.
# Seen: null with a warning that the function cannot be invoked, where before, after, meets, overlaps and
# includes are right: "is this date in the period" holds by includes, and by during it never does.

# What Loket does: its own FEEL gives true for each of these (processes/engine/language/feel).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund feelin@8.2.0
cat >show.mjs <<'JAVASCRIPT'
import { evaluate } from "feelin";

for (const text of [
  "during(5, [1..10])",
  "starts(1, [1..10])",
  "finishes(10, [1..10])",
  "during([2..3], [1..10])",
  "starts([1..3], [1..10])",
  "coincides([1..2], [1..2])",
  "includes([1..10], 5)",
  "before(1, [2..3])",
  "after(5, [2..3])",
]) {
  console.log(text, "is", JSON.stringify(evaluate(text, {}).value));
}
JAVASCRIPT
cat >expected <<'TEXT'
during(5, [1..10]) is null
starts(1, [1..10]) is null
finishes(10, [1..10]) is null
during([2..3], [1..10]) is null
starts([1..3], [1..10]) is null
coincides([1..2], [1..2]) is null
includes([1..10], 5) is true
before(1, [2..3]) is true
after(5, [2..3]) is true
TEXT
node show.mjs | tee seen
diff expected seen
