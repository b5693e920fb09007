#!/bin/sh
# openpyxl 3.1.5 with data_only=True gives None for a formula that no program has calculated yet.

# ECMA-376 (18.3.1.40, 18.3.1.96): the outcome v beside a formula f is optional, and programs that write
# a workbook without calculating it (openpyxl is one) leave it out. Seen: such a cell and an empty cell
# are the same None, in read-only mode and not, without a word. An import that takes an empty cell for
# "take this away" would erase what was there.

# What Loket does: a sheet of changes is read with its formulas, and a formula is a mistake of that cell
# (processes/register/sheets/reading.py). Only of an old list the outcomes are read (docs/legacy-format.md).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5
cat >show.py <<'PYTHON'
from openpyxl import Workbook, load_workbook

workbook = Workbook()
workbook.active.append(["=20*2", None, 40])
workbook.save("hours.xlsx")
for data_only in (True, False):
    for read_only in (True, False):
        sheet = load_workbook("hours.xlsx", data_only=data_only, read_only=read_only).active
        (row,) = sheet.iter_rows(max_col=3, values_only=True)
        print("outcomes" if data_only else "formulas", "read only" if read_only else "whole", row)
PYTHON
cat >expected <<'TEXT'
outcomes read only (None, None, 40)
outcomes whole (None, None, 40)
formulas read only ('=20*2', None, 40)
formulas whole ('=20*2', None, 40)
TEXT
venv/bin/python show.py | tee seen
diff expected seen
