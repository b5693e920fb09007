"""Alembic environment: runs the migrations on the given connection."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from app.setup.schema import is_described
from app.setup.tables import all_tables
from processes.base import StringSet, UtcDateTime


def run() -> None:
    """Run the migrations in one transaction, on the engine of whoever called Alembic."""
    engine: Engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=all_tables(),
            render_as_batch=True,  # SQLite cannot alter a column in place
            render_item=_render,
            compare_type=_differs,
            include_name=is_described,
        )
        with context.begin_transaction():
            context.run_migrations()


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write the types of ours as what the database knows, so that old migrations keep working."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, StringSet):
        return "sa.String()"
    return False


def _differs(
    _context: MigrationContext, _column: object, _metadata: object, _in: object, own: object
) -> bool | None:
    return False if isinstance(own, StringSet) else None


run()
