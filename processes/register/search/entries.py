"""Statements that write entries of the search index: compiled once, sent together."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Connection,
    String,
    Uuid,
    bindparam,
    column,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql

from processes.register.search import kept_counts
from processes.register.search.language import spelling
from processes.register.search.language.lexicon import WordLists
from processes.register.search.tables import SearchEntry, SearchRun, SearchState, SearchWord
from processes.register.search.word_lists import CURRENT, lists_among
from processes.statements import Rows, Statement
from processes.writing import read, write


class Known(NamedTuple):
    """An entry that an offer has, as far as it is counted: `offer_id`, and `kept_counts.KEPT`."""

    offer_id: UUID
    number: int
    facets: int
    months: int
    provider_id: UUID
    subject: str
    last_day: date
    valid_until: date


ENTRY: Any = SearchEntry.__table__
RUN: Any = SearchRun.__table__
STATE: Any = SearchState.__table__
COLUMNS = tuple(each.name for each in ENTRY.c if each.name != "number")

Row = Mapping[str, Any]
_KNOWN = select(*(ENTRY.c[name] for name in Known._fields))
_GIVEN: Any = func.json_each(bindparam("ids")).table_valued("value").c.value
_ARRAY: Any = bindparam("ids", type_=postgresql.ARRAY(Uuid()))
KNOWN = {
    "sqlite": Statement(_KNOWN.where(ENTRY.c.offer_id.in_(select(_GIVEN)))),
    "postgresql": Statement(_KNOWN.where(ENTRY.c.offer_id == func.any(_ARRAY))),
}
LAST = Statement(select(func.coalesce(func.max(ENTRY.c.number), 0)))
ADD = {
    "sqlite": Statement(insert(ENTRY).inline(), ("number", *COLUMNS)),
    "postgresql": Statement(insert(ENTRY).returning(ENTRY.c.offer_id, ENTRY.c.number), COLUMNS),
}
ADD_KEYS = Statement(text("INSERT INTO search_fts (rowid, keys) VALUES (:number, :keys)"))
CHANGE = Statement(
    update(ENTRY)
    .where(ENTRY.c.number == bindparam("own_number"))
    .values({name: bindparam(f"new_{name}") for name in COLUMNS if name != "counted"})
    .values(counted=ENTRY.c.counted + 1)
)
FORGET_RUNS = Statement(delete(RUN).where(RUN.c.number == bindparam("own_number")))
FORGET_STATES = Statement(delete(STATE).where(STATE.c.number == bindparam("own_number")))
ADD_RUN = Statement(insert(RUN).inline(), ("number", "day", "month"))
ADD_STATE = Statement(insert(STATE).inline(), ("number", "first_day", "facets", "price", "months"))
TELL = Statement(insert(kept_counts.CHANGE).inline(), ("number", *kept_counts.COLUMNS))
_NEW = "NOT EXISTS (SELECT 1 FROM search_word w WHERE w.word = value)"
_LISTED = "json_array_elements_text(CAST(:words AS json)) AS value"
_VALUE: Any = column("value", String())
UNKNOWN = {
    name: Statement(
        text(f"SELECT value FROM {words} WHERE {_NEW}").columns(column("value", String()))
    )
    for name, words in (("sqlite", "json_each(:words)"), ("postgresql", _LISTED))
}
""":words that the vocabulary has not: one value, however many they are."""
ADD_WORDS = {
    "sqlite": Statement(insert(SearchWord).inline(), ("word", "cut")),
    "postgresql": Statement(
        text(
            "INSERT INTO search_word (word, cut)"
            " SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS w(word varchar, cut varchar)"
        )
    ),
}


def known(
    connection: Connection, offer_ids: Collection[UUID]
) -> tuple[dict[UUID, Known], WordLists]:
    """The entries that these offers have, and the lists of words as they are now."""
    name = connection.dialect.name
    ids: Any = [each.hex for each in offer_ids]
    given = {"ids": json.dumps(ids) if name == "sqlite" else ids}
    there, lists = read(connection, [(KNOWN[name], [given]), (CURRENT, [{}])])
    return {row[0]: Known._make(row) for row in there}, lists_among(lists)


def put(
    connection: Connection,
    new: Rows,
    changed: Mapping[int, Row],
    told: Rows,
    words: Collection[str],
) -> tuple[dict[UUID, int], list[str]]:
    """Add entries, change those with these numbers, and tell what that does to the counts.

    The numbers of the new ones by offer, and which of the words the vocabulary lacks.
    """
    name = connection.dialect.name
    own = [{"own_number": number} for number in changed]
    changes = [
        {"own_number": number, **{f"new_{column}": value for column, value in row.items()}}
        for number, row in changed.items()
    ]
    asked: list[tuple[Statement, Rows]] = [
        (UNKNOWN[name], [{"words": json.dumps(list(words))}]),
        *((CHANGE, changes), (FORGET_RUNS, own), (FORGET_STATES, own), (TELL, told)),
    ]
    numbers = {}
    if name == "sqlite" and new:
        new = _numbered(connection, new)
        asked.append((ADD_KEYS, new))
        new = [{**row, "keys": ""} for row in new]
        numbers = {row["offer_id"]: row["number"] for row in new}
    lacking, *_, added = read(connection, [*asked, (ADD[name], new)])
    return numbers or dict(added), [word for (word,) in lacking]


def _numbered(connection: Connection, rows: Rows) -> Rows:
    """With the numbers that SQLite, which has one writer, would give them.

    Keys go straight to its full-text table: a trigger would write each row twice.
    """
    [[(last,)]] = read(connection, [(LAST, [{}])])
    return [{**row, "number": number} for number, row in enumerate(rows, start=last + 1)]


def put_days(connection: Connection, runs: Rows, states: Rows, words: Iterable[str]) -> None:
    """Add what changes with the days, and words that the vocabulary lacks."""
    learned = [
        {"word": word, "cut": cut}
        for word in sorted(words)
        for cut in ([""] if "=" in word else sorted(spelling.cuts(word)))
    ]
    if learned and connection.dialect.name == "postgresql":
        learned = [{"rows": json.dumps(learned)}]
    writes = ((ADD_RUN, runs), (ADD_STATE, states), (ADD_WORDS[connection.dialect.name], learned))
    write(connection, [each for each in writes if each[1]])
