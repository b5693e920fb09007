#!/bin/sh
# jsonexport 3.2.0 writes a date as the machine's own short date: 1 March 2027 is 3/1/2027 on an English one.

# A CSV file says nowhere in which order a date is written. Seen: without a handler of one's own each Date goes
# through toLocaleDateString(), so the same program writes 1-3-2027 where the machine is Dutch and 3/1/2027 where it
# is English, as in a container. Who reads a day first, as in Dutch, finds 3 January; up to the 12th of a month
# nothing shows it.

# What Loket does: where another row of the column can only have the month in front (3/15/2027), each day with
# slashes that may be either is refused at its cell, and the message says in which row
# (processes/register/sheets/reading.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund jsonexport@3.2.0
cat >show.cjs <<'JAVASCRIPT'
const jsonexport = require("jsonexport");

const days = [new Date(2027, 2, 1), new Date(2027, 2, 15)];
jsonexport(days.map((Einddatum) => ({ Einddatum }))).then((csv) => console.log(csv.split("\n").join(", ")));
JAVASCRIPT
cat >expected <<'TEXT'
Einddatum, 1-3-2027, 15-3-2027
Einddatum, 3/1/2027, 3/15/2027
TEXT
for language in nl_NL en_US; do
  LC_ALL=$language.UTF-8 TZ=Europe/Amsterdam node show.cjs
done | tee seen
diff expected seen
