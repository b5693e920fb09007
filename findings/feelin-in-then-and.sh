#!/bin/sh
# feelin 8.2.0: what follows `in` and one test takes in the rest: `1 in [1..2] and true` is null.

# DMN 1.5 (10.3.1.2): `in` is a comparison, which binds tighter than `and` and `or`. Seen: with a range,
# a list or `>0` after `in` the whole is null, without a warning, so an `if` takes its other branch. It is
# true with brackets around the comparison, and where `in` comes last.

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
  "1 in [1..2] and true",
  "1 in [1, 2] and true",
  "1 in >0 and true",
  "1 in [1..2] or false",
  'if 1 in [1..2] and true then "yes" else "no"',
  "(1 in [1..2]) and true",
  "true and 1 in [1..2]",
]) {
  console.log(text, "is", evaluate(text, {}).value);
}
JAVASCRIPT
cat >expected <<'TEXT'
1 in [1..2] and true is null
1 in [1, 2] and true is null
1 in >0 and true is null
1 in [1..2] or false is null
if 1 in [1..2] and true then "yes" else "no" is no
(1 in [1..2]) and true is true
true and 1 in [1..2] is true
TEXT
node show.mjs | tee seen
diff expected seen
