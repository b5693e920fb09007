#!/bin/sh
# openpyxl 3.1.5 reads no workbook in which xlsx-populate 1.21.0 or excel-builder-vanilla 5.2.5 gave a format.

# ECMA-376 (18.8.20) has a pattern or a gradient in each fill. Seen: as soon as a cell is shown as a date,
# xlsx-populate writes an empty <fill/>, and excel-builder-vanilla does so as the first of each workbook.
# Spreadsheets pass over it (openpyxl's users tell of files that Excel opens); openpyxl ends in a TypeError,
# so that a file which shows well is taken for a damaged one.

# What Loket does: where openpyxl does not take how cells look, the workbook is read with the formats of
# numbers alone, which tell what is a date (processes/reading/workbooks.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund xlsx-populate@1.21.0 excel-builder-vanilla@5.2.5
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5
cat >write.mjs <<'JAVASCRIPT'
import { writeFileSync } from "node:fs";
import { createExcelFile, createWorkbook } from "excel-builder-vanilla";
import populate from "xlsx-populate";

const filled = await populate.fromBlankAsync();
filled.sheet(0).cell("A1").value("Titel");
await filled.toFileAsync("without-a-format.xlsx");
filled.sheet(0).cell("A2").value(46447).style("numberFormat", "dd-mm-yyyy");
await filled.toFileAsync("populate.xlsx");

const built = createWorkbook();
const sheet = built.createWorksheet({ name: "Aanbod" });
sheet.setData([["Titel"]]);
built.addWorksheet(sheet);
writeFileSync("builder.xlsx", await createExcelFile(built, "Uint8Array"));
JAVASCRIPT
cat >show.py <<'PYTHON'
import re
from zipfile import ZipFile

from openpyxl import load_workbook

for name in ("without-a-format", "populate", "builder"):
    file = f"{name}.xlsx"
    with ZipFile(file) as archive:
        empty = len(re.findall("<fill/>", archive.read("xl/styles.xml").decode()))
    try:
        read = load_workbook(file).worksheets[0]["A1"].value
    except TypeError as error:
        read = f"TypeError: {error}"
    print(f"{name}: {empty} empty, {read}")
PYTHON
cat >expected <<'TEXT'
without-a-format: 0 empty, Titel
populate: 1 empty, TypeError: expected <class 'openpyxl.styles.fills.Fill'>
builder: 1 empty, TypeError: expected <class 'openpyxl.styles.fills.Fill'>
TEXT
node write.mjs
venv/bin/python -W ignore show.py | tee seen
diff expected seen
