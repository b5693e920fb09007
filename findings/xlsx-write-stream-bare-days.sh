#!/bin/sh
# xlsx-write-stream 1.0.3 and wasm-xlsxwriter 0.13.1 write a date as a bare number, and of the day before.

# ECMA-376 (18.8.30, 18.17.4): a date is a number of days that a format shows as one. Seen, for midnight of 1 March
# 2027 in Amsterdam: 46446.958333, what UTC makes of it, in a cell without a format. xlsx-write-stream has a format
# for dates in its file and gives it to no cell. A spreadsheet shows the number; who reads the file cannot tell a day
# from a count. write-excel-file 4.1.1 writes the same number with a format.

# What Loket does: such a number in the place of a date is read as one, and where its hour is midnight of Amsterdam in
# UTC it is refused with that reason, as a written date is (processes/reading/dates.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund xlsx-write-stream@1.0.3 wasm-xlsxwriter@0.13.1 write-excel-file@4.1.1 \
  jszip@3.10.1
cat >show.cjs <<'JAVASCRIPT'
const { createWriteStream, readFileSync, writeFileSync } = require("node:fs");
const { Readable } = require("node:stream");
const { pipeline } = require("node:stream/promises");
const JSZip = require("jszip");
const { Workbook } = require("wasm-xlsxwriter");
const writeExcelFile = require("write-excel-file/node");
const XlsxWriteStream = require("xlsx-write-stream");

const day = new Date(2027, 2, 1);
const writers = {
  "xlsx-write-stream": (file) =>
    pipeline(Readable.from([[day]]), new (XlsxWriteStream.default ?? XlsxWriteStream)(), createWriteStream(file)),
  "wasm-xlsxwriter": (file) => {
    const book = new Workbook();
    book.addWorksheet().write(0, 0, day);
    writeFileSync(file, book.saveToBufferSync());
  },
  "write-excel-file": (file) => (writeExcelFile.default ?? writeExcelFile)([[day]], { dateFormat: "dd-mm-yyyy" }).toFile(file),
};
(async () => {
  for (const [name, write] of Object.entries(writers)) {
    await write("book.xlsx");
    const archive = await JSZip.loadAsync(readFileSync("book.xlsx"));
    const sheet = await archive.file("xl/worksheets/sheet1.xml").async("string");
    const [, attributes, number] = sheet.match(/<c r="A1"([^>]*)>\s*<v>([\d.]+)/);
    console.log(`${name}: ${Number(number).toFixed(6)}, ${/ s="[1-9]/.test(attributes) ? "with" : "without"} a format`);
  }
})();
JAVASCRIPT
cat >expected <<'TEXT'
xlsx-write-stream: 46446.958333, without a format
wasm-xlsxwriter: 46446.958333, without a format
write-excel-file: 46446.958333, with a format
TEXT
TZ=Europe/Amsterdam node show.cjs | tee seen
diff expected seen
