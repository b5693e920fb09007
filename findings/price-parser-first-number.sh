#!/bin/sh
# price-parser 0.5.1: the price of a course is the first number of its text, not the one beside the euro sign.

# Prices as providers of training write them. Seen: a number of days, meetings or a level that stands first
# is the price, with the currency that stands at the other number.

# What Loket does: a text that holds more than an amount is no price, and the field says how to write it
# (processes/reading/numbers.py; tests/processes/reading/test_reading.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check price-parser==0.5.1
cat >show.py <<'PYTHON'
from price_parser import Price

for text in (
    "€ 1.250,-",
    "€ 450 excl. 21% btw",
    "2 dagen à € 450",
    "3 x € 150",
    "4 bijeenkomsten, € 395",
    "niveau 2: € 80",
):
    found = Price.fromstring(text)
    print(f"{text}: {found.amount} {found.currency}")
PYTHON
cat >expected <<'TEXT'
€ 1.250,-: 1250 €
€ 450 excl. 21% btw: 450 €
2 dagen à € 450: 2 €
3 x € 150: 3 €
4 bijeenkomsten, € 395: 4 €
niveau 2: € 80: 2 €
TEXT
PYTHONIOENCODING=utf-8 env/bin/python show.py | tee seen
diff expected seen
