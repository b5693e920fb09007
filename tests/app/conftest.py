"""Every app that a test makes gives back its connections to the database."""

from collections.abc import Iterator

import pytest
from flask import Flask, appcontext_pushed
from sqlalchemy import Engine

from app.web.db import db


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
