"""Runs of an activity on the pages of its provider: fill in, correct, show."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.register.offers.offers import Offer
from processes.register.providers.providers import Provider
from tests.app.offers.offer_world import (
    a_provider,
    a_published_offer,
    an_employee,
    an_offer,
    deploy_offer_publication,
    form_of,
)

RUNS = {
    "runs-0-start": "1-9-2027",
    "runs-0-start_time": "9.30",
    "runs-0-end_time": "16:00",
    "runs-0-place": "Utrecht",
    "runs-0-price": "249,50",
    "runs-0-vat_excluded": "y",
    "runs-0-places_free": "0",
    "runs-0-language": "en",
    "runs-1-start": "1-3-2027",
    "runs-1-online": "y",
}
IN_WORDS = "1 september 2027, 09.30 tot 16.00 uur"


@pytest.fixture(autouse=True)
def provider(app: Flask, client: FlaskClient, session: Session) -> Provider:
    set_clock(lambda: datetime(2027, 1, 4, 12, tzinfo=UTC))  # before the runs, in any year
    app.config["WTF_CSRF_ENABLED"] = False
    deploy_offer_publication(session)
    provider = a_provider(session)
    an_employee(app, client, kvk=provider.kvk)
    return provider


def saved(client: FlaskClient, offer: Offer, **fields: str) -> int:
    sent = form_of(based_on=offer.version, **fields)
    return client.post(f"/aanbod/{offer.id}/bewerken", data=sent).status_code


def test_runs_that_are_filled_in_stand_on_every_page_of_the_activity(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_published_offer(session, provider, location="Ede")
    assert saved(client, offer, location="Ede", **RUNS) == 302
    own = f"/aanbod/{offer.id}"
    for address in (own, f"{own}/voorbeeld", f"/catalogus/{offer.id}"):
        page = client.get(address).text
        assert IN_WORDS in page
        assert "€ 249,50 exclusief btw" in page
        assert "Vol" in page
        assert "Engels" in page
        assert page.index("1 maart 2027") < page.index(IN_WORDS)
    assert f"{IN_WORDS}, Utrecht" in client.get(f"{own}/versies").text


def test_the_form_shows_the_runs_in_order_with_room_for_more(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    saved(client, offer, **RUNS)
    page = client.get(f"/aanbod/{offer.id}/bewerken").text
    assert 'name="runs-0-start"' in page
    assert page.index('value="01-03-2027"') < page.index('value="01-09-2027"')
    assert "Uitvoering 3" in page
    assert "Uitvoering 4 toevoegen" in page


def test_what_was_typed_wrong_stays_with_a_message_at_its_place(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    wrong = RUNS | {"runs-0-price": "ongeveer 3 tientjes", "runs-1-end": "28-2-2027"}
    sent = form_of(based_on=offer.version, **wrong)
    response = client.post(f"/aanbod/{offer.id}/bewerken", data=sent)
    assert response.status_code == 422
    assert 'value="ongeveer 3 tientjes"' in response.text
    assert 'id="runs-0-price-error"' in response.text
    assert 'href="#runs-1-end"' in response.text
    assert 'value="Utrecht"' in response.text


@pytest.mark.rule("R22")
def test_new_days_behind_an_end_date_that_is_past_are_warned_about(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_published_offer(session, provider, end_date="2026-12-31")
    for day, is_warned in (("1-3-2026", False), ("1-9-2027", True), ("2-9-2027", False)):
        session.refresh(offer)
        sent = form_of(based_on=offer.version) | {"runs-0-start": day}
        page = client.post(f"/aanbod/{offer.id}/bewerken", data=sent, follow_redirects=True).text
        assert ("Let op: de einddatum, 31-12-2026, is voorbij" in page) == is_warned


@pytest.mark.rule("R22")
@pytest.mark.parametrize("day", ["01-09-1927", "01-09-2077"])
def test_a_year_that_looks_like_a_slip_is_asked_about_once(
    client: FlaskClient, session: Session, provider: Provider, day: str
) -> None:
    offer = an_offer(session, provider)
    sent = form_of(based_on=offer.version) | {"runs-0-start": day}
    page = client.post(f"/aanbod/{offer.id}/bewerken", data=sent)
    assert page.status_code == 422
    assert "Klopt 1 september" in page.text
    sure = {"runs-0-start_zeker": day}
    assert client.post(f"/aanbod/{offer.id}/bewerken", data=sent | sure).status_code == 302
    again = client.get(f"/aanbod/{offer.id}/bewerken").text  # what is kept is not asked anew
    assert f'name="runs-0-start_zeker" value="{day}"' in again


def test_an_emptied_row_takes_the_run_away(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    saved(client, offer, **RUNS)
    session.refresh(offer)
    assert saved(client, offer, **{name: "" for name in RUNS if "runs-0" in name}) == 302
    session.refresh(offer)
    assert offer.runs == ()
    assert offer.start_date is None


def test_runs_that_are_over_stand_apart_from_those_to_come(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    days = [
        ("2027-01-05", ""),
        ("2027-02-03", ""),
        ("2027-03-01", "2027-03-02"),
        ("2027-06-04", ""),
    ]
    runs = [{"start": start, "end": end} for start, end in days]
    offer = a_published_offer(session, provider, runs=[*runs, {"place": "Ede"}])
    set_clock(lambda: datetime(2027, 3, 2, 12, tzinfo=UTC))
    an_employee(app, client, kvk=provider.kvk)  # the session of before ended long ago
    for address in (
        f"/aanbod/{offer.id}",
        f"/aanbod/{offer.id}/voorbeeld",
        f"/catalogus/{offer.id}",
    ):
        coming, past = client.get(address).text.split("2 uitvoeringen die voorbij zijn")
        assert "1 maart 2027 tot en met 2 maart 2027" in coming
        assert "In overleg" in coming
        assert "3 februari 2027" not in coming
        assert past.index("3 februari 2027") < past.index("5 januari 2027")
        assert "4 juni 2027" not in past
    data = client.get(f"/catalogus/{offer.id}").text.split("application/ld+json", 1)[1]
    assert "2027-06-04" in data
    assert "2027-01-05" not in data.split("</script>", 1)[0]


def test_an_activity_whose_runs_are_all_over_says_so(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_published_offer(session, provider, runs=[{"start": "2027-01-05"}])
    assert "5 januari 2027" in client.get(f"/catalogus/{offer.id}").text
    set_clock(lambda: datetime(2027, 1, 6, 12, tzinfo=UTC))
    page = client.get(f"/catalogus/{offer.id}").text
    assert "geen nieuwe data" in page
    assert "Eén uitvoering die voorbij is" in page


def test_what_is_wrong_in_a_run_is_told_with_the_run_and_counted_once(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    sent = form_of(based_on=offer.version, **RUNS | {"runs-1-price": "veel"})
    page = client.post(f"/aanbod/{offer.id}/bewerken", data=sent, follow_redirects=True).text
    assert "Er is nog 1 ding dat niet klopt" in page
    assert "Uitvoering 2, prijs in euro&#39;s: Vul een bedrag in" in page
