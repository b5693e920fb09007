"""A case that was stopped is taken back from its page, or the page says why not."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.base import now
from processes.engine.execution.instances import start_process
from processes.engine.store.models import InstanceStatus, ProcessInstance, Timer, UserTask
from processes.engine.store.snapshot_models import InstanceSnapshot
from processes.register.changes import AuditEvent
from tests.app.signing_in import sign_in
from tests.processes.engine.diagrams import process
from tests.processes.engine.playing import start
from tests.processes.engine.repair.modifying import GUARDED


@pytest.fixture
def stopped(app: Flask, client: FlaskClient, session: Session) -> ProcessInstance:
    app.config["WTF_CSRF_ENABLED"] = False
    one = start(session, process(GUARDED))
    session.commit()
    sign_in(app, client, Role.OPERATOR)
    data = {"wat": "stoppen", "zaak": str(one.id), "reason": "per ongeluk"}
    client.post("/beheer/processen/wijzigen", data=data)
    session.expire_all()
    assert one.status is InstanceStatus.CANCELLED
    return one


def take_back(client: FlaskClient, session: Session, one: ProcessInstance) -> str:
    snapshot = session.scalars(select(InstanceSnapshot).filter_by(instance_id=one.id)).one()
    address = f"/beheer/processen/{one.id}/terugdraaien/{snapshot.id}"
    answer = client.post(address, follow_redirects=True).text
    session.expire_all()
    return answer


def test_it_goes_on_where_it_was_and_the_trail_says_who(
    client: FlaskClient, session: Session, stopped: ProcessInstance
) -> None:
    page = client.get(f"/beheer/processen/{stopped.id}").text
    assert "Deze zaak is gestopt" in page
    assert "per ongeluk" in page
    assert re.search(r"Terugnemen\s*</button>", page)
    answer = take_back(client, session, stopped)
    assert "Teruggenomen: de zaak is weer zoals hij was." in answer
    assert stopped.status is InstanceStatus.ACTIVE
    assert session.scalars(select(UserTask).filter_by(status="open")).one().element_id == "a"
    assert session.query(Timer).count() == 1
    event = session.scalars(select(AuditEvent).filter_by(action="instance-restored")).one()
    assert (event.details["reason"], event.subject) == ("per ongeluk", f"instance:{stopped.id}")
    page = client.get(f"/beheer/processen/{stopped.id}").text
    assert "Deze zaak is gestopt" not in page
    assert "Teruggenomen op" in page
    assert "Teruggedraaid" not in page


def test_another_that_began_meanwhile_is_why_not(
    client: FlaskClient, session: Session, stopped: ProcessInstance
) -> None:
    start_process(session, "p", business_key="1", started_by="test")
    session.commit()
    why = "Er loopt intussen een andere zaak hiervoor."
    page = client.get(f"/beheer/processen/{stopped.id}").text
    assert f"Terugnemen kan niet. {why}" in page
    assert not re.search(r"Terugnemen\s*</button>", page)
    assert why in take_back(client, session, stopped)
    assert stopped.status is InstanceStatus.CANCELLED


def test_after_a_month_is_why_not(
    client: FlaskClient, session: Session, stopped: ProcessInstance
) -> None:
    snapshot = session.scalars(select(InstanceSnapshot)).one()
    snapshot.taken_at = now() - timedelta(days=31)
    session.commit()
    page = client.get(f"/beheer/processen/{stopped.id}").text
    assert "Terugnemen kan niet. De zaak is meer dan 30 dagen geleden gestopt." in page


def test_one_of_before_snapshots_says_that_nothing_was_kept(
    client: FlaskClient, session: Session, stopped: ProcessInstance
) -> None:
    session.query(InstanceSnapshot).delete()
    session.commit()
    page = client.get(f"/beheer/processen/{stopped.id}").text
    assert "Er is niet bewaard hoe de zaak was toen hij stopte." in page
