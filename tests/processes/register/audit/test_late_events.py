"""Sealing looks back a second, and once a minute so far that no late commit is passed by (R61)."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.register.audit import chain, sealing
from processes.register.audit.models import AuditSeal
from processes.register.audit.verifying import Verified, verify
from processes.register.changes import AuditEvent, record_event

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """The clock shows this from here on, so many seconds after nine."""
    moment = BEGIN + timedelta(seconds=seconds)
    set_clock(lambda: moment)
    return moment


def written(session: Session, action: str, moment: datetime) -> None:
    session.add(AuditEvent(action=action, actor="x", at=moment))
    session.flush()


def sealed(session: Session) -> list[str]:
    return list(session.scalars(select(AuditSeal.action).order_by(AuditSeal.number)))


def seal(session: Session) -> int:
    """As the sweep does: whether some wait, and then the sealing."""
    is_due = sealing.is_due(session)
    count = sealing.seal(session)
    assert is_due is (count > 0)
    return count


def what_was_open_for(
    session: Session, seconds: float, *, first_look: float, last_seal: float
) -> list[str]:
    """An event that nobody saw at the first look of a minute, as it was committed just after."""
    at(first_look)
    record_event(session, "one", actor="x")
    assert seal(session) == 1
    at(last_seal)
    record_event(session, "two", actor="x")
    assert seal(session) == 1
    written(session, "late", BEGIN + timedelta(seconds=first_look - seconds))
    assert seal(session) == 0  # in this minute only the last second is looked at again
    at(last_seal + 60)
    seal(session)
    return sealed(session)


@pytest.mark.rule("R61")
@pytest.mark.parametrize(
    ("first_look", "last_seal"), [(600, 602), (600, 659.9), (629, 631), (659, 659.9)]
)
@pytest.mark.parametrize("seconds", [5, 60, 299])
def test_a_late_commit_is_sealed_in_the_next_minute(
    session: Session, seconds: float, first_look: float, last_seal: float
) -> None:
    found = what_was_open_for(session, seconds, first_look=first_look, last_seal=last_seal)
    assert found == ["one", "two", "late"]
    assert verify(session) == Verified(3, 0, 0, 0, [])


@pytest.mark.parametrize("name", ["MARGIN", "_MINUTE"])
def test_without_the_whole_margin_it_would_be_passed_by(
    session: Session, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(sealing, name, timedelta(0))
    found = what_was_open_for(session, 299, first_look=600, last_seal=659.9)
    assert found == ["one", "two"]


def test_what_was_open_for_longer_waits_for_the_checkpoint(session: Session) -> None:
    found = what_was_open_for(session, 420, first_look=600, last_seal=602)
    assert found == ["one", "two"]
    sealing.seal_rest(session)
    assert verify(session) == Verified(3, 0, 0, 0, [])


def test_the_batches_of_a_checkpoint_go_on_from_one_another(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first looks from the beginning, the next ones no more: else each looks at all before."""
    monkeypatch.setattr(sealing, "BATCH", 2)
    moments = [at(number // 2) for number in range(5)]
    for number, moment in enumerate(moments):
        written(session, f"event {number}", moment)
    at(7200)
    looks: list[datetime] = []
    unsealed = sealing.unsealed

    def noting(given: Session, since: datetime, limit: int) -> Any:
        looks.append(since)
        return unsealed(given, since, limit)

    monkeypatch.setattr(sealing, "unsealed", noting)
    sealing.seal_rest(session)

    assert looks == [datetime.min.replace(tzinfo=UTC), moments[1], moments[3], moments[4]]
    assert verify(session) == Verified(5, 0, 0, 0, [])


def test_what_is_committed_within_the_second_waits_for_no_other_minute(session: Session) -> None:
    moment = at(600)
    record_event(session, "one", actor="x")
    assert seal(session) == 1
    written(session, "beside", moment - timedelta(seconds=0.9))
    assert seal(session) == 1
    assert verify(session).waiting == 0


def test_all_that_waits_after_a_standstill_is_sealed_batch_by_batch(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what was written longer ago than the margin, in the same minute and in later ones."""
    monkeypatch.setattr(sealing, "BATCH", 2)
    at(0)
    record_event(session, "before", actor="x")
    assert seal(session) == 1
    for number in range(8):
        at(60 + 60 * number)
        record_event(session, f"event {number}", actor="x")
    at(7200)
    assert [seal(session) for _ in range(2)] == [2, 2]
    at(7300)
    assert [seal(session) for _ in range(3)] == [2, 2, 0]
    assert sealed(session) == ["before", *(f"event {number}" for number in range(8))]
    assert verify(session) == Verified(9, 0, 0, 0, [])


def test_a_link_is_computed_as_it_always_was() -> None:
    """Links of years ago are verified by what these give."""
    moment = datetime(2026, 3, 2, 10, 0, 0, 120000, tzinfo=timezone(timedelta(hours=1)))
    details = {"to": "\u00e9\u00e9n", "a": [1, 2.5, None]}
    personal = chain.Personal("Zo\u00eb", "68750110", None, details)
    committed = chain.commitment(b"s" * 16, personal)
    happened = chain.Happened(UUID(int=7), "task-completed", moment)
    digest = chain.digest(3, chain.START, happened, committed)
    assert committed.hex() == "954baa4459b5ddde127696edafff4627caa55544e296a61c950f777cf93305ca"
    assert digest.hex() == "3a095a21a8ab05259370d2ef164256e264de2c6f09561fc27ffb0b51d4335180"
