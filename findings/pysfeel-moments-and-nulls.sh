#!/bin/sh
# pySFeel 1.4.2: an hour is lost when clocks change, a null is never in a list, patterns match the start only.

# DMN 1.5: a moment plus a duration is that much later (10.3.2.14), so at 01:30 in Amsterdam on 29 March
# 2026 one hour later is 03:30; `list contains` compares a null with null (10.3.4.4); `matches` finds a
# pattern anywhere, as XPath's fn:matches (10.3.4.3). Seen: 02:30, a time that no clock there shows, null,
# and false for a pattern that stands further on.

# What Loket does: hours are added in UTC and shown in the zone, a null is found, and a pattern too
# (processes/engine/language/feel/moments.py and its builtins).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pySFeel==1.4.2 pytz==2023.4
cat >show.py <<'PYTHON'
from pySFeel import SFeelParser

parser = SFeelParser()
for text in (
    'date and time("2026-03-29T01:30:00@Europe/Amsterdam") + duration("PT1H")',
    "list contains([1, null], 1)",
    "list contains([1, null], null)",
    'matches("abc", "a")',
    'matches("abc", "b")',
):
    _status, value = parser.sFeelParse(text)
    print(text, "is", value.strftime("%H:%M %z") if hasattr(value, "strftime") else value)
PYTHON
cat >expected <<'TEXT'
date and time("2026-03-29T01:30:00@Europe/Amsterdam") + duration("PT1H") is 02:30 +0100
list contains([1, null], 1) is True
list contains([1, null], null) is None
matches("abc", "a") is True
matches("abc", "b") is False
TEXT
venv/bin/python show.py 2>/dev/null | tee seen
diff expected seen
