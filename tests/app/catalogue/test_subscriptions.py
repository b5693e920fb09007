"""Calendars and feeds of activities, read by other programs."""

import re
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from itertools import count
from typing import Any

import pytest
from dateutil.tz import tzical
from flask.testing import FlaskClient
from icalendar import Calendar
from lxml import etree
from sqlalchemy.orm import Session

from processes.base import AMSTERDAM, set_clock, today
from processes.register.providers.providers import Provider
from tests.app.offers.offer_world import a_catalogue_offer, a_provider

ATOM = "{http://www.w3.org/2005/Atom}"
RUNS: list[dict[str, Any]] = [
    {"start": "2027-03-01", "start_time": "09:30", "end_time": "16:00", "place": "Ede; bij A, B"},
    {"start": "2027-07-01", "start_time": "10:00"},
    {"start": "2027-07-05", "end": "2027-07-07", "start_time": "10:00", "end_time": "09:00"},
    {"start": "2027-07-05", "online": True},
    {"place": "Zeist"},
]


@pytest.fixture(autouse=True)
def _before_the_runs() -> None:
    """The runs lie ahead in whatever year this is run; each look at the clock is a second later."""
    seconds = count()
    set_clock(lambda: datetime(2027, 1, 4, 12, tzinfo=UTC) + timedelta(seconds=next(seconds)))


@pytest.fixture
def provider(session: Session) -> Provider:
    return a_provider(session)


