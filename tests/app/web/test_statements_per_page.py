"""A page sends as many statements to the database whether there are few rows or many."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.factory import create_app
from app.web.access import Role
from app.web.db import db
from processes.base import now, set_clock
from processes.platform.settings import Settings, use_settings
from tests.app.onboarding import prepare
from tests.app.signing_in import sign_in_as, user_with
from tests.app.web.every_page import address_of, gets
from tests.app.web.more_rows import copy_rows
from tests.app.web.object_world import object_world
from tests.app.web.process_world import process_world

FEW, MANY = (1, 2), range(3, 8)
STUCK = 8  # statements that tell why one case is stuck; a dashboard tells of 20 at most
MORE: Mapping[str, int] = {"operations.index": 20 * STUCK}
"""How many more statements a page may send at most, however many rows there are."""
OF_ONE = {
    "deployment.prepare",
    "offers.show",
    "operations.instance",
    "operations.webhook",
    "registrar.offers",
    "registrar.provider",
    "table_drafts.show",
    "tasks.case",
    "tasks.show",
}
"""Pages of one thing that tell of many others; else lists, and what is told of a process."""
SESSIONS = {"web_session"}  # a copy would be logged in too

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def real(settings: Settings, own_database_url: str, tmp_path: Path) -> Iterator[Flask]:
    ours = settings.model_copy(update={"database_url": own_database_url, "var": tmp_path})
    use_settings(ours)
    app = create_app(ours)
    yield app
    with app.app_context():
        db.engine.dispose()


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    with app.app_context():
        engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield sent
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


def test_no_page_sends_more_statements_for_more_rows(real: Flask) -> None:
    moment = now()
    set_clock(lambda: moment)
    with real.test_request_context(method="POST"):
        prepare(db.session())
        objects, processes = object_world(real, db.session()), process_world(db.session())
    people = {role: user_with(real, role) for role in Role}
    people |= {Role.PROVIDER: objects.ours.user, Role.TEACHER: objects.teacher.user}
    theirs = {Role.PROVIDER: objects.ours, Role.TEACHER: objects.teacher}
    pages: dict[str, tuple[FlaskClient, str]] = {}
    for role, user in people.items():
        client = real.test_client()
        sign_in_as(real, client, user)
        named = {**processes.process, **objects.teacher.objects, **objects.ours.of_branch}
        named |= theirs[role].objects if role in theirs else {}
        for rule in gets(real, role):
            if rule.arguments <= {"key"} or rule.endpoint in OF_ONE:
                page = (client, address_of(rule, processes, named, objects))
                pages.setdefault(rule.endpoint, page)

    with real.test_request_context(method="POST"):
        copy_rows(db.session(), FEW, without=SESSIONS)
    with counted(real) as sent:
        few = asked(pages, sent)
        with real.test_request_context(method="POST"):
            copy_rows(db.session(), MANY, without=SESSIONS)
        many = asked(pages, sent)

    grown = {
        endpoint: (len(few[endpoint]), Counter(many[endpoint]) - Counter(few[endpoint]))
        for endpoint in pages
        if len(many[endpoint]) > len(few[endpoint]) + MORE.get(endpoint, 0)
    }
    assert grown == {}
    assert len(pages) > 80


def asked(pages: Mapping[str, tuple[FlaskClient, str]], sent: list[str]) -> dict[str, list[str]]:
    found = {}
    for endpoint, (client, address) in pages.items():
        sent.clear()
        client.get(address)
        found[endpoint] = list(sent)
    return found
