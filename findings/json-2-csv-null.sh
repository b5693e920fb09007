#!/bin/sh
# json-2-csv 5.6.0 writes the word null in the cell of a value that is not there, and the word undefined.

# A field of CSV may be empty (RFC 4180). Seen: where a property is null, which is how a database says that there is
# no value, the text "null" is written, and for one that is undefined "undefined". Whoever reads the file has a course
# in the town of null. papaparse and @fast-csv/format leave both empty. mr-excel 6.0.1 writes null in a worksheet
# (mr-excel-letters-as-numbers.sh).

# What Loket does: a cell that holds that word alone (or undefined, or NaN) is refused with that reason at its place
# (processes/register/sheets/reading.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund json-2-csv@5.6.0 papaparse@5.7.1 @fast-csv/format@5.0.8
cat >show.mjs <<'JAVASCRIPT'
import { writeToString } from "@fast-csv/format";
import { json2csv } from "json-2-csv";
import Papa from "papaparse";

const rows = [{ Titel: "Rekenen", Plaats: null, Taal: undefined, Uren: 3 }];
console.log(`json-2-csv: ${json2csv(rows).split("\n")[1]}`);
console.log(`papaparse: ${Papa.unparse(rows).split("\r\n")[1]}`);
console.log(`@fast-csv/format: ${(await writeToString(rows, { headers: true })).split("\n")[1]}`);
JAVASCRIPT
cat >expected <<'TEXT'
json-2-csv: Rekenen,null,undefined,3
papaparse: Rekenen,,,3
@fast-csv/format: Rekenen,,,3
TEXT
node show.mjs | tee seen
diff expected seen
