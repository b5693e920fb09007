#!/bin/sh
# bkflow-feel 1.2.0: a whole number and a fraction cannot be compared or added; a function it lacks is null.

# DMN 1.5: there is one kind of number (10.3.2.3.1), so 1 < 1.5 holds; `not` of anything but a boolean is
# null (table 50); floor, substring and median are among the standard's functions (10.3.4). Seen: an error
# for 1 < 1.5, true for not(null), and null, without a word, for each of those functions.

# What Loket does: numbers are decimals of one kind, `not(null)` is null, and a function that nothing
# gives is refused by the check (processes/engine/language/feel).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check bkflow-feel==1.2.0
cat >show.py <<'PYTHON'
from bkflow_feel.api import parse_expression

for text in (
    "1 < 2",
    "1 < 1.5",
    "0.5 + 1",
    "not(null)",
    "floor(1.5)",
    'substring("foobar", 3)',
    "median([1, 2, 3])",
):
    try:
        print(text, "is", parse_expression(text))
    except Exception as error:
        print(text, "raises", type(error).__name__)
PYTHON
cat >expected <<'TEXT'
1 < 2 is True
1 < 1.5 raises ValidationError
0.5 + 1 raises ValidationError
not(null) is True
floor(1.5) is None
substring("foobar", 3) is None
median([1, 2, 3]) is None
TEXT
venv/bin/python show.py 2>/dev/null | tee seen
diff expected seen
