"""The public catalogue for programs: the same search as the page, links, ETag, all errors."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from processes.base import today
from processes.register.catalogue import catalogue
from processes.register.offers.offers import Offer, create, delete, set_end_date
from processes.register.providers.providers import Provider
from processes.register.search.tables import month_of, month_text
from tests.app.offers.offer_world import BY, a_catalogue_offer, a_provider
from tests.app.signing_in import KVK

CATALOGUE = "/api/v1/catalogus"


@pytest.fixture
def provider(app: Flask, session: Session) -> Provider:
    assert app
    return a_provider(session)


@pytest.fixture
def offer(session: Session, provider: Provider) -> Offer:
    return a_catalogue_offer(session, provider)


def titles(client: FlaskClient, query: str = "") -> list[str]:
    answer: Any = client.get(f"{CATALOGUE}{query}").json
    return [each["title"] for each in answer["offers"]]


def test_an_activity_is_found_with_its_fields_and_provider(
    client: FlaskClient, offer: Offer
) -> None:
    answer: Any = client.get(f"{CATALOGUE}?text=rekenen").json
    assert (answer["page"], answer["pages"], answer["total"]) == (1, 1, 1)
    (found,) = answer["offers"]
    assert found["id"] == str(offer.id)
    assert (found["contactHours"], found["areas"]) == (12.0, ["vakdidactisch"])
    assert found["provider"] == {
        "id": str(offer.provider_id),
        "kvk": KVK,
        "name": "De Leerkring",
        "contact": None,
    }
    one: Any = client.get(f"{CATALOGUE}/{offer.id}").json
    assert one == found | {"state": "visible", "evaluation": None}


@pytest.mark.usefixtures("offer")
def test_it_searches_and_filters_as_the_page_does(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    a_catalogue_offer(session, provider, title="Taal op het mbo", sectors=["mbo"])
    assert titles(client, "?text=talen") == ["Taal op het mbo"]
    assert titles(client, "?sector=mbo") == ["Taal op het mbo"]
    assert len(titles(client, "?sector=mbo&sector=po&area=vakdidactisch&kind=cursus")) == 2
    assert titles(client, "?hoursFrom=17") == []
    assert len(titles(client, f"?provider={KVK}&hoursTo=16")) == 2
    assert titles(client, "?place=online") == []


OTHERS = {
    "duration": "uren-meer",
    "price": "gratis",
    "language": "taal-fy",
    "month": "2199-03",
    "subject": "fries",
    "provider": "00000000",
}


@pytest.mark.usefixtures("offer")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("duration", "uren-40"),
        ("price", "prijs-250"),
        ("language", "taal-en"),
        ("month", "2199-02"),
        ("subject", "Wiskunde"),
        ("provider", "87654321"),
    ],
)
def test_every_facet_of_the_page_narrows_and_several_values_widen(
    client: FlaskClient, session: Session, name: str, value: str
) -> None:
    run = {"start": "2199-02-03", "price": "150", "language": "en"}
    other = a_provider(session, kvk="87654321", name="Elders")
    a_catalogue_offer(
        session, other, title="Wiskunde", subject="Wiskunde", contact_hours="24", runs=[run]
    )
    assert titles(client, f"?{name}={value}") == ["Wiskunde"]
    assert titles(client, f"?{name}={OTHERS[name]}") == []
    assert titles(client, f"?{name}={value}&{name}={OTHERS[name]}") == ["Wiskunde"]


def test_months_subjects_and_providers_are_counted_and_ordered_as_asked(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    month = month_text(month_of(today()) + 2)
    first = {"runs": [{"start": f"{month}-05"}], "contact_hours": "5"}
    a_catalogue_offer(session, provider, title="Zingen", subject="Muziek", **first)
    a_catalogue_offer(session, provider, title="Acteren", subject="Drama")
    answer: Any = client.get(CATALOGUE).json
    assert answer["months"][month] == 1
    assert {"value": "muziek", "name": "muziek", "total": 1} in answer["subjects"]
    assert answer["providers"] == [{"value": KVK, "name": "De Leerkring", "total": 2}]
    assert titles(client) == ["Acteren", "Zingen"]
    assert titles(client, "?order=newest") == ["Acteren", "Zingen"]
    for order in ("begin", "hours"):
        assert titles(client, f"?order={order}") == ["Zingen", "Acteren"]


@pytest.mark.usefixtures("offer")
def test_pages_are_linked(
    client: FlaskClient, session: Session, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_catalogue_offer(session, provider, title="Taal")
    monkeypatch.setattr(catalogue, "PER_PAGE", 1)
    first = client.get(f"{CATALOGUE}?sector=po")
    assert '</api/v1/catalogus?sector=po&page=2>; rel="next"' in first.headers["Link"]
    assert "prev" not in first.headers["Link"]
    second = client.get(f"{CATALOGUE}?sector=po&page=2")
    assert 'page=1>; rel="prev"' in second.headers["Link"]
    assert "next" not in second.headers["Link"]
    both: list[Any] = [first.json, second.json]
    assert [each["offers"][0]["title"] for each in both] == ["Rekenen met plezier", "Taal"]


def test_what_did_not_change_is_not_sent_again(
    client: FlaskClient, session: Session, offer: Offer
) -> None:
    for path in (CATALOGUE, f"{CATALOGUE}/{offer.id}", "/api/v1/aanbieders"):
        first = client.get(path)
        assert first.headers["Access-Control-Allow-Origin"] == "*"
        same = {"If-None-Match": first.headers["ETag"]}
        assert client.get(path, headers=same).status_code == 304
    set_end_date(session, offer.id, today(), by=BY)
    session.commit()
    assert client.get(CATALOGUE, headers=same).status_code == 200


def test_what_is_hidden_or_deleted_is_not_told(
    client: FlaskClient, session: Session, provider: Provider, offer: Offer
) -> None:
    concept = create(session, provider, by=BY)
    session.commit()
    answer = client.get(f"{CATALOGUE}/{concept.id}")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    delete(session, offer.id, by=BY)
    session.commit()
    assert client.get(f"{CATALOGUE}/{offer.id}").status_code == 410
    assert titles(client) == []
    assert client.get("/api/v1/aanbieders/00000000").status_code == 404


@pytest.mark.usefixtures("offer")
def test_providers_are_listed_and_the_contact_only_when_they_want_it(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    told: Any = client.get("/api/v1/aanbieders").json
    assert [each["kvk"] for each in told["providers"]] == [KVK]
    provider.contact_public = True
    session.commit()
    one: Any = client.get(f"/api/v1/aanbieders/{KVK}").json
    assert one["contact"]["email"] == provider.contact_email


def test_every_error_in_a_question_is_told_at_once(client: FlaskClient) -> None:
    wrong = "?sector=koken&hoursFrom=veel&page=0&provider=1&kleur=rood&place=thuis"
    wrong += "&duration=lang&price=1&language=xx&month=2027-13&subject=&order=uren"
    answer = client.get(f"{CATALOGUE}{wrong}")
    assert answer.status_code == 400
    told: Any = answer.json
    parameters = {each["parameter"].partition(".")[0] for each in told["errors"]}
    assert parameters == {
        *("sector", "hoursFrom", "page", "provider", "kleur", "place"),
        *("duration", "price", "language", "month", "subject", "order"),
    }
