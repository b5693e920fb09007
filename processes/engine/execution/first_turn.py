"""The first turn of an instance before its row is there, so that the row is written once."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from processes.engine.execution.delegates import Delegates
from processes.engine.execution.steps import NOBODY, StepResult, write_outcome
from processes.engine.execution.turns.turn import Outcome, Turn
from processes.engine.execution.turns.work import Work
from processes.engine.store import rows
from processes.engine.store.rows import LockedInstance
from processes.unit_of_work import unit_of_work


class _NeedsItsRowError(Exception):
    """What a delegate writes may refer to the row of the instance."""


class _NoDelegates(Delegates):
    def perform(self, *_: Any) -> dict[str, Any] | None:
        raise _NeedsItsRowError


@dataclass(slots=True)  # not frozen, which would take four times as long to make
class FirstTurn:
    """What the first turn of an instance came to; nothing of it is written."""

    instance: LockedInstance
    key: str
    outcome: Outcome

    def in_row(self) -> dict[str, Any]:
        """What the row of the instance begins with, since the turn is taken."""
        ended_at = self.outcome.ended_at
        return {
            "state": self.outcome.followed.blob,
            "row_version": self.instance.row_version + 1,
            "status": rows.status_after(self.instance, ended_at),
            "ended_at": ended_at,
        }

    def write(self, session: Session) -> StepResult:
        """Write all other rows of the turn."""
        unit = unit_of_work(session)
        return write_outcome(unit, self.instance, self.key, (self.outcome, NOBODY))


def first_turn(session: Session, instance: LockedInstance, work: Work) -> FirstTurn | None:
    """The first turn, if such a start was seen before and runs no delegate.

    None where it is to be taken with the row of the instance in place: so is a turn that ends an
    instance with a business key, whose row must be open first, or it would not meet an open one
    with the same key (R2). Raises DBAPIError.
    """
    turn = Turn(session, instance, (work, NOBODY), _NoDelegates(session))
    if not turn.was_seen_without_delegates:
        return None
    try:
        outcome = turn.outcome()
    except DBAPIError:
        raise
    except Exception:  # noqa: BLE001 - it is met again with the row in place, and told there
        return None
    if outcome.ended_at is not None and instance.business_key is not None:
        return None
    return FirstTurn(instance, turn.specification.key, outcome)
