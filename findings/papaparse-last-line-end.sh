#!/bin/sh
# papaparse 5.7.1 takes the line end behind the last row for a row of one cell, and by that a comma in the texts for
# what parts the cells of a file with semicolons.

# RFC 4180 (2.2): the last row may have a line end or not. Seen, without `delimiter` and `skipEmptyLines`: the
# semicolon makes ten columns in each row, but one in the empty row after the last; a comma here and there in texts
# makes one to three, which counts as more even, so that the file is read as one of three columns. Without the last line end
# the semicolon is found.

# What Loket does: its CSV files have no line end behind the last row (processes/register/sheets/writing.py,
# processes/letters/csv_files.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund papaparse@5.7.1
cat >show.cjs <<'JAVASCRIPT'
const Papa = require("papaparse");

const rows = [
  "Nummer;Titel;Plaats;Online;Doelgroep;Vak;Taal;Deelnemers;Einddatum;Website",
  "1;Rekenen, taal, muziek en spel;Utrecht;ja;po;rekenen;nl;20;2027-03-05;https://school.example/1",
  "2;Lezen, schrijven, spreken en luisteren;Zwolle;nee;vo;taal;nl;15;2027-03-12;https://school.example/2",
];
for (const [name, end] of [["with", "\r\n"], ["without", ""]]) {
  const { data, meta } = Papa.parse(rows.join("\r\n") + end);
  console.log(`${name} a last line end: ${meta.delimiter} ${data.map((row) => row.length).join(" ")}`);
}
JAVASCRIPT
cat >expected <<'TEXT'
with a last line end: , 1 3 3 1
without a last line end: ; 10 10 10
TEXT
node show.cjs | tee seen
diff expected seen
