"""Keeps figures that are worked out in the background: reads one, and writes a newer one."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as insert_once
from sqlalchemy.orm import Session

from processes.engine.store.figure_models import KeptFigure


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
