"""Counts what is due for removal, and removes it; the terms come from the deployed process."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.base import now
from processes.casework.retention.classes import CLASSES, DataClass
from processes.casework.retention.tables import RetentionRun
from processes.engine.deployment.definitions import latest_of
from processes.engine.diagram.elements import read
from processes.engine.registry import BadDataError

PROCESS, TOPIC = "retention", "apply-retention"
CHUNK = 100  # rows in one transaction
FOUND = 10_000  # rows that are found together: what has been emptied is gone through each time
LONGEST = 36_500  # days
Terms = Mapping[str, int]


@dataclass(frozen=True)
class Due:
    """One class, its term now, and how much is older."""

    of: DataClass
    days: int
    number: int


def terms_from(given: Mapping[str, Any]) -> Terms:
    """The terms in days, by parameter; what is not given has its usual term.

    Raises BadDataError for what is no whole number of days.
    """
    return {
        each.parameter: _days(given.get(each.parameter, each.days), each.parameter)
        for each in CLASSES
    }


def _days(value: Any, name: str) -> int:
    text = str(value).strip()
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LONGEST))
    if not is_number or not 1 <= int(text) <= LONGEST:
        message = f"{name}: no number of days: {text[:40]!r}"
        raise BadDataError(message)
    return int(text)


def deployed_terms(session: Session) -> Terms | None:
    """The terms that the process in use draws; None where none applies them.

    Raises BadDataError where they cannot be read, such as an expression.
    """
    definition = latest_of(session, PROCESS)
    if definition is None:
        return None
    drawn = read(definition.xml.encode()).elements.values()
    inputs = next((each.inputs for each in drawn if each.topic == TOPIC), None)
    return None if inputs is None else terms_from(inputs)


def terms_in_force(session: Session) -> tuple[Terms, bool]:
    """The terms for people to read, and whether a process applies them; if not, the usual ones."""
    try:
        terms = deployed_terms(session)
    except BadDataError:
        terms = None
    return terms or terms_from({}), terms is not None


def due(session: Session, terms: Terms) -> list[Due]:
    """What a run would remove now, by class; nothing changes."""
    found = []
    for each in CLASSES:
        query = each.due(_before(terms[each.parameter]))
        number = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        found.append(Due(each, terms[each.parameter], number))
    return found


def remove(
    terms: Terms,
    transaction: Callable[[], AbstractContextManager[Session]],
    progress: Callable[[int, int], None],
) -> dict[str, int]:
    """Remove what is due, a chunk per transaction; how much, by class. Keeps a report."""
    removed: dict[str, int] = {}
    for place, each in enumerate(CLASSES):
        removed[each.parameter] = 0
        for number in _remove_class(each, _before(terms[each.parameter]), transaction):
            removed[each.parameter] += number
            progress(place, len(CLASSES))
    with transaction() as session:
        session.add(RetentionRun(terms=dict(terms), removed=dict(removed)))
    return removed


def _remove_class(
    of: DataClass, before: datetime, transaction: Callable[[], AbstractContextManager[Session]]
) -> Iterator[int]:
    """How many are removed in each transaction."""
    due, number = of.due(before), 1
    while number:
        number = 0
        with transaction() as session:
            keys = session.scalars(due.limit(FOUND)).all()
        for start in range(0, len(keys), CHUNK):
            some = due.selected_columns[0].in_(keys[start : start + CHUNK])
            with transaction() as session:
                still_due = session.scalars(due.where(some)).all()
                if still_due:
                    of.remove(session, still_due)
                    session.flush()
            number += len(still_due)
            yield len(still_due)


def last_runs(session: Session, number: int = 10) -> Sequence[RetentionRun]:
    """The newest first."""
    query = select(RetentionRun).order_by(RetentionRun.at.desc(), RetentionRun.id).limit(number)
    return session.scalars(query).all()


def _before(days: int) -> datetime:
    return now() - timedelta(days=days)
