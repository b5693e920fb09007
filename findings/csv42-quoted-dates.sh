#!/bin/sh
# csv42 5.0.3 writes a date with the quotation marks of JSON inside the cell, and reads it back as a text with them.

# RFC 4180 (2.5, 2.7): the quotation marks around a field are no part of it; doubled ones within it are. Seen: a Date
# is written as """2027-03-01T00:00:00.000Z""", a field whose value has a quotation mark at each end. Any reader gets
# those, csv42's own csv2json too. A number, a text and a boolean come back as they were.

# What Loket does: quotation marks around a day are passed over (processes/reading/dates.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund csv42@5.0.3
cat >show.mjs <<'JAVASCRIPT'
import { csv2json, json2csv } from "csv42";

const csv = json2csv([{ Titel: "Rekenen", Uren: 7.5, Online: true, Einddatum: new Date(Date.UTC(2027, 2, 1)) }]);
console.log(csv.trim());
console.log(csv2json(csv)[0]);
JAVASCRIPT
cat >expected <<'TEXT'
Titel,Uren,Online,Einddatum
Rekenen,7.5,true,"""2027-03-01T00:00:00.000Z"""
{
  Titel: 'Rekenen',
  Uren: 7.5,
  Online: true,
  Einddatum: '"2027-03-01T00:00:00.000Z"'
}
TEXT
node show.mjs | tr -d '\r' | tee seen
diff expected seen
