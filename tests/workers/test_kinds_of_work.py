"""A sweep looks for what one statement says is due; nothing that fails holds up the rest."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Engine, column, event, exists, false, select, true
from sqlalchemy import table as some_table

from app.setup.tables import all_tables
from processes.base import now, set_clock
from processes.database import open_database
from processes.platform.settings import Settings
from processes.questions import Question
from tests.workers.rows import sweep
from workers import schedule
from workers.kinds_of_work import Kinds, Work

NO, YES = Question(~true()), Question(~false())
GONE: ColumnElement[bool] = exists(column("id")).select_from(some_table("a_table_that_is_not"))


class Doing:
    """Kinds of work that note what was looked for, and what was done."""

    def __init__(self) -> None:
        self.noted: list[str] = []

    def work(self, name: str, *questions: Question, finds: int = 0) -> Work:
        return Work(self._noting(name, [name] * finds), self._do, questions)

    def _noting(self, name: str, found: list[str]) -> Callable[[], list[Any]]:
        def find() -> list[Any]:
            self.noted.append(name)
            return found

        return find

    def _do(self, name: str) -> None:
        self.noted.append(f"did {name}")


def failing(*_given: Any) -> Any:
    raise ConnectionError


@pytest.mark.usefixtures("worker_settings")
def test_what_is_not_due_is_not_looked_for_until_something_was() -> None:
    doing = Doing()
    kinds = Kinds(
        [
            doing.work("a", NO),
            doing.work("b", NO, YES),
            doing.work("c", NO),
            doing.work("d", YES, finds=2),
            doing.work("e", NO),
            doing.work("f"),
        ]
    )
    assert kinds.perform() == []
    assert doing.noted == ["b", "d", "did d", "did d", "e", "f"]


@pytest.mark.usefixtures("worker_settings")
def test_what_fails_is_told_and_holds_up_nothing() -> None:
    doing = Doing()
    kinds = Kinds(
        [
            Work(failing, failing, [YES]),
            doing.work("a", NO),
            Work(lambda: [1, 2], failing, [YES]),
            doing.work("b", YES, finds=1),
        ]
    )
    failures = kinds.perform()
    assert [type(each) for each in failures] == [ConnectionError] * 3
    assert doing.noted == ["b", "did b"]


@pytest.mark.usefixtures("worker_settings")
def test_where_the_questions_cannot_be_asked_each_kind_is_looked_for_and_it_is_told() -> None:
    doing = Doing()
    kinds = Kinds([doing.work("a", NO, finds=1), doing.work("b", Question(GONE)), doing.work("c")])
    assert len(kinds.perform()) == 1
    assert doing.noted == ["a", "did a", "b", "c"]


def test_a_sweep_with_nothing_to_do_asks_sqlalchemy_nothing(worker_settings: Settings) -> None:
    assert worker_settings
    moment = now()
    set_clock(lambda: moment)
    for _ in range(3):  # the first ones keep figures
        sweep()
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        schedule.sweep()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert sent == []


FEW = frozenset({"buffered_message", "provider_invitation", "search_stamp"})
"""Tables of which a sweep may read all rows: they are dropped, or put together, within days."""


def test_a_sweep_goes_through_no_table_that_grows(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/empty.db")
    all_tables().create_all(engine)
    asked = select(*(each.condition for kind in schedule.KINDS.kinds for each in kind.questions))
    with engine.connect() as connection:
        statement = asked.compile(dialect=engine.dialect)
        nothing = tuple(None for _ in statement.positiontup or ())
        found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", nothing)
        plan = [row.detail for row in found]
    engine.dispose()
    read = {each.removeprefix("SCAN ") for each in plan if each.startswith("SCAN ")}
    assert {each for each in read if " USING INDEX ix_" not in each} - {"CONSTANT ROW"} == FEW
