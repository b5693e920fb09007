"""/zaken: who sees which case, what it tells, and withdrawing where that is drawn."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.execution import instances
from processes.engine.execution.events.messages import send_to, waits_for
from processes.engine.repair.suspension import suspend
from processes.engine.store.models import InstanceStatus, ProcessInstance
from processes.register.changes import AuditEvent
from tests.app.onboarding import heading, prepare
from tests.app.signing_in import KVK
from tests.app.tasks.test_drawn_fields import place
from tests.app.tasks.test_worklist import Browser, browser
from tests.processes.engine.diagrams import boundary, chain, message, node, process, user

WITHDRAWABLE = process(
    node("startEvent", "start")
    + user("a", camunda_candidateGroups="registrar")
    + user("b", camunda_candidateGroups="teacher,provider")
    + boundary("stop", "a", message("withdraw"))
    + node("endEvent", "end")
    + node("endEvent", "stopped")
    + chain("start", "a", "b", "end")
    + chain("stop", "stopped"),
    "klacht",
    messages=("withdraw",),
).decode()


def begin(session: Session, someone: Browser, tenant: str | None = None) -> ProcessInstance:
    prepare(session)
    place(
        session, WITHDRAWABLE.replace('camunda:formKey="a"', "").replace('camunda:formKey="b"', "")
    )
    person = someone.user.person
    instance = instances.start_process(
        session, "klacht", tenant=tenant, started_by=person.name, initiator=person.reference
    )
    session.commit()
    return instance


def cases(page: str) -> list[str]:
    return re.findall(r'href="(/zaken/[0-9a-f-]{36})"', page)


def test_who_began_a_case_follows_it(app: Flask, session: Session) -> None:
    dirk, anna = browser(app, session, Role.TEACHER), browser(app, session, Role.REGISTRAR)
    case = begin(session, dirk)

    assert cases(dirk.open("/zaken").text) == [f"/zaken/{case.id}"]
    page = dirk.open(f"/zaken/{case.id}")
    assert heading(page) == "klacht"
    assert "U hoeft nu niets te doen." in page.text
    assert "een medewerker van het register, sinds" in page.text

    (task,) = instances.open_user_tasks(session)
    anna.answer(anna.open(f"/taken/{task.id}"), {})
    page = dirk.open(f"/zaken/{case.id}")
    assert "Wij wachten op u." in page.text
    (task,) = instances.open_user_tasks(session)
    assert f"/taken/{task.id}" in page.text
    dirk.answer(dirk.open(f"/taken/{task.id}"), {})
    assert "Deze zaak is klaar" in dirk.open(f"/zaken/{case.id}").text
    assert cases(dirk.open("/zaken").text) == []
    assert cases(dirk.open("/zaken?lijst=afgesloten").text) == [f"/zaken/{case.id}"]


@pytest.mark.parametrize("role", [Role.TEACHER, Role.REGISTRAR, Role.OPERATOR])
def test_a_case_of_another_is_not_there(app: Flask, session: Session, role: Role) -> None:
    case = begin(session, browser(app, session, Role.TEACHER))
    other = browser(app, session, role)
    assert cases(other.open("/zaken").text) == []
    for address in ("", "/intrekken"):
        assert other.open(f"/zaken/{case.id}{address}").status_code == 404


def test_a_company_follows_its_cases_and_no_other(app: Flask, session: Session) -> None:
    anna = browser(app, session, Role.REGISTRAR)
    case = begin(session, anna, KVK)
    (task,) = instances.open_user_tasks(session)
    anna.answer(anna.open(f"/taken/{task.id}"), {})
    ours = browser(app, session, Role.PROVIDER)
    theirs = browser(app, session, Role.PROVIDER, kvk="90004760")
    assert cases(ours.open("/zaken").text) == [f"/zaken/{case.id}"]
    assert "u of een collega" in ours.open(f"/zaken/{case.id}").text
    assert cases(theirs.open("/zaken").text) == []
    assert theirs.open(f"/zaken/{case.id}").status_code == 404


def test_a_case_is_withdrawn_with_a_reason(app: Flask, session: Session) -> None:
    dirk = browser(app, session, Role.TEACHER)
    case = begin(session, dirk)
    page = dirk.open(f"/zaken/{case.id}/intrekken")

    page = dirk.press(page, f"/zaken/{case.id}/intrekken", {"reason": " "})
    assert page.status_code == 422
    page = dirk.press(page, f"/zaken/{case.id}/intrekken", {"reason": "Opgelost"})

    assert "U hebt de zaak ingetrokken." in page.text
    session.expire_all()
    assert case.status is InstanceStatus.COMPLETED
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "case-withdrawn")).one()
    assert event.details == {"reason": "Opgelost"}
    again = dirk.press(page, f"/zaken/{case.id}/intrekken", {"reason": "Nog eens"})
    assert "nu niet meer intrekken" in again.text


def test_where_it_is_not_drawn_nobody_withdraws(app: Flask, session: Session) -> None:
    dirk, anna = browser(app, session, Role.TEACHER), browser(app, session, Role.REGISTRAR)
    case = begin(session, dirk)
    (task,) = instances.open_user_tasks(session)
    anna.answer(anna.open(f"/taken/{task.id}"), {})
    assert "/intrekken" not in dirk.open(f"/zaken/{case.id}").text
    assert "nu niet meer intrekken" in dirk.open(f"/zaken/{case.id}/intrekken").text


def test_a_case_that_stands_still_says_so(app: Flask, session: Session) -> None:
    dirk = browser(app, session, Role.TEACHER)
    case = begin(session, dirk)
    suspend(session, case.id)
    session.commit()
    page = dirk.open(f"/zaken/{case.id}")
    assert "staat even stil" in page.text
    assert "/intrekken" not in page.text


def test_pages_of_their_own_stay_there(app: Flask, session: Session) -> None:
    prepare(session)
    someone = browser(app, session, Role.PROVIDER)
    someone.begin()
    case = session.scalars(select(ProcessInstance)).one()
    assert cases(someone.open("/zaken").text) == []
    assert someone.open(f"/zaken/{case.id}").status_code == 404


def test_a_message_to_one_case_reaches_no_other(app: Flask, session: Session) -> None:
    dirk = browser(app, session, Role.TEACHER)
    first, second = begin(session, dirk), begin(session, dirk)
    assert send_to(session, first.id, "withdraw")
    assert not send_to(session, first.id, "withdraw")
    assert (
        waits_for(session, first.id, "withdraw"),
        waits_for(session, second.id, "withdraw"),
    ) == (
        False,
        True,
    )
