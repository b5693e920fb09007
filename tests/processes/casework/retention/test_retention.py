"""Retention: what goes after its term, by class; what stays; counts and durations stay too."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from app.setup.tables import all_tables
from app.web.access import Role
from processes.base import set_clock
from processes.casework.retention import runs
from processes.casework.retention.case_data import erase_case
from processes.casework.retention.classes import CLASSES
from processes.casework.retention.runs import (
    TOPIC,
    deployed_terms,
    due,
    last_runs,
    remove,
    terms_from,
)
from processes.engine.deployment.definitions import deploy
from processes.engine.execution.events.timers import fire_due_timers
from processes.engine.execution.instances import complete_user_task, open_user_tasks, start_process
from processes.engine.execution.jobs import create_job
from processes.engine.insight import counts
from processes.engine.registry import BadDataError
from processes.engine.repair import modification, snapshots
from processes.engine.sentences.catalogue import say
from processes.engine.store.file_models import UploadedFile
from processes.engine.store.models import (
    ActivityInstance,
    InstanceStatus,
    Job,
    JobStatus,
    ProcessInstance,
)
from processes.engine.store.work_models import Delegation, KnownPerson, Notice
from processes.engine.tasks.directory import remember
from processes.engine.tasks.rights import Person
from processes.register.audit import sealing
from processes.register.audit.erasing import erase
from processes.register.audit.verifying import verify
from processes.register.changes import AuditEvent, record_event
from processes.register.declarations import Declaration, record_answers, seed_requirements
from processes.register.mail import MailStatus, OutgoingMail
from processes.register.offers.terms import OfferKind
from processes.register.portfolio.entries import PortfolioEntry
from processes.register.portfolio.own import OwnActivity, add_own
from processes.register.portfolio.teachers import known_teacher
from processes.register.providers.people import Right, known_user
from tests.app.onboarding import prepare
from tests.app.signing_in import KVK, sign_in
from tests.processes.engine.diagrams import process, straight, user
from workers.vocabulary import vocabulary

XML = Path(__file__).parents[4] / "bpmn" / "retention.bpmn"
BEGIN = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
TERMS = terms_from({})
OTHER = "69599084"


@pytest.fixture(autouse=True)
def _clock() -> None:
    set_clock(lambda: BEGIN)


def later(days: float) -> None:
    set_clock(lambda: BEGIN + timedelta(days))


def removed(session: Session) -> dict[str, int]:
    @contextmanager
    def transaction() -> Iterator[Session]:
        yield session
        session.flush()

    found = remove(TERMS, transaction, lambda _done, _total: None)
    session.expire_all()
    return {name: number for name, number in found.items() if number}


def counted(session: Session) -> dict[str, int]:
    return {each.of.parameter: each.number for each in due(session, TERMS) if each.number}


def tables_with(session: Session, words: str) -> set[str]:
    """The tables that hold these words anywhere, but for the trail, which has its own term."""
    tables = (each for each in all_tables().sorted_tables if each.name != "audit_event")
    return {each.name for each in tables if words in str(session.execute(select(each)).all())}


def mail(session: Session, status: MailStatus) -> OutgoingMail:
    row = OutgoingMail(
        key=uuid4().hex,
        kvk=KVK,
        kind="x",
        recipient="noor@x.test",
        message_id=uuid4().hex,
        subject="Hallo",
        text="Beste Noor",
        html="<p>Beste Noor</p>",
        status=status,
    )
    session.add(row)
    session.flush()
    return row


def test_every_class_says_what_goes_and_what_stays_and_why() -> None:
    names = [each.parameter for each in CLASSES]
    assert len(set(names)) == len(names)
    assert all(each.title and each.removed and each.stays for each in CLASSES)


def test_a_mail_loses_its_text_and_then_its_line_and_one_that_waits_loses_nothing(
    session: Session,
) -> None:
    sent, waiting = mail(session, MailStatus.SENT), mail(session, MailStatus.WAITING)
    later(89)
    assert removed(session) == {}
    later(91)
    assert counted(session) == {"mail_text_days": 1}
    assert removed(session) == {"mail_text_days": 1}
    assert (sent.text, sent.html, sent.recipient) == ("", "", "noor@x.test")
    assert removed(session) == {}
    later(731)
    assert removed(session) == {"mail_days": 1}
    assert list(session.scalars(select(OutgoingMail))) == [waiting]
    assert waiting.text == "Beste Noor"


def test_an_unfinished_registration_ends_and_its_answers_go(session: Session) -> None:
    prepare(session)
    for kvk in (KVK, OTHER):
        start_process(
            session,
            "provider_onboarding",
            business_key=kvk,
            tenant=kvk,
            variables={},
            started_by="medewerker 1",
        )
        answers: dict[str, Any] = {"answers": dict.fromkeys("1234", "ja"), "complaints_url": None}
        record_answers(session, kvk=kvk, set_version=1, by="medewerker 1", **answers)
    later(60)
    (task,) = open_user_tasks(session, tenant=OTHER)
    task.draft, task.draft_at = {"x": "y"}, BEGIN + timedelta(60)
    session.flush()
    later(91)
    assert removed(session) == {"onboarding_days": 1}
    cases = {each.business_key: each for each in session.scalars(select(ProcessInstance))}
    assert (cases[KVK].status, cases[KVK].state) == (InstanceStatus.CANCELLED, b"")
    assert cases[OTHER].status is InstanceStatus.ACTIVE
    assert cases[OTHER].state != b""
    assert list(session.scalars(select(Declaration.kvk))) == [OTHER]
    visited = select(func.count()).where(ActivityInstance.instance_id == cases[KVK].id)
    assert (session.scalar(visited) or 0) > 0
    later(152)
    assert removed(session) == {"onboarding_days": 1}


def test_an_ended_case_keeps_its_steps_and_how_long_they_took(session: Session) -> None:
    xml = process(straight(user("review"), ids=("review",)), "eigen")
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="x")
    variables = {"naam": "Noor de Wit"}
    start_process(
        session, "eigen", business_key="1", tenant=None, variables=variables, started_by="x"
    )
    running = start_process(
        session, "eigen", business_key="2", tenant=None, variables=variables, started_by="x"
    )
    (task,) = [
        each
        for each in open_user_tasks(session, process_key="eigen")
        if each.instance_id != running.id
    ]
    complete_user_task(session, task.id, completed_by="x", variables={})
    steps = session.execute(
        select(ActivityInstance.element_id, ActivityInstance.entered_at, ActivityInstance.left_at)
    ).all()
    later(729)
    assert "case_days" not in removed(session)
    later(731)
    assert removed(session)["case_days"] == 1
    states = {each.business_key: each.state for each in session.scalars(select(ProcessInstance))}
    assert states["1"] == b""
    assert states["2"] != b""
    again = select(
        ActivityInstance.element_id, ActivityInstance.entered_at, ActivityInstance.left_at
    )
    assert sorted(session.execute(again).all()) == sorted(steps)


def begun_and_worked_on(
    session: Session, xml: bytes, *, by: str, initiator: str
) -> ProcessInstance:
    """A case of this diagram, whose first task is done; all by one person."""
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="x")
    case = start_process(
        session,
        "eigen",
        business_key="1",
        tenant=None,
        variables={},
        started_by=by,
        initiator=initiator,
    )
    (task,) = open_user_tasks(session, process_key="eigen")
    complete_user_task(session, task.id, completed_by=by, variables={})
    return case


def test_no_name_of_who_worked_on_a_case_outlives_it(session: Session) -> None:
    """The page about privacy says so: what stays for the figures holds no names."""
    xml = process(
        straight(user("review"), user("assess-company"), ids=("review", "assess-company")), "eigen"
    )
    case = begun_and_worked_on(session, xml, by="Noor de Wit", initiator=f"teacher:{uuid4()}")
    (task,) = open_user_tasks(session, process_key="eigen")
    modification.skip(session, case.id, task.id, by="Noor de Wit", reason="niet nodig")
    steps = select(ActivityInstance.element_id, ActivityInstance.actor).where(
        ActivityInstance.instance_id == case.id
    )
    machines = {place for place, actor in session.execute(steps) if actor is None}
    assert tables_with(session, "Noor de Wit") >= {"process_instance", "user_task"}
    later(731)
    assert removed(session)["case_days"] == 1
    assert tables_with(session, "Noor de Wit") == set()
    assert {place for place, actor in session.execute(steps) if actor is None} == machines
    assert removed(session) == {}


def test_a_case_that_lost_its_data_before_its_names_is_due_again(session: Session) -> None:
    xml = process(straight(user("review"), ids=("review",)), "eigen")
    case = begun_and_worked_on(session, xml, by="Noor de Wit", initiator=f"teacher:{uuid4()}")
    session.execute(update(ProcessInstance).where(ProcessInstance.id == case.id).values(state=b""))
    later(731)
    assert removed(session)["case_days"] == 1
    assert tables_with(session, "Noor de Wit") == set()


def test_who_is_called_as_a_machine_is_makes_no_case_due_for_ever(session: Session) -> None:
    """A run goes on until nothing is due, and such a name stays as it is."""
    xml = process(straight(user("review"), ids=("review",)), "eigen")
    case = begun_and_worked_on(session, xml, by="timer", initiator=f"provider:{uuid4()}")
    later(731)
    assert counted(session)["case_days"] == 1
    erase_case(session, case.id)
    assert counted(session) == {}


def test_a_substitution_goes_with_its_reason_some_time_after_its_last_day(
    session: Session,
) -> None:
    def substitution(reason: str, until: int, ended: int | None = None) -> Delegation:
        row = Delegation(
            from_person="staff:1",
            to_person="staff:2",
            process_key=None,
            from_date=BEGIN.date(),
            until_date=BEGIN.date() + timedelta(until),
            reason=reason,
            ended_at=None if ended is None else BEGIN + timedelta(ended),
        )
        session.add(row)
        return row

    substitution("griep", 5)
    substitution("verlof", 400, ended=3)
    substitution("lang weg", 400)
    later(360)
    assert removed(session) == {}
    later(371)
    assert removed(session) == {"substitution_days": 2}
    assert list(session.scalars(select(Delegation.reason))) == ["lang weg"]


def test_the_steps_of_a_case_that_is_erased_stay_as_they_were_counted(session: Session) -> None:
    deploy(
        session,
        process(straight(user("review"), ids=("review",)), "eigen"),
        vocabulary=vocabulary(),
        deployed_by="x",
    )
    case = start_process(
        session, "eigen", business_key="1", tenant=None, variables={}, started_by="x"
    )
    (task,) = open_user_tasks(session, process_key="eigen")
    modification.skip(session, case.id, task.id, by="olga", reason="niet nodig")
    later(1)
    for name in counts.due(session):
        counts.fold(session, name)
    (snapshot,) = snapshots.snapshots_of(session, case.id)
    assert snapshots.why_not(session, snapshot) is None
    taken = counts.steps(session)
    later(731)

    assert removed(session)["case_days"] == 1

    assert list(counts.differences(session)) == []
    counts.rebuild(session)
    assert counts.steps(session) == taken
    with pytest.raises(snapshots.NotUndoableError, match=say("repair.went-on")):
        modification.undo(session, snapshot.id, by="olga")


def test_the_trail_forgets_who_and_its_chain_stays_whole(session: Session) -> None:
    record_event(session, "login", actor="medewerker 1", kvk=KVK, subjectId="a" * 64)
    record_event(session, "offer-published", actor="medewerker 1", kvk=KVK, subject="offer:1")
    later(366)
    assert removed(session) == {"login_days": 1}
    events = {each.action: each for each in session.scalars(select(AuditEvent))}
    login, published = events["login"], events["offer-published"]
    assert (login.actor, login.kvk, login.details, login.at) == ("", None, {}, BEGIN)
    assert (published.actor, published.kvk) == ("medewerker 1", KVK)
    assert removed(session) == {}
    later(2556)
    assert removed(session) == {"trail_days": 1}
    assert removed(session) == {}
    assert verify(session).broken == []


def test_a_job_that_is_done_and_somebody_who_left(session: Session) -> None:
    for number, status in enumerate((JobStatus.DONE, JobStatus.FAILED, JobStatus.NEW)):
        job = create_job(session, "send-x", {"to": "noor@x.test"}, idempotency_key=str(number))
        job.status, job.last_error = status, "noor@x.test does not exist"
        job.done_at = BEGIN if status is JobStatus.DONE else None
    remember(session, Person(f"staff:{uuid4()}", "Anna", frozenset({"operator"})), "a@x.test")
    employee = known_user(session, issuer="https://makelaar.example", kvk=KVK, subject="s")
    employee.name = "Bram de Boer"
    remember(session, Person(f"provider:{employee.id}", "Bram", frozenset({"provider"})), None)
    told = Notice(person=f"provider:{employee.id}", kind="digests", on_day=BEGIN.date())
    session.add_all([told, Notice(person="staff:2", kind="digests", on_day=BEGIN.date())])
    later(91)
    assert removed(session) == {"job_days": 1}
    kept = {each.status: each for each in session.scalars(select(Job))}
    assert (kept[JobStatus.DONE].arguments, kept[JobStatus.DONE].last_error) == ({}, None)
    assert kept[JobStatus.FAILED].arguments == {"to": "noor@x.test"}
    later(731)
    assert removed(session) == {"person_days": 2}
    assert session.scalars(select(KnownPerson)).all() == []
    assert list(session.scalars(select(Notice.person))) == ["staff:2"]
    session.expire_all()
    assert employee.shown_name == "medewerker 1"


def test_more_than_one_chunk_goes_and_the_report_has_counts_alone(session: Session) -> None:
    for _ in range(103):
        mail(session, MailStatus.SENT)
    later(91)
    assert removed(session) == {"mail_text_days": 103}
    (run,) = last_runs(session)
    assert run.removed["mail_text_days"] == 103
    assert run.terms == TERMS


def test_many_chunks_are_found_together(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is due is found by going through all that is old: not anew for every chunk."""
    monkeypatch.setattr(runs, "CHUNK", 2)
    for _ in range(9):
        mail(session, MailStatus.SENT)
    later(91)
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(session.connection(), "before_cursor_execute", note)
    assert removed(session) == {"mail_text_days": 9}
    event.remove(session.connection(), "before_cursor_execute", note)

    of_texts = [each for each in sent if "outgoing_mail.text !=" in each]
    through_all = [each for each in of_texts if "outgoing_mail.id IN" not in each]
    assert len(through_all) == 2  # one that finds all, one that finds no more
    assert len(of_texts) == 2 + 5


