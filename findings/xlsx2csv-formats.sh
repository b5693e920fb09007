#!/bin/sh
# xlsx2csv 0.8.6 writes hours above a day as days, and numbers without the zeros in front of them.

# ECMA-376 (18.8.30): [h]:mm shows elapsed hours, 00000000 eight digits. Seen: 30:15 becomes 1.260417, a
# KvK number shown as 01234567 becomes 1234567, and 1 maart 2027 in the Dutch format 01 March 2027.

# What Loket does: it reads the workbook itself, gives a KvK number its zeros back, and notes hours with
# so many decimals for the provider to look at (processes/register/legacy/cleaning.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check xlsx2csv==0.8.6 openpyxl==3.1.5
cat >show.py <<'PYTHON'
from datetime import date, timedelta
from io import StringIO

from openpyxl import Workbook
from xlsx2csv import Xlsx2csv

workbook = Workbook()
sheet = workbook.active
sheet.append([timedelta(hours=30, minutes=15), 1234567, date(2027, 3, 1)])
for cell, shown in zip(sheet[1], ("[h]:mm", "00000000", "[$-413]d mmmm yyyy;@"), strict=True):
    cell.number_format = shown
workbook.save("hours.xlsx")
written = StringIO()
Xlsx2csv("hours.xlsx").convert(written)
print(written.getvalue().strip())
PYTHON
cat >expected <<'TEXT'
1.260417,1234567,01 March 2027
TEXT
venv/bin/python show.py | tee seen
diff expected seen
