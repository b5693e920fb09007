#!/bin/sh
# openpyxl 3.1.5 in read-only mode leaves out the rows beyond what a worksheet says its size is.

# ECMA-376 (18.3.1.35): dimension is optional, and tells what is used; programs that add rows do not all
# keep it right. Seen: of a sheet with five rows and <dimension ref="A1:B2"/> two come, without a word.
# Not in read-only mode, all five.

# What Loket does: it sets the size aside before it reads (processes/register/legacy/files.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5
cat >show.py <<'PYTHON'
import zipfile

from openpyxl import Workbook, load_workbook

workbook = Workbook()
for number in range(1, 6):
    workbook.active.append([number, f"course {number}"])
workbook.save("whole.xlsx")
with zipfile.ZipFile("whole.xlsx") as whole, zipfile.ZipFile("stated.xlsx", "w") as stated:
    for name in whole.namelist():
        part = whole.read(name)
        if name == "xl/worksheets/sheet1.xml":
            assert b'<dimension ref="A1:B5"' in part
            part = part.replace(b'<dimension ref="A1:B5"', b'<dimension ref="A1:B2"')
        stated.writestr(name, part)
for read_only in (False, True):
    sheet = load_workbook("stated.xlsx", read_only=read_only).active
    print("read only" if read_only else "whole", len(list(sheet.iter_rows())), "rows")
PYTHON
cat >expected <<'TEXT'
whole 5 rows
read only 2 rows
TEXT
venv/bin/python show.py | tee seen
diff expected seen
