"""The overview of a provider's offers: what a row says, walking through what is unchecked."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from processes.base import today
from processes.register.offers.offers import Offer, create, edit, mark_checked
from processes.register.providers.providers import Provider
from tests.app.offers.offer_world import BY, COMPLETE, a_provider, an_employee

OTHER_KVK = "69599084"
MARK = ' <span class="loket-optional">(nodig om te publiceren)'


@pytest.fixture(autouse=True)
def world(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def provider(app: Flask, client: FlaskClient, session: Session) -> Provider:
    provider = a_provider(session)
    an_employee(app, client, kvk=provider.kvk)
    return provider


def a_concept(session: Session, provider: Provider, title: str, **fields: Any) -> Offer:
    """Without a process: for pages that only read."""
    offer = create(session, provider, by=BY)
    changes = COMPLETE | {"title": title} | fields
    edit(session, offer.id, changes, based_on=offer.version, by=BY)
    session.commit()
    return offer


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    listen = (session.get_bind(), "before_cursor_execute", note)
    event.listen(*listen)
    try:
        yield statements
    finally:
        event.remove(*listen)


@pytest.mark.rule("R58")
def test_a_page_takes_as_many_statements_however_many_offers(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    a_concept(session, provider, "Eerste")
    client.get("/aanbod")
    session.expire_all()
    with counted(session) as few:
        assert client.get("/aanbod").text.count('name="selected"') == 1
    for number in range(30):
        a_concept(session, provider, f"Nummer {number}")
    session.expire_all()
    with counted(session) as many:
        assert client.get("/aanbod").text.count('name="selected"') == 25
    assert len(few) == len(many)


def test_a_row_says_what_matters(client: FlaskClient, session: Session, provider: Provider) -> None:
    begins = today() + timedelta(days=40)
    runs = [{"start": "2020-01-01"}, {"start": begins.isoformat()}]
    a_concept(session, provider, "Halve cursus", sectors=[], runs=runs)
    row = client.get("/aanbod").text.partition("Halve cursus</a>")[2].partition("</tr>")[0]
    for words in ("Cursus", "16", f"{begins:%d-%m-%Y}", "concept", "Sector", "nog niet"):
        assert words in row


@pytest.mark.rule("R26")
def test_next_to_check_walks_through_all_that_are_unchecked(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    first, done, last = (a_concept(session, provider, title) for title in "ABC")
    a_concept(session, a_provider(session, OTHER_KVK), "B van een ander")
    mark_checked(session, done.id, checked=True, by=BY)
    session.commit()
    assert "Volgende te controleren" in client.get("/aanbod").text
    assert client.get("/aanbod/te-controleren").location == f"/aanbod/{first.id}"
    sent = {"gecontroleerd": "ja", "volgende": "ja"}
    page = client.post(f"/aanbod/{first.id}/gecontroleerd", data=sent, follow_redirects=True)
    assert page.request.path == f"/aanbod/{last.id}"
    page = client.post(f"/aanbod/{last.id}/gecontroleerd", data=sent, follow_redirects=True)
    assert "U hebt al uw activiteiten gecontroleerd" in page.text
    assert "Volgende te controleren" not in page.text


def test_the_walk_begins_again_at_the_start_for_what_was_passed_over(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    first, last = (a_concept(session, provider, "Zelfde titel") for _ in range(2))
    one, other = sorted((first, last), key=lambda offer: offer.id.hex)
    assert client.get(f"/aanbod/te-controleren?na={one.id}").location == f"/aanbod/{other.id}"
    assert client.get(f"/aanbod/te-controleren?na={other.id}").location == f"/aanbod/{one.id}"
    mark_checked(session, one.id, checked=True, by=BY)
    session.commit()
    page = client.get(f"/aanbod/te-controleren?na={other.id}", follow_redirects=True)
    assert "Alle andere activiteiten zijn al gecontroleerd" in page.text
    assert client.get("/aanbod/te-controleren?na=geen-nummer").status_code == 404


@pytest.mark.rule("R24")
def test_the_form_marks_what_publishing_needs(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_concept(session, provider, "A")
    page = client.get(f"/aanbod/{offer.id}/bewerken").text
    marked = {part.rpartition(">")[2].strip() for part in page.split(MARK)[:-1]}
    names = ("Titel", "Type activiteit", "Inhoud en opzet", "Contacturen", "Uren zelfstudie")
    assert marked == {
        *names,
        "Bijdrage aan de professionele ontwikkeling",
        "Bekwaamheidsgebieden",
        "Onderwijssectoren",
    }


def test_the_page_of_an_activity_shows_all_its_texts(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    fields = ("self_study_account", "closing_test", "subject", "audience", "cost", "evidence")
    texts = {field: f"Tekst van {field}" for field in fields} | {"language": "Fries"}
    offer = a_concept(session, provider, "A", url="https://cursus.example/a", **texts)
    page = client.get(f"/aanbod/{offer.id}").text
    for text in (*texts.values(), "https://cursus.example/a"):
        assert text in page
