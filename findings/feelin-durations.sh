#!/bin/sh
# feelin 8.2.0: a year is 365 days, and eleven months have thirty days left.

# DMN 1.5 (10.3.2.3.7 and 10.3.2.3.8) has two kinds of durations, of days and time and of years and
# months, that cannot be compared: null. "years and months duration" gives the second kind, in whole
# months (table 76). Seen: P365D equals P1Y, and from 29 February to 28 February are P11M30D, which is
# neither kind.

# What Loket does: a duration of months and one of days are kinds of their own, and do not add up
# (processes/engine/language/feel/arithmetic.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund feelin@8.2.0
cat >show.mjs <<'JAVASCRIPT'
import { evaluate } from "feelin";

for (const text of [
  'duration("P365D") = duration("P1Y")',
  'string(years and months duration(date("2020-02-29"), date("2021-02-28")))',
  'string(years and months duration(date("2011-12-22"), date("2013-08-24")))',
]) {
  console.log(text, "is", evaluate(text, {}).value);
}
JAVASCRIPT
cat >expected <<'TEXT'
duration("P365D") = duration("P1Y") is true
string(years and months duration(date("2020-02-29"), date("2021-02-28"))) is P11M30D
string(years and months duration(date("2011-12-22"), date("2013-08-24"))) is P1Y8M2D
TEXT
node show.mjs | tee seen
diff expected seen
