#!/bin/sh
# js-feel 1.4.7: date(2026, 11, 1) is 1 December, and a month cannot be added to a date.

# DMN (10.3.4.1, 10.3.2.3.5): date(year, month, day) counts months from 1, and so does the property month.
# Seen: both count from 0, so a date made of numbers is a month late and date(2026, 12, 1) is an error,
# while the text form is right: date(2026, 11, 1) = date("2026-11-01") is false. Adding "P1M" to a date is
# an error, adding days is not. substring without a length gives an empty text.

# What Loket does: months count from 1 everywhere, a month after 31 January is 28 February, and substring
# goes to the end (tests/processes/engine/language; processes/engine/language/feel).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund js-feel@1.4.7
cat >show.cjs <<'JAVASCRIPT'
const { feel } = require("js-feel")();

async function show(text) {
  let value;
  try {
    const found = await feel.parse(text).build({});
    value = JSON.stringify(found.isDate ? found.toISOString() : found);
  } catch {
    value = "an error";
  }
  process.stdout.write(`${text} is ${value}\n`);
}

(async () => {
  for (const text of [
    'date("2026-11-01")',
    "date(2026, 11, 1)",
    'date(2026, 11, 1) = date("2026-11-01")',
    "date(2026, 12, 1)",
    'date("2026-11-01").month',
    'date("2026-01-15") + duration("P1M")',
    'date("2026-01-15") + duration("P1D")',
    'substring("abcdef", 2)',
    'substring("abcdef", 2, 3)',
  ]) {
    await show(text);
  }
})();
JAVASCRIPT
cat >expected <<'TEXT'
date("2026-11-01") is "2026-11-01T00:00:00.000Z"
date(2026, 11, 1) is "2026-12-01T00:00:00.000Z"
date(2026, 11, 1) = date("2026-11-01") is false
date(2026, 12, 1) is an error
date("2026-11-01").month is 10
date("2026-01-15") + duration("P1M") is an error
date("2026-01-15") + duration("P1D") is "2026-01-16T00:00:00.000Z"
substring("abcdef", 2) is ""
substring("abcdef", 2, 3) is "bcd"
TEXT
TZ=UTC node show.cjs 2>/dev/null | grep ' is ' | grep -v '"level"' | tee seen
diff expected seen
