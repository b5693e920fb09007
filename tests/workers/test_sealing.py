"""Sweeps seal the audit trail, and sign its checkpoint of the day."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from processes.platform.settings import Settings, use_settings
from processes.register.audit.models import AuditCheckpoint, AuditSeal
from processes.register.audit.verifying import verify
from processes.register.changes import record_event
from tests.app.cli.test_audit import key_in
from tests.workers.rows import sweep
from workers.enqueue import open_session


def write() -> None:
    with open_session() as session:
        record_event(session, "one", actor="worker")
        session.commit()


def count(model: type) -> int:
    with open_session() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.rule("R61")
def test_a_sweep_seals_what_was_written(worker_settings: Settings) -> None:
    write()
    sweep()
    assert (count(AuditSeal), count(AuditCheckpoint)) == (1, 0)
    write()
    sweep()
    sweep()
    assert count(AuditSeal) == 2
    assert worker_settings.audit_key is None


def test_a_sweep_signs_once_a_day_where_there_is_a_key(
    worker_settings: Settings, tmp_path: Path
) -> None:
    key = tmp_path / "audit.pem"
    use_settings(worker_settings.model_copy(update={"audit_key": key}))
    write()
    sweep()
    assert (count(AuditSeal), count(AuditCheckpoint)) == (1, 0)  # no file: the doctor tells
    key_in(key)
    sweep()
    sweep()
    assert count(AuditCheckpoint) == 1
    with open_session() as session:
        assert verify(session).broken == []
