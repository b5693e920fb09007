#!/bin/sh
# exceljs 4.4.0 and excel4node 1.8.2 write a day of Amsterdam as the evening before, better-xlsx 0.7.6 as the day before.

# ECMA-376 (18.17.4) gives dates of a workbook no zone: 46447 is 1 March 2027 for everybody. In JavaScript
# `new Date(2027, 2, 1)` is midnight where the program runs. Seen in the zone of Amsterdam: two write what UTC
# makes of it, 28 February 23:00, and 1 July as 30 June 22:00; better-xlsx does, and drops the hour. @e965/xlsx 0.20.3 (SheetJS) and xlsx-populate 1.21.0 write the day.

# What Loket does: a date with 22 or 23 hours behind it is refused with that reason at its cell, or noted in
# what comes from the older register (processes/reading/dates.py). A day without its hour tells nothing.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund exceljs@4.4.0 excel4node@1.8.2 better-xlsx@0.7.6 @e965/xlsx@0.20.3 \
  xlsx-populate@1.21.0 jszip@3.10.1
cat >show.cjs <<'JAVASCRIPT'
const { createWriteStream, readFileSync } = require("node:fs");
const { finished } = require("node:stream/promises");
const better = require("better-xlsx");
const excel4node = require("excel4node");
const exceljs = require("exceljs");
const JSZip = require("jszip");
const populate = require("xlsx-populate");
const sheetjs = require("@e965/xlsx");

const days = [new Date(2027, 2, 1), new Date(2027, 6, 1)];
const writers = {
  exceljs: async (file) => {
    const book = new exceljs.Workbook();
    book.addWorksheet("a").addRow(days);
    await book.xlsx.writeFile(file);
  },
  excel4node: async (file) => {
    const book = new excel4node.Workbook();
    const sheet = book.addWorksheet("a");
    days.forEach((day, place) => sheet.cell(1, place + 1).date(day));
    await new Promise((done, failed) => book.write(file, (error) => (error ? failed(error) : done())));
  },
  "better-xlsx": async (file) => {
    const book = new better.File();
    const row = book.addSheet("a").addRow();
    days.forEach((day) => row.addCell().setDate(day));
    await finished(book.saveAs().pipe(createWriteStream(file)));
  },
  "@e965/xlsx": async (file) => {
    const book = sheetjs.utils.book_new();
    sheetjs.utils.book_append_sheet(book, sheetjs.utils.aoa_to_sheet([days]), "a");
    sheetjs.writeFile(book, file);
  },
  "xlsx-populate": async (file) => {
    const book = await populate.fromBlankAsync();
    book.sheet(0).cell("A1").value([days]);
    await book.toFileAsync(file);
  },
};
const moment = (number) => new Date(Math.round((number - 25569) * 86400000)).toISOString().slice(0, 16);
(async () => {
  for (const [name, write] of Object.entries(writers)) {
    await write("book.xlsx");
    const archive = await JSZip.loadAsync(readFileSync("book.xlsx"));
    const sheet = await archive.file("xl/worksheets/sheet1.xml").async("string");
    const written = [...sheet.matchAll(/<v>([\d.]+)<\/v>/g)].map((found) => moment(Number(found[1])));
    console.log(`${name}:`, written.join(", "));
  }
})();
JAVASCRIPT
cat >expected <<'TEXT'
exceljs: 2027-02-28T23:00, 2027-06-30T22:00
excel4node: 2027-02-28T23:00, 2027-06-30T22:00
better-xlsx: 2027-02-28T00:00, 2027-06-30T00:00
@e965/xlsx: 2027-03-01T00:00, 2027-07-01T00:00
xlsx-populate: 2027-03-01T00:00, 2027-07-01T00:00
TEXT
TZ=Europe/Amsterdam node show.cjs | tee seen
diff expected seen
