"""Test helper: what the planner of PostgreSQL finds does not hang on the tests that came before."""

from sqlalchemy import text
from sqlalchemy.orm import Session


def as_never_used(session: Session, *tables: str) -> None:
    """Empty these tables, and what refers to them, with their indexes, until this is rolled back.

    Rows that were rolled back still take pages, and a vacuum may have counted them meanwhile, so
    that another index is as cheap.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"TRUNCATE {', '.join(tables)} CASCADE"))
