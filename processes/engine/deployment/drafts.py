"""Drafts of diagrams: saved with their findings, locked by version, deployed or deleted."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, new_id, now
from processes.engine.checks import checker
from processes.engine.checks.checker import READING_RULES
from processes.engine.checks.findings import Finding, Severity, Vocabulary, is_deployable
from processes.engine.deployment.definitions import (
    DECISION,
    RejectedDeploymentError,
    deploy,
    deployed_xml,
    keys_in,
)
from processes.engine.diagram import graph
from processes.engine.diagram.xml import as_text
from processes.engine.store.models import ProcessDefinition

NAMELESS = "concept"  # the key of a diagram that names nothing


class ProcessDraft(Record):
    """A diagram that may be deployed; `version` counts the saves (optimistic locking)."""

    __tablename__ = "process_draft"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    key: Mapped[str]
    name: Mapped[str]
    xml: Mapped[str] = mapped_column(Text, deferred=True, repr=False)
    findings: Mapped[list[Any]]  # as they were when it was saved
    saved_by: Mapped[str]
    based_on: Mapped[UUID | None] = mapped_column(ForeignKey("process_definition.id"), default=None)
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(default_factory=now)
    before_takeover: Mapped[str | None] = mapped_column(
        Text, deferred=True, repr=False, default=None
    )
    takeover_version: Mapped[int | None] = mapped_column(default=None)

    @property
    def can_undo_takeover(self) -> bool:
        """Whether nothing was drawn since the words of another engine were taken over."""
        return self.takeover_version == self.version

    @property
    def is_deployable(self) -> bool:
        """Whether there was nothing left to fill in when it was saved."""
        return is_deployable(todo(self))


class UnknownDraftError(LookupError):
    """There is no draft with this id."""


class StaleDraftError(Exception):
    """Another user saved this draft after it was read: `theirs` stands, `yours` is not saved."""

    def __init__(self, theirs: ProcessDraft, yours: str) -> None:
        super().__init__(f"{theirs.id} has version {theirs.version}")
        self.theirs = theirs
        self.yours = yours


def save_draft(  # noqa: PLR0913 - each is a fact about the draft, given by name
    session: Session,
    xml: bytes,
    *,
    vocabulary: Vocabulary,
    by: str,
    findings: list[Finding] | None = None,
    based_on: UUID | None = None,
    draft_id: UUID | None = None,
    version: int | None = None,
) -> ProcessDraft:
    """Save a file as a new draft, or as the next version of one that was read.

    Findings are stored with it: `findings`, or what the checks find here. Raises
    RejectedDeploymentError for a file that is no diagram, UnknownDraftError, StaleDraftError.
    """
    if findings is None:
        findings = checker.check(xml, vocabulary, deployed=deployed_xml(session))
    if not is_keepable(findings):
        raise RejectedDeploymentError(findings)
    known = session.get(ProcessDraft, draft_id) if draft_id else None
    base = session.get(ProcessDefinition, based_on) if based_on else None
    wanted = next((each.key for each in (known, base) if each is not None), None)
    key, name = key_and_name(xml, wanted)
    text, told = as_text(xml), [dict(vars(finding)) for finding in findings]
    if draft_id is None:
        draft = ProcessDraft(
            key=key, name=name, xml=text, findings=told, saved_by=by,
            based_on=based_on or _latest_id(session, key),
        )  # fmt: skip
        session.add(draft)
    else:
        draft = read_in(session, draft_id, version, yours=text)
        draft.key, draft.name, draft.xml, draft.findings = key, name, text, told
        draft.saved_by, draft.saved_at, draft.version = by, now(), draft.version + 1
    session.flush()
    return draft


def is_keepable(findings: list[Finding]) -> bool:
    """Whether a draft may have these findings: all but those of an unreadable file."""
    return all(finding.rule not in READING_RULES for finding in findings)


def key_and_name(xml: bytes, wanted: str | None = None) -> tuple[str, str]:
    """Under which key and name a diagram is kept, also where it has no process that can run.

    Of several processes in a file: the one with the `wanted` key, else the first.
    """
    drawn = graph.read(xml)
    keys = keys_in(drawn)
    if keys:
        key = wanted if wanted in keys else next(iter(keys))
        return key, keys[key]
    scopes = drawn.processes
    first = scopes[0].element if scopes else drawn.root
    key = graph.identity(first) or NAMELESS
    return key, graph.label(first) or key


def todo(draft: ProcessDraft) -> list[Finding]:
    """The findings stored with the draft: what is left to fill in, and warnings."""
    return [Finding(**{**each, "severity": Severity(each["severity"])}) for each in draft.findings]


def drafts(session: Session) -> list[ProcessDraft]:
    """All drafts of processes, the one that was saved last first; tables are `table_drafts`."""
    found = session.scalars(select(ProcessDraft).order_by(ProcessDraft.saved_at.desc()))
    return [draft for draft in found if not draft.key.startswith(DECISION)]


def draft_of(session: Session, draft_id: UUID) -> ProcessDraft:
    """One draft. Raises UnknownDraftError."""
    draft = session.get(ProcessDraft, draft_id)
    if draft is None:
        raise UnknownDraftError(draft_id)
    return draft


def deploy_draft(  # noqa: PLR0913 - each is a fact about the deployment, given by name
    session: Session,
    draft_id: UUID,
    *,
    version: int,
    vocabulary: Vocabulary,
    by: str,
    note: str = "",
) -> list[ProcessDefinition]:
    """Deploy the draft in the version that was read, and delete it.

    Raises RejectedDeploymentError, UnknownDraftError, StaleDraftError.
    """
    draft = read_in(session, draft_id, version)
    deployed = deploy(session, draft.xml.encode(), vocabulary=vocabulary, deployed_by=by, note=note)
    session.delete(draft)
    session.flush()
    return deployed


def delete_draft(session: Session, draft_id: UUID, *, version: int) -> None:
    """Delete a draft in the version that was read. Raises UnknownDraftError, StaleDraftError."""
    session.delete(read_in(session, draft_id, version))
    session.flush()


def read_in(
    session: Session, draft_id: UUID, version: int | None, *, yours: str = ""
) -> ProcessDraft:
    """The draft, locked, in the version that was read.

    Raises UnknownDraftError, and StaleDraftError when another version was saved since.
    """
    draft = session.get(ProcessDraft, draft_id, with_for_update=True, populate_existing=True)
    if draft is None:
        raise UnknownDraftError(draft_id)
    if draft.version != version:
        raise StaleDraftError(draft, yours)
    return draft


def _latest_id(session: Session, key: str) -> UUID | None:
    query = select(ProcessDefinition.id).where(ProcessDefinition.key == key)
    return session.scalar(query.order_by(ProcessDefinition.version.desc()).limit(1))
