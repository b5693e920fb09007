"""Openings from the command line: made, shown without secrets, rotated, disabled."""

import json
from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.engine.openings.access import signing_keys
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
    rotated = json.loads(loket("openings", "rotate", "crm", "--json").stdout)
    second = rotated["client_secret"]
    assert rotated["client_id"] == first.partition(".")[0]
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


def test_a_signing_key_is_shown_once_and_replaced_with_an_overlap(own: Session) -> None:
    loket("openings", "add", "crm", "--message", "m")
    made = json.loads(loket("openings", "sign", "crm", "--json").stdout)
    newer = loket("openings", "sign", "crm").stdout.strip()
    keys = signing_keys(own, UUID(made["keyid"]))[1]
    own.rollback()
    assert [key.hex() for key in keys] == [newer, made["key"]]
    (row,) = json.loads(loket("openings", "list", "--json").stdout)
    assert (row["signs"], row["rotating"]) == (True, True)
    assert made["key"] not in str(row)
    assert loket("openings", "reencrypt").stdout.strip() == "1 openings have a signing key"
    loket("openings", "expire", "crm")
    assert [key.hex() for key in signing_keys(own, UUID(made["keyid"]))[1]] == [newer]


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


def test_an_opening_for_a_worker_outside_names_topics_that_loket_does_not_do_itself(
    own: Session,
) -> None:
    refused = loket("openings", "add", "robot", "--topic", "bel", "--topic", "send-confirmation")
    assert "Loket itself does the jobs of send-confirmation" in refused.stderr
    assert loket("openings", "add", "robot", "--topic", "bel").exit_code == 0
    made = own.scalars(select(Opening)).one()
    assert (made.topics, made.per_minute) == (["bel"], 6000)
    (row,) = json.loads(loket("openings", "list", "--json").stdout)
    assert row["topics"] == "bel"


def test_an_opening_that_is_not_there_is_said() -> None:
    for word in ("rotate", "sign", "expire", "disable", "enable"):
        assert "no opening with this name" in loket("openings", word, "crm").stderr
