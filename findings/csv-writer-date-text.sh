#!/bin/sh
# csv-writer 1.6.0, @fast-csv/format 5.0.8, json-2-csv 5.6.0, csv-string 4.1.1, convert-array-to-csv 2.0.0 and
# xlsx-stream-writer 0.2.6 write a Date as JavaScript prints it, with the name of the time zone in English.

# Neither CSV (RFC 4180) nor a cell of text has dates. Seen: `Mon Mar 01 2027 00:00:00 GMT+0100 (Central European
# Standard Time)`, which no spreadsheet takes for a day; xlsx-stream-writer does so in a cell of text, though XLSX has
# dates. Two others write the moment in UTC (JSON), in which midnight of Amsterdam is the evening before.

# What Loket does: such a text is read as the day that it names, and midnight with Z or an offset behind it too; an
# evening in UTC is refused with that reason (processes/reading/dates.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund csv-writer@1.6.0 @fast-csv/format@5.0.8 json-2-csv@5.6.0 csv-string@4.1.1 \
  convert-array-to-csv@2.0.0 xlsx-stream-writer@0.2.6 papaparse@5.7.1 d3-dsv@3.0.2 jszip@3.10.1
cat >show.mjs <<'JAVASCRIPT'
import { writeToString } from "@fast-csv/format";
import arrays from "convert-array-to-csv";
import csvString from "csv-string";
import csvWriter from "csv-writer";
import { csvFormat } from "d3-dsv";
import { json2csv } from "json-2-csv";
import JSZip from "jszip";
import Papa from "papaparse";
import XlsxStreamWriter from "xlsx-stream-writer";

const day = new Date(2027, 2, 1);
const rows = [{ Titel: "Rekenen", Einddatum: day }];
const header = [{ id: "Titel", title: "Titel" }, { id: "Einddatum", title: "Einddatum" }];
const written = {
  "csv-writer": csvWriter.createObjectCsvStringifier({ header }).stringifyRecords(rows),
  "@fast-csv/format": await writeToString(rows, { headers: true }),
  "json-2-csv": json2csv(rows),
  "csv-string": csvString.stringify(["Rekenen", day]),
  "convert-array-to-csv": arrays.convertArrayToCSV(rows),
  papaparse: Papa.unparse(rows),
  "d3-dsv": csvFormat(rows),
};
for (const [name, csv] of Object.entries(written)) {
  console.log(`${name}: ${csv.trim().split(/\r?\n/).pop()}`);
}
const xlsx = new XlsxStreamWriter();
xlsx.addRows([["Rekenen", day]]);
const archive = await JSZip.loadAsync(await xlsx.getFile());
const parts = await Promise.all(Object.values(archive.files).map((file) => file.async("string")));
console.log(`xlsx-stream-writer: ${parts.join("").match(/Mon Mar[^<]*/)[0]}`);
JAVASCRIPT
cat >expected <<'TEXT'
csv-writer: Rekenen,Mon Mar 01 2027 00:00:00 GMT+0100 (Central European Standard Time)
@fast-csv/format: Rekenen,Mon Mar 01 2027 00:00:00 GMT+0100 (Central European Standard Time)
json-2-csv: Rekenen,Mon Mar 01 2027 00:00:00 GMT+0100 (Central European Standard Time)
csv-string: Rekenen,Mon Mar 01 2027 00:00:00 GMT+0100 (Central European Standard Time)
convert-array-to-csv: Rekenen,Mon Mar 01 2027 00:00:00 GMT+0100 (Central European Standard Time)
papaparse: Rekenen,2027-02-28T23:00:00.000Z
d3-dsv: Rekenen,2027-02-28T23:00Z
xlsx-stream-writer: Mon Mar 01 2027 00:00:00 GMT+0100 (Central European Standard Time)
TEXT
LC_ALL=en_US.UTF-8 TZ=Europe/Amsterdam node show.mjs | tee seen
diff expected seen
