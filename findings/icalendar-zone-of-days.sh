#!/bin/sh
# icalendar 7.3.2 (Python) writes a time zone in a way that ical.js 2.2.1 (JavaScript) reads wrongly.

# `Calendar.add_missing_timezones` lists each day on which clocks change, from 1970 to 2037, as the values of one
# RDATE, which RFC 5545 allows (3.8.5.2). ical.js takes the first value of an RDATE in a VTIMEZONE and leaves the
# others: summer is for it that of 1977 and 1978 alone, so that an event at 09:00 in June is at 08:00 UTC in place
# of 07:00, wherever a program goes by the zone in the file and not by one of its own. After 2037
# there is no summer for anybody. And summer begins at 03:00 there, where RFC 5545 (3.6.5) has the local time
# of before the change, 02:00: for an hour in each spring, 01:30 UTC is 02:30 by icalendar's own reader too.
# The same zone as two rules (RRULE) is read rightly by both.

# What Loket does: it writes the zone of Amsterdam as rules (app/catalogue/calendars.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check icalendar==7.3.2
npm install --silent --no-audit --no-fund --prefix . ical.js@2.2.1
cat >write.py <<'PYTHON'
from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
RULES = """BEGIN:VTIMEZONE
TZID:Europe/Amsterdam
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""


def calendar() -> Calendar:
    made, event = Calendar.new(), Event.new(start=datetime(2026, 6, 1, 9, tzinfo=AMSTERDAM))
    made.add_component(event)
    return made


days, rules = calendar(), calendar()
days.add_missing_timezones()
rules.subcomponents.insert(0, Timezone.from_ical(RULES))
spring = datetime(2026, 3, 29, 1, 30, tzinfo=timezone.utc)
late = datetime(2040, 6, 1, 7, tzinfo=timezone.utc)
print(f"the clock: {spring.astimezone(AMSTERDAM):%H:%M}, {late.astimezone(AMSTERDAM):%H:%M}")
for name, made in (("days", days), ("rules", rules)):
    zone = made.timezones[0].to_tz(lookup_tzid=False)
    print(f"icalendar, {name}: {spring.astimezone(zone):%H:%M}, {late.astimezone(zone):%H:%M}")
    Path(f"{name}.ics").write_bytes(made.to_ical())
PYTHON
cat >read.mjs <<'JAVASCRIPT'
import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';

for (const name of ['days', 'rules']) {
  const calendar = new ICAL.Component(ICAL.parse(readFileSync(`${name}.ics`, 'utf8')));
  const zone = new ICAL.Timezone(calendar.getFirstSubcomponent('vtimezone'));
  const begin = ICAL.Time.fromDateTimeString('2026-06-01T09:00:00');
  begin.zone = zone;
  console.log(`ical.js, ${name}: ${begin.convertToZone(ICAL.Timezone.utcTimezone)}`);
}
JAVASCRIPT
cat >expected <<'TEXT'
the clock: 03:30, 09:00
icalendar, days: 02:30, 08:00
icalendar, rules: 03:30, 09:00
ical.js, days: 2026-06-01T08:00:00Z
ical.js, rules: 2026-06-01T07:00:00Z
TEXT
{ venv/bin/python write.py; node read.mjs; } | tee seen
diff expected seen
