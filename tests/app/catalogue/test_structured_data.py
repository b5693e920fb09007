"""What search engines read of an activity and a provider: valid by the vocabulary of schema.org."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.register.providers.providers import Provider, suspend
from tests.app.offers.offer_world import BY, a_catalogue_offer, a_provider

VOCABULARY = Path(__file__).parents[2] / "corpora" / "schema-org" / "types.schema.json"
RUNS = [
    {
        "start": "2027-03-01",
        "start_time": "09:30",
        "end_time": "16:00",
        "place": "Den Bosch",
        "price": "249.50",
        "vat_excluded": True,
        "places_free": 0,
        "language": "en",
    },
    {"start": "2027-07-01", "end": "2027-07-03", "online": True, "price": "0"},
    {"place": "Ede", "online": True, "language": "mul"},
    {"price": "10"},
]


@pytest.fixture(autouse=True)
def _before_the_runs() -> None:
    """The runs lie ahead in whatever year this is run; each look at the clock is a second later."""
    seconds = count()
    set_clock(lambda: datetime(2027, 1, 4, 12, tzinfo=UTC) + timedelta(seconds=next(seconds)))


@cache
def vocabulary() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(VOCABULARY.read_text("utf-8"))
    return found


def errors(data: dict[str, Any], kind: str) -> list[str]:
    """What the vocabulary has against this; the context belongs to no type."""
    from jsonschema import Draft202012Validator, FormatChecker  # late: it takes two seconds

    schema = vocabulary() | {"$ref": f"#/$defs/{kind}"}
    bare = {name: value for name, value in data.items() if name != "@context"}
    found = Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(bare)
    return [error.message for error in found]


def data_in(page: str) -> dict[str, Any]:
    (script,) = html.fromstring(page).xpath("//script[@type='application/ld+json']")
    found: dict[str, Any] = json.loads(script.text)
    return found


@pytest.fixture
def provider(session: Session) -> Provider:
    return a_provider(session, display_name="De </script><b>Leerkring & zn</b>")


def test_an_activity_is_a_course_with_an_instance_for_each_run(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_catalogue_offer(session, provider, runs=RUNS, location="Zeist", subject="Rekenen")
    data = data_in(client.get(f"/catalogus/{offer.id}").text)
    assert errors(data, "Course") == []
    assert data["@context"] == "https://schema.org"
    assert data["name"] == offer.title
    assert data["provider"]["name"] == provider.display_name
    assert data["timeRequired"] == "PT16H"
    day, week, two_ways, open_ = data["hasCourseInstance"]
    assert day["startDate"] == "2027-03-01T09:30:00+01:00"
    assert day["endDate"] == "2027-03-01T16:00:00+01:00"
    assert day["location"] == [{"@type": "Place", "name": "Den Bosch", "address": "Den Bosch"}]
    assert (day["inLanguage"], day["remainingAttendeeCapacity"]) == ("en", 0)
    assert day["offers"]["price"] == 249.5
    assert day["offers"]["availability"] == "https://schema.org/SoldOut"
    assert day["offers"]["priceSpecification"]["valueAddedTaxIncluded"] is False
    assert (week["startDate"], week["endDate"]) == ("2027-07-01", "2027-07-03")
    assert (week["courseMode"], week["offers"]["category"]) == ("Online", "Free")
    assert (two_ways["courseMode"], "inLanguage" in two_ways) == ("Blended", False)
    assert open_["location"][0]["name"] == "Zeist"


def test_a_run_of_which_no_place_is_known_is_neither_online_nor_anywhere(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    runs = [{"start": "2027-03-01"}, {"start": "2027-03-02", "online": True}]
    offer = a_catalogue_offer(session, provider, runs=runs, location="", online=False)
    open_, online = data_in(client.get(f"/catalogus/{offer.id}").text)["hasCourseInstance"]
    assert "courseMode" not in open_
    assert "location" not in open_
    assert online["courseMode"] == "Online"
    assert online["location"][0]["@type"] == "VirtualLocation"


def test_an_activity_without_runs_is_a_course_all_the_same(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_catalogue_offer(session, provider, contact_hours="0.25", self_study_hours="0")
    data = data_in(client.get(f"/catalogus/{offer.id}").text)
    assert errors(data, "Course") == []
    assert "hasCourseInstance" not in data
    assert data["timeRequired"] == "PT0H15M"


@pytest.mark.parametrize(
    "wrong",
    [
        {"nom": "x"},
        {"hasCourseInstance": [{"@type": "CourseInstance", "startDate": "morgen"}]},
        {"hasCourseInstance": [{"@type": "CourseInstance", "beginDate": "2027-01-01"}]},
        {"provider": {"@type": "Place", "name": "x"}},
        {"name": 3},
    ],
)
def test_the_vocabulary_refuses_what_it_does_not_know(wrong: dict[str, Any]) -> None:
    assert errors({"@type": "Course", "name": "x"}, "Course") == []
    assert errors({"@type": "Course", "name": "x"} | wrong, "Course")


def test_the_page_says_to_others_what_it_is(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_catalogue_offer(session, provider, contribution='Leer "meer"  en\n\n\nbeter.')
    page = client.get(f"/catalogus/{offer.id}?utm_source=x")
    (head,) = html.fromstring(page.text).xpath("/html/head")
    (canonical,) = head.xpath("link[@rel='canonical']/@href")
    assert canonical.endswith(f"/catalogus/{offer.id}")
    assert canonical.startswith("http")
    told = dict(
        zip(head.xpath("meta/@property"), head.xpath("meta[@property]/@content"), strict=True)
    )
    assert told["og:title"] == offer.title
    assert told["og:url"] == canonical
    assert told["og:description"] == 'Leer "meer" en beter.'
    assert head.xpath("meta[@name='description']/@content") == [told["og:description"]]
    assert "<b>Leerkring" not in page.text


def test_a_provider_has_a_page_with_its_activities(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_catalogue_offer(session, provider)
    address = f"/catalogus/aanbieder/{provider.kvk}"
    assert address in client.get(f"/catalogus/{offer.id}").text
    page = client.get(address).text
    assert offer.title in page
    assert "1 activiteit in de catalogus" in page
    data = data_in(page)
    assert errors(data, "Organization") == []
    assert data["identifier"] == provider.kvk


def test_a_suspended_or_unknown_provider_has_no_page(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    suspend(session, provider, reason="Onderzoek", by=BY)
    session.commit()
    assert client.get(f"/catalogus/aanbieder/{provider.kvk}").status_code == 404
    assert client.get("/catalogus/aanbieder/12345678").status_code == 404
    assert client.get("/catalogus/aanbieder/1").status_code == 404
