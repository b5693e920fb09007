#!/bin/sh
# officegen 0.6.5 writes the number 0 in a worksheet for each yes, each no, each date and each null.

# ECMA-376 (18.18.11) has cells for booleans, and a date is a number with a format. Seen: texts and numbers are
# written; anything else becomes 0, with no error or warning, so that a yes is read as no by who takes 0 for that, and
# a date is the day before 1900 began.

# What Loket does: a 0 where a date should stand is refused, and the message says to look at the columns with yes and
# no as well (processes/register/sheets/columns.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund officegen@0.6.5 jszip@3.10.1
cat >show.cjs <<'JAVASCRIPT'
const { createWriteStream, readFileSync } = require("node:fs");
const JSZip = require("jszip");
const officegen = require("officegen");

const book = officegen("xlsx");
const sheet = book.makeNewSheet();
sheet.data[0] = ["Rekenen", 7.5, true, false, new Date(2027, 2, 1), null];
const file = createWriteStream("book.xlsx");
file.on("close", async () => {
  const archive = await JSZip.loadAsync(readFileSync("book.xlsx"));
  const written = await archive.file("xl/worksheets/sheet1.xml").async("string");
  console.log([...written.matchAll(/<c r="([A-Z]1)"([^>]*)><v>([^<]*)/g)].map((cell) => cell.slice(1).join("|")).join(", "));
});
book.generate(file);
JAVASCRIPT
cat >expected <<'TEXT'
A1| t="s"|0, B1||7.5, C1||0, D1||0, E1||0, F1||0
TEXT
node show.cjs 2>/dev/null | tee seen
diff expected seen
