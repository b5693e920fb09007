"""Timer start events: one row per event of the latest version, with the next due date."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, new_id, now
from processes.engine.language import expressions, iso8601
from processes.engine.store.models import ProcessDefinition


class StartTimer(Record):
    """The next due date of a timer start event."""

    __tablename__ = "start_timer"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("process_definition.id"))
    process_key: Mapped[str] = mapped_column(index=True)
    element_id: Mapped[str]
    text: Mapped[str]  # ISO 8601, as drawn
    due_at: Mapped[datetime] = mapped_column(index=True)
    times_left: Mapped[int | None]  # None: without end
    begun_at: Mapped[datetime | None] = mapped_column(default=None)  # what a repeat counts from


def plan(
    session: Session,
    definition: ProcessDefinition,
    drawn: Mapping[str, str],
    before: Mapping[str, str],
) -> None:
    """Schedule the timer start events of this version; those of older versions end.

    A timer whose text is that of the previous version (`before`) keeps its state: what it has
    done is not done again.
    """
    query = select(StartTimer).where(StartTimer.process_key == definition.key)
    waiting = {timer.element_id: timer for timer in session.scalars(query)}
    was = dict(before)
    for element_id, text in sorted(drawn.items(), key=lambda each: was.get(each[0]) != each[1]):
        same = _same(was, element_id, text)
        if same is None:
            _begin(session, definition, element_id, text)
            continue
        del was[same]
        if timer := waiting.pop(same, None):
            timer.definition_id, timer.element_id = definition.id, element_id
    for timer in waiting.values():
        session.delete(timer)
    session.flush()


def _same(before: Mapping[str, str], element_id: str, text: str) -> str | None:
    """The start event of the version before that has this text: this one, else another."""
    if before.get(element_id) == text:
        return element_id
    return next((id_ for id_, was in before.items() if was == text), None)


def _begin(session: Session, definition: ProcessDefinition, element_id: str, drawn: str) -> None:
    text, begun = str(expressions.evaluate_template(drawn, {})).strip(), now()
    if text.startswith("R"):
        due = iso8601.cycle(text).first(begun)
    else:
        due = iso8601.Occurrence(iso8601.due(text, begun), 1)
    if due is not None:
        timer = StartTimer(
            definition_id=definition.id,
            process_key=definition.key,
            element_id=element_id,
            text=text,
            due_at=due.due_at,
            times_left=due.left,
            begun_at=begun,
        )
        session.add(timer)


def count_down(session: Session, timer: StartTimer) -> None:
    """The event fires now: set its next due date, or end it.

    After a standstill one instance begins, not all that were missed.
    """
    last, due = iso8601.Occurrence(timer.due_at, timer.times_left), None
    if timer.text.startswith("R"):
        begun = timer.begun_at or timer.due_at  # of a row of an earlier release
        due = iso8601.cycle(timer.text).following(last, begun, now())
    if due is None:
        session.delete(timer)
    else:
        timer.due_at, timer.times_left = due.due_at, due.left
    session.flush()
