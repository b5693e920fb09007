#!/bin/sh
# openpyxl 3.1.5 finds no sheets in a workbook of the strict form of XLSX (ISO/IEC 29500-4 is the usual,
# "transitional" form; -1 the strict one), which Excel offers as "Strict Open XML Spreadsheet".

# The two forms name their namespaces otherwise (purl.oclc.org in place of schemas.openxmlformats.org).
# openpyxl compares the type of each relation with the usual name: the sheet counts as "an invalid
# specification", a warning says that it is removed, and what is opened is a workbook without sheets, with and
# without read_only. python-calamine 0.9.1 reads the same file, the date that is written out included.

# What Loket does: names of the strict form are translated before a workbook is opened, and a workbook without
# a sheet is refused with a reason (processes/reading/workbooks.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5 python-calamine==0.9.1
cat >show.py <<'PYTHON'
import warnings
import zipfile

import openpyxl
from python_calamine import CalamineWorkbook

NAMES = "http://purl.oclc.org/ooxml"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": f"""<Types xmlns="{PACKAGE}/content-types">
      <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
      <Override PartName="/xl/workbook.xml" ContentType="{KINDS}.sheet.main+xml"/>
      <Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KINDS}.worksheet+xml"/>
    </Types>""",
    "_rels/.rels": f"""<Relationships xmlns="{PACKAGE}/relationships">
      <Relationship Id="rId1" Type="{NAMES}/officeDocument/relationships/officeDocument"
        Target="xl/workbook.xml"/>
    </Relationships>""",
    "xl/_rels/workbook.xml.rels": f"""<Relationships xmlns="{PACKAGE}/relationships">
      <Relationship Id="rId1" Type="{NAMES}/officeDocument/relationships/worksheet"
        Target="worksheets/sheet1.xml"/>
    </Relationships>""",
    "xl/workbook.xml": f"""<workbook xmlns="{NAMES}/spreadsheetml/main" conformance="strict"
        xmlns:r="{NAMES}/officeDocument/relationships">
      <sheets><sheet name="Aanbod" sheetId="1" r:id="rId1"/></sheets>
    </workbook>""",
    "xl/worksheets/sheet1.xml": f"""<worksheet xmlns="{NAMES}/spreadsheetml/main"><sheetData>
      <row r="1"><c r="A1" t="inlineStr"><is><t>Rekenen</t></is></c>
        <c r="B1" t="d"><v>2026-11-29</v></c></row>
    </sheetData></worksheet>""",
}
with zipfile.ZipFile("strict.xlsx", "w") as archive:
    for name, text in PARTS.items():
        archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{text}')

for read_only in (False, True):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        book = openpyxl.load_workbook("strict.xlsx", read_only=read_only)
    print(f"openpyxl, read_only={read_only}: {book.sheetnames}, {seen[0].message}")
other = CalamineWorkbook.from_path("strict.xlsx")
print(f"calamine: {other.sheet_names}, {other.get_sheet_by_index(0).to_python()}")
PYTHON
cat >expected <<'TEXT'
openpyxl, read_only=False: [], File contains an invalid specification for 0. This will be removed
openpyxl, read_only=True: [], File contains an invalid specification for 0. This will be removed
calamine: ['Aanbod'], [['Rekenen', datetime.date(2026, 11, 29)]]
TEXT
venv/bin/python show.py | tee seen
diff expected seen
