#!/bin/sh
# feelin 8.2.0: number("") is 0, and 1e3 is 1.

# DMN 1.5 (10.3.4.1, grammar rule 37): number gives null for a text that is no number in FEEL, and a number may
# have an exponent. Seen: number follows JavaScript, by which no text at all is 0, and hexadecimal and space
# around it are fine, so an empty field becomes a zero. With a decimal point an exponent is read (2.5e3 is
# 2500); without one it is dropped without a word.

# What Loket does: null, with the reason that the text is no number; 1e3 is 1000
# (processes/engine/language/feel).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund feelin@8.2.0
cat >show.mjs <<'JAVASCRIPT'
import { evaluate } from "feelin";

for (const text of [
  "number(\"\")",
  "number(\"0x10\")",
  "number(\" 5 \")",
  "number(\"5\")",
  "number(\"five\")",
  "2.5e3",
  "1e3",
  "1e3 + 1",
  "1e3 = 1000",
]) {
  console.log(text, "is", JSON.stringify(evaluate(text, {}).value));
}
JAVASCRIPT
cat >expected <<'TEXT'
number("") is 0
number("0x10") is 16
number(" 5 ") is 5
number("5") is 5
number("five") is null
2.5e3 is 2500
1e3 is 1
1e3 + 1 is 2
1e3 = 1000 is false
TEXT
node show.mjs | tee seen
diff expected seen
