#!/bin/sh
# holidays 0.109 and workalendar 17.0.0 do not agree on 5 May in the Netherlands; the law has it.

# The Algemene termijnenwet, article 3, names 5 May a general holiday, every year: a legal term that
# would end on it ends on the next working day (article 1). Seen: `holidays` has Liberation Day as a
# public holiday in 2025 only (each fifth year, as many employers give it), `workalendar` each year. Both
# list Good Friday, which article 3 (2) makes equal to one.

# What Loket does: it keeps the law's own list, and reckons terms by it.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check holidays==0.109 workalendar==17.0.0
cat >show.py <<'PYTHON'
from datetime import date

import holidays
from workalendar.europe import Netherlands

for year in (2025, 2026, 2027):
    day = date(year, 5, 5)
    theirs = day in holidays.country_holidays("NL", years=year)
    print(year, "holidays:", theirs, "workalendar:", Netherlands().is_holiday(day))
PYTHON
cat >expected <<'TEXT'
2025 holidays: True workalendar: True
2026 holidays: False workalendar: True
2027 holidays: False workalendar: True
TEXT
venv/bin/python show.py | tee seen
diff expected seen
