"""Public start: closed until opened, confirmed before anything begins, followed by the link."""

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.web.access import Role
from processes.base import now, set_clock
from processes.engine.execution.instances import variables
from processes.engine.execution.starting import public_start
from processes.engine.store.models import Job, ProcessInstance
from processes.engine.store.start_models import PendingStart
from processes.register.changes import AuditEvent
from tests.app.begin.complaints import KEY, STORY, SUBJECT, complaint, place
from tests.app.onboarding import field, heading
from tests.app.signing_in import sign_in
from tests.processes.engine.form_fields import field as drawn
from workers.handlers.mail.letters import public_confirmation

ADDRESS = f"/processen/{KEY}/openbaar"
TYPED = {"veld_onderwerp": "De cursus ging niet door", "email": "bezoeker@voorbeeld.example"}


def public(*fields: str) -> bytes:
    return complaint(*(fields or (SUBJECT, STORY)), groups="public")


@pytest.fixture
def opened(session: Session) -> None:
    place(session, public())
    public_start.turn(session, [KEY], is_open=True, by="beheer")
    session.commit()


def later(length: timedelta = timedelta(seconds=10)) -> datetime:
    moment = now() + length
    set_clock(lambda: moment)
    return moment


def fill_in(client: FlaskClient, page: TestResponse, **more: str) -> TestResponse:
    hidden = ("csrf_token", "submission_id", "version", "sinds")
    data = {name: field(page, name) for name in hidden} | TYPED | more
    return client.post(ADDRESS, data=data)


def sent(client: FlaskClient, **more: str) -> TestResponse:
    page = client.get(ADDRESS)
    later()
    return fill_in(client, page, **more)


def link(session: Session) -> str:
    """The address in the newest mail."""
    session.expire_all()
    newest = select(PendingStart).order_by(PendingStart.sent_at.desc()).limit(1)
    letter = public_confirmation(session, session.scalars(newest).one().id)
    found = re.search(r"/processen/openbaar/[\w.~-]+", letter.text)
    assert found, letter.text
    return found[0]


def instances(session: Session) -> list[ProcessInstance]:
    session.expire_all()
    return list(session.scalars(select(ProcessInstance)))


def test_it_is_closed_until_an_operator_opens_it_and_after_it_is_closed(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, public())
    assert client.get(ADDRESS).status_code == 404
    operator = app.test_client()
    sign_in(app, operator, Role.OPERATOR)
    app.config["WTF_CSRF_ENABLED"] = False
    operator.post("/beheer/openbaar", data={"proces": KEY, "stand": "open"})
    assert client.get(ADDRESS).status_code == 200
    assert "Alles nu sluiten" in operator.get("/beheer/openbaar").text
    operator.post("/beheer/openbaar", data={"proces": "*", "stand": "dicht"})
    assert client.get(ADDRESS).status_code == 404
    events = session.scalars(select(AuditEvent.action).order_by(AuditEvent.at)).all()
    assert [each for each in events if each.startswith("public")] == [
        "public-start-opened",
        "public-start-closed",
    ]


def test_only_what_names_the_public_can_be_opened(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, groups="teacher"))
    sign_in(app, client, Role.OPERATOR)
    app.config["WTF_CSRF_ENABLED"] = False
    client.post("/beheer/openbaar", data={"proces": KEY, "stand": "open"})
    assert client.get(ADDRESS).status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OPERATOR])
def test_only_operators_open_it(
    app: Flask, client: FlaskClient, session: Session, role: Role
) -> None:
    place(session, public())
    sign_in(app, client, role)
    assert client.get("/beheer/openbaar").status_code == 403


@pytest.mark.usefixtures("opened")
def test_nothing_begins_before_the_address_is_confirmed(
    client: FlaskClient, session: Session
) -> None:
    page = sent(client)
    assert heading(page) == "Kijk in uw e-mail"
    (job,) = session.scalars(select(Job))
    assert job.topic == "send-public-confirmation"
    address = link(session)
    assert heading(client.get(address)) == "Bevestig uw bericht"
    assert instances(session) == []  # a program that opens links begins nothing
    confirm = client.get(address)
    done = client.post(
        address, data={"csrf_token": field(confirm, "csrf_token")}, follow_redirects=True
    )
    assert heading(done) == "Wij hebben het ontvangen"
    (instance,) = instances(session)
    given = variables(session, instance)
    assert (given["onderwerp"], instance.tenant) == ("De cursus ging niet door", None)
    assert given["reference"] in done.text
    assert "bezoeker@voorbeeld.example" not in str(given)
    assert session.scalars(select(PendingStart)).one().answers == {}


