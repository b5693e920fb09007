"""Pages of a teacher's portfolio, and its export."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.base import now, set_clock, today
from processes.dutch import date_in_words
from processes.reading.formulas import guarded
from processes.register.offers.offers import create, delete, edit, set_end_date
from processes.register.portfolio.entries import PortfolioEntry, add_entry
from processes.register.portfolio.teachers import Teacher
from processes.register.providers.providers import Provider
from tests.app.offers.offer_world import BY, COMPLETE, a_catalogue_offer, a_provider, a_teacher

DAY = timedelta(days=1)


@pytest.fixture
def provider(app: Flask, session: Session) -> Provider:
    app.config["WTF_CSRF_ENABLED"] = False
    return a_provider(session)


@pytest.fixture
def teacher(app: Flask, client: FlaskClient, session: Session) -> Teacher:
    return a_teacher(session, app, client)


def entries(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(PortfolioEntry)) or 0


@pytest.mark.usefixtures("teacher")
def test_an_empty_portfolio_says_how_to_begin(client: FlaskClient) -> None:
    page = client.get("/portfolio").text
    assert "Uw portfolio is nog leeg" in page
    assert "0 van 160 uur" in page


@pytest.mark.usefixtures("teacher")
def test_an_activity_is_added_with_the_date_followed_and_counts(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_catalogue_offer(session, provider)
    address = f"/portfolio/toevoegen/{offer.id}"
    assert "Rekenen met plezier" in client.get(address).text
    day = f"{today() - DAY:%d-%m-%Y}"
    response = client.post(address, data={"followed_on": day}, follow_redirects=True)
    assert "staat in uw portfolio" in response.text
    assert "16 van 160 uur" in response.text
    assert "16 van 100 uur vak, didactiek en pedagogiek" in response.text


@pytest.mark.usefixtures("teacher")
@pytest.mark.parametrize("day", ["", "gisteren", "31-02-2025"])
def test_a_date_that_cannot_be_is_refused(
    client: FlaskClient, session: Session, provider: Provider, day: str
) -> None:
    offer = a_catalogue_offer(session, provider)
    response = client.post(f"/portfolio/toevoegen/{offer.id}", data={"followed_on": day})
    assert response.status_code == 422
    assert entries(session) == 0


@pytest.mark.rule("R36")
def test_what_has_yet_to_begin_says_when_it_can_be_added_and_asks_no_day(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    a_teacher(session, app, client)
    begins = today() + DAY
    offer = a_catalogue_offer(session, provider, runs=[{"start": f"{begins}"}])
    address = f"/portfolio/toevoegen/{offer.id}"
    for page in (client.get(address), client.post(address, data={"followed_on": f"{today()}"})):
        assert "nog niet begonnen" in page.text
        assert f"Vanaf {date_in_words(begins)} kunt u haar aan uw portfolio toevoegen" in page.text
        assert "followed_on" not in page.text
    for where in ("/portfolio/zoeken", f"/catalogus/{offer.id}"):
        page = client.get(where)
        assert date_in_words(begins) in page.text
        assert "Toevoegen aan portfolio" not in page.text
    tomorrow = now() + DAY
    set_clock(lambda: tomorrow)
    a_teacher(session, app, client)  # the session of the day before ended
    assert "followed_on" in client.get(address).text
    assert "Toevoegen aan portfolio" in client.get(f"/catalogus/{offer.id}").text


@pytest.mark.usefixtures("teacher")
def test_tomorrow_cannot_have_been_followed(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_catalogue_offer(session, provider)
    sent = {"followed_on": f"{today() + DAY:%d-%m-%Y}"}
    response = client.post(f"/portfolio/toevoegen/{offer.id}", data=sent)
    assert response.status_code == 422
    assert "in de toekomst" in response.text


@pytest.mark.usefixtures("teacher")
def test_what_left_the_catalogue_is_found_and_added_until_its_last_day(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    last = today() - 10 * DAY
    offer = a_catalogue_offer(session, provider, title="Voorbij", end_date=str(last))
    concept = create(session, provider, by=BY)
    edit(session, concept.id, {"title": "Concept"}, based_on=concept.version, by=BY)
    session.commit()
    page = client.get("/portfolio/zoeken").text
    assert "Voorbij" in page
    assert "Wordt niet meer aangeboden" in page
    assert "Concept" not in page
    address = f"/portfolio/toevoegen/{offer.id}"
    late = client.post(address, data={"followed_on": f"{today():%d-%m-%Y}"})
    assert "toen al gestopt" in late.text
    assert client.post(address, data={"followed_on": f"{last:%d-%m-%Y}"}).status_code == 302
    assert client.get(f"/portfolio/toevoegen/{concept.id}").status_code == 404


@pytest.mark.usefixtures("teacher")
def test_an_ended_concept_is_addable_if_the_older_register_had_validated_it(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    validated, never, empty = (create(session, provider, by=BY) for _ in range(3))
    for offer, title in ((validated, "Ooit gevalideerd"), (never, "Nooit te zien geweest")):
        edit(session, offer.id, COMPLETE | {"title": title}, based_on=1, by=BY)
    validated.legacy_number = "12-345"
    for offer in (validated, never, empty):
        set_end_date(session, offer.id, today() - DAY, by=BY)
    session.commit()
    found = client.get("/portfolio/zoeken").text
    assert "Ooit gevalideerd" in found
    assert "Nooit te zien geweest" not in found
    assert "Activiteit zonder titel" not in found
    sent = {"followed_on": f"{today() - 2 * DAY:%d-%m-%Y}"}
    for offer, status in ((validated, 302), (never, 404), (empty, 404)):
        assert client.post(f"/portfolio/toevoegen/{offer.id}", data=sent).status_code == status
    assert entries(session) == 1


@pytest.mark.usefixtures("teacher")
def test_adding_the_same_again_is_told_kindly(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_catalogue_offer(session, provider)
    sent = {"followed_on": f"{today():%d-%m-%Y}"}
    address = f"/portfolio/toevoegen/{offer.id}"
    client.post(address, data=sent)
    page = client.post(address, data=sent, follow_redirects=True).text
    assert "stond al in uw portfolio" in page
    assert entries(session) == 1


@pytest.mark.rule("R32")
def test_a_deleted_activity_keeps_its_hours_and_says_so(
    client: FlaskClient, session: Session, provider: Provider, teacher: Teacher
) -> None:
    offer = a_catalogue_offer(session, provider)
    add_entry(session, teacher, offer.id, today(), on=today())
    delete(session, offer.id, by=BY)
    session.commit()
    page = client.get("/portfolio").text
    assert "Rekenen met plezier" in page
    assert "door aanbieder verwijderd" in page
    assert "16 van 160 uur" in page
    assert client.get(f"/portfolio/toevoegen/{offer.id}").status_code == 410


def test_an_entry_is_taken_out_after_a_question(
    client: FlaskClient, session: Session, provider: Provider, teacher: Teacher
) -> None:
    entry = add_entry(
        session, teacher, a_catalogue_offer(session, provider).id, today(), on=today()
    )
    session.commit()
    address = f"/portfolio/verwijderen/{entry.id}"
    assert "weghalen?" in client.get(address).text
    assert entries(session) == 1
    client.post(address)
    assert entries(session) == 0


def test_the_portfolio_of_another_teacher_does_not_exist(
    app: Flask, client: FlaskClient, session: Session, provider: Provider, teacher: Teacher
) -> None:
    entry = add_entry(
        session, teacher, a_catalogue_offer(session, provider).id, today(), on=today()
    )
    session.commit()
    a_teacher(session, app, client, "Kim")
    assert "Rekenen met plezier" not in client.get("/portfolio").text
    for address in (f"/portfolio/verwijderen/{entry.id}", f"/portfolio/verwijderen/{uuid4()}"):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
    assert entries(session) == 1


@pytest.mark.usefixtures("teacher")
def test_a_teacher_in_secondary_education_sees_the_hours_of_the_subject(
    client: FlaskClient, provider: Provider
) -> None:
    assert provider
    assert "uur vakkennis" not in client.get("/portfolio").text
    told = client.post("/portfolio/sector", data={"sector": "vo"}, follow_redirects=True)
    assert "Uw sector is opgeslagen." in told.text
    assert "0 van 40 uur vakkennis" in client.get("/portfolio").text


def test_the_export_holds_the_snapshot_and_no_formula(
    client: FlaskClient, session: Session, provider: Provider, teacher: Teacher
) -> None:
    offer = a_catalogue_offer(session, provider, title="=HYPERLINK(1)")
    add_entry(session, teacher, offer.id, today(), on=today())
    session.commit()
    response = client.get("/portfolio/export.csv")
    assert response.mimetype == "text/csv"
    assert "attachment" in response.headers["Content-Disposition"]
    assert "'=HYPERLINK(1);De Leerkring;Cursus;12;4;(Vak)didactisch" in response.text
    assert not response.text.endswith("\n")  # programs take that for one more row


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@a", "\tx", "\rx", "  =1", "\u200b=1", "\u00a0=1", "\uff1d1"]
)
def test_a_cell_never_begins_a_formula(text: str) -> None:
    assert guarded(text) == f"'{text}"


def test_ordinary_text_stays_as_it_is_in_a_cell() -> None:
    assert guarded("Rekenen = leuk") == "Rekenen = leuk"
