#!/bin/sh
# feelin 8.2.0: a position that a text or list does not have counts all the same, and gives a wrong value.

# DMN 1.5 (10.3.4.3, 10.3.4.4): the first position is 1 and the last is -1; any other is no position, and the
# function gives null (the TCK asks so for 0). Seen: 0 counts as the last one for substring and sublist; remove
# at 0 makes a list longer; insert before at 0 puts the value second; behind the end there is "" or a list
# unchanged. No warning, so a decision goes on with it.

# What Loket does: null, with the reason that the number is not there (processes/engine/language/feel).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund feelin@8.2.0
cat >show.mjs <<'JAVASCRIPT'
import { evaluate } from "feelin";

for (const text of [
  "substring(\"abc\", 0)",
  "substring(\"abc\", -5)",
  "substring(\"abc\", 4)",
  "substring(\"abc\", 1, -1)",
  "sublist([1, 2, 3], 0)",
  "sublist([1, 2, 3], -5)",
  "remove([1, 2], 0)",
  "remove([1, 2], 7)",
  "insert before([1, 2], 0, 9)",
  "insert before([1, 2], 5, 9)",
]) {
  console.log(text, "is", JSON.stringify(evaluate(text, {}).value));
}
JAVASCRIPT
cat >expected <<'TEXT'
substring("abc", 0) is "c"
substring("abc", -5) is "bc"
substring("abc", 4) is ""
substring("abc", 1, -1) is "ab"
sublist([1, 2, 3], 0) is [3]
sublist([1, 2, 3], -5) is [2,3]
remove([1, 2], 0) is [1,1,2]
remove([1, 2], 7) is [1,2]
insert before([1, 2], 0, 9) is [1,9,2]
insert before([1, 2], 5, 9) is [1,2,9]
TEXT
node show.mjs | tee seen
diff expected seen
