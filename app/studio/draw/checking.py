"""Checks an uploaded diagram in a subprocess with limits on time and memory."""

from app.web.db import db
from processes.engine.checks import sandbox
from processes.engine.checks.findings import Finding
from processes.engine.deployment.definitions import deployed_xml
from workers.vocabulary import vocabulary


def findings_of(xml: bytes) -> list[Finding]:
    """All findings about this file.

    Call it before anything is changed: the session is rolled back, so that no transaction is open
    meanwhile.
    """
    session = db.session()
    deployed = deployed_xml(session)
    known = vocabulary(session)
    session.rollback()  # SQLite has one writer, and checking takes a while
    return sandbox.check(xml, known, deployed=deployed)
