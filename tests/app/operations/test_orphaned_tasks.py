"""An operator finds the tasks that nobody can do, and gives one to a group."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.base import now, set_clock
from processes.casework import orphaned_tasks
from processes.engine.insight import kept_figures
from processes.engine.store.models import UserTask
from processes.register.changes import AuditEvent
from tests.app.signing_in import sign_in
from tests.processes.engine.tasks.people import add_case, add_task

LIST = "/beheer/zonder-uitvoerder"


@pytest.fixture
def orphan(app: Flask, client: FlaskClient, session: Session) -> UserTask:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(app, client, Role.OPERATOR)
    task = add_task(session, add_case(session), "afdeling", tenant=None)
    session.commit()
    return task


def test_an_orphan_is_listed_and_given_to_a_group(
    client: FlaskClient, session: Session, orphan: UserTask
) -> None:
    page = client.get(LIST).text
    assert "De groep bestaat niet." in page
    assert f"{LIST}/{orphan.id}" in page
    asked = client.get(f"{LIST}/{orphan.id}").text
    assert "Medewerker van het register" in asked
    assert "Aanbieder" not in asked.partition("<form class")[2]
    unsaid = client.post(f"{LIST}/{orphan.id}", data={"group": "registrar"})
    assert unsaid.status_code == 422
    assert "Schrijf op waarom u dit doet." in unsaid.text
    sent = {"group": "registrar", "reason": "De afdeling bestaat niet meer."}
    done = client.post(f"{LIST}/{orphan.id}", data=sent, follow_redirects=True)
    assert "De taak is nu voor de groep: Medewerker van het register." in done.text
    assert "Elke taak kan door iemand worden gedaan" in done.text
    session.expire_all()
    assert session.get_one(UserTask, orphan.id).candidate_group == "registrar"
    event = session.scalars(
        select(AuditEvent).where(AuditEvent.action == "task-given-to-group")
    ).one()
    assert (event.details["before"], event.details["to"]) == ("afdeling", "registrar")
    assert event.details["reason"] == "De afdeling bestaat niet meer."
    assert client.post(f"{LIST}/{orphan.id}", data=sent).status_code == 404  # somebody's by now


def test_whose_it_was_is_told_by_the_name_of_the_group(
    client: FlaskClient, session: Session, orphan: UserTask
) -> None:
    """A group of companies, in a case of none."""
    orphan.candidate_group = "provider"
    session.commit()
    page = client.get(f"{LIST}/{orphan.id}").text
    assert "Aanbieder" in page.partition("<form class")[0]
    assert "provider" not in page.partition("<form class")[0]


def test_a_task_of_somebody_is_not_given_away_here(
    client: FlaskClient, session: Session, orphan: UserTask
) -> None:
    assert orphan.candidate_group == "afdeling"
    theirs = add_task(session, add_case(session, "q"), "registrar", tenant=None)
    session.commit()
    assert client.get(f"{LIST}/{theirs.id}").status_code == 404


def test_a_group_that_cannot_have_it_is_refused(client: FlaskClient, orphan: UserTask) -> None:
    sent = {"group": "provider", "reason": "Omdat."}
    assert client.post(f"{LIST}/{orphan.id}", data=sent).status_code == 422


def test_the_number_is_a_metric(client: FlaskClient, orphan: UserTask) -> None:
    assert orphan.candidate_group == "afdeling"
    assert "\nloket_orphaned_tasks 1.0\n" in client.get("/metrics").text


def test_the_metric_is_that_of_the_latest_scan_while_it_is_fresh(
    client: FlaskClient, session: Session, orphan: UserTask
) -> None:
    began = now()
    set_clock(lambda: began)
    orphaned_tasks.SCAN.keep(session)
    add_task(session, add_case(session, "q"), orphan.candidate_group, tenant=None)
    session.commit()
    looks: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "known_person" in statement:
            looks.append(statement)

    listen = (session.get_bind(), "before_cursor_execute", note)
    event.listen(*listen)
    kept = client.get("/metrics").text
    looked = len(looks)
    set_clock(lambda: began + kept_figures.FRESH_FOR + timedelta(seconds=1))
    anew = client.get("/metrics").text
    event.remove(*listen)

    assert "\nloket_orphaned_tasks 1.0\n" in kept
    assert looked == 0
    assert "\nloket_orphaned_tasks 2.0\n" in anew
    assert len(looks) == 1
