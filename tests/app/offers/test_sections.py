"""The edit form of a concept saves by itself, field by field, and loses nothing that was typed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.web.access import Role
from processes.base import now, set_clock
from processes.register.offers.offers import Offer, edit
from processes.register.providers.providers import Provider
from tests.app.offers.offer_world import (
    a_provider,
    a_published_offer,
    an_employee,
    an_offer,
    deploy_offer_publication,
    form_of,
)
from tests.app.signing_in import sign_in_as, user_with


@pytest.fixture
def provider(app: Flask, client: FlaskClient, session: Session) -> Provider:
    app.config["WTF_CSRF_ENABLED"] = False
    deploy_offer_publication(session)
    provider = a_provider(session)
    an_employee(app, client)
    return provider


def send(client: FlaskClient, offer: Offer, version: int, *names: str, **more: Any) -> TestResponse:
    """What the browser sends: the whole form, and which of its fields changed."""
    fields = form_of(deel=list(names), **more)
    headers = {"If-Match": f'"{version}"', "HX-Request": "true"}
    return client.post(f"/aanbod/{offer.id}/bewerken/deel", data=fields, headers=headers)


def fresh(session: Session, offer: Offer) -> Offer:
    session.expire_all()
    return session.get_one(Offer, offer.id)


def test_only_what_changed_is_saved(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider, title="Oud", subject="rekenen")
    answer = send(client, offer, offer.version, "title", title="Nieuw", subject="taal")
    assert answer.status_code == 200
    assert answer.json is not None
    now = fresh(session, offer)
    assert (now.title, now.subject) == ("Nieuw", "rekenen")
    assert answer.json["version"] == now.version
    assert answer.headers["ETag"] == f'"{now.version}"'
    assert "Opgeslagen om" in answer.json["text"]


def test_a_run_that_is_wrong_is_told_with_its_number_and_field(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    runs = {"runs-0-start": "1-2-2027", "runs-1-start": "3-2-2027", "runs-1-end": "1-2-2027"}
    answer = send(client, offer, offer.version, "runs", **runs, **{"runs-2-price": "veel"})
    assert answer.json is not None
    told = answer.json["errors"]["runs"]
    assert "Uitvoering 2, laatste dag: " in told
    assert "Uitvoering 3, prijs in euro's: Vul een bedrag in" in told
    assert "Uitvoering 1" not in told


def test_what_is_not_valid_is_told_and_the_rest_is_saved(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    changed = ("contact_hours", "audience")
    answer = send(client, offer, offer.version, *changed, contact_hours="veel", audience="pabo")
    assert answer.json is not None
    assert list(answer.json["errors"]) == ["contact_hours"]
    assert fresh(session, offer).audience == "pabo"
    assert fresh(session, offer).contact_hours == Decimal(12)


def test_what_publishing_still_asks_is_told_anew(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider, sectors=[])
    answer = send(client, offer, offer.version, "title", title="Rekenen", sectors=None)
    assert answer.json is not None
    assert "ontbreekt nog 1 gegeven" in answer.json["missing"]
    again = send(client, offer, answer.json["version"], "sectors", sectors=["po"])
    assert again.json is not None
    assert "Alles wat voor publiceren nodig is" in again.json["missing"]


@pytest.mark.rule("R30")
def test_who_was_second_is_told_and_saves_nothing(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    seen = offer.version
    edit(session, offer.id, {"title": "Van Bram"}, based_on=seen, by="Bram")
    session.commit()
    answer = send(client, offer, seen, "title", title="Van Noor")
    assert answer.status_code == 412
    assert answer.json is not None
    assert "Bram" in answer.json["text"]
    assert fresh(session, offer).title == "Van Bram"
    whole = form_of(title="Van Noor", based_on=str(seen))
    page = client.post(f"/aanbod/{offer.id}/bewerken", data=whole)
    assert page.status_code == 409
    assert "Van Noor" in page.text
    assert "Van Bram" in page.text


def test_what_teachers_read_never_changes_by_itself(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_published_offer(session, provider)
    assert send(client, offer, offer.version, "title", title="Half get").status_code == 409
    assert fresh(session, offer).title == "Rekenen met plezier"
    assert "data-saves" not in client.get(f"/aanbod/{offer.id}/bewerken").text


@pytest.mark.rule("R15")
def test_a_new_activity_is_made_once_when_it_has_a_title(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    token = str(uuid4())
    empty = client.post("/aanbod/nieuw/deel", data={"submission_id": token, "deel": "subject"})
    assert empty.json == {"waits": True}
    sent = {"submission_id": token, "title": "Rekenen", "deel": "title"}
    first = client.post("/aanbod/nieuw/deel", data=sent)
    again = client.post("/aanbod/nieuw/deel", data=sent)
    assert first.json is not None
    assert again.json is not None
    assert first.json["page"] == again.json["page"]
    assert session.scalars(select(Offer.title).filter_by(provider_id=provider.id)).all() == [
        "Rekenen"
    ]
    typed_on = client.post(
        "/aanbod/nieuw/deel", data={**sent, "subject": "Wiskunde", "deel": ["title", "subject"]}
    )
    assert typed_on.json is not None
    assert session.scalars(select(Offer.subject)).all() == ["Wiskunde"]
    elsewhere = client.post(
        "/aanbod/nieuw/deel", data={**sent, "subject": "Taal", "deel": "subject"}
    )
    assert elsewhere.status_code == 412  # it was changed since it was made
    button = client.post(first.json["page"], data=form_of(based_on=str(typed_on.json["version"])))
    assert button.status_code == 302


@pytest.mark.rule("R17")
def test_what_was_typed_after_the_session_ended_comes_back_whole(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    page = f"/aanbod/{offer.id}/bewerken"
    moment = now() + timedelta(hours=2)
    set_clock(lambda: moment)
    fields = form_of(deel="title", title="Te laat getypt", audience="pabo")
    headers = {"HX-Request": "true", "If-Match": '"2"', "Referer": f"http://localhost{page}"}
    late = client.post(f"{page}/deel", data=fields, headers=headers)
    assert late.status_code == 401
    an_employee_again = client.get_cookie("loket-login")
    assert an_employee_again is not None
    user = user_with(app, Role.PROVIDER)
    sign_in_as(app, client, user, {an_employee_again.key: an_employee_again.value})
    shown = client.get(page).text
    assert "Te laat getypt" in shown
    assert "pabo" in shown
    assert fresh(session, offer).title == "Rekenen met plezier"


def test_the_table_of_runs_is_saved_as_a_whole(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    run = {"runs-0-start": "1-9-2030", "runs-0-place": "Utrecht"}
    answer = send(client, offer, offer.version, "runs", **run)
    assert answer.status_code == 200
    assert [each.place for each in fresh(session, offer).runs] == ["Utrecht"]


def test_the_offer_of_another_company_does_not_exist(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    other = app.test_client()
    a_provider(session, kvk="69599084")
    an_employee(app, other, kvk="69599084")
    assert send(other, offer, offer.version, "title", title="Van mij").status_code == 404
    assert client.get(f"/aanbod/{offer.id}").status_code == 200
