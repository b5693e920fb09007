"""Tells whether two ways of taking a step come to the same, but for new ids and moments between.

A new id is known by where it stands; of the moments at which tasks changed only the order counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from processes.engine.interpreter import codec
from processes.engine.interpreter.replay.line import Line
from processes.engine.interpreter.replay.shapes import CHANGED, TOKEN
from processes.engine.interpreter.replay.trace import Followed
from processes.engine.language.values import same

Came: TypeAlias = Followed | Line


def come_to_the_same(one: tuple[Came, Any], other: tuple[Came, Any], before: bytes) -> bool:
    """Whether two outcomes of a step from this state are equal, with the rows that they write."""
    known = {UUID(bytes=row[TOKEN]) for row in _rows(before) if len(row) > TOKEN and row[TOKEN]}
    old = {row[CHANGED] for row in _rows(before) if len(row) > CHANGED}
    return same(_plain(*one, known, old), _plain(*other, known, old))


def _rows(blob: bytes) -> list[list[Any]]:
    rows: list[list[Any]] = codec.content(blob)[3] if blob else []
    return rows


def _plain(followed: Came, rows: Any, known: set[UUID], old: set[float]) -> Any:
    naming = _Naming(known)
    completed, success, data, tasks, inner, completions = codec.content(followed.blob)
    state = [completed, success, data, inner, completions, _tasks(tasks, naming, followed, old)]
    # What waited before stands in the order of the tree, or of when it came, which means nothing.
    still = sorted((w for w in followed.waits if w.token_id in known), key=lambda w: w.token_id)
    new = [wait for wait in followed.waits if wait.token_id not in known]
    waits = [
        [wait.kind, naming.of(wait.token_id), wait.element.id, wait.data, wait.name, wait.due_at]
        for wait in (*still, *new)
    ]
    passages = [
        [naming.of(each.token_id), each.element.id, each.result, list(each.onward), each.chosen]
        for each in followed.passages
    ]
    return [state, waits, passages, followed.has_ended, naming.of(rows)]


def _tasks(
    tasks: Sequence[list[Any]], naming: "_Naming", followed: Came, old: Iterable[float]
) -> list[Any]:
    since = followed.since.timestamp()
    known = {since: "since", **{moment: moment for moment in old}}
    moments = sorted({row[CHANGED] for row in tasks if len(row) > CHANGED} - known.keys())
    order: Mapping[float, Any] = known | {moment: str(n) for n, moment in enumerate(moments)}
    return [
        [*row[:CHANGED], order[row[CHANGED]], naming.of_token(row[TOKEN:]), row[TOKEN + 1 :]]
        if len(row) > CHANGED
        else row
        for row in tasks
    ]


class _Naming:
    """Gives new ids names by the order in which they are met."""

    def __init__(self, known: set[UUID]) -> None:
        self._names: dict[UUID, Any] = {id_: str(id_) for id_ in known}

    def of_token(self, rest: list[Any]) -> Any:
        return self.of(UUID(bytes=rest[0])) if rest and rest[0] else None

    def of(self, value: Any) -> Any:
        """A value with names in place of ids, as lists and dicts."""
        if isinstance(value, UUID):
            return self._names.setdefault(value, f"new {len(self._names)}")
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Mapping):
            return {key: self.of(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.of(each) for each in value]
        if is_dataclass(value) and not isinstance(value, type):
            return [self.of(getattr(value, each.name)) for each in fields(value)]
        return value.isoformat() if isinstance(value, datetime) else value

    def _text(self, text: str) -> str:
        """The idempotency key of a job has the id of its token at its end."""
        first, colon, last = text.rpartition(":")
        try:
            return f"{first}{colon}{self.of(UUID(last))}" if colon else text
        except ValueError:
            return text