def test_what_is_due_no_more_when_its_turn_comes_stays(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "CHUNK", 1)
    kept = [mail(session, MailStatus.SENT) for _ in range(3)]
    later(91)

    @contextmanager
    def transaction() -> Iterator[Session]:
        yield session
        session.flush()
        if session.scalar(select(func.count()).where(OutgoingMail.text == "")):
            session.execute(update(OutgoingMail).values(status=MailStatus.WAITING))

    found = remove({**TERMS, "mail_days": 36_500}, transaction, lambda _done, _total: None)
    session.expire_all()
    assert found["mail_text_days"] == 1
    assert sorted(each.text for each in kept) == ["", "Beste Noor", "Beste Noor"]


@pytest.mark.parametrize(
    "days", ["negentig", "0", "-1", "1.5", "", "99999999", None, "\uff19\uff10"]
)
def test_what_is_no_number_of_days_is_refused(days: Any) -> None:
    with pytest.raises(BadDataError, match="mail_days"):
        terms_from({"mail_days": days})


def test_the_diagram_runs_every_night_with_the_terms_that_an_owner_drew(session: Session) -> None:
    assert deployed_terms(session) is None
    xml = XML.read_bytes().replace(b'"mail_text_days">90<', b'"mail_text_days">30<')
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="test")
    assert deployed_terms(session) == {**TERMS, "mail_text_days": 30}
    set_clock(lambda: datetime(2026, 1, 11, 2, 31, tzinfo=UTC))
    assert fire_due_timers(session, 10) == 1
    job = session.scalars(select(Job).where(Job.topic == TOPIC)).one()
    assert terms_from(job.arguments) == {**TERMS, "mail_text_days": 30}


