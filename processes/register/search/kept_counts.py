"""Kept counts of the visible catalogue: what is written with entries, and the worker's folding.

A count is the sum of `SearchCount` and of each `SearchChange` whose day has come: exact at any
moment, whether or not a worker came by, and right from midnight on.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Integer, delete, exists, insert, select, text
from sqlalchemy.orm import Session

from processes.base import local, today
from processes.questions import Question, day_ago, parameter
from processes.register.search import facets
from processes.register.search.tables import (
    ALWAYS,
    NEVER,
    SearchChange,
    SearchCount,
    SearchEntry,
    SearchState,
)

TOTAL, FACET, MONTH, PROVIDER, SUBJECT = "total", "facet", "month", "provider", "subject"
FOLDED = "folded"  # the number is the last day on which changes were folded, as an ordinal
BATCH = 1_000  # changes in one fold
UNKNOWN = 0  # the number of a change that a trigger tells of (`tables.UNCOUNTED`)
FEW = 50  # changes that a search adds up without ado
CHUNK = 5_000
ENTRY: Any = SearchEntry.__table__
STATE: Any = SearchState.__table__
CHANGE: Any = SearchChange.__table__
COUNT: Any = SearchCount.__table__
COLUMNS = ("first_day", "facets", "months", "provider_id", "subject")
KEPT = (ENTRY.c.number, *(ENTRY.c[name] for name in (*COLUMNS[1:], "last_day", "valid_until")))
"""What `EntryCounts` is made of, beside its states."""
_PUT = """INSERT INTO search_count (chosen, kind, value, number)
    VALUES (:chosen, :kind, :value, :number)
    ON CONFLICT (chosen, kind, value) DO UPDATE SET number ="""
ADD = text(f"{_PUT} search_count.number + excluded.number")
LATEST = text(
    f"""{_PUT} CASE WHEN excluded.number > search_count.number THEN excluded.number
    ELSE search_count.number END"""
)

Change = tuple[date, int, int, UUID, str]  # COLUMNS
Key = tuple[int, str, str]  # chosen, kind, value
Days = Sequence[tuple[date, int, int]]  # the first day, facets and months of each state


def changes_of(last_day: date, who: tuple[UUID, str], days: Days) -> Counter[Change]:
    """How an entry changes the counts, day by day: its provider and subject, and its states.

    The first state holds before its day too, as it does in the entry.
    """
    found: Counter[Change] = Counter()
    if last_day == ALWAYS:  # never in the catalogue
        return found
    shown = days[0][1:]
    found[(ALWAYS, *shown, *who)] += 1
    for first_day, *state in days[1:]:
        if first_day > last_day:
            break
        found[(first_day, *shown, *who)] -= 1
        shown = (state[0], state[1])
        found[(first_day, *shown, *who)] += 1
    if last_day != NEVER:
        found[(last_day + timedelta(days=1), *shown, *who)] -= 1
    return found


def changes_of_all(connection: Connection, rows: Sequence[Any]) -> Counter[Change]:
    """The same of entries as they stand in the database: rows of KEPT."""
    later = _later(connection, [row.number for row in rows if row.valid_until != NEVER])
    found: Counter[Change] = Counter()
    for row in rows:
        days = [(ALWAYS, row.facets, row.months), *later.get(row.number, ())]
        found.update(changes_of(row.last_day, (row.provider_id, row.subject), days))
    return found


def write(connection: Connection, before: Counter[Change], after: Counter[Change]) -> None:
    """Tell what is different."""
    if rows := rows_of(before, after):
        connection.execute(insert(CHANGE), rows)


def rows_of(before: Counter[Change], after: Counter[Change]) -> list[dict[str, Any]]:
    """Rows of `search_change` of what is different: none, where only texts are."""
    after.subtract(before)
    return [
        {**dict(zip(COLUMNS, change, strict=True)), "number": number}
        for change, number in after.items()
        if number
    ]


@dataclass(frozen=True)
class Counted:
    """What a worker adds to the counts, for rows of `search_change` that go at the same time."""

    day: date
    ids: Sequence[int]  # of those rows
    numbers: Mapping[Key, int]
    to_come: Counter[Change] = field(default_factory=Counter)  # on days after it


_DUE = select(CHANGE.c.id).where(CHANGE.c.first_day <= day_ago(), CHANGE.c.number != UNKNOWN)
_FEW = parameter("few_changes", Integer(), lambda _moment: FEW)
ANY_WAITING = Question(_DUE.offset(_FEW).limit(1).exists())
"""Whether so many changes are due that a search should not add them up each time."""


def waiting(session: Session, moment: datetime) -> Counted:
    """Some of the changes that are due, added up; made while others write."""
    day = local(moment).date()
    due = select(CHANGE.c.id, *_columns(CHANGE)).order_by(CHANGE.c.id).limit(BATCH)
    due = due.where(CHANGE.c.first_day <= day, CHANGE.c.number != UNKNOWN)
    rows = session.connection().execute(due).all()
    return Counted(day, [row.id for row in rows], numbers_of(_summed(row[1:] for row in rows)))


def fold(session: Session, counted: Counted) -> bool:
    """Add to the counts; False: nothing was there, or another did it first. Then roll back.

    Who reads sees each change once: it goes in the transaction that counts it.
    """
    connection, ids, gone = session.connection(), counted.ids, 0
    for first in range(0, len(ids), CHUNK):
        some = CHANGE.c.id.in_(ids[first : first + CHUNK])
        gone += connection.execute(delete(CHANGE).where(some)).rowcount
    if not ids or gone != len(ids):
        return False
    write(connection, Counter(), counted.to_come)
    _add(connection, counted.numbers, counted.day)
    return True


def rebuild(session: Session) -> None:
    """Count all entries anew, whatever was kept; who writes entries meanwhile waits."""
    connection, day = session.connection(), today()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE search_change IN SHARE ROW EXCLUSIVE MODE")
    clear(session)
    _add(connection, {}, day)
    for changes in _changes_of_entries(connection):  # a million providers have four million counts
        due = Counter({change: n for change, n in changes.items() if change[0] <= day})
        _add(connection, numbers_of(due), day)
        write(connection, due, changes)


def clear(session: Session) -> None:
    """Forget all counts, as there are no entries."""
    for table in (CHANGE, COUNT):
        session.connection().execute(delete(table))


def differences(session: Session) -> Iterator[str]:
    """What is kept wrong: what it is less, today and on days to come."""
    wrong = recount(session)
    for (chosen, kind, value), number in sorted(wrong.numbers.items()):
        yield f"search count of {(kind, value)} with {chosen}: off by {-number}"
    for change, number in wrong.to_come.items():
        yield f"search counts from {change[0]} on: {number} of {change[3]} not kept"


ANY_UNKNOWN = Question(
    exists(CHANGE.c.id).where(CHANGE.c.first_day == ALWAYS, CHANGE.c.number == UNKNOWN)
)
"""Whether an entry was written by who told no change."""


def recount(session: Session) -> Counted:
    """What the counts lack of what the entries are, with the marks of `UNKNOWN`.

    All of it is of one snapshot. What is added to the counts later, others add to them as well; it
    is added once, for the marks go with it.
    """
    connection = _of_one_snapshot(session)
    folded = connection.scalar(select(COUNT.c.number).where(COUNT.c.kind == FOLDED)) or 1
    day = max(today(), date.fromordinal(folded))
    numbers: Counter[Key] = Counter()
    to_come: Counter[Change] = Counter()
    for changes in _changes_of_entries(connection):
        due = {change: n for change, n in changes.items() if change[0] <= day}
        numbers.update(numbers_of(due))
        to_come.update({change: n for change, n in changes.items() if change not in due})
    for row in connection.execute(select(COUNT).where(COUNT.c.kind != FOLDED)):
        numbers[row.chosen, row.kind, row.value] -= row.number
    kept = connection.execute(select(CHANGE.c.id, *_columns(CHANGE))).all()
    due = _summed(row[1:] for row in kept if row.first_day <= day)
    numbers.subtract(numbers_of(due))
    to_come.subtract(_summed(row[1:] for row in kept if row.first_day > day))
    marks = [row.id for row in kept if row.number == UNKNOWN]
    return Counted(day, marks, _but_zeros(numbers), _but_zeros(to_come))


def _of_one_snapshot(session: Session) -> Connection:
    """On SQLite each transaction is; a transaction that has begun stays as it is."""
    if session.get_bind().dialect.name == "sqlite" or session.in_transaction():
        return session.connection()
    return session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _but_zeros(numbers: Counter[Any]) -> Counter[Any]:
    return Counter({each: number for each, number in numbers.items() if number})


def _columns(table: Any) -> list[Any]:
    return [table.c[name] for name in ("number", *COLUMNS)]


def _changes_of_entries(connection: Connection) -> Iterator[Counter[Change]]:
    """Those of all entries, some thousands at a time."""
    last = 0
    query = select(*KEPT).order_by(ENTRY.c.number).limit(CHUNK)
    while rows := connection.execute(query.where(ENTRY.c.number > last)).all():
        yield changes_of_all(connection, rows)
        last = rows[-1].number


def _later(connection: Connection, numbers: Sequence[int]) -> dict[int, Days]:
    found: dict[int, list[tuple[date, int, int]]] = {}
    if numbers:
        query = select(STATE.c.number, STATE.c.first_day, STATE.c.facets, STATE.c.months)
        query = query.where(STATE.c.number.in_(numbers)).order_by(STATE.c.first_day)
        for number, *state in connection.execute(query):
            found.setdefault(number, []).append((state[0], state[1], state[2]))
    return dict(found)


def _summed(rows: Iterable[Any]) -> Counter[Change]:
    """Rows of changes as one number for each kind of change."""
    found: Counter[Change] = Counter()
    for number, first_day, shown, months, provider_id, subject in rows:
        found[first_day, shown, months, provider_id, subject] += number
    return found


def numbers_of(changes: Mapping[Change, int], among: Collection[int] = ()) -> Counter[Key]:
    """What the changes do to each count: in all, and among the offers that have each facet.

    `among`: of these facets alone, 0 for all offers.
    """
    numbers: Counter[Key] = Counter()
    for (_day, shown, months, provider_id, subject), number in changes.items():
        bits = list(facets.set_bits(shown))
        values = [
            (TOTAL, ""),
            *((FACET, str(bit)) for bit in bits),
            *((MONTH, str(bit)) for bit in facets.set_bits(months)),
            (PROVIDER, provider_id.hex),
            *([(SUBJECT, subject)] if subject else []),
        ]
        for chosen in (0, *bits):
            if not among or chosen in among:
                for kind, value in values:
                    numbers[chosen, kind, value] += number
    return numbers


def _add(connection: Connection, numbers: Mapping[Key, int], day: date) -> None:
    """Add to what is kept, in one order: two that fold at once wait, and never for each other."""
    rows = [
        {"chosen": chosen, "kind": kind, "value": value, "number": number}
        for (chosen, kind, value), number in sorted(numbers.items())
        if number
    ]
    if rows:
        connection.execute(ADD, rows)
    folded = {"chosen": 0, "kind": FOLDED, "value": "", "number": day.toordinal()}
    connection.execute(LATEST, folded)
