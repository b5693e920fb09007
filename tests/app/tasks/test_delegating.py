"""The page of delegations, and completing for who is absent."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.base import set_clock
from processes.engine.store.models import UserTask
from processes.letters.trail import words_of
from processes.letters.trail_details import details_of
from processes.register.changes import AuditEvent
from tests.app.onboarding import heading
from tests.app.tasks.test_worklist import Begin, begin, browser, events, listed

ADDRESS = "/taken/vervanging"
NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
DAYS = {"first": "1-3-2027", "last": "5-3-2027", "reason": "vakantie"}

__all__ = ["begin"]


@pytest.fixture(autouse=True)
def _standing_clock() -> None:
    set_clock(lambda: NOW)


def uses(session: Session) -> list[AuditEvent]:
    found = select(AuditEvent).where(AuditEvent.action == "delegation-used")
    return list(session.scalars(found.order_by(AuditEvent.at)))


def test_who_stands_in_completes_without_being_asked(
    app: Flask, session: Session, begin: Begin
) -> None:
    task: UserTask = begin("registrar")
    anna, bas = (browser(app, session, Role.REGISTRAR) for _ in range(2))
    anna.press(anna.at(task), f"/taken/{task.id}/oppakken", {})

    page = anna.press(anna.open(ADDRESS), ADDRESS, {"to": bas.user.person.reference, **DAYS})

    assert "doet uw taken in die dagen" in page.text
    assert listed(bas.open("/taken?lijst=mijn")) == ["a"]
    page = bas.at(task)
    assert "die er niet is" in page.text
    assert heading(bas.send(page, "gedaan")) == "b"
    assert events(session)["task-completed"]["on_behalf_of"] == "Test registrar"
    (used,) = uses(session)
    assert (used.actor, used.subject) == ("Test registrar", f"task:{task.id}")
    assert used.details == {"element": "a", "step": "a", "on_behalf_of": "Test registrar"}
    assert words_of(used) == "Taak gedaan als vervanger"
    assert "namens: Test registrar" in details_of(used)

    made = re.search(r"/taken/vervanging/[0-9a-f-]{36}/stoppen", anna.open(ADDRESS).text)
    assert made
    assert bas.press(bas.open(ADDRESS), made[0], {}).status_code == 404
    assert "De vervanging is gestopt." in anna.press(anna.open(ADDRESS), made[0], {}).text


@pytest.mark.parametrize(
    ("verb", "answers"),
    [
        ("later", {"until": "5-3-2027", "reason": "wacht op de school"}),
        ("termijn", {"due": "31-3-2027", "reason": "uitstel gevraagd"}),
    ],
)
def test_what_is_done_with_a_task_for_who_is_absent_is_in_the_trail(
    app: Flask, session: Session, begin: Begin, verb: str, answers: dict[str, str]
) -> None:
    task: UserTask = begin("registrar")
    anna, bas, cas = (browser(app, session, Role.REGISTRAR) for _ in range(3))
    anna.press(anna.at(task), f"/taken/{task.id}/oppakken", {})
    anna.press(anna.open(ADDRESS), ADDRESS, {"to": bas.user.person.reference, **DAYS})

    for colleague, acts in ((anna, 0), (cas, 0), (bas, 1)):  # the last one alone stands in
        assert colleague.do(task, verb, **answers).status_code == 200
        assert len(uses(session)) == acts
    assert uses(session)[0].details["on_behalf_of"] == "Test registrar"


def test_a_task_that_is_taken_over_is_not_done_for_another(
    app: Flask, session: Session, begin: Begin
) -> None:
    task: UserTask = begin("registrar")
    anna, bas = (browser(app, session, Role.REGISTRAR) for _ in range(2))
    anna.press(anna.at(task), f"/taken/{task.id}/oppakken", {})
    holder = anna.user.person.reference
    assert heading(bas.send(bas.at(task), "gedaan", overnemen=holder)) == "b"
    assert uses(session) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "staff:x"},
        {"to": ""},
        {"first": ""},
        {"last": "28-2-2027"},
        {"last": "31-12-2029"},
        {"process_key": "nergens"},
        {"reason": " "},
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    app: Flask, session: Session, wrong: dict[str, str]
) -> None:
    anna, bas = (browser(app, session, Role.REGISTRAR) for _ in range(2))
    typed = {"to": bas.user.person.reference, **DAYS, **wrong}
    page = anna.press(anna.open(ADDRESS), ADDRESS, typed)
    assert page.status_code == 422
    if "reason" not in wrong:
        assert "vakantie" in page.text


def test_a_teacher_is_not_told_of_other_teachers(app: Flask, session: Session) -> None:
    dirk, _els = (browser(app, session, Role.TEACHER) for _ in range(2))
    assert "Er is nu niemand die u kan vervangen." in dirk.open(ADDRESS).text
