"""Bulk actions on offers, in the request and in the background."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.offers import bulk, bulk_results
from processes.base import today
from processes.engine.store.models import Job
from processes.register.offers.bulk_actions import BulkAction
from processes.register.offers.offers import OfferStatus, set_end_date
from processes.register.providers.providers import Provider
from tests.app.offers.offer_world import (
    a_provider,
    a_published_offer,
    an_employee,
    an_offer,
    deploy_offer_publication,
)
from workers.handlers.offers.bulk_actions import next_chunk

OTHER_KVK = "69599084"
EXPIRED = date(2018, 9, 1)


@pytest.fixture(autouse=True)
def world(app: Flask, session: Session) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    deploy_offer_publication(session)
    session.commit()


@pytest.fixture
def provider(app: Flask, client: FlaskClient, session: Session) -> Provider:
    provider = a_provider(session)
    an_employee(app, client, kvk=provider.kvk)
    return provider


@pytest.mark.rule("R25")
def test_each_activity_gets_its_own_result(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    whole = an_offer(session, provider, title="Compleet")
    half = an_offer(session, provider, title="Half", sectors=[])
    theirs = an_offer(session, a_provider(session, OTHER_KVK))
    sent = {"action": "publish", "selected": [str(one.id) for one in (whole, half, theirs)]}
    before = client.post("/aanbod/meer", data=sent).text
    assert "1 activiteit publiceren" in before
    assert "Waarom het bij 2 activiteiten niet kan" in before
    assert "Sector: kies er minstens één" in before
    assert whole.published_at is None
    page = client.post("/aanbod/meer", data=sent | {"confirmed": "ja"}, follow_redirects=True)
    assert page.status_code == 200
    assert client.get(page.request.path).text.count("gelukt") == page.text.count("gelukt")
    assert "Sector: kies er minstens één" in page.text
    assert "Bestaat niet meer" in page.text
    for offer in (whole, half, theirs):
        session.refresh(offer)
    assert whole.status is OfferStatus.PUBLISHED
    assert half.status is OfferStatus.CONCEPT
    assert theirs.status is OfferStatus.CONCEPT


@pytest.mark.rule("R23")
def test_publishing_with_a_past_end_date_says_that_it_is_not_visible(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider, end_date="2020-01-01")
    sent = {"action": "publish", "selected": str(offer.id), "confirmed": "ja"}
    page = client.post("/aanbod/meer", data=sent, follow_redirects=True)
    assert "niet zichtbaar" in page.text


def test_choosing_nothing_is_told_in_the_list_as_it_was(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    an_offer(session, provider, title="Concept over taal")
    a_published_offer(session, provider, title="Klaar over taal")
    response = client.post("/aanbod/meer?status=concept", data={"action": "publish"})
    assert response.status_code == 422
    assert "U hebt geen activiteit gekozen" in response.text
    assert "Concept over taal" in response.text
    assert "Klaar over taal" not in response.text


@pytest.mark.parametrize("scope", ["all", "chosen"])
def test_who_chooses_more_than_go_at_once_reads_how_many_are_left(
    client: FlaskClient,
    session: Session,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
    scope: str,
) -> None:
    ids = [str(an_offer(session, provider).id) for _ in range(3)]
    sent = {"action": "check", "scope": scope, "selected": ids}
    assert "nog eens" not in client.post("/aanbod/meer", data=sent).text
    monkeypatch.setattr(bulk, "MOST", 2)
    page = client.post("/aanbod/meer", data=sent).text
    assert "de eerste 2 activiteiten" in page
    assert "nog eens voor de andere 1" in page
    assert "2 activiteiten als gecontroleerd markeren" in page


def test_one_press_hides_nothing_that_teachers_see(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    old = {"legacy_valid_until": EXPIRED}
    shown, other = (a_published_offer(session, provider, **old) for _ in range(2))
    sent: dict[str, Any] = {"action": "end-date", "selected": [str(shown.id), str(other.id)]}
    asked = client.post("/aanbod/meer", data=sent).text
    assert "checked" not in asked.partition("Welke einddatum?")[2].partition("</fieldset>")[0]
    assert client.post("/aanbod/meer", data=sent | {"asked": "1"}).status_code == 422
    chosen = sent | {"asked": "1", "way": "validity"}
    warned = client.post("/aanbod/meer", data=chosen)
    assert "2 activiteiten verdwijnen" in warned.text
    session.refresh(shown)
    assert shown.end_date is None
    done = client.post("/aanbod/meer", data=chosen | {"confirmed": "validity:"})
    assert done.status_code == 303
    session.refresh(shown)
    assert shown.end_date == EXPIRED


@pytest.mark.parametrize("sent", [{"action": "dans"}, {"action": "publish", "selected": "x"}])
def test_what_no_page_of_ours_sends_is_refused(
    client: FlaskClient, session: Session, provider: Provider, sent: dict[str, str]
) -> None:
    offer = an_offer(session, provider)
    assert client.post("/aanbod/meer", data={"selected": str(offer.id)} | sent).status_code == 400


def test_all_that_the_filter_shows_can_be_marked_as_checked(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    concept = an_offer(session, provider)
    published = a_published_offer(session, provider)
    sent = {"action": "check", "scope": "all", "confirmed": "ja"}
    client.post("/aanbod/meer?status=concept", data=sent)
    for offer in (concept, published):
        session.refresh(offer)
    assert concept.checked_at is not None
    assert published.checked_at is None


@pytest.mark.rule("R53")
def test_expired_validations_get_an_end_date_in_one_go(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    old = an_offer(session, provider, legacy_valid_until=EXPIRED)
    never = an_offer(session, provider)
    assert "validatie uit het oude register verlopen" in client.get("/aanbod").text
    sent = {"action": "end-date", "selected": [str(old.id), str(never.id)]}
    assert "Welke einddatum?" in client.post("/aanbod/meer", data=sent).text
    sent |= {"way": "validity"}
    assert "Had geen oude validatie" in client.post("/aanbod/meer", data=sent).text
    sent |= {"confirmed": "validity:"}
    page = client.post("/aanbod/meer", data=sent, follow_redirects=True).text
    assert "Had geen oude validatie" in page
    for offer in (old, never):
        session.refresh(offer)
    assert old.end_date == EXPIRED
    assert never.end_date is None


def test_one_end_date_for_all_needs_a_date(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    sent = {"action": "end-date", "selected": str(offer.id), "way": "date", "asked": "1"}
    assert client.post("/aanbod/meer", data=sent).status_code == 422
    sent |= {"end_date": "31-12-2029"}
    assert "wordt 31 december 2029" in client.post("/aanbod/meer", data=sent).text
    client.post("/aanbod/meer", data=sent | {"confirmed": "date:2029-12-31"})
    session.refresh(offer)
    assert str(offer.end_date) == "2029-12-31"


@pytest.mark.rule("R22")
def test_an_end_date_for_all_tells_what_does_not_go_ahead(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    later = an_offer(session, provider, runs=[{"start": "2097-09-01"}])
    begun = an_offer(session, provider, runs=[{"start": "2020-01-01"}])
    sent = {"action": "end-date", "way": "date", "asked": "1", "end_date": "1-3-2020"}
    page = client.post("/aanbod/meer", data=sent | {"selected": [str(later.id), str(begun.id)]})
    assert "Bij 1 activiteit is de begindatum later" in page.text
    assert (
        "niet doorgaat" not in client.post("/aanbod/meer", data=sent | {"selected": begun.id}).text
    )


@pytest.mark.parametrize(
    ("day", "says"), [("31-12-2029", "wordt 31 december 2029"), ("31-02-2029", "bestaat niet")]
)
def test_who_only_types_an_end_date_for_all_means_that_day(
    client: FlaskClient, session: Session, provider: Provider, day: str, says: str
) -> None:
    offer = an_offer(session, provider)
    sent = {"action": "end-date", "selected": str(offer.id), "asked": "1", "end_date": day}
    assert says in client.post("/aanbod/meer", data=sent).text


@pytest.mark.rule("R25")
def test_many_go_to_the_background_once(
    client: FlaskClient, session: Session, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_results, "AT_ONCE", 1)
    offers = [an_offer(session, provider, title=f"Nummer {number}") for number in range(3)]
    sent = {"action": "publish", "scope": "all", "submission_id": str(uuid4()), "confirmed": "ja"}
    first, second = (client.post("/aanbod/meer", data=sent) for _ in range(2))
    assert first.location == second.location
    job = session.scalars(select(Job).where(Job.topic == "bulk-offers")).one()
    assert "Bekijk hoe ver dat is" in client.get("/aanbod").text
    assert "0 van 3 activiteiten gedaan" in client.get(first.location).text
    fragment = client.get(first.location, headers={"HX-Request": "true"}).text
    assert "<html" not in fragment
    action = session.get_one(BulkAction, UUID(job.arguments["action_id"]))
    assert next_chunk(session, action, provider.kvk)
    assert not next_chunk(session, action, provider.kvk)
    session.commit()
    page = client.get(first.location, headers={"HX-Request": "true"})
    assert page.headers["HX-Refresh"] == "true"
    assert page.text.count("Gepubliceerd.") == len(offers)


def test_the_background_job_of_another_company_does_not_exist(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    sent = {"action": "publish", "scope": "all", "confirmed": "ja"}
    an_offer(session, provider)
    location = client.post("/aanbod/meer", data=sent).location
    a_provider(session, OTHER_KVK)
    an_employee(app, client, kvk=OTHER_KVK)
    assert client.get(location).status_code == 404


def test_a_year_that_looks_like_a_slip_is_asked_once(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    sent = {"action": "end-date", "selected": str(offer.id), "way": "date", "asked": "1"}
    sent |= {"end_date": "31-12-2207"}
    asked = client.post("/aanbod/meer", data=sent).text
    assert "Klopt het jaar 2207?" in asked
    assert "verdwijnt" not in asked.partition("Weet u het zeker?")[2]
    session.refresh(offer)
    assert offer.end_date is None
    assert (
        client.post("/aanbod/meer", data=sent | {"confirmed": "date:2207-12-31"}).status_code == 303
    )
    session.refresh(offer)
    assert str(offer.end_date) == "2207-12-31"


def test_end_dates_are_put_back_but_not_what_was_changed_since(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    had, none, changed = (
        an_offer(session, provider, title=title, end_date=day)
        for title, day in (("A", "2027-01-31"), ("B", None), ("C", None))
    )
    sent = {"action": "end-date", "scope": "all", "way": "date", "end_date": "31-12-2027"}
    sent |= {"confirmed": "date:2027-12-31"}
    done = client.post("/aanbod/meer", data=sent)
    assert "Ongedaan maken" in client.get(done.location).text
    other_day = today()
    set_end_date(session, changed.id, other_day, by="een collega")
    session.commit()
    first, second = (client.post(f"{done.location}/ongedaan-maken") for _ in range(2))
    assert first.location == second.location
    page = client.get(first.location).text
    assert "Daarna gewijzigd" in page
    assert "Ongedaan maken</" not in page.partition("<h1")[2].partition("</h1>")[2]
    for offer in (had, none, changed):
        session.refresh(offer)
    assert [str(each.end_date) for each in (had, none)] == ["2027-01-31", "None"]
    assert changed.end_date == other_day
    assert "Dit is ongedaan gemaakt" in client.get(done.location).text


def test_checking_is_undone_and_publishing_is_not(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    sent = {"scope": "all", "confirmed": "ja"}
    checked = client.post("/aanbod/meer", data=sent | {"action": "check"})
    client.post(f"{checked.location}/ongedaan-maken")
    session.refresh(offer)
    assert offer.checked_at is None
    published = client.post("/aanbod/meer", data=sent | {"action": "publish"})
    assert "met een einddatum in het verleden" in client.get(published.location).text
    assert client.post(f"{published.location}/ongedaan-maken").status_code == 404


@pytest.mark.rule("R31")
def test_deleting_many_asks_the_word_and_offers_the_end_date_first(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    one, other = (an_offer(session, provider, title=title) for title in ("Weg ermee", "Ook weg"))
    sent = {"action": "delete", "selected": [str(one.id), str(other.id)]}
    asked = client.post("/aanbod/meer", data=sent).text
    assert asked.index("Einddatum instellen") < asked.index("Ja, 2 activiteiten verwijderen")
    refused = client.post("/aanbod/meer", data=sent | {"confirmed": "ja", "confirmation": "ja"})
    assert refused.status_code == 422
    assert "Typ het woord VERWIJDEREN om te bevestigen" in refused.text
    sent |= {"confirmed": "ja", "confirmation": " verwijderen "}
    page = client.post("/aanbod/meer", data=sent, follow_redirects=True).text
    assert page.count("Verwijderd.") == 2
    assert "Weg ermee" in page
    for offer in (one, other):
        session.refresh(offer)
        assert offer.status is OfferStatus.DELETED


def test_a_branch_sees_no_bulk_action_of_the_company(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    an_offer(session, provider)
    sent = {"action": "check", "scope": "all", "confirmed": "ja"}
    location = client.post("/aanbod/meer", data=sent).location
    an_employee(app, client, kvk=provider.kvk, branch="000037178598")
    assert client.get(location).status_code == 404
    assert "Bekijk hoe ver dat is" not in client.get("/aanbod").text