def test_the_shipped_diagram_has_the_usual_terms(session: Session) -> None:
    deploy(session, XML.read_bytes(), vocabulary=vocabulary(), deployed_by="test")
    assert deployed_terms(session) == TERMS


def test_operators_see_what_would_go_and_the_page_removes_nothing(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    seed_requirements(session)
    mail(session, MailStatus.SENT)
    session.commit()
    later(91)
    sign_in(app, client, Role.OPERATOR)
    page = client.get("/beheer/bewaartermijnen").text
    assert "Er wordt niets verwijderd" in page
    assert "De tekst van een e-mail" in page
    deploy(session, XML.read_bytes(), vocabulary=vocabulary(), deployed_by="test")
    session.commit()
    assert "Er wordt niets verwijderd" not in client.get("/beheer/bewaartermijnen").text
    assert counted(session)["mail_text_days"] == 1
    removed(session)
    session.commit()
    assert "De tekst van een e-mail: 1" in client.get("/beheer/bewaartermijnen").text


def test_the_code_of_an_employee_goes_and_their_number_is_nobody_elses(session: Session) -> None:
    known: dict[str, Any] = {"issuer": "https://makelaar.example", "kvk": KVK}
    first = known_user(session, subject="a" * 64, **known)
    first.name = "Bram de Boer"
    later(2000)
    second = known_user(session, subject="b" * 64, **known)
    assert (first.right, second.right) == (Right.ADMINISTRATOR, Right.EDITOR)
    later(2556)
    assert removed(session) == {"pseudonym_days": 1}
    assert removed(session) == {}
    assert ("a" * 64 in first.subject, first.issuer, first.shown_name) == (
        False,
        "",
        "medewerker 1",
    )
    assert second.subject == "b" * 64
    again = known_user(session, subject="a" * 64, **known)
    assert (again.label, again.right) == ("medewerker 3", Right.ADMINISTRATOR)


def test_a_portfolio_goes_when_its_teacher_stays_away(session: Session) -> None:
    known = {"issuer": "https://accounts.example", "name": "Noor de Wit"}
    away, here = (known_teacher(session, subject=each, **known) for each in ("weg", "hier"))
    evidence = UploadedFile(
        uploader=f"teacher:{away.id}",
        name="bewijs.pdf",
        media_type="application/pdf",
        size=1,
        sha256="",
        content=b"x",
    )
    session.add(evidence)
    session.flush()
    for teacher in (away, here):
        files = [{"id": str(evidence.id)}] if teacher is away else []
        hours = Decimal(2)
        read = OwnActivity(
            OfferKind.SELF_STUDY, "Lezen", "", "", hours, hours, frozenset(), BEGIN.date(), files
        )
        add_own(session, teacher, read, uuid4())
    later(2000)
    assert known_teacher(session, subject="hier", **known) is here
    later(2556)
    assert counted(session) == {"portfolio_days": 1}
    assert removed(session) == {"portfolio_days": 1}
    assert removed(session) == {}
    assert (away.name, "weg" in away.subject, here.name) == ("", False, "Noor de Wit")
    assert session.scalars(select(PortfolioEntry.teacher_id)).all() == [here.id]
    assert session.scalars(select(UploadedFile)).all() == []
    assert known_teacher(session, subject="weg", **known).id != away.id


def test_a_chunk_whose_events_are_sealed_looks_at_no_others(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        record_event(session, "login", actor="medewerker 1", kvk=KVK)
    scans: list[datetime] = []
    unsealed = sealing.unsealed

    def counting(given: Session, since: datetime, limit: int) -> Any:
        scans.append(since)
        return unsealed(given, since, limit)

    monkeypatch.setattr(sealing, "unsealed", counting)
    first, *rest = session.scalars(select(AuditEvent.id)).all()
    erase(session, [first], by="x", reason="x")
    scanned = len(scans)
    assert scanned > 0
    erase(session, rest, by="x", reason="x")
    assert len(scans) == scanned
    assert verify(session).broken == []
