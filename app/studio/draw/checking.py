"""What is wrong with a diagram that somebody sent, found without holding up anybody else."""

from app.web.db import db
from processes.engine.checks import sandbox
from processes.engine.checks.findings import Finding
from processes.engine.deployment.definitions import deployed_xml
from workers.vocabulary import vocabulary


def findings_of(xml: bytes) -> list[Finding]:
    """Everything that is wrong with this file; whatever it does to the checker, we go on.

    Ask before anything is changed: what the session had begun is given up.
    """
    session = db.session()
    deployed = deployed_xml(session)
    session.rollback()  # SQLite has one writer, and checking takes a while
    return sandbox.check(xml, vocabulary(), deployed=deployed)
