"""Test world: one process and one decision table, with all that can be named of them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from processes.engine.deployment import drafts, reviews
from processes.engine.deployment.definitions import deploy
from processes.engine.execution.jobs import create_job
from processes.engine.repair.retries import begin
from processes.engine.store.models import Incident
from processes.engine.store.retry_models import RetryMode
from processes.engine.store.snapshot_models import MigrationRun
from tests.app.studio.deploying import PIETER, TWO, a_draft, a_version, visits
from workers.vocabulary import vocabulary

BROKEN = "Het bezoek kan niet worden ingepland."
KEY = "visits"
DMN = (
    b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"'
    b' namespace="x"><decision id="toelatingstabel" name="T"><decisionTable id="t"><output id="o"'
    b' name="uit" typeRef="string"/><rule id="r"><outputEntry id="e"><text>"ja"</text>'
    b"</outputEntry></rule></decisionTable></decision></definitions>"
)


@dataclass(frozen=True)
class ProcessWorld:
    """One process and one table with all that can be named of them, by the part of an address."""

    process: dict[str, object]
    table: dict[str, object]
    runs: dict[str, UUID]  # of migrations and of retries, by blueprint


def process_world(session: Session) -> ProcessWorld:
    """Two versions, a draft that was submitted, a case with an incident and a job, and runs."""
    first, second = a_version(session), a_version(session, TWO)
    draft = a_draft(session)
    reviews.submit(session, draft, PIETER)
    (instance,) = visits(session, 1)
    incident = Incident(
        instance_id=instance.id, job_id=None, element_id="review", kind="expression", message=BROKEN
    )
    session.add(incident)
    session.flush()
    job = create_job(session, "send-confirmation", {}, idempotency_key="j")
    job.instance_id = instance.id
    moved = MigrationRun(
        from_definition_id=first.id, to_definition_id=second.id, mapping={}, started_by="x"
    )
    session.add(moved)
    tried = begin(session, [incident], mode=RetryMode.ALL, by="x")
    deploy(session, DMN, vocabulary=vocabulary(), deployed_by="x")
    of_table = drafts.save_draft(session, DMN, vocabulary=vocabulary(), by="Pieter")
    session.commit()
    ids = {"instance_id": instance.id, "incident_id": incident.id, "job_id": job.id}
    return ProcessWorld(
        {"key": KEY, "number": 1, "draft_id": draft.id, **ids},
        {"key": "toelatingstabel", "number": 1, "draft_id": of_table.id},
        {"migrations": moved.id, "operations": tried.id},
    )
