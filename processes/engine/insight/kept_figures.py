"""Keeps figures that are worked out in the background: reads one, and writes a newer one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import exists, update
from sqlalchemy.dialects.postgresql import insert as insert_once
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.store.figure_models import KeptFigure
from processes.questions import Question, ago

EVERY = timedelta(minutes=2)
FRESH_FOR = timedelta(minutes=10)  # older: no worker sweeps


@dataclass(frozen=True)
class Scan:
    """A figure for which all rows of a kind are looked at: a worker does so every two minutes."""

    name: str
    look: Callable[[Session], dict[str, Any]]

    def latest(self, session: Session) -> dict[str, Any] | None:
        """What the latest scan found; None where none was made lately."""
        kept = read(session, self.name)
        return kept.value if kept and kept.as_of >= now() - FRESH_FOR else None

    @cached_property
    def due(self) -> Question:
        """Whether the latest scan is some minutes old."""
        return older_than(self.name, EVERY)

    def keep(self, session: Session) -> None:
        """Look now, and keep what is found."""
        kept, moment = read(session, self.name), now()
        former = kept.as_of if kept else None
        keep(session, self.name, former=former, as_of=moment, value=self.look(session))


def older_than(name: str, time: timedelta) -> Question:
    """Whether this figure is older than so long, or nobody made it yet."""
    return Question(~exists().where(KeptFigure.name == name, KeptFigure.as_of >= ago(time)))


def read(session: Session, name: str) -> KeptFigure | None:
    """The figure as it is in the database now; None when nobody made it yet."""
    return session.get(KeptFigure, name, populate_existing=True)


def keep(
    session: Session, name: str, *, former: datetime | None, as_of: datetime, value: dict[str, Any]
) -> bool:
    """Write it in place of the one of `former` (None: there was none).

    False when another process wrote one meanwhile: nothing is changed then.
    """
    if former is None:
        adding = insert_once(KeptFigure).values(name=name, as_of=as_of, value=value)
        adding = adding.on_conflict_do_nothing(index_elements=["name"])
        return session.scalar(adding.returning(KeptFigure.name)) is not None
    of_former = update(KeptFigure).where(KeptFigure.name == name, KeptFigure.as_of == former)
    newer = of_former.values(as_of=as_of, value=value).returning(KeptFigure.name)
    return session.scalar(newer, execution_options={"synchronize_session": False}) is not None
