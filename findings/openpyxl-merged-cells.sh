#!/bin/sh
# openpyxl 3.1.5: a workbook that is read with read_only says nothing of merged cells; those below the first are empty.

# ISO/IEC 29500-1 (18.3.1.55): a merged range has the value of its first cell, and the others have none of
# their own. Offices merge a provider's name or a title over the rows it counts for. Seen: without read_only
# a worksheet lists its merged ranges; with it there is no such list, and the cells of the range cannot be
# told from empty ones, though the file says which they are.

# What Loket does: the ranges are read from the worksheet's own part, and an empty cell below a merged one
# is an error at its place, where it would have emptied what was there (processes/reading/workbooks.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5
cat >show.py <<'PYTHON'
import zipfile

import openpyxl

book = openpyxl.Workbook()
for row in (["provider", "title"], ["Een", "a"], [None, "b"], [None, "c"]):
    book.active.append(row)
book.active.merge_cells("A2:A3")
book.save("merged.xlsx")

for read_only in (False, True):
    sheet = openpyxl.load_workbook("merged.xlsx", read_only=read_only).active
    print("read_only" if read_only else "whole")
    print("  column:", [row[0].value for row in sheet.iter_rows(max_col=1)])
    print("  kinds of row 3 and 4:", [type(row[0]).__name__ for row in sheet.iter_rows(min_row=3, max_col=1)])
    print("  ranges:", [str(each) for each in getattr(sheet, "merged_cells", "?")])
part = zipfile.ZipFile("merged.xlsx").read("xl/worksheets/sheet1.xml").decode()
print("in the file:", part[part.index("<mergeCell ") :].split("/>")[0].strip())
PYTHON
cat >expected <<'TEXT'
whole
  column: ['provider', 'Een', None, None]
  kinds of row 3 and 4: ['MergedCell', 'Cell']
  ranges: ['A2:A3']
read_only
  column: ['provider', 'Een', None, None]
  kinds of row 3 and 4: ['EmptyCell', 'EmptyCell']
  ranges: ['?']
in the file: <mergeCell ref="A2:A3"
TEXT
venv/bin/python show.py | tee seen
diff expected seen
