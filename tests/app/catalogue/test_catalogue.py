"""Pages of the public catalogue: search, one activity, caching, robots and sitemap."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.base import set_clock, today
from processes.register.offers.offers import create, set_end_date
from processes.register.providers.providers import Provider, ProviderStatus, suspend
from processes.register.search.tables import SearchEntry
from tests.app.offers.offer_world import BY, a_catalogue_offer, a_provider, a_teacher, an_employee
from tests.app.signing_in import KVK

YESTERDAY = timedelta(days=1)


@pytest.fixture
def provider(session: Session) -> Provider:
    return a_provider(session)


@pytest.mark.rule("R63")
def test_the_catalogue_needs_no_login_and_shows_only_what_is_visible(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    a_catalogue_offer(session, provider, title="Zichtbaar")
    a_catalogue_offer(session, provider, title="Voorbij", end_date=str(today() - YESTERDAY))
    page = client.get("/catalogus").text
    assert "Zichtbaar" in page
    assert "Voorbij" not in page
    assert "1 activiteit gevonden" in page


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("zoek=REKENEN", True),
        ("zoek=leerkring", True),
        ("zoek=%E2%80%8Breke%C2%ADnen%C2%A0", True),
        ("van=16%C2%A0&tot=%E2%80%8E16&aanbieder=68750110%E2%80%8B", True),
        ("zoek=zwemmen", False),
        ("sector=po&sector=vo", True),
        ("sector=mbo", False),
        ("gebied=vakdidactisch", True),
        ("gebied=pedagogisch", False),
        ("soort=cursus", True),
        ("soort=studiedag", False),
        ("van=16&tot=16", True),
        ("van=16,5", False),
        ("waar=online", False),
        ("waar=plaats", True),
        ("aanbieder=68750110", True),
        ("aanbieder=69599084", False),
        ("sector=onzin&soort=onzin&van=veel&waar=maan&pagina=-3", True),
        ("zoek=%25", False),
        ("_external=1&_scheme=javascript&endpoint=x", True),
    ],
)
def test_the_catalogue_finds(
    client: FlaskClient, session: Session, provider: Provider, words: str, *, found: bool
) -> None:
    a_catalogue_offer(session, provider)
    response = client.get(f"/catalogus?{words}")
    assert response.status_code == 200
    assert ("Rekenen met plezier" in response.text) is found


@pytest.mark.parametrize("address", ["/catalogus?zoek=%00", "/catalogus?sector=po&sector=%00"])
def test_a_nul_is_refused(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 400


def test_the_catalogue_turns_pages_and_keeps_the_filter(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    for number in range(21):
        a_catalogue_offer(session, provider, title=f"Les {number:02}")
    first = client.get("/catalogus?sector=po").text
    assert "sector=po&amp;pagina=2" in first
    assert "Les 20" not in first
    assert "Les 20" in client.get("/catalogus?sector=po&pagina=2").text


@pytest.mark.rule("R64")
def test_a_visible_activity_may_be_indexed_and_an_expired_one_not(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_catalogue_offer(session, provider)
    address = f"/catalogus/{offer.id}"
    page = client.get(address)
    assert "noindex" not in page.text
    assert "X-Robots-Tag" not in page.headers
    set_end_date(session, offer.id, today() - YESTERDAY, by=BY)
    session.commit()
    page = client.get(address)
    assert page.status_code == 200
    assert "wordt niet meer aangeboden" in page.text
    assert '<meta name="robots" content="noindex">' in page.text


def test_a_concept_has_no_page(client: FlaskClient, session: Session, provider: Provider) -> None:
    offer = create(session, provider, by=BY)
    session.commit()
    assert client.get(f"/catalogus/{offer.id}").status_code == 404
    assert client.get(f"/catalogus/{uuid4()}").status_code == 404


def test_the_offers_of_a_suspended_provider_are_gone(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_catalogue_offer(session, provider)
    suspend(session, provider, "reden", by="registrar")
    session.commit()
    assert client.get(f"/catalogus/{offer.id}").status_code == 404
    assert "Rekenen met plezier" not in client.get("/catalogus").text


@pytest.mark.rule("R46")
def test_the_offers_of_a_provider_that_left_are_not_found(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    a_catalogue_offer(session, provider)  # without an end date: nobody set one when it left
    provider.status = ProviderStatus.LEFT
    session.commit()
    for page in ("/catalogus", "/catalogus/nieuw.atom", "/api/v1/catalogus"):
        assert "Rekenen met plezier" not in client.get(page).text


@pytest.mark.rule("R63")
@pytest.mark.parametrize("is_public", [True, False])
def test_the_contact_person_is_shown_only_when_the_provider_wants_it(
    client: FlaskClient, session: Session, *, is_public: bool
) -> None:
    provider = a_provider(session, contact={"public": is_public, "phone": "+31101234567"})
    offer = a_catalogue_offer(session, provider)
    page = client.get(f"/catalogus/{offer.id}").text
    assert ("Anna de Vries" in page) is is_public
    assert ("anna@leerkring.test" in page) is is_public


@pytest.mark.rule("R41", "R63")
def test_the_address_and_website_that_a_provider_chose_are_shown_and_no_others(
    client: FlaskClient, session: Session
) -> None:
    provider = a_provider(session, contact={"public": True, "phone": "+31101234567"})
    home = {"kind": "bezoekadres", "street": "Thuisstraat", "house_number": "1", "city": "Ede"}
    provider.company = {**provider.company, "addresses": [home]}
    session.commit()
    address = f"/catalogus/aanbieder/{provider.kvk}"
    page = client.get(address).text
    assert "010 123 4567" in page
    for unsaid in ("Thuisstraat", "Adres", "Website", "sameAs"):
        assert unsaid not in page
    chosen = {"address": "Kerkplein 2, Ede", "website": "https://www.leerkring.nl/leraren"}
    provider.corrections = chosen
    session.commit()
    page = client.get(address).text
    assert page.count(chosen["address"]) == 2  # for people, and for search engines
    assert f'<a href="{chosen["website"]}" rel="noopener noreferrer nofollow">' in page
    assert "Thuisstraat" not in page


def test_what_a_provider_typed_is_text_in_the_page(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    attack = "<script>window.__pwned = 1</script>"
    offer = a_catalogue_offer(
        session, provider, title=attack, content=f"Tekst {attack}", audience=attack
    )
    for address in ("/catalogus", f"/catalogus/{offer.id}"):
        assert "window.__pwned = 1</script>" not in client.get(address).text


def test_a_page_of_the_catalogue_is_asked_again_each_time(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_catalogue_offer(session, provider)
    address = f"/catalogus/{offer.id}"
    first = client.get(address)
    assert "no-cache" in first.headers["Cache-Control"]
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get(address, headers=known).status_code == 304
    set_end_date(session, offer.id, today() - YESTERDAY, by=BY)
    session.commit()
    assert client.get(address, headers=known).status_code == 200


def test_everybody_but_a_provider_is_offered_the_portfolio(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    address = f"/catalogus/{a_catalogue_offer(session, provider).id}"
    assert "Log in als leraar" in client.get(address).text
    a_teacher(session, app, client)
    assert "/portfolio/toevoegen" in client.get(address).text
    an_employee(app, client)
    assert "/portfolio/toevoegen" not in client.get(address).text


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        (datetime(2027, 7, 1, 21, 30, tzinfo=UTC), 1800),
        (datetime(2027, 1, 1, 22, 30, tzinfo=UTC), 1800),
        (datetime(2027, 1, 1, 12, 0, tzinfo=UTC), 3600),
        (datetime(2027, 3, 28, 21, 59, tzinfo=UTC), 60),
    ],
)
def test_the_site_map_is_kept_until_midnight_in_amsterdam_at_most(
    client: FlaskClient, session: Session, provider: Provider, moment: datetime, seconds: int
) -> None:
    offer = a_catalogue_offer(session, provider)
    set_clock(lambda: moment)
    response = client.get("/sitemap.xml")
    assert f"/catalogus/{offer.id}" in response.text
    assert response.cache_control.max_age == seconds
    assert "Sitemap: http" in client.get("/robots.txt").text


@pytest.mark.rule("R64")
def test_the_site_map_leaves_out_what_has_ended(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_catalogue_offer(session, provider, end_date=str(today() - YESTERDAY))
    assert str(offer.id) not in client.get("/sitemap.xml").text


@pytest.mark.rule("R64")
def test_the_site_map_of_a_large_catalogue_is_an_index_of_files(
    client: FlaskClient, session: Session, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    offers = {str(a_catalogue_offer(session, provider).id) for _ in range(3)}
    # On PostgreSQL the numbers go on where the tests before this one were.
    last = session.scalar(select(func.max(SearchEntry.number))) or 0
    monkeypatch.setattr("processes.register.catalogue.catalogue.MOST_IN_ONLY_FILE", last - 1)
    index = client.get("/sitemap.xml").text
    files = [urlsplit(one).path for one in re.findall("<loc>(.*?)</loc>", index)]
    assert len(files) == 16
    assert "<sitemapindex" in index

    found = [one for file in files for one in re.findall("<loc>(.*?)</loc>", client.get(file).text)]

    assert sorted(one.rsplit("/", 1)[1] for one in found) == sorted([*offers, "", "catalogus"])
    assert client.get("/sitemap-16-16.xml").status_code == 404
    assert client.get("/sitemap-3-0.xml").status_code == 404


def test_chosen_filters_are_shown_and_taken_away_one_by_one(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    a_catalogue_offer(session, provider)
    chosen = "zoek=rekenen&sector=po&sector=vo&soort=cursus&van=4&waar=plaats"
    page = html.fromstring(client.get(f"/catalogus?{chosen}&pagina=2").text)
    links = page.xpath("//h2[.='Gekozen filters']/following-sibling::ul[1]//a")
    labels = [link.text.strip() for link in links]
    sectors = ["Primair onderwijs", "Voortgezet onderwijs"]
    assert labels == ["Op een plaats", *sectors, "Cursus", "Vanaf 4 uur"]
    without = "zoek=rekenen&sector=vo&soort=cursus&van=4&waar=plaats"
    assert links[1].get("href") == f"/catalogus?{without}"
    assert "1 activiteit gevonden" not in client.get("/catalogus?sector=vo").text
    assert "Gekozen filters" not in client.get("/catalogus?zoek=rekenen&sector=onzin").text


def test_filters_without_a_fixed_list_are_shown_and_taken_away_too(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    set_clock(lambda: datetime(2026, 11, 23, 11, tzinfo=UTC))
    run = {"start": "2026-11-28", "price": "99", "language": "en"}
    a_catalogue_offer(session, provider, subject="Rekenen & taal", runs=[run])
    asked = {
        "begin": ["2026-11", "2026-13", "x"],
        "vak": ["Rekenen & Taal", "niets"],
        "aanbieder": ["leerkring", provider.kvk, "69599084"],
        "prijs": "prijs-100",
        "taal": "taal-en",
        "duur": "uren-20",
        "volgorde": "prijs",
    }
    response = client.get("/catalogus", query_string=asked)
    page = html.fromstring(response.text)
    assert "1 activiteit gevonden" in response.text
    links = page.xpath("//h2[.='Gekozen filters']/following-sibling::ul[1]//a")
    labels = [link.text.strip() for link in links]
    assert labels[:3] == ["Meer dan 8, tot en met 20 uur", "Tot en met € 100", "Engels"]
    assert labels[3:6] == ["november 2026", "rekenen & taal", "niets"]
    assert labels[6:] == ["De Leerkring", "69599084", "Aanbieder: leerkring"]
    for link in links:
        after = html.fromstring(client.get(link.get("href")).text)
        left = after.xpath("//h2[.='Gekozen filters']/following-sibling::ul[1]//a")
        assert len(left) == len(links) - 1, link.text
    assert page.xpath("//select[@name='volgorde']/option[@selected]/@value") == ["prijs"]


def test_each_choice_says_how_many_it_would_give(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    a_catalogue_offer(session, provider)
    a_catalogue_offer(session, provider, title="Toetsen", sectors=["po", "mbo"])
    page = html.fromstring(client.get("/catalogus?zoek=toets").text)
    said = {e.get("for"): e.text_content() for e in page.xpath("//label") if e.get("for")}
    assert said["sector-mbo"].endswith("(1)")
    assert said["sector-vo"].endswith("(0)")


def test_an_empty_catalogue_says_so_and_advises_no_other_word(client: FlaskClient) -> None:
    assert "Er staat nog niets in de catalogus" in client.get("/catalogus").text
    text = client.get("/catalogus?zoek=rekenen").text
    assert "Er staat nog niets" not in text
    assert "Probeer een ander woord" in text


def test_a_facet_without_any_result_is_left_out_but_for_what_was_chosen(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    a_catalogue_offer(session, provider)
    legends = "//fieldset/legend/text()"
    assert "Sector" in html.fromstring(client.get("/catalogus?zoek=rekenen").text).xpath(legends)
    page = html.fromstring(client.get("/catalogus?zoek=xyzzyplugh&taal=taal-fr").text)
    assert page.xpath(legends) == ["Taal", "Zelf uren invullen"]
    assert page.xpath("//input[@name='taal'][@checked]/@value") == ["taal-fr"]


def test_the_page_says_what_was_searched_instead_and_without(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    a_catalogue_offer(session, provider)
    page = html.fromstring(client.get("/catalogus?zoek=reekenen+xyzzyplugh").text).text_content()
    assert "Rekenen met plezier" in page
    assert "Bedoelde u rekenen?" in page
    assert "Gezocht zonder “xyzzyplugh”" in page


def test_what_a_teacher_can_do_follows_the_texts(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_catalogue_offer(session, provider)
    page = client.get(f"/catalogus/{offer.id}").text
    assert page.index("Inhoud en opzet") < page.index("Meld het ons") < page.index("In het kort")


@pytest.mark.parametrize("last_day", [None, "2020-01-01"])
@pytest.mark.parametrize(
    ("kvk", "branch", "leads_to"),
    [
        (KVK, None, "/bewerken"),
        (KVK, "000012345678", ""),  # an activity of the whole company
        ("69599084", None, None),
    ],
)
def test_who_is_of_the_provider_is_led_to_its_own_activity(
    app: Flask,
    client: FlaskClient,
    session: Session,
    provider: Provider,
    kvk: str,
    branch: str | None,
    leads_to: str | None,
    last_day: str | None,
) -> None:
    offer = a_catalogue_offer(session, provider, end_date=last_day)
    address = f"/catalogus/{offer.id}"
    assert "van uw bedrijf" not in client.get(address).text
    an_employee(app, client, kvk=kvk, branch=branch)
    page = html.fromstring(client.get(address).text)
    own = [each for each in page.xpath("//main//a/@href") if each.startswith("/aanbod/")]
    assert own == ([] if leads_to is None else [f"/aanbod/{offer.id}{leads_to}"])
    if own:
        assert client.get(own[0]).status_code == 200
