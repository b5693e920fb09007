"""Timer start events: one row per event of the latest version, with the next due date."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, delete
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


def plan(session: Session, definition: ProcessDefinition, drawn: Mapping[str, str]) -> None:
    """Schedule the timer start events of this version; those of older versions end."""
    session.execute(delete(StartTimer).where(StartTimer.process_key == definition.key))
    for element_id, drawn_text in drawn.items():
        text = str(expressions.evaluate_template(drawn_text, {}))
        cycle = iso8601.cycle(text) if text.startswith("R") else None
        begin = cycle.start or cycle.every.after(now()) if cycle else iso8601.due(text, now())
        session.add(
            StartTimer(
                definition_id=definition.id,
                process_key=definition.key,
                element_id=element_id,
                text=text,
                due_at=begin,
                times_left=cycle.times if cycle else 1,
            )
        )
    session.flush()


def count_down(session: Session, timer: StartTimer) -> None:
    """The event fires now: set its next due date, or end it."""
    if timer.times_left is not None:
        timer.times_left -= 1
    if timer.times_left == 0:
        session.delete(timer)
    else:
        every = iso8601.cycle(timer.text).every
        following = every.after(timer.due_at)
        # After a standstill it begins one instance, not all that were missed.
        timer.due_at = following if following > now() else every.after(now())
    session.flush()
