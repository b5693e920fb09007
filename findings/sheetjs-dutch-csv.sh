#!/bin/sh
# @e965/xlsx 0.20.3 (SheetJS) reads 12,5 in a file with semicolons as 125, and with exceljs 4.4.0 05-03-2027 as 3 May.

# A Dutch spreadsheet writes CSV with semicolons, because the comma is that of decimals. Seen: SheetJS takes the
# semicolon for what parts cells, told or not, and then a comma within a number for one between thousands: 12,5 is
# 125, 0,25 is 25, 1.250,00 is 1.25. Both read a day as month first where there is such a month, and leave 31-12-2027
# a text in the same column. 2027-03-05 is read rightly by both.

# What Loket does: days in the CSV of activities are written as in ISO 8601 (processes/register/sheets/writing.py);
# docs/providers.md says to take XLSX, whose numbers and days are no texts, for a program.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @e965/xlsx@0.20.3 exceljs@4.4.0
cat >show.cjs <<'JAVASCRIPT'
const { writeFileSync } = require("node:fs");
const xlsx = require("@e965/xlsx");
const exceljs = require("exceljs");

const csv = "Uren;Prijs;Einddatum\r\n12,5;1.250,00;05-03-2027\r\n0,25;49,50;31-12-2027\r\n3;0;2027-03-05\r\n";
writeFileSync("a.csv", csv);
const day = (number) => new Date((number - 25569) * 86400000).toISOString().slice(0, 10);
const shown = (cell) => {
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  if (typeof cell === "number" && cell > 40000) return day(cell);
  return typeof cell === "string" ? `"${cell}"` : cell;
};
const tell = (name, rows) => rows.forEach((row) => console.log(`${name}: ${row.map(shown).join(" ")}`));
const { Sheets } = xlsx.read(csv, { type: "string", FS: ";" });
tell("SheetJS", xlsx.utils.sheet_to_json(Sheets.Sheet1, { header: 1 }).slice(1));
new exceljs.Workbook().csv.readFile("a.csv", { parserOptions: { delimiter: ";" } }).then((sheet) => {
  tell("exceljs", [2, 3, 4].map((number) => sheet.getRow(number).values.slice(1)));
});
JAVASCRIPT
cat >expected <<'TEXT'
SheetJS: 125 1.25 2027-05-03
SheetJS: 25 4950 "31-12-2027"
SheetJS: 3 0 2027-03-05
exceljs: "12,5" "1.250,00" 2027-05-03
exceljs: "0,25" "49,50" "31-12-2027"
exceljs: 3 0 2027-03-05
TEXT
TZ=UTC node show.cjs | tee seen
diff expected seen
