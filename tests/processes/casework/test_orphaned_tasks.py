"""Lapsed claims are released once a night, with an event in the trail."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.casework.orphaned_tasks import night_of, release_lapsed_claims
from processes.register.changes import AuditEvent
from tests.processes.engine.tasks.people import ANNA, add_case, add_task

NIGHT = datetime(2027, 3, 6, 2, tzinfo=UTC)  # a Saturday, three o'clock in Amsterdam


@pytest.fixture(autouse=True)
def _standing_clock() -> Iterator[None]:
    set_clock(lambda: NIGHT)
    yield
    set_clock(None)


def test_lapsed_claims_go_back_to_their_group_once_a_night(session: Session) -> None:
    task = add_task(session, add_case(session), "registrar", assignee=ANNA.reference)
    task.assignee_name, task.claimed_at = "Anna", NIGHT
    session.flush()
    assert night_of(session, datetime(2027, 3, 6, 1, 59, tzinfo=UTC)) is None
    assert night_of(session, NIGHT) == date(2027, 3, 6)
    assert release_lapsed_claims(session, date(2027, 3, 6)) == 1
    assert night_of(session, NIGHT) is None
    assert night_of(session, datetime(2027, 3, 7, 2, tzinfo=UTC)) == date(2027, 3, 7)
    session.refresh(task)
    assert [task.assignee, task.assignee_name] == [None, None]
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "task-released")).one()
    assert (event.actor, event.details["before"]) == ("Loket", "Anna")
