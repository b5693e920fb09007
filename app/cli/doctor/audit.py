"""Diagnoses the audit trail: its key, its triggers, what the role of the database may do."""

from collections.abc import Iterator

from sqlalchemy import Connection, text

from app.cli.doctor.findings import Finding, warning, well, wrong
from processes.platform.settings import Settings
from processes.register.audit.checkpoints import AuditKeyError, private_key
from processes.register.audit.protection import is_protected

PAGE = "docs/operate/audit.md"


def audit_key_findings(settings: Settings) -> Iterator[Finding]:
    """Whether the daily checkpoints of the audit trail can be signed."""
    if settings.audit_key is None:
        says = "no checkpoints are signed"
        yield warning("audit trail", says, f"LOKET_AUDIT_KEY: see {PAGE}")
        return
    try:
        private_key(settings.audit_key)
    except AuditKeyError as error:
        yield wrong("audit trail", str(error), f"LOKET_AUDIT_KEY: see {PAGE}")
    else:
        yield well("audit trail", "a checkpoint is signed every day")


def audit_database_findings(connection: Connection) -> Iterator[Finding]:
    """Whether the database keeps the trail append-only."""
    if not is_protected(connection):
        says = "the triggers that keep the trail append-only are not there"
        yield warning("audit trail", says, "loket db upgrade makes them")
    if connection.dialect.name == "postgresql":
        allowed = text("SELECT has_table_privilege('audit_event', 'DELETE')")
        if connection.execute(allowed).scalar():
            says = "the role of Loket may delete from the trail: triggers alone keep it from that"
            yield warning("audit trail", says, f"a role without that right: see {PAGE}")
