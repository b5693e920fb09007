"""Break-glass accounts from the command line."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.auth.break_glass.accounts import BreakGlassAccount
from processes.platform import database
from processes.platform.settings import Settings, use_settings
from processes.register.changes import AuditEvent
from tests.app.cli.test_operations import loket


@pytest.fixture(autouse=True)
def command_settings(settings: Settings, own_database_url: str) -> Iterator[None]:
    use_settings(settings.model_copy(update={"database_url": own_database_url}))
    yield
    database.close_databases()


def test_an_account_is_made_listed_and_ended(own_engine: Engine) -> None:
    made = loket("breakglass", "make", "beheer", "--hours", "2", "--reason", "eerste keer")
    assert made.exit_code == 0
    shown = dict(line.split(maxsplit=1) for line in made.output.splitlines())
    assert shown["name"] == "beheer"
    with Session(own_engine) as session:
        row = session.scalars(select(BreakGlassAccount)).one()
        assert row.roles == {"operator"}
        assert shown["password"] not in row.password_hash
    listed = json.loads(loket("breakglass", "list", "--json").output)
    assert [(each["name"], each["locked"]) for each in listed] == [("beheer", False)]
    assert loket("breakglass", "end", "iemand", "--reason", "x").exit_code == 1
    assert loket("breakglass", "end", "beheer", "--reason", "voorbij").output == "ended\n"
    assert loket("breakglass", "make", "x", "--role", "teacher", "--reason", "x").exit_code == 2
    with Session(own_engine) as session:
        told = {each.action for each in session.scalars(select(AuditEvent))}
    assert told >= {"break-glass-made", "break-glass-ended"}