@pytest.mark.usefixtures("opened")
def test_confirming_twice_is_one_case_and_the_link_follows_it(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    page = client.get(ADDRESS)
    later()
    data = {name: field(page, name) for name in ("submission_id", "version", "sinds")} | TYPED
    client.post(ADDRESS, data=data)
    client.post(ADDRESS, data=data)
    assert len(session.scalars(select(PendingStart)).all()) == 1
    address = link(session)
    for _ in range(2):
        assert client.post(address).status_code == 303
    assert len(instances(session)) == 1
    followed = client.get(address)
    assert "beoordelen" in followed.text
    assert "Wij zijn ermee bezig" in followed.text


@pytest.mark.usefixtures("opened")
def test_a_link_that_was_changed_shows_nothing(client: FlaskClient, session: Session) -> None:
    sent(client)
    link_of_mail = link(session)
    body, _, signature = link_of_mail.rpartition(".")
    # The first character: of the last one base64 leaves two bits unused, so several say the same.
    changed = "A" if signature[0] != "A" else "B"
    assert client.get(f"{body}.{changed}{signature[1:]}").status_code == 404
    assert client.get("/processen/openbaar/abc").status_code == 404


@pytest.mark.usefixtures("opened")
def test_after_a_day_it_is_gone(client: FlaskClient, session: Session) -> None:
    sent(client)
    address = link(session)
    moment = later(public_start.LASTS)
    assert client.get(address).status_code == 410
    assert public_start.EXPIRED.ask(session, moment)
    public_start.drop_expired(session, moment)
    session.commit()
    assert session.scalars(select(PendingStart)).all() == []
    assert not public_start.EXPIRED.ask(session, moment)


@pytest.mark.usefixtures("opened")
def test_the_address_of_a_confirmed_form_is_deleted_after_a_day(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    sent(client)
    address = link(session)
    app.config["WTF_CSRF_ENABLED"] = False
    client.post(address)
    public_start.drop_expired(session, later(public_start.LASTS))
    session.commit()
    session.expire_all()
    assert session.scalars(select(PendingStart)).one().email == ""
    assert heading(client.get(address)) == "Wij hebben het ontvangen"


@pytest.mark.usefixtures("opened")
def test_a_wrong_form_is_shown_again_with_what_was_typed(
    client: FlaskClient, session: Session
) -> None:
    page = sent(client, veld_onderwerp="", veld_verhaal="Er was niemand.", email="geen adres")
    assert page.status_code == 422
    assert "Er was niemand." in page.text
    assert "geen adres" in page.text
    assert session.scalars(select(PendingStart)).all() == []


@pytest.mark.usefixtures("opened")
def test_what_no_person_does_begins_nothing(client: FlaskClient, session: Session) -> None:
    page = client.get(ADDRESS)
    at_once = fill_in(client, page)
    assert at_once.status_code == 422
    assert "heel snel" in at_once.text
    assert field(at_once, "veld_onderwerp") == TYPED["veld_onderwerp"]
    later()
    trapped = fill_in(client, page, bijnaam="x")
    assert heading(trapped) == "Kijk in uw e-mail"
    forged = fill_in(client, page, sinds="0")
    assert forged.status_code == 422
    assert session.scalars(select(PendingStart)).all() == []


@pytest.mark.usefixtures("opened")
def test_one_address_sends_a_few_an_hour(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_start, "MOST_OF_ADDRESS", 1)
    sent(client)
    refused = sent(client)
    assert refused.status_code == 429
    assert field(refused, "veld_onderwerp") == TYPED["veld_onderwerp"]
    assert heading(sent(client, email="ander@voorbeeld.example")) == "Kijk in uw e-mail"
    later(public_start.HOUR)
    assert heading(sent(client)) == "Kijk in uw e-mail"
    assert len(session.scalars(select(PendingStart)).all()) == 3


@pytest.mark.usefixtures("opened")
def test_a_process_takes_so_many_a_day(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_start, "MOST_A_DAY", 1)
    sent(client)
    assert sent(client, email="ander@voorbeeld.example").status_code == 429


@pytest.mark.usefixtures("opened")
def test_who_still_typed_when_it_was_closed_reads_so_and_gets_the_text_back(
    client: FlaskClient, session: Session
) -> None:
    page = client.get(ADDRESS)
    later()
    public_start.turn(session, [KEY], is_open=False, by="beheer")
    session.commit()
    answer = fill_in(client, page)
    assert answer.status_code == 410
    assert "Dit formulier is gesloten" in answer.text
    assert TYPED["veld_onderwerp"] in answer.text
    assert instances(session) == []
    assert session.scalar(select(PendingStart.id)) is None


@pytest.mark.usefixtures("opened")
def test_what_was_closed_or_changed_meanwhile_begins_nothing_and_loses_nothing(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    sent(client)
    address = link(session)
    app.config["WTF_CSRF_ENABLED"] = False
    public_start.turn(session, [KEY], is_open=False, by="beheer")
    session.commit()
    closed = client.post(address)
    assert closed.status_code == 410
    assert TYPED["veld_onderwerp"] in closed.text
    public_start.turn(session, [KEY], is_open=True, by="beheer")
    place(session, public(SUBJECT, drawn("sinds", "date", label="Sinds wanneer?")))
    changed = client.post(address)
    assert changed.status_code == 409
    assert TYPED["veld_onderwerp"] in changed.text
    assert instances(session) == []
    place(session, public())
    assert client.post(address).status_code == 303
