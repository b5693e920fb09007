"""Permissions per process from the command line."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.engine.store.work_models import KnownPerson
from processes.platform import database
from processes.platform.settings import Settings, use_settings
from processes.register.changes import AuditEvent
from tests.app.cli.test_operations import loket
from tests.app.studio.deploying import a_version

ANNA = "staff:6ba1a0a5-7a2d-4a5a-9d0e-6c1c52a0f6f3"


@pytest.fixture(autouse=True)
def command_settings(settings: Settings, own_database_url: str) -> Iterator[None]:
    use_settings(settings.model_copy(update={"database_url": own_database_url}))
    yield
    database.close_databases()


def test_people_are_named_and_no_more(own_engine: Engine) -> None:
    with Session(own_engine) as session:
        a_version(session)
        groups = frozenset({"process_owner"})
        session.add(KnownPerson(reference=ANNA, name="Anna", groups=groups, tenant=None))
        session.commit()
    run = ("processes", "permissions")
    assert "the roles say who may" in loket(*run, "list").stdout
    assert json.loads(loket(*run, "people", "edit", "--json").stdout) == [
        {"person": ANNA, "name": "Anna"}
    ]
    assert loket(*run, "grant", "visits", "edit", ANNA).stdout == "visits  edit  Anna\n"
    assert loket(*run, "grant", "visits", "edit", ANNA).stdout == "nothing changed\n"
    (row,) = json.loads(loket(*run, "list", "visits", "--json").stdout)
    assert (row["process"], row["right"], row["person"]) == ("visits", "edit", ANNA)
    assert loket(*run, "grant", "visits", "deploy", ANNA).exit_code == 1
    assert loket(*run, "grant", "onbekend", "edit", ANNA).exit_code == 1
    gone = loket(*run, "revoke", "visits", "edit", ANNA)
    assert gone.stdout == "visits  edit  everybody with the role\n"
    with Session(own_engine) as session:
        query = select(AuditEvent.subject).where(AuditEvent.action == "process-permissions-changed")
        assert session.scalars(query).all() == ["process:visits"] * 2
