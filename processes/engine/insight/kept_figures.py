"""Keeps figures that are worked out in the background: reads one, and writes a newer one."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from processes.engine.store.figure_models import KeptFigure


def read(session: Session, name: str) -> KeptFigure | None:
    """The figure as it is in the database now; None when nobody made it yet."""
    return session.get(KeptFigure, name, populate_existing=True)


def keep(
    session: Session, name: str, *, former: datetime | None, as_of: datetime, value: dict[str, Any]
) -> bool:
    """Write it in place of the one of `former` (None: there was none).

    False when another process wrote one meanwhile: nothing is changed then. Without a former one,
    two that write at once are told apart by the primary key (IntegrityError).
    """
    if former is None:
        session.add(KeptFigure(name=name, as_of=as_of, value=value))
        return True
    of_former = update(KeptFigure).where(KeptFigure.name == name, KeptFigure.as_of == former)
    changed = session.execute(
        of_former.values(as_of=as_of, value=value).execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined] # an update has one
