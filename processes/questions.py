"""Asks in one statement of many tables whether there is something to do in them at a moment."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Date, bindparam, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import visitors

from processes.base import UtcDateTime, local
from processes.statements import Statement
from processes.unit_of_work import unit_of_work

Given = Callable[[datetime], Any]
_given: dict[str, Given] = {}
"""By the name of a parameter, what it is at the moment that is asked about."""

NOW = timedelta()


def ago(time: timedelta = NOW) -> BindParameter[datetime]:
    """In a condition: so long before the moment that is asked about."""
    name = f"ago_{time.total_seconds():.0f}"
    return parameter(name, UtcDateTime(), lambda moment: moment - time)


def day_ago(time: timedelta = NOW) -> BindParameter[date]:
    """In a condition: the day in Amsterdam, so many days before that of the moment."""
    name = f"day_ago_{time.days}"
    return parameter(name, Date(), lambda moment: local(moment).date() - time)


def parameter(name: str, kind: Any, given: Given) -> BindParameter[Any]:
    """In a condition: a value that depends on the moment. One name is one value."""
    _given[name] = given
    return bindparam(name, type_=kind)


def one_of(column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """In a condition: the column has one of these values, which are known beforehand."""
    return or_(*(column == value for value in values))


def _always(_moment: datetime) -> bool:
    return True


@dataclass(frozen=True, eq=False)
class Question:
    """Whether there is something to do of a kind: a condition with EXISTS, of these parameters.

    `when` says at which moments there can be, whatever is in the database.
    """

    condition: ColumnElement[bool]
    when: Callable[[datetime], bool] = _always

    def ask(self, session: Session, moment: datetime) -> bool:
        """Ask it alone. Raises DBAPIError."""
        return bool(self.alone.ask(session, moment))

    @cached_property
    def alone(self) -> "Questions":
        """The list of this one."""
        return Questions([self])

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The names of those that depend on the moment."""
        found = visitors.iterate(self.condition)
        return frozenset(each.key for each in found if isinstance(each, BindParameter)) & {*_given}


class Questions:
    """Questions that are asked together: one statement, compiled once."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self._questions = questions
        asked = [each.condition.label(f"is_{at}") for at, each in enumerate(questions)]
        # Kept, its plan would go through a million jobs that are done for one that is due.
        self._statement = Statement(select(*asked), planned_anew=True)
        self._given = {name: _given[name] for each in questions for name in each.parameters}

    def ask(self, session: Session, moment: datetime) -> set[Question]:
        """Those of which there is something to do. Raises DBAPIError."""
        session.flush()
        answers = unit_of_work(session).first(self._statement, self._values(moment))
        if answers is None:  # a SELECT without FROM has one row
            return set()
        both = zip(self._questions, answers, strict=True)
        return {question for question, is_so in both if is_so and question.when(moment)}

    def _values(self, moment: datetime) -> Mapping[str, Any]:
        return {name: given(moment) for name, given in self._given.items()}
