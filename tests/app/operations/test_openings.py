"""An operator sees what programs outside may do and when they last did, and turns one off."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.openings import access
from processes.engine.openings.clients import Rights, make, rotate
from processes.engine.store.opening_models import AccessToken
from processes.register.changes import AuditEvent
from tests.app.api.programs import Program
from tests.app.signing_in import sign_in

PAGE = "/beheer/openingen"


@pytest.fixture(autouse=True)
def operator(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(app, client, Role.OPERATOR)


def test_an_opening_stands_on_the_page_with_its_last_use_and_no_secret(
    client: FlaskClient, session: Session
) -> None:
    assert "Er is geen opening" in client.get(PAGE).text
    opening, secret = make(
        session, "crm", Rights(messages=["antwoord"], groups=["registrar"]), by="olga"
    )
    session.commit()
    page = client.get(PAGE).text
    for text in ("crm", "antwoord", "Medewerker van het register", "door olga", "nog niet"):
        assert text in page
    assert "twee sleutels" not in page
    access.note_use(session, opening.id)
    rotate(session, opening)
    session.commit()
    page = client.get(PAGE).text
    assert "nog niet" not in page
    assert "twee sleutels gelden" in page
    for hidden in (secret, opening.secret_hash, str(opening.previous_hash)):
        assert hidden not in page


def test_turning_one_off_refuses_it_at_once(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    opening, _secret = make(session, "crm", Rights(messages=["m"]), by="olga")
    program = Program(app.test_client(), access.issue(session, opening))
    session.commit()
    assert program.post("berichten/m").status_code == 202
    page = client.post(PAGE, data={"naam": "crm", "stand": "uit"}, follow_redirects=True)
    assert "crm staat uit." in page.text
    assert program.post("berichten/m").status_code == 401
    assert session.scalars(select(AccessToken)).all() == []
    client.post(PAGE, data={"naam": "crm", "stand": "aan"})
    session.refresh(opening)
    assert opening.enabled
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.at)).all()
    assert [each for each in actions if each.startswith("opening-")] == [
        "opening-disabled",
        "opening-enabled",
    ]


def test_one_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    assert client.post(PAGE, data={"naam": "x", "stand": "uit"}).status_code == 404
