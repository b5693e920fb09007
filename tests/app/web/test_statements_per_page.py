"""A page sends as many statements whether there are few rows or many, and weighs little."""

import gzip
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

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
from tests.app.web.more_rows import all_rows, copy_rows
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
PLAIN, ZIPPED = 150_000, 30_000  # bytes of a page
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
        rows = all_rows(db.session(), without=SESSIONS)
        copy_rows(db.session(), rows, FEW)
    few = asked(real, pages)
    with real.test_request_context(method="POST"):
        copy_rows(db.session(), rows, MANY)
    many = asked(real, pages)

    grown = {
        endpoint: (
            len(few[endpoint].sent),
            Counter(many[endpoint].sent) - Counter(few[endpoint].sent),
        )
        for endpoint in pages
        if len(many[endpoint].sent) > len(few[endpoint].sent) + MORE.get(endpoint, 0)
    }
    assert grown == {}
    heavy = {
        endpoint: (len(page.html), len(gzip.compress(page.html)))
        for endpoint, page in many.items()
        if len(page.html) > PLAIN or len(gzip.compress(page.html)) > ZIPPED
    }
    assert heavy == {}
    assert len(pages) > 80


class Answer(NamedTuple):
    sent: list[str]
    html: bytes  # empty for what is no page


def asked(app: Flask, pages: Mapping[str, tuple[FlaskClient, str]]) -> dict[str, Answer]:
    found = {}
    with counted(app) as sent:
        for endpoint, (client, address) in pages.items():
            sent.clear()
            answer = client.get(address)
            html = answer.data if answer.mimetype == "text/html" else b""
            found[endpoint] = Answer(list(sent), html)
    return found
