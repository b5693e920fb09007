"""`loket audit`, as an operator runs it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from processes.platform import database
from processes.platform.settings import Settings, use_settings
from processes.register.audit.models import AuditSeal
from processes.register.changes import AuditEvent, record_event
from tests.app.cli.test_operations import loket

KVK = "68750110"


def key_in(file: Path) -> Path:
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    file.write_bytes(pem)
    return file


@pytest.fixture(autouse=True)
def own_settings(settings: Settings, own_database_url: str, tmp_path: Path) -> Iterator[Settings]:
    own = {"database_url": own_database_url, "audit_key": key_in(tmp_path / "audit.pem")}
    ours = settings.model_copy(update=own)
    use_settings(ours)
    yield ours
    database.close_databases()


@pytest.fixture(autouse=True)
def written(own_engine: Engine, own_settings: Settings) -> None:
    assert own_settings
    with Session(own_engine) as session:
        for action in ("one", "two", "three"):
            record_event(session, action, actor="worker", kvk=KVK)
        session.commit()


@pytest.mark.rule("R61")
def test_what_was_taken_out_is_named_and_the_command_ends_with_1(
    own_engine: Engine, tmp_path: Path
) -> None:
    assert "3 wait for it" in loket("audit", "verify").output
    line = loket("audit", "sign").output
    assert json.loads(line)["number"] == 3
    kept = tmp_path / "kept"
    kept.write_text(loket("audit", "checkpoints").output)
    assert kept.read_text() == line
    whole = loket("audit", "verify", "--checkpoints", str(kept))
    assert whole.exit_code == 0
    assert "3 events in the chain, 0 wait for it; 2 checkpoints" in whole.output

    with Session(own_engine) as session:
        session.execute(delete(AuditEvent).where(AuditEvent.action == "two"))
        session.execute(delete(AuditSeal).where(AuditSeal.number == 3))
        session.commit()
    broken = loket("audit", "verify", "--checkpoints", str(kept))
    assert broken.exit_code == 1
    assert "(two, " in broken.output
    assert "taken out" in broken.output
    assert "the chain ended at number 3, and ends at 2 now" in broken.output


def test_a_key_of_before_is_given_and_a_file_that_is_none_refused(
    own_settings: Settings, tmp_path: Path
) -> None:
    before = tmp_path / "before.pem"
    assert own_settings.audit_key is not None
    before.write_bytes(own_settings.audit_key.read_bytes())
    loket("audit", "sign")
    key_in(own_settings.audit_key)
    assert "1 of them by a key that is not given" in loket("audit", "verify").output
    assert "not given" not in loket("audit", "verify", "--key", str(before)).output
    before.write_text("nothing")
    refused = loket("audit", "verify", "--key", str(before))
    assert refused.exit_code == 2
    assert "cannot be read as a key in PEM" in refused.output
    refused = loket("audit", "verify", "--checkpoints", str(before))
    assert "this line is no checkpoint" in refused.output


def test_without_a_key_nothing_is_signed(own_settings: Settings) -> None:
    use_settings(own_settings.model_copy(update={"audit_key": None}))
    refused = loket("audit", "sign")
    assert refused.exit_code == 2
    assert "LOKET_AUDIT_KEY is not set" in refused.output


def test_the_trail_of_a_company_is_exported_which_is_an_event(own_engine: Engine) -> None:
    told = json.loads(loket("audit", "export", KVK).output)
    assert {event["action"] for event in told["events"]} == {"one", "two", "three"}
    with Session(own_engine) as session:
        query = select(AuditEvent).where(AuditEvent.action == "trail-exported")
        assert session.scalars(query).one().kvk == KVK
    assert loket("audit", "export", "1").exit_code == 2
