"""Break-glass accounts from the command line."""

import json
from collections.abc import Iterator

import pytest
import segno
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from app.auth.break_glass import accounts
from app.auth.break_glass.accounts import BreakGlassAccount
from app.cli.break_glass import _qr_code
from processes.platform import database
from processes.platform.settings import Settings, use_settings
from processes.register.changes import AuditEvent
from tests.app.cli.test_operations import loket


@pytest.fixture(autouse=True)
def command_settings(settings: Settings, own_database_url: str) -> Iterator[None]:
    use_settings(settings.model_copy(update={"database_url": own_database_url}))
    yield
    database.close_databases()


def test_an_account_is_made_listed_and_ended(
    own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = loket("breakglass", "make", "beheer", "--hours", "2", "--reason", "eerste keer")
    assert made.exit_code == 0
    shown = dict(line.split(maxsplit=1) for line in made.output.splitlines()[:4])
    assert shown["name"] == "beheer"
    with Session(own_engine) as session:
        row = session.scalars(select(BreakGlassAccount)).one()
        assert row.roles == {"operator"}
        assert shown["password"] not in row.password_hash
        own = row.password_hash.partition("$")[0]
        assert own == generate_password_hash("").partition("$")[0]  # as slow as Werkzeug advises
        compared: list[str] = []

        def compare(kept: str, _password: str) -> bool:
            compared.append(kept.partition("$")[0])
            return False

        monkeypatch.setattr(accounts, "check_password_hash", compare)
        for name in ("beheer", "iemand"):
            assert accounts.enter(session, name, "een wachtwoord", "123456") is None
        assert compared == [own, own]  # who is there is not told by how long it takes
    listed = json.loads(loket("breakglass", "list", "--json").output)
    assert [(each["name"], each["locked"]) for each in listed] == [("beheer", False)]
    assert loket("breakglass", "end", "iemand", "--reason", "x").exit_code == 1
    assert loket("breakglass", "end", "beheer", "--reason", "voorbij").output == "ended\n"
    assert loket("breakglass", "make", "x", "--role", "teacher", "--reason", "x").exit_code == 2
    with Session(own_engine) as session:
        told = {each.action for each in session.scalars(select(AuditEvent))}
    assert told >= {"break-glass-made", "break-glass-ended"}


def test_the_address_stands_there_as_a_qr_code_too() -> None:
    made = loket("breakglass", "make", "beheer", "--reason", "eerste keer")
    told, _, picture = made.output.partition("Scan it with the authenticator app:\n\n")
    address = told.splitlines()[3].split(maxsplit=1)[1]
    halves = {"█": (0, 0), "▀": (0, 1), "▄": (1, 0), " ": (1, 1)}  # light above and below
    rows = []
    for line in picture.splitlines():
        pairs = [halves[each] for each in line]
        rows += [[upper for upper, _ in pairs], [lower for _, lower in pairs]]
    dark = [list(row) for row in segno.make(address, error="l", micro=False).matrix_iter(border=2)]
    assert rows[: len(dark)] == dark


def test_a_terminal_that_knows_no_blocks_gets_none() -> None:
    assert _qr_code("otpauth://totp/x", "latin-1") == ""
    assert "█" in _qr_code("otpauth://totp/x", "utf-8")
