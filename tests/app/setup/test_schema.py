"""The migrations make exactly the tables that the models describe, on both databases."""

from collections.abc import Iterator
from contextlib import nullcontext
from itertools import permutations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Index, text
from sqlalchemy.orm import Session

from app.setup.schema import MIGRATIONS, current_version, is_described, upgrade
from app.setup.tables import all_tables
from processes.database import open_database
from tests.conftest import Backend
from tests.processes.engine.diagrams import message, node, process, straight
from tests.processes.engine.playing import start


@pytest.fixture
def empty_engine(backend: Backend) -> Iterator[Engine]:
    engine = open_database(backend.new_database())
    yield engine
    engine.dispose()


TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": """SELECT t.tgname, pg_get_triggerdef(t.oid) || p.prosrc
        FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal""",
}


def triggers(engine: Engine) -> dict[str, str]:
    """The statement of each, whatever its line breaks."""
    with engine.connect() as connection:
        rows = connection.execute(text(TRIGGERS[engine.dialect.name])).all()
    return {name: "".join(statement.split()) for name, statement in rows}


def test_the_migrations_make_what_the_models_describe(empty_engine: Engine, engine: Engine) -> None:
    assert upgrade(empty_engine)
    with empty_engine.connect() as connection:
        options = {"compare_type": True, "include_name": is_described}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, all_tables())
    assert differences == []
    assert triggers(empty_engine) == triggers(engine)
    assert "search_uncounted_delete" in triggers(engine)


def test_no_index_is_the_beginning_of_another() -> None:
    repeated = [
        (shorter.name, longer.name)
        for table in all_tables().tables.values()
        for shorter, longer in permutations(filter(is_of_all_rows, table.indexes), 2)
        if not shorter.unique and begins_as(longer, shorter)
    ]
    assert repeated == []  # each row that is written would be written in both


def is_of_all_rows(index: Index) -> bool:
    """Whether it is an ordered index with an entry of every row."""
    options = index.dialect_options["postgresql"]
    return options["where"] is None and not options["using"]


def begins_as(longer: Index, shorter: Index) -> bool:
    """Whether one is ordered by what the other is ordered by, and then perhaps by more."""
    some, others = (list(map(str, each.expressions)) for each in (shorter, longer))
    return others[: len(some)] == some


def test_upgrading_again_changes_nothing(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    version = current_version(empty_engine)
    assert not upgrade(empty_engine)
    assert current_version(empty_engine) == version
    with empty_engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM provider")).scalar() == 0


@pytest.mark.parametrize("names", [("paid",), ("paid", "sent")])
def test_a_database_goes_back_only_while_no_event_waits_for_several_messages(
    session: Session, names: tuple[str, ...]
) -> None:
    event = node("intermediateCatchEvent", "hear", "".join(message(name) for name in names))
    instance = start(session, process(straight(event, ids=("hear",)), messages=names))
    script = ScriptDirectory(str(MIGRATIONS)).get_revision("b7c2f4d81a93")
    assert script is not None

    with (
        Operations.context(MigrationContext.configure(session.connection())),
        pytest.raises(RuntimeError, match=str(instance.id)) if names[1:] else nullcontext(),
    ):
        script.module.downgrade()
