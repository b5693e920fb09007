#!/bin/sh
# openpyxl 3.1.5: a worksheet of a write-only workbook has no add_data_validation, though it can hold one.

# Seen: the method that gives an ordinary worksheet a drop-down raises an AttributeError. The list behind
# it, data_validations, is there, and what is appended to it is written: read again, the drop-down stands
# at its cells.

# What Loket does: it appends to the list (processes/register/sheets/writing.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5
cat >show.py <<'PYTHON'
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.datavalidation import DataValidation

choice = DataValidation("list", formula1='"yes,no"')
choice.add("A2:A9")
Workbook().active.add_data_validation(choice)
workbook = Workbook(write_only=True)
sheet = workbook.create_sheet("choices")
try:
    sheet.add_data_validation(choice)
except AttributeError as error:
    print(error)
sheet.data_validations.append(choice)
sheet.append(["certified"])
workbook.save("choices.xlsx")
for each in load_workbook("choices.xlsx").active.data_validations.dataValidation:
    print(each.type, each.sqref, each.formula1)
PYTHON
cat >expected <<'TEXT'
'WriteOnlyWorksheet' object has no attribute 'add_data_validation'
list A2:A9 "yes,no"
TEXT
venv/bin/python show.py | tee seen
diff expected seen
