"""Openings from the command line: made, shown without secrets, rotated, disabled."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.engine.openings.clients import of_token
from processes.engine.store.opening_models import Opening
from processes.platform import database
from processes.platform.settings import Settings, use_settings
from processes.register.changes import AuditEvent
from tests.app.cli.test_operations import loket


@pytest.fixture(autouse=True)
def command_settings(settings: Settings, own_database_url: str) -> Iterator[None]:
    use_settings(settings.model_copy(update={"database_url": own_database_url}))
    yield
    database.close_databases()


@pytest.fixture
def own(own_engine: Engine) -> Iterator[Session]:
    with Session(own_engine) as session:
        yield session


def known(session: Session, token: str) -> bool:
    found = of_token(session, token)
    session.rollback()  # SQLite has one writer
    return found is not None


def test_an_opening_is_made_rotated_and_disabled(own: Session) -> None:
    made = loket("openings", "add", "crm", "--message", "m", "--process", "p", "--process", "q")
    assert made.exit_code == 0, made.output
    first = made.stdout.strip()
    assert known(own, first)
    (row,) = json.loads(loket("openings", "list", "--json").stdout)
    assert (row["name"], row["messages"], row["processes"]) == ("crm", "m", "p,q")
    assert first.partition(".")[2] not in str(row)
    second = json.loads(loket("openings", "rotate", "crm", "--json").stdout)["token"]
    assert known(own, first)
    assert known(own, second)
    assert loket("openings", "expire", "crm").exit_code == 0
    assert (known(own, first), known(own, second)) == (False, True)
    assert loket("openings", "disable", "crm").stdout.strip() == "crm: disabled"
    assert not known(own, second)
    loket("openings", "enable", "crm")
    assert known(own, second)
    assert own.scalars(select(AuditEvent.action).order_by(AuditEvent.at)).all() == [
        "opening-made",
        "opening-rotated",
        "opening-rotation-ended",
        "opening-disabled",
        "opening-enabled",
    ]


def test_what_is_wrong_with_an_opening_is_told_at_once(own: Session) -> None:
    refused = loket(
        *("openings", "add", "crm", "--signal", "x", "--tenant", "99999999", "--per-minute", "0")
    )
    assert refused.exit_code == 1
    for reason in ("every company", "99999999 is not a company", "per minute"):
        assert reason in refused.stderr
    assert "name what it may send or do" in loket("openings", "add", "crm").stderr
    assert own.scalars(select(Opening)).all() == []
    own.rollback()
    assert loket("openings", "add", "crm", "--message", "m").exit_code == 0
    assert "taken" in loket("openings", "add", "crm", "--message", "m").stderr


def test_an_opening_that_is_not_there_is_said() -> None:
    for word in ("rotate", "expire", "disable", "enable"):
        assert "no opening with this name" in loket("openings", word, "crm").stderr
