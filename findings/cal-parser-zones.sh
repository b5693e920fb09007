#!/bin/sh
# cal-parser 1.0.2: a time with a zone is read as if it were in UTC, two hours late in summer.

# RFC 5545 (3.3.5, form 3): DTSTART;TZID=Europe/Amsterdam is local time in that zone, which the file
# describes itself (VTIMEZONE). Seen: the zone is handed over as a parameter, and the value is a moment in
# UTC with the digits of the local time. A day without a time is midnight of the machine's own zone, so in
# Amsterdam it comes out as the day before.

# What Loket does: runs are written in the form with a zone, its rules beside it; other readers that were
# tried take them right, and each entry says day and time in words (tests/app/catalogue/test_subscriptions.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund cal-parser@1.0.2
cat >course.ics <<'ICS'
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//NL
BEGIN:VTIMEZONE
TZID:Europe/Amsterdam
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:1
DTSTAMP:20261101T120000Z
DTSTART;TZID=Europe/Amsterdam:20270615T093000
SUMMARY:Rekenen
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTAMP:20261101T120000Z
DTSTART;VALUE=DATE:20270616
SUMMARY:Studiedag
END:VEVENT
END:VCALENDAR
ICS
sed 's/$/\r/' course.ics >crlf.ics
cat >show.cjs <<'JAVASCRIPT'
const { readFileSync } = require("node:fs");
const { parseString } = require("cal-parser");

for (const event of parseString(readFileSync("crlf.ics", "utf8")).events) {
  const { value, params } = event.dtstart;
  process.stdout.write(`${event.summary.value}: ${value.toISOString()} ${JSON.stringify(params)}\n`);
}
JAVASCRIPT
cat >expected <<'TEXT'
Rekenen: 2027-06-15T09:30:00.000Z {"tzid":"Europe/Amsterdam"}
Studiedag: 2027-06-15T22:00:00.000Z {"value":"DATE"}
TEXT
TZ=Europe/Amsterdam node show.cjs | tee seen
diff expected seen
