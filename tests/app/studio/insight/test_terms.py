"""The page and the file of the share of cases within the legal term."""

from datetime import date
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.base import today
from processes.engine.store.term_models import CaseTerm
from tests.app.signing_in import sign_in
from tests.app.studio.deploying import a_version, visits
from tests.processes.engine.diagrams import process, straight, user

TERM = (
    '<bpmn:extensionElements><camunda:properties><camunda:property name="legalTerm"'
    ' value="P6W"/></camunda:properties></bpmn:extensionElements>'
)
PAGE = "/processen/visits/termijn"


@pytest.fixture(autouse=True)
def owner(app: Flask, client: FlaskClient) -> None:
    sign_in(app, client, Role.PROCESS_OWNER)


def keep(session: Session, due_on: date, *, is_completed: bool = True) -> None:
    session.add(
        CaseTerm(
            instance_id=uuid4(),
            process_key="visits",
            due_on=due_on,
            ended_on=today(),
            is_completed=is_completed,
        )
    )
    session.commit()


def test_a_process_without_a_term_says_how_to_draw_one(
    client: FlaskClient, session: Session
) -> None:
    a_version(session)
    page = client.get(PAGE).text
    assert "Bij dit proces staat geen wettelijke termijn" in page
    assert "Er eindigde nog geen zaak met een termijn" in page


def test_the_share_of_each_month_is_told(client: FlaskClient, session: Session) -> None:
    a_version(session, process(TERM + straight(user("review"), ids=("review",)), "visits"))
    visits(session, 1)
    keep(session, today())
    keep(session, today())
    keep(session, date(2020, 1, 1))
    keep(session, today(), is_completed=False)
    page = client.get(PAGE).text
    assert "<code>P6W</code>" in page
    assert "66,7%" in page or "67%" in page
    assert "Zaken die eindigden, per maand" in page
    file = client.get(f"{PAGE}.csv")
    assert file.mimetype == "text/csv"
    assert "attachment" in file.headers["Content-Disposition"]
    header, row, *_ = file.text.removeprefix("\ufeff").split("\r\n")
    assert header.startswith("maand;klaar;binnen de termijn")
    assert row.startswith(f"{today():%Y-%m};3;2;1;1;")


def test_what_is_no_process_has_no_report(client: FlaskClient) -> None:
    assert client.get("/processen/onbekend/termijn").status_code == 404
    assert client.get("/processen/onbekend/termijn.csv").status_code == 404
