#!/bin/sh
# mr-excel 6.0.1 and pylightxl 1.61 write yes and no as letters in a cell for numbers, and openpyxl 3.1.5 then
# reads no row of the sheet.

# ECMA-376 (18.18.11): a cell without a type holds a number; a boolean has a type of its own. Seen: `true` of
# mr-excel and `True` of pylightxl, which names bool among the values that it takes, stand in a cell without a type;
# so do their dates, and null of mr-excel. openpyxl ends in a ValueError, and pylightxl cannot read what it wrote itself.

# What Loket does: what is no number in such a cell is read as its text (processes/reading/workbooks.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5 pylightxl==1.61
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund mr-excel@6.0.1
cat >write.mjs <<'JAVASCRIPT'
import { writeFileSync } from "node:fs";
import { generateExcel } from "mr-excel";

const headers = ["Titel", "Online", "Plaats"].map((name) => ({ label: name, text: name }));
const sheet = [{ name: "Aanbod", headers, data: [{ Titel: "Rekenen", Online: true, Plaats: null }] }];
const book = await generateExcel({ notSave: true, creator: "Aanbieder", sheet }, false);
writeFileSync("mr-excel.xlsx", Buffer.from(book.arrayBuffer ? await book.arrayBuffer() : book));
JAVASCRIPT
cat >show.py <<'PYTHON'
import re
import zipfile

import openpyxl
import pylightxl

database = pylightxl.Database()
database.add_ws("Aanbod")
for row, cells in enumerate([("Titel", "Online"), ("Rekenen", True)], start=1):
    for column, cell in enumerate(cells, start=1):
        database.ws("Aanbod").update_index(row, column, cell)
pylightxl.writexl(database, "pylightxl.xlsx")


def tried(read):
    try:
        return read()
    except ValueError as error:
        while error.__cause__ or error.__context__:
            error = error.__cause__ or error.__context__
        return f"ValueError: {error}"


for name in ("mr-excel", "pylightxl"):
    with zipfile.ZipFile(f"{name}.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    print(f"{name}: {' '.join(re.findall('<c r=.[BC]2.[^>]*>.*?</c>', sheet))}")
    book = tried(lambda: openpyxl.load_workbook(f"{name}.xlsx"))
    print(f"  openpyxl: {str(book).splitlines()[0]}")
print(f"  pylightxl: {tried(lambda: pylightxl.readxl('pylightxl.xlsx'))}")
PYTHON
cat >expected <<'TEXT'
mr-excel: <c r="B2" ><v>true</v></c> <c r="C2" ><v>null</v></c>
  openpyxl: ValueError: could not convert string to float: 'true'
pylightxl: <c r="B2" ><v>True</v></c>
  openpyxl: ValueError: could not convert string to float: 'True'
  pylightxl: ValueError: could not convert string to float: 'True'
TEXT
node write.mjs
venv/bin/python show.py | tee seen
diff expected seen
