"""A teacher keeps searches, asks for mail about them, and stops it with the link in that mail."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from urllib.parse import parse_qs, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from processes.base import set_clock
from processes.engine.tasks.directory import remember
from processes.engine.tasks.rights import Person
from processes.platform.signed_links import signed
from processes.register.catalogue.address import query_of
from processes.register.catalogue.catalogue import Order
from processes.register.portfolio import saved_searches
from processes.register.portfolio.saved_searches import SavedSearch, searches_in_words
from processes.register.portfolio.teachers import Teacher
from processes.register.providers.providers import suspend
from tests.app.offers.offer_world import a_catalogue_offer, a_provider, a_teacher
from tests.app.signing_in import KVK
from workers.handlers.mail.search_mail import UNSUBSCRIBE

PAGE = "/portfolio/zoekopdrachten"
SEARCH = {"zoek": "rekenen", "sector": ["po"], "mail": "y"}


@pytest.fixture
def teacher(app: Flask, client: FlaskClient, session: Session) -> Teacher:
    app.config["WTF_CSRF_ENABLED"] = False
    return a_teacher(session, app, client)


def kept(session: Session) -> list[tuple[str, bool]]:
    session.expire_all()
    return [(each.query.text, each.is_mailed) for each in session.scalars(select(SavedSearch))]


@pytest.mark.usefixtures("teacher")
def test_a_search_is_kept_shown_changed_and_dropped(client: FlaskClient, session: Session) -> None:
    prefilled = client.get(f"{PAGE}?zoek=rekenen&sector=po").text
    assert 'value="rekenen"' in prefilled
    assert 'checked class="utrecht-checkbox' in prefilled
    page = client.post(PAGE, data=SEARCH, follow_redirects=True).text
    assert "rekenen, Primair onderwijs" in page
    assert "/catalogus?zoek=rekenen&amp;sector=po" in page
    assert kept(session) == [("rekenen", True)]
    one = f"{PAGE}/{session.scalars(select(SavedSearch.id)).one()}"
    client.post(one, data={"wat": "stil"})
    assert kept(session) == [("rekenen", False)]
    client.post(one, data={"wat": "weg"})
    assert kept(session) == []


@pytest.mark.parametrize(
    ("months", "is_told"),
    [
        (["2027-02"], True),
        (["2026-12", "2027-01", "2027-02"], True),
        (["2027-03"], False),
        (["2026-12", "2027-03"], False),
        (["2028-01"], False),
        ([], False),
    ],
)
def test_a_search_in_months_that_are_over_is_told_so(
    app: Flask, client: FlaskClient, session: Session, months: list[str], is_told: bool
) -> None:
    set_clock(lambda: datetime(2027, 3, 31, 21, 0, tzinfo=UTC))  # 23:00 in Amsterdam
    app.config["WTF_CSRF_ENABLED"] = False
    a_teacher(session, app, client)
    page = client.post(PAGE, data={"zoek": "taal", "begin": months}, follow_redirects=True).text
    assert ("De gekozen maanden zijn voorbij" in page) == is_told


@pytest.mark.usefixtures("teacher")
def test_every_filter_of_the_catalogue_is_kept_and_found_again(
    client: FlaskClient, session: Session
) -> None:
    address = (
        "zoek=rekenen&waar=online&sector=po&duur=uren-8&prijs=gratis&taal=taal-en&van=2&tot=8%2C5"
        f"&begin=2027-03&vak=Wiskunde&aanbieder={KVK}&aanbieder=Leerkring&volgorde=prijs"
    )
    page = client.get(f"{PAGE}?{address}").text
    assert "Ook bewaard: " in page
    sent = re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)">', page)
    client.post(PAGE, data=MultiDict([("zoek", "rekenen"), ("sector", "po"), *sent]))
    search = session.scalars(select(SavedSearch)).one()
    asked = query_of(parse_qs(address))
    assert asked.order == Order.PRICE
    assert search.query == replace(asked, order=None)
    kept_link = client.get(PAGE).text
    assert f'href="/catalogus?{escape(urlencode(search.words, doseq=True))}"' in kept_link
    for words in ("Online", "Gratis", "maart 2027", "wiskunde", KVK, "Leerkring", "8,5 uur"):
        assert words in searches_in_words(session, [search])[search.id]


@pytest.mark.usefixtures("teacher")
def test_filters_without_a_field_are_not_lost_when_something_is_wrong(client: FlaskClient) -> None:
    page = client.post(PAGE, data={"sector": ["koken"], "prijs": "gratis", "begin": "niets"})
    assert page.status_code == 422
    assert '<input type="hidden" name="prijs" value="gratis">' in page.text
    assert "Ook bewaard: Gratis." in page.text
    assert "niets" not in page.text


@pytest.mark.usefixtures("teacher")
def test_what_is_wrong_is_told_and_there_is_a_limit(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.post(PAGE, data={"zoek": "x", "sector": ["koken"]}).status_code == 422
    monkeypatch.setattr(saved_searches, "MOST", 1)
    client.post(PAGE, data=SEARCH)
    full = client.post(PAGE, data=SEARCH | {"zoek": "taal"})
    assert full.status_code == 422
    assert "Verwijder er eerst een" in full.text
    assert len(kept(session)) == 1


@pytest.mark.usefixtures("teacher")
def test_the_catalogue_leads_to_keeping_what_was_searched(
    client: FlaskClient, session: Session
) -> None:
    a_catalogue_offer(session, a_provider(session))
    link = "/portfolio/zoekopdrachten?zoek=rekenen&amp;sector=po"
    assert link in client.get("/catalogus?zoek=rekenen&sector=po").text
    assert "/portfolio/zoekopdrachten" not in client.get("/catalogus").text
    other = "zoek=rekenen&sector=po&endpoint=x&_anchor=x&_scheme=x&volgorde=uren&pagina=1"
    assert f'{link}"' in client.get(f"/catalogus?{other}").text


def test_searches_of_another_teacher_are_left_alone(
    app: Flask, client: FlaskClient, session: Session, teacher: Teacher
) -> None:
    client.post(PAGE, data=SEARCH)
    search = session.scalars(select(SavedSearch)).one()
    assert search.teacher_id == teacher.id
    a_teacher(session, app, client, "Kim")
    for what in ("stil", "weg"):
        client.post(f"{PAGE}/{search.id}", data={"wat": what})
    assert kept(session) == [("rekenen", True)]


def test_the_link_in_the_mail_stops_it_after_one_click_without_a_login(
    app: Flask, client: FlaskClient, session: Session, teacher: Teacher
) -> None:
    client.post(PAGE, data=SEARCH)
    with app.app_context():
        address = f"/portfolio/afmelden/{signed(UNSUBSCRIBE, teacher.id)}"
    visitor = app.test_client()
    assert "Geen e-mail meer" in visitor.get(address).text
    assert kept(session) == [("rekenen", True)]
    assert "U bent afgemeld" in visitor.post(address).text
    assert kept(session) == [("rekenen", False)]
    assert visitor.post("/portfolio/afmelden/anders").status_code == 404


@pytest.mark.rule("R15")
@pytest.mark.usefixtures("teacher")
def test_a_search_that_is_kept_already_is_kept_once(client: FlaskClient, session: Session) -> None:
    for mail in ({}, {"mail": "y"}, {}):
        sent = {"zoek": "Rekenen", "sector": ["po"]} | mail
        page = client.post(PAGE, data=sent, follow_redirects=True).text
    assert "Deze zoekopdracht bewaarde u al." in page
    assert kept(session) == [("Rekenen", True)]


@pytest.mark.usefixtures("teacher")
def test_a_provider_is_told_by_its_name_until_it_is_gone(
    client: FlaskClient, session: Session
) -> None:
    provider = a_provider(session)
    session.commit()
    assert f"Aanbieder {provider.display_name}" in client.get(f"{PAGE}?aanbieder={KVK}").text
    client.post(PAGE, data={"aanbieder": KVK})
    assert f"Aanbieder {provider.display_name}</a>" in client.get(PAGE).text
    suspend(session, provider, reason="test", by="test")
    session.commit()
    assert f"KvK-nummer {KVK} (nu niet in de catalogus)</a>" in client.get(PAGE).text


@pytest.mark.usefixtures("teacher")
def test_mail_asked_twice_tells_of_what_is_new_since_the_first_time(
    client: FlaskClient, session: Session
) -> None:
    client.post(PAGE, data=SEARCH)
    search = session.scalars(select(SavedSearch)).one()
    first = search.told_until
    client.post(f"{PAGE}/{search.id}", data={"wat": "mail"})
    session.expire_all()
    assert search.told_until == first


def test_the_page_says_where_mail_goes_or_that_there_is_no_address(
    client: FlaskClient, session: Session, teacher: Teacher
) -> None:
    person = Person(f"teacher:{teacher.id}", teacher.name, frozenset({"teacher"}))
    remember(session, person)
    session.commit()
    assert "geeft ons nu geen e-mailadres" in client.get(PAGE).text
    remember(session, person, "sam@school.example")
    session.commit()
    assert "Naar sam@school.example, het e-mailadres van uw inlog" in client.get(PAGE).text
