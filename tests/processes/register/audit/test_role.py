"""The PostgreSQL role of docs/operate/audit.md writes the trail, and cannot change it."""

import re
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from processes.register.audit import sealing
from processes.register.audit.erasing import erase
from processes.register.audit.protection import protect
from processes.register.audit.verifying import verify
from processes.register.changes import record_event

PAGE = Path(__file__).parents[4] / "docs" / "operate" / "audit.md"
REFUSED = (
    "DELETE FROM audit_event",
    "UPDATE audit_event SET action = 'x'",
    "UPDATE audit_event SET at = now()",
    "TRUNCATE audit_event",
    "DELETE FROM audit_seal",
    "UPDATE audit_seal SET digest = commitment",
    "DELETE FROM audit_checkpoint",
    "UPDATE audit_checkpoint SET number = 1",
    "DROP TRIGGER audit_event_keeps_rows ON audit_event",
    "ALTER TABLE audit_event DISABLE TRIGGER ALL",
)


@pytest.mark.rule("R61")
def test_the_role_writes_seals_and_erases_and_changes_nothing_else(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite has no roles: its triggers are tested in test_chain.py")
    protect(session.connection())
    (block,) = re.findall(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    for statement in block.strip().split(";\n"):
        session.execute(text(statement.rstrip(";")))
    session.execute(text("SET LOCAL ROLE loket_app"))

    one = record_event(session, "one", actor="medewerker 1", kvk="68750110")
    sealing.seal(session)
    for statement in REFUSED:
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
            _run(session, statement)
    with pytest.raises(ProgrammingError, match="append-only"):
        _run(session, "UPDATE audit_event SET actor = 'medewerker 2'")
    erase(session, [one], by="beheer", reason="verzoek")
    sealing.seal(session)
    assert verify(session).broken == []


def _run(session: Session, statement: str) -> None:
    with session.begin_nested():
        session.execute(text(statement))
