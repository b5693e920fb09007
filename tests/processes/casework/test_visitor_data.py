"""The AVG for visitors: what is kept of them is exported, and erased when their case has ended."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from processes.base import now
from processes.casework.visitor_data import as_json, data_of, erase
from processes.engine.execution.instances import cancel, variables
from processes.engine.execution.starting import public_start
from processes.engine.store.decision_models import TakenDecision
from processes.engine.store.file_models import UploadedFile
from processes.engine.store.models import (
    ActivityInstance,
    Incident,
    Job,
    ProcessInstance,
    UserTask,
)
from processes.engine.store.start_models import BegunCase, PendingStart
from processes.register.changes import AuditEvent
from processes.register.mail import MailStatus, OutgoingMail
from tests.app.begin.complaints import ADDRESS, KEY, SUBJECT, complaint, place

EMAIL = "noor@voorbeeld.example"
ANSWERS = {"onderwerp": "De cursus ging niet door", "adres": None}


@pytest.fixture(autouse=True)
def _opened(session: Session) -> None:
    place(session, complaint(SUBJECT, ADDRESS, groups="public"))
    public_start.turn(session, [KEY], is_open=True, by="x")


def pended(session: Session, email: str = EMAIL, **answers: Any) -> PendingStart:
    definition, id_ = public_start.opened(session, KEY), uuid4()
    given = {**ANSWERS, **answers}
    public_start.pend(session, definition, submission_id=id_, email=email, answers=given)
    return session.get_one(PendingStart, id_)


def confirmed(session: Session, email: str = EMAIL, **answers: Any) -> BegunCase:
    form = pended(session, email, **answers)
    return public_start.confirm(session, form, f"ZK-{uuid4().hex[:6]}")


def mail(session: Session, to: str = EMAIL, status: MailStatus = MailStatus.SENT) -> OutgoingMail:
    row = OutgoingMail(
        key=uuid4().hex,
        kvk=None,
        kind="x",
        recipient=to,
        message_id=uuid4().hex,
        subject="Uw bericht",
        text="Beste Noor",
        html="<p>Beste Noor</p>",
        status=status,
    )
    session.add(row)
    session.flush()
    return row


def instance_of(session: Session, case: BegunCase) -> ProcessInstance:
    return session.get_one(ProcessInstance, case.instance_id)


def test_everything_of_an_address_is_exported(session: Session) -> None:
    pended(session)
    case = confirmed(session)
    mail(session)
    confirmed(session, "ander@voorbeeld.example")
    told = as_json(session, data_of(session, EMAIL))
    assert sorted(len(each["answers"]) for each in told["forms"]) == [0, 2]
    (one,) = told["cases"]
    assert (one["reference"], one["answers"]) == (case.reference, ANSWERS)
    assert one["variables"]["onderwerp"] == ANSWERS["onderwerp"]
    assert [each["text"] for each in told["mails"]] == ["Beste Noor"]


def test_a_case_is_found_by_its_reference_or_an_address_in_its_answers(session: Session) -> None:
    """A day after the form was sent its address is kept no more."""
    case = confirmed(session, "weg@voorbeeld.example", adres="in-het-formulier@voorbeeld.example")
    session.get_one(PendingStart, case.submission_id).email = ""
    session.flush()
    other = confirmed(session, "weg@voorbeeld.example", adres="noël@voorbeeld.example")
    session.get_one(PendingStart, other.submission_id).email = ""
    assert [each for each, _one in data_of(session, "noël@voorbeeld.example").cases] == [other]
    for who in (case.reference, "in-het-formulier@voorbeeld.example"):
        assert [each for each, _one in data_of(session, who).cases] == [case]
    for who in ("weg@voorbeeld.example", "formulier@voorbeeld.example", "", "%"):
        assert not data_of(session, who)


def test_a_case_of_somebody_who_logged_in_is_not_a_visitors(session: Session) -> None:
    case = confirmed(session)
    case.starter_id = UUID(int=1)
    session.flush()
    assert data_of(session, case.reference).cases == []


def test_what_ended_is_erased_and_what_runs_is_kept(session: Session) -> None:
    ended, running, waiting = confirmed(session), confirmed(session), pended(session)
    cancel(session, ended.instance_id, by="x")
    sent, queued = mail(session), mail(session, status=MailStatus.WAITING)
    session.add(
        UploadedFile(
            uploader="staff:1",
            name="brief.pdf",
            media_type="application/pdf",
            size=1,
            sha256="x",
            content=b"x",
            instance_id=ended.instance_id,
        )
    )
    session.flush()
    done = erase(session, data_of(session, EMAIL), by="beheer", reason="Verzoek om te wissen.")
    assert (done.forms, done.cases, done.mails) == (2, 1, 1)
    assert done.running == (running.reference,)
    session.expire_all()
    assert session.get(PendingStart, waiting.id) is None
    assert ended.answers == {}
    assert variables(session, instance_of(session, ended)) == {}
    assert running.answers == ANSWERS
    assert variables(session, instance_of(session, running))["onderwerp"]
    assert (sent.recipient, sent.text, queued.recipient) == ("", "", EMAIL)
    assert session.scalars(select(UploadedFile)).all() == []
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "visitor-erased")).one()
    assert event.details["reason"] == "Verzoek om te wissen."
    assert EMAIL not in str(event.details)
    assert [case for case, _one in data_of(session, EMAIL).cases] == [running]


def test_copies_of_the_variables_are_erased_with_the_case(session: Session) -> None:
    case = confirmed(session)
    cancel(session, case.instance_id, by="x")
    passage = session.scalars(select(ActivityInstance)).first()
    assert passage is not None
    passage.chosen = {"conditions": [{"values": {"adres": EMAIL}}]}
    rows = (
        a_decision(case.instance_id),
        Job(topic="t", idempotency_key="k", arguments={"to": EMAIL}, instance_id=case.instance_id),
        an_incident(case.instance_id),
    )
    session.add_all(rows)
    task = session.scalars(select(UserTask)).first()
    assert task is not None
    task.label = EMAIL
    session.flush()
    erase(session, data_of(session, EMAIL), by="beheer", reason="Verzoek om te wissen.")
    session.expire_all()
    kept = [passage, task, *rows]
    columns = [getattr(row, each.key) for row in kept for each in inspect(type(row)).column_attrs]
    assert EMAIL not in str(columns)


def a_decision(instance_id: UUID) -> TakenDecision:
    return TakenDecision(
        id=uuid4(),
        instance_id=instance_id,
        element_id="d",
        key="d",
        version=1,
        taken_at=now(),
        place=0,
        inputs={"adres": EMAIL},
        hits=[1],
        outputs={"aan": EMAIL},
        is_counted=True,
    )


def an_incident(instance_id: UUID) -> Incident:
    return Incident(
        instance_id=instance_id,
        job_id=None,
        element_id="d",
        kind="expression",
        message=f"'{EMAIL}' is geen datum.",
        details=EMAIL,
    )


def test_erasing_twice_is_harmless(session: Session) -> None:
    case = confirmed(session)
    cancel(session, case.instance_id, by="x")
    for _ in range(2):
        erase(session, data_of(session, case.reference), by="x", reason="x")
    assert case.answers == {}
