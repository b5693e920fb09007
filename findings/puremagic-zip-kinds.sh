#!/bin/sh
# puremagic 1.30 takes each zip archive for a document of Word first.

# Seen: a workbook and an archive with one text file get the same 32 kinds, each with a confidence of 0.4.
# A text of OpenDocument, whose type stands uncompressed at the front for this purpose (OpenDocument 1.3
# part 2, 3.3), gets no higher one for that, of 33 kinds. from_string names the first.

# What Loket does: an archive is told apart by its list of parts (processes/reading/file_kinds.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check puremagic==1.30 openpyxl==3.1.5 odfpy==1.4.1
cat >show.py <<'PYTHON'
import io
import zipfile

import puremagic
from odf.opendocument import OpenDocumentText
from openpyxl import Workbook


def saved(save):
    file = io.BytesIO()
    save(file)
    return file.getvalue()


def pack(file):
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("notes.txt", "notes")


files = {"workbook": saved(Workbook().save), "OpenDocument": saved(OpenDocumentText().write), "notes": saved(pack)}
kinds = {
    name: [(kind.extension, kind.confidence) for kind in puremagic.magic_string(content)]
    for name, content in files.items()
}
print("workbook and notes alike:", kinds["workbook"] == kinds["notes"])
for name, content in files.items():
    sure = {confidence for _, confidence in kinds[name]}
    print(name, puremagic.from_string(content), len(kinds[name]), "kinds", sure)
PYTHON
cat >expected <<'TEXT'
workbook and notes alike: True
workbook .docx 32 kinds {0.4}
OpenDocument .docx 33 kinds {0.4}
notes .docx 32 kinds {0.4}
TEXT
venv/bin/python show.py | tee seen
diff expected seen
