"""Every app that a test makes gives back its connections to the database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, appcontext_pushed
from pydantic import SecretStr
from sqlalchemy import Engine

from app.factory import create_app
from app.web.db import db
from processes.platform.settings import Settings, use_settings
from tests import patience


@pytest.fixture
def app_with_threads(own_database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An app on a database of its own, so that several requests at once are transactions."""
    settings = Settings(
        var=tmp_path,
        database_url=own_database_url,
        redis_url="redis://127.0.0.1:1/0",
        public_url="http://localhost",
        secret_key=SecretStr("only for tests, thirty-two characters"),
    )
    app = create_app(settings)
    with app.app_context():
        patience.wait_for_locks(db.engine)
    yield app
    with app.app_context():
        db.engine.dispose()
    use_settings(None)


@pytest.fixture(autouse=True)
def _connections_end_with_the_test() -> Iterator[None]:
    """A page reads the database, if only for notices; an app does not close itself."""
    used: set[Flask] = set()

    def note(app: Flask, **_: object) -> None:
        used.add(app)

    with appcontext_pushed.connected_to(note):
        yield
    for app in used:
        if "sqlalchemy" not in app.extensions:
            continue  # a site of the demonstration
        with app.app_context():
            for engine in db.engines.values():
                if isinstance(engine, Engine):
                    engine.dispose()
