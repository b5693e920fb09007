#!/bin/sh
# SpiffWorkflow 3.2.0: a monthly cycle becomes a fixed number of days, and an end date is no end.

# ISO 8601: R3/2027-01-31T09:00:00+01:00/P1M repeats each month. Seen: the month is measured once, from
# the first moment (31 days), and every later occurrence adds that: 31 January, 3 March, 3 April. A
# daily cycle is 24 hours, so it moves by an hour with the clock. The legal form R5/start/end raises
# AttributeError.

# What Loket does: occurrences are counted from the first moment, on the clock of Amsterdam
# (processes/engine/language/iso8601.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check SpiffWorkflow==3.2.0
cat >show.py <<'PYTHON'
from datetime import timedelta

from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition as Timer

cycles, first, every = Timer.parse_iso_recurring_interval("R3/2027-01-31T09:00:00+01:00/P1M")
print(cycles, [str((first + n * every).date()) for n in range(3)])
print("a day is", Timer.parse_iso_recurring_interval("R3/2027-03-27T02:30:00+01:00/P1D")[2])
try:
    Timer.parse_iso_recurring_interval("R5/2027-01-01T00:00:00+00:00/2027-02-01T00:00:00+00:00")
except AttributeError as error:
    print("start/end:", type(error).__name__)
PYTHON
cat >expected <<'TEXT'
3 ['2027-01-31', '2027-03-03', '2027-04-03']
a day is 1 day, 0:00:00
start/end: AttributeError
TEXT
venv/bin/python show.py | tee seen
diff expected seen
