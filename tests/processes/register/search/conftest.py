"""Libraries to search in: one in memory, and one for each database."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy.orm import Session

from app.setup.tables import all_tables
from processes.database import open_database
from tests.conftest import Backend

from .library import Library, fill


@contextmanager
def _library(url: str) -> Iterator[Library]:
    engine = open_database(url)
    all_tables().create_all(engine)
    with Session(engine) as session:
        yield fill(session)
    engine.dispose()


@pytest.fixture(scope="module")
def library() -> Iterator[Library]:
    """In SQLite's memory."""
    with _library("sqlite://") as library:
        yield library


@pytest.fixture(scope="module")
def both(library: Library, postgresql_server: str) -> Iterator[tuple[Library, Library]]:
    """The same offers in SQLite and in PostgreSQL."""
    with ExitStack() as stack:
        url = Backend("postgresql", postgresql_server).new_database()
        yield library, stack.enter_context(_library(url))
