"""A provider makes, renews and revokes the keys of its own programs."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.register import keys
from app.web.kept_pages import KeptPage
from processes.engine.openings.clients import Rights, make
from processes.engine.store.opening_models import Opening
from processes.register.providers.providers import Provider, suspend
from tests.app.offers.offer_world import a_provider, an_employee
from tests.app.signing_in import KVK

PAGE = "/koppelingen"


@pytest.fixture
def provider(app: Flask, client: FlaskClient, session: Session) -> Provider:
    app.config["WTF_CSRF_ENABLED"] = False
    provider = a_provider(session)
    an_employee(app, client)
    return provider


def shown(page: str) -> dict[str, str]:
    """The credentials on the page, as a program sends them."""
    id_, secret = re.findall(r"<dd>([0-9a-f]{32}[^<]*)</dd>", page)
    return {"client_id": id_, "client_secret": secret}


def token(client: FlaskClient, credentials: dict[str, str]) -> Any:
    sent = {"grant_type": "client_credentials", **credentials}
    return client.post("/api/v1/token", data=sent).json


def reads_offers(client: FlaskClient, credentials: dict[str, str]) -> int:
    bearer = token(client, credentials).get("access_token", "none")
    headers = {"Authorization": f"Bearer {bearer}"}
    return client.get("/api/v1/aanbod", headers=headers).status_code


def name_of(session: Session) -> str:
    session.expire_all()
    return session.scalars(select(Opening.name)).one()


@pytest.mark.usefixtures("provider")
def test_a_key_is_shown_once_and_opens_the_own_activities(
    client: FlaskClient, session: Session
) -> None:
    made = client.post(PAGE, data={"name": "Onze website", "reach": "wijzigen"})
    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    credentials = shown(made.text)
    assert session.scalars(select(KeptPage)).all() == []
    assert reads_offers(client, credentials) == 200
    later = client.get(PAGE).text
    assert "Onze website" in later
    assert credentials["client_secret"] not in later
    assert name_of(session) == f"{KVK} Onze website"


@pytest.mark.usefixtures("provider")
def test_a_new_key_works_beside_the_old_one_until_that_is_revoked(
    client: FlaskClient, session: Session
) -> None:
    old = shown(client.post(PAGE, data={"name": "Website", "reach": "wijzigen"}).text)
    form = {"naam": name_of(session)}
    new = shown(client.post(f"{PAGE}/vernieuwen", data=form).text)
    assert [reads_offers(client, each) for each in (old, new)] == [200, 200]
    client.post(f"{PAGE}/oude-intrekken", data=form)
    assert [reads_offers(client, each) for each in (old, new)] == [401, 200]
    told = client.post(f"{PAGE}/intrekken", data=form, follow_redirects=True).text
    assert "ingetrokken" in told
    assert reads_offers(client, new) == 401
    assert client.post(f"{PAGE}/vernieuwen", data=form).status_code == 403


@pytest.mark.usefixtures("provider")
def test_what_is_wrong_is_told_and_there_is_an_end_to_keys(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Vul een naam in" in client.post(PAGE, data={"name": " ", "reach": "wijzigen"}).text
    monkeypatch.setattr(keys, "MOST", 2)
    for _ in range(2):
        assert client.post(PAGE, data={"name": "Website", "reach": "wijzigen"}).status_code == 200
    full = client.post(PAGE, data={"name": "Website", "reach": "wijzigen"})
    assert full.status_code == 422
    assert "Trek er eerst een in" in full.text


@pytest.mark.usefixtures("provider")
def test_keys_of_others_and_other_openings_do_not_exist(
    client: FlaskClient, session: Session
) -> None:
    a_provider(session, kvk="68727720")
    make(session, "van een ander", Rights(offers=True, tenant="68727720"), by="test")
    make(session, "berichten", Rights(messages=["hallo"], tenant=KVK), by="test")
    session.commit()
    page = client.get(PAGE).text
    for name in ("van een ander", "berichten", "bestaat niet"):
        assert name not in page
        for path in ("vernieuwen", "oude-intrekken", "intrekken"):
            assert client.post(f"{PAGE}/{path}", data={"naam": name}).status_code == 404


def test_a_branch_only_looks_and_a_suspended_provider_makes_none(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    client.post(PAGE, data={"name": "Website", "reach": "wijzigen"})
    name = name_of(session)
    suspend(session, provider, "Onderzoek", by="test")
    session.commit()
    assert client.post(PAGE, data={"name": "Nog een", "reach": "wijzigen"}).status_code == 403
    an_employee(app, client, branch="000012345678")
    assert "Intrekken" not in client.get(PAGE).text
    assert client.post(f"{PAGE}/intrekken", data={"naam": name}).status_code == 403


@pytest.mark.usefixtures("provider")
def test_a_key_that_reads_changes_nothing(client: FlaskClient) -> None:
    made = client.post(PAGE, data={"name": "Onze website", "reach": "lezen"})
    credentials = shown(made.text)
    assert "(alleen lezen)" in made.text
    assert reads_offers(client, credentials) == 200
    headers = {"Authorization": f"Bearer {token(client, credentials)['access_token']}"}
    path = "/api/v1/aanbod/00000000-0000-4000-8000-000000000001"
    answers = [
        client.put(path, headers=headers, json={"title": "Rekenen"}),
        client.delete(path, headers={**headers, "If-Match": '"1"'}),
        client.post("/api/v1/aanbod/bulk", headers=headers, json={"items": []}),
    ]
    assert [each.status_code for each in answers] == [403, 403, 403]


def test_who_is_no_administrator_makes_no_key(
    app: Flask, provider: Provider, session: Session
) -> None:
    other = app.test_client()
    an_employee(app, other, kvk=provider.kvk, employee="b" * 64)
    assert other.get(PAGE).status_code == 200
    assert other.post(PAGE, data={"name": "Eigen", "reach": "wijzigen"}).status_code == 403
    assert session.scalars(select(Opening)).all() == []
