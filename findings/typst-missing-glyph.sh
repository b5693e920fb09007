#!/bin/sh
# typst 0.15.2 makes no PDF/UA-1 of a text with a character that the font lacks: one emoji is an error.

# ISO 14289-1 (7.21.8) allows no reference to the glyph .notdef. Seen: without a standard the document is
# made; with ua-1 the whole file fails, and the error names the first of two such characters only.

# What Loket does: a square stands for each character that the font lacks before the document is made
# (app/portfolio/pdf.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check typst==0.15.2
cat >show.py <<'PYTHON'
import typst

BEFORE = '#set document(title: "Portfolio")\n#set text(lang: "nl", font: "Libertinus Serif", fallback: false)\n'
for text in ("Zoë", "\u4e2d and \U0001f600", "\u25a1"):
    for standards in ([], ["ua-1"]):
        try:
            made = typst.compile((BEFORE + text).encode(), pdf_standards=standards, ignore_system_fonts=True)
            print(ascii(text), standards, made[:4].decode())
        except typst.TypstError as error:
            print(ascii(text), standards, ascii(str(error)))
PYTHON
cat >expected <<'TEXT'
'Zo\xeb' [] %PDF
'Zo\xeb' ['ua-1'] %PDF
'\u4e2d and \U0001f600' [] %PDF
'\u4e2d and \U0001f600' ['ua-1'] 'PDF/UA-1 error: the text `"\u4e2d"` could not be displayed with font `"Libertinus Serif"`'
'\u25a1' [] %PDF
'\u25a1' ['ua-1'] %PDF
TEXT
venv/bin/python show.py | tee seen
diff expected seen