def test_the_runs_of_an_activity_go_into_a_calendar(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_catalogue_offer(session, provider, runs=RUNS)
    response = client.get(f"/catalogus/{offer.id}.ics")
    assert response.content_type == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(response.data)
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Europe/Amsterdam"
    day, evening, webinar, week = calendar.walk("VEVENT")
    assert datetime(2027, 3, 1, 9, 30, tzinfo=AMSTERDAM) == day.decoded("DTSTART")
    assert datetime(2027, 3, 1, 16, tzinfo=AMSTERDAM) == day.decoded("DTEND")
    assert (str(day["SUMMARY"]), str(day["LOCATION"])) == (offer.title, "Ede; bij A, B")
    assert str(day["URL"]).endswith(f"/catalogus/{offer.id}")
    assert (evening.decoded("DTSTART").hour, "DTEND" in evening) == (10, False)
    assert (week.decoded("DTSTART"), week.decoded("DTEND")) == (date(2027, 7, 5), date(2027, 7, 8))
    assert str(webinar["LOCATION"]) == "online"
    assert len({str(event["UID"]) for event in calendar.walk("VEVENT")}) == 4
    assert b"\r\n" in response.data


def test_another_program_reads_the_zone_as_the_clock_of_amsterdam(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    """Each hour of the days on which clocks change, this year and after 2037 (RFC 5545 3.6.5)."""
    offer = a_catalogue_offer(session, provider, runs=RUNS)
    text = client.get(f"/catalogus/{offer.id}.ics").text
    zone = tzical(StringIO(text)).get("Europe/Amsterdam")
    days = [date(2026, 3, 29), date(2026, 10, 25), date(2026, 7, 1), date(2040, 7, 1)]
    hours = [datetime(day.year, day.month, day.day, hour) for day in days for hour in range(24)]  # noqa: DTZ001
    for moment in (each.replace(tzinfo=UTC) for each in hours):
        read, right = moment.astimezone(zone), moment.astimezone(AMSTERDAM)
        assert read.replace(tzinfo=None) == right.replace(tzinfo=None)
    assert len(re.findall("RRULE:", text)) == 2
    assert "RDATE" not in text


def test_a_calendar_of_whole_days_has_no_zone(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_catalogue_offer(session, provider, runs=[{"start": "2027-07-05"}])
    assert "VTIMEZONE" not in client.get(f"/catalogus/{offer.id}.ics").text


def test_a_calendar_has_no_runs_that_are_over(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    """A run of days that goes on today is not over; what stays keeps its UID."""
    week = today() - timedelta(days=7)
    runs = [
        {"start": str(week), "end": str(week)},
        {"start": str(week), "end": str(today())},
        {"start": str(today() + timedelta(days=7))},
    ]
    offer = a_catalogue_offer(session, provider, runs=runs)
    for address in (f"/catalogus/{offer.id}.ics", "/catalogus.ics"):
        events = Calendar.from_ical(client.get(address).data).walk("VEVENT")
        days = [event.decoded("DTSTART") for event in events]
        assert days == [week, today() + timedelta(days=7)]
        assert str(events[0]["UID"]).startswith(f"{offer.id}-{week}-2@")


def test_an_activity_has_a_feed_that_tells_when_it_changed(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_catalogue_offer(session, provider, runs=RUNS, title="Taal & <b>tekst</b>")
    response = client.get(f"/catalogus/{offer.id}.atom")
    assert response.content_type == "application/atom+xml; charset=utf-8"
    feed = etree.fromstring(response.data)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Taal & <b>tekst</b>"
    assert entry.findtext(f"{ATOM}updated") == offer.updated_at.isoformat()
    assert str(entry.findtext(f"{ATOM}id")).endswith(f"/catalogus/{offer.id}")
    assert "1 maart 2027" in str(entry.findtext(f"{ATOM}content"))
    links = {each.get("rel"): str(each.get("href")) for each in entry.findall(f"{ATOM}link")}
    assert links.keys() == {"alternate"}  # written out: some readers do not take it as understood
    assert links["alternate"].endswith(f"/catalogus/{offer.id}")
    assert [each.get("rel") for each in feed.findall(f"{ATOM}link")] == ["self", "alternate"]


def test_a_search_can_be_followed(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    a_catalogue_offer(session, provider, runs=RUNS[:1], title="Rekenen", sectors=["po"])
    a_catalogue_offer(session, provider, runs=RUNS[1:2], title="Muziek", sectors=["vo"])
    page = client.get("/catalogus?sector=vo&volgorde=prijs&pagina=1").text
    assert 'href="/catalogus.atom?sector=vo"' in page
    assert 'href="/catalogus.ics?sector=vo"' in page
    feed = etree.fromstring(client.get("/catalogus.atom?sector=vo").data)
    assert [each.text for each in feed.findall(f"{ATOM}entry/{ATOM}title")] == ["Muziek"]
    every = etree.fromstring(client.get("/catalogus.atom").data)
    titles = [each.text for each in every.findall(f"{ATOM}entry/{ATOM}title")]
    assert titles == ["Muziek", "Rekenen"]  # the newest first
    calendar = Calendar.from_ical(client.get("/catalogus.ics?sector=vo").data)
    assert [str(event["SUMMARY"]) for event in calendar.walk("VEVENT")] == ["Muziek"]
    assert "LOCATION" not in calendar.walk("VEVENT")[0]  # nobody told where it is
    empty = client.get("/catalogus.atom?zoek=xyzzy")
    assert etree.fromstring(empty.data).findall(f"{ATOM}entry") == []


def test_subscriptions_to_two_searches_have_two_names(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    a_catalogue_offer(session, provider, runs=RUNS[:1], title="Rekenen", sectors=["po"])
    search = f"zoek=rekenen&sector=po&aanbieder={provider.kvk}"
    name = f"Catalogus: rekenen, Primair onderwijs, Aanbieder {provider.display_name}"

    feed = etree.fromstring(client.get(f"/catalogus.atom?{search}").data)
    calendar = Calendar.from_ical(client.get(f"/catalogus.ics?{search}").data)

    assert feed.findtext(f"{ATOM}title") == f"{name} - Loket"
    assert str(calendar["X-WR-CALNAME"]) == name
    (page,) = feed.findall(f"{ATOM}link[@rel='alternate']")
    assert "Rekenen" in client.get(page.attrib["href"].removeprefix("http://localhost")).text
    every = etree.fromstring(client.get("/catalogus.atom").data)
    assert every.findtext(f"{ATOM}title") == "Catalogus - Loket"


@pytest.mark.parametrize("kind", ["ics", "atom"])
def test_what_is_not_in_the_catalogue_has_no_feed(
    client: FlaskClient, session: Session, provider: Provider, kind: str
) -> None:
    yesterday = str(today() - timedelta(days=1))
    offer = a_catalogue_offer(session, provider, end_date=yesterday)
    assert client.get(f"/catalogus/{offer.id}.{kind}").status_code == 404
