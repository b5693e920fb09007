"""The parts of a running instance: its subprocesses and called processes, with their tokens."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from processes.engine.execution import steps
from processes.engine.interpreter.moving.parts import Part, parts_in
from processes.engine.store.models import ProcessInstance


def parts_of(session: Session, instance: ProcessInstance) -> list[Part]:
    """The parts that run now, outer ones first; none of an instance that cannot be read."""
    try:
        return parts_in(steps.read(session, instance))
    except Exception:  # noqa: BLE001 - whatever is wrong with the state
        return []


def beside_calls(parts: Iterable[Part], call: Part | None) -> set[UUID]:
    """The tokens that are not in this diagram: of the instance itself (None), or of this call."""
    inner = (each for each in parts if each.called and each is not call)
    within = (each for each in inner if call is None or call.id in each.around)
    return {token for each in within for token in each.tokens}


def call_of(parts: Sequence[Part], token_id: UUID) -> Part | None:
    """The innermost called process that this token is in; None where it is in none."""
    calls = [each for each in parts if each.called and token_id in each.tokens]
    return max(calls, key=lambda each: each.depth, default=None)
