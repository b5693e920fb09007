"""The subject of a try-out: a draft or version, with its addresses and hindrances."""

from dataclasses import dataclass, field
from uuid import UUID

from flask import abort, url_for
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.web.db import db
from processes.engine.checks.findings import HARMLESS, Finding
from processes.engine.deployment import drafts
from processes.engine.deployment.definitions import DECISION
from processes.engine.deployment.drafts import ProcessDraft, UnknownDraftError
from processes.engine.store.models import ProcessDefinition


@dataclass(frozen=True)
class Subject:
    """A diagram to try out."""

    id: UUID
    key: str
    name: str
    xml: str
    address: str  # of its try-out
    file: str  # the address of the diagram
    findings: list[Finding] = field(default_factory=list)  # what keeps it from being tried
    draft: ProcessDraft | None = None
    definition: ProcessDefinition | None = None

    @property
    def is_process(self) -> bool:
        """A decision table has nothing to walk through."""
        return not self.key.startswith(DECISION)

    @property
    def can_be_tried(self) -> bool:
        return self.is_process and not self.findings


def of_draft(draft_id: UUID) -> Subject:
    """A draft, or 404."""
    try:
        draft = drafts.draft_of(db.session(), draft_id)
    except UnknownDraftError:
        abort(404)
    return Subject(
        id=draft.id,
        key=draft.key,
        name=draft.name or draft.key,
        xml=draft.xml,
        address=url_for("tryout.draft", draft_id=draft.id),
        file=url_for("drafts.diagram", draft_id=draft.id),
        findings=[each for each in drafts.todo(draft) if each.severity not in HARMLESS],
        draft=draft,
    )


def of_version(key: str, number: int) -> Subject:
    """A version that is or was in use, or 404."""
    query = select(ProcessDefinition).where(
        ProcessDefinition.key == key, ProcessDefinition.version == number
    )
    found = db.session().scalars(query.options(undefer(ProcessDefinition.xml))).first()
    definition = found or abort(404)
    return Subject(
        id=definition.id,
        key=definition.key,
        name=definition.name or definition.key,
        xml=definition.xml,
        address=url_for("tryout.version", key=key, number=number),
        file=url_for("studio.diagram", key=key, number=number),
        definition=definition,
    )
