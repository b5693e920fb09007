"""The trail in the export of a person is theirs by their code of login, never by name alone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.casework.exports.person import NAMESAKES, OLDER, person_contents
from processes.engine.store.work_models import KnownPerson
from processes.engine.tasks.directory import remember
from processes.engine.tasks.rights import Person
from processes.platform.roles import staff_id
from processes.register.changes import record_event
from processes.register.portfolio.teachers import known_teacher

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

BEGIN = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
ISSUER, NAME = "https://accounts.example", "Anna de Boer"


def at(day: int) -> Callable[[], datetime]:
    return lambda: BEGIN + timedelta(days=day)


def logs_in(session: Session, subject: str, day: int) -> str:
    """A member of staff logs in and does something; their reference."""
    set_clock(at(day))
    reference = f"staff:{staff_id(ISSUER, subject)}"
    remember(session, Person(reference, NAME, frozenset({"registrar"})), None)
    told: dict[str, Any] = {"source": ISSUER, "authorizee": {"actingSubject": subject}}
    record_event(session, "login", actor=NAME, **told)
    record_event(session, "offers-looked-at", actor=NAME, by=subject)
    session.flush()
    return reference


def exported(session: Session, reference: str) -> tuple[list[object], list[str]]:
    """Whose doings are in the export, and what is left out."""
    contents = person_contents(session, reference)
    (trail,) = [part for part in contents.parts if part.name == "gebeurtenissen"]
    done = [each["details"].get("by") for each in trail.records]
    return [each for each in done if each], list(contents.left_out)


def test_what_somebody_did_since_they_logged_in_is_theirs(session: Session) -> None:
    set_clock(at(0))
    record_event(session, "offers-looked-at", actor=NAME, by="iemand van vroeger")
    mine = logs_in(session, "anna-1", 400)
    logs_in(session, "anna-1", 401)
    done, left_out = exported(session, mine)
    assert done == ["anna-1", "anna-1"]
    assert (OLDER in left_out, NAMESAKES in left_out) == (True, False)


def test_a_namesake_who_is_forgotten_as_a_person_is_still_another(session: Session) -> None:
    theirs = logs_in(session, "anna-1", 1)
    mine = logs_in(session, "anna-2", 800)
    session.delete(session.get_one(KnownPerson, theirs))
    session.flush()
    done, left_out = exported(session, mine)
    assert done == []
    assert NAMESAKES in left_out


def test_a_teacher_is_known_by_their_own_code(session: Session) -> None:
    set_clock(at(1))
    teacher = known_teacher(session, issuer=ISSUER, subject="anna-3", name=NAME)
    remember(session, Person(f"teacher:{teacher.id}", NAME, frozenset({"teacher"})), None)
    told: dict[str, Any] = {"source": ISSUER, "authorizee": {"actingSubject": "anna-3"}}
    record_event(session, "login", actor=NAME, **told)
    record_event(session, "file-refused", actor=NAME, by="anna-3")
    session.flush()
    assert exported(session, f"teacher:{teacher.id}")[0] == ["anna-3"]
