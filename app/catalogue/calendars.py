"""Calendars (RFC 5545) of the runs of activities, with the time zone of Amsterdam in them."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event, Timezone

from app.catalogue.structured import moment
from processes.register.offers.offers import Offer
from processes.register.offers.runs import Run

PRODUCT = "-//Loket//Catalogus//NL"
AddressOf = Callable[[Offer], str]
ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Amsterdam
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""
"""The zone of each moment here (directive 2000/84/EC), as rules (RFC 5545 3.6.5).

The library would write a list of days up to 2037, of which ical.js reads the first alone, so that
every summer is an hour late in calendars that use it (findings/icalendar-zone-of-days.sh).
"""


def calendar_of(offers: Iterable[Offer], address_of: AddressOf, *, name: str, on: date) -> bytes:
    """A calendar with an event for each run that has a day and is not over on this one.

    Who subscribes plans: programs show what a calendar has, and a run that is over would stand
    there as an appointment. What a teacher followed stands in the portfolio.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)  # what programs read that do not know RFC 7986
    for offer in offers:
        same: Counter[str] = Counter()
        for run in offer.runs:
            same[str(run.start)] += 1  # also of those that are over: an event keeps its UID
            day = f"{run.start}-{same[str(run.start)]}"
            if run.last_day and run.last_day >= on:
                calendar.add_component(_event(offer, run, address_of(offer), day))
    if calendar.get_missing_tzids():
        calendar.subcomponents.insert(0, Timezone.from_ical(ZONE))
    written: bytes = calendar.to_ical()
    return written


def _event(offer: Offer, run: Run, address: str, day: str) -> Event:
    event = Event()
    event.add("uid", f"{offer.id}-{day}@{urlsplit(address).hostname}")
    event.add("dtstamp", offer.updated_at)
    event.add("last-modified", offer.updated_at)
    event.add("summary", offer.title)
    if places := run.where(offer.location, offer.online):
        event.add("location", ", ".join(places))
    told = [offer.provider.display_name, run.when, run.price_text, address]
    event.add("description", "\n".join(filter(None, told)))
    event.add("url", address)
    _put_days(event, run)
    return event


def _put_days(event: Event, run: Run) -> None:
    """A moment where the times are known and it is one day; else whole days."""
    if run.start is None or run.last_day is None:
        return
    begins, ends = moment(run.start, run.start_time), moment(run.start, run.end_time)
    if run.start_time and run.last_day == run.start:
        event.add("dtstart", begins)
        if run.end_time:
            event.add("dtend", ends)
        return
    event.add("dtstart", run.start)
    event.add("dtend", run.last_day + timedelta(days=1))  # the day after, by RFC 5545
