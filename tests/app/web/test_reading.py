"""A GET reads: the database itself keeps it from writing, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.factory import create_app
from app.setup.tables import all_tables
from app.web.access import Role, public
from app.web.db import Begins, db
from processes.platform.settings import Settings, use_settings
from tests.app.offers.offer_world import a_catalogue_offer, a_provider
from tests.app.onboarding import prepare
from tests.app.signing_in import sign_in, sign_in_as, user_with
from tests.app.web.every_page import LOGS_IN, address_of, gets
from tests.app.web.object_world import object_world
from tests.app.web.process_world import process_world

TOLD = {"access-denied", "offers-looked-at"}  # in the trail, by itself (threat 1, R61)
TELLS_OF_SYSTEMS = {"operations.healthz"}  # the broker is away


@pytest.fixture
def real(settings: Settings, own_database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The portal with engines of its own, as in production."""
    ours = settings.model_copy(update={"database_url": own_database_url, "var": tmp_path})
    use_settings(ours)
    app = create_app(ours)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_a_get_cannot_write_and_a_post_can(real: Flask) -> None:
    @public
    def meddle() -> str:
        db.session().execute(sa.text("DELETE FROM teacher"))
        db.session().commit()
        return "done"

    real.add_url_rule("/knoei", view_func=meddle, methods=["GET", "POST"])
    real.config["WTF_CSRF_ENABLED"] = False
    client = real.test_client()
    for _ in range(2):
        assert client.get("/knoei").status_code >= 500
        answer = client.post("/knoei")
        assert (answer.status_code, answer.text) == (200, "done")


def test_no_get_writes_as_whoever_may_ask_it(real: Flask) -> None:
    """Every address, each role, with what is theirs: the rows before are those after."""
    with real.test_request_context(method="POST"):
        prepare(db.session())
        objects, processes = object_world(real, db.session()), process_world(db.session())
    people = {role: user_with(real, role) for role in Role}
    people |= {Role.PROVIDER: objects.ours.user, Role.TEACHER: objects.teacher.user}
    is_postgresql = "postgresql" in real.config["SQLALCHEMY_DATABASE_URI"]
    theirs = {Role.PROVIDER: objects.ours, Role.TEACHER: objects.teacher}
    before, failed, asked = rows(real), [], set()
    for role, user in people.items():
        client = real.test_client()
        sign_in_as(real, client, user)
        named = {**processes.process, **objects.teacher.objects, **objects.ours.of_branch}
        named |= theirs[role].objects if role in theirs else {}
        for rule in gets(real, role):
            if is_postgresql and rule.endpoint in asked:
                continue  # each address by each role is asked on SQLite
            address = address_of(rule, processes, named, objects)
            if client.get(address).status_code >= 500 and rule.endpoint not in TELLS_OF_SYSTEMS:
                failed.append((role, address))
            asked.add(rule.endpoint)
    assert failed == []
    assert len(asked) > 150
    assert {table for table, held in rows(real).items() if held != before[table]} == set()


def rows(app: Flask) -> dict[str, list[str]]:
    """All rows by table, but for the sessions, which say when they were last seen."""
    with app.test_request_context(method="POST"):
        return {
            table.name: sorted(
                str(row)
                for row in db.session().execute(table.select())
                if not (table.name == "audit_event" and row.action in TOLD)
            )
            for table in all_tables().sorted_tables
            if table.name != "web_session"
        }


def test_only_the_ways_back_from_a_login_begin_writing_by_get(app: Flask) -> None:
    """They take the login that was begun, once; the database refuses it to all others."""
    writing = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set())
        and getattr(app.view_functions[rule.endpoint], "begins", None) is Begins.WRITING
    }
    assert writing == LOGS_IN


def test_adding_to_a_portfolio_is_shown_without_a_lock(real: Flask) -> None:
    with real.test_request_context(method="POST"):
        offer_id = a_catalogue_offer(db.session(), a_provider(db.session())).id
    client = real.test_client()
    sign_in(real, client, Role.TEACHER)
    assert client.get(f"/portfolio/toevoegen/{offer_id}").status_code == 200
