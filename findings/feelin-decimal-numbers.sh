#!/bin/sh
# feelin 8.2.0: numbers of FEEL are binary, so that 0.1 + 0.2 is not 0.3.

# DMN 1.5 (10.3.2.3.1): numbers are decimal with 34 digits (IEEE 754-2008 decimal128). Seen: a condition
# on cents fails, two numbers above 2^53 that differ by one are equal, and a small or large number becomes
# text with an exponent.

# What Loket does: FEEL has decimals of 34 digits (processes/engine/language/feel/values.py); the older
# `${…}` has binary fractions, with round() for them.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund feelin@8.2.0
cat >show.mjs <<'JAVASCRIPT'
import { evaluate } from "feelin";

for (const text of [
  "0.1 + 0.2 = 0.3",
  "9007199254740993 = 9007199254740992",
  "string(0.0000001)",
  "string(1000000000000000000000)",
]) {
  console.log(text, "is", evaluate(text, {}).value);
}
JAVASCRIPT
cat >expected <<'TEXT'
0.1 + 0.2 = 0.3 is false
9007199254740993 = 9007199254740992 is true
string(0.0000001) is 1e-7
string(1000000000000000000000) is 1e+21
TEXT
node show.mjs | tee seen
diff expected seen
