"""Migrates the database schema with Alembic."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, to: str = "head") -> bool:
    """Migrate to the newest version, or to one before; False when the database was there already.

    It goes forward only.
    """
    if current_version(engine) == newest_version():
        return False
    command.upgrade(_config(engine), to)
    return True


def current_version(engine: Engine) -> str | None:
    """The migration of the database; None when it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_version() -> str | None:
    """The last migration of this code."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def write_migration(engine: Engine, message: str) -> None:
    """Generate a migration for the differences between models and database."""
    command.revision(_config(engine), message, autogenerate=True)


def is_described(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether the models describe this table or index: not some of search."""
    indexes = ("ix_search_entry_keys", "ix_search_count_most", "ix_user_task_in_order")
    own = indexes if kind == "index" else ("search_fts", "search_hit")
    return not (name or "").startswith(own)


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    config.attributes["engine"] = engine
    return config
