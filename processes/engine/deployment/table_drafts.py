"""Drafts of decision tables, saved with their findings."""

from collections.abc import Sequence
from uuid import UUID
from xml.sax.saxutils import quoteattr

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.checks.findings import Finding
from processes.engine.decisions.tables import decisions
from processes.engine.deployment.definitions import DECISION, latest_of
from processes.engine.deployment.drafts import ProcessDraft, read_in
from processes.engine.diagram.graph import UnreadableDiagramError, label, read
from processes.engine.diagram.xml import as_text

BLANK = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id={id} name={name} \
namespace="https://loket.example/dmn">
  <decision id={key} name={name}>
    <decisionTable id={table} hitPolicy="FIRST">
      <input id={input} label="Gegeven">
        <inputExpression id={expression} typeRef="string"><text></text></inputExpression>
      </input>
      <output id={output} label="Uitkomst" name="uitkomst" typeRef="string" />
    </decisionTable>
  </decision>
</definitions>
"""


class NotATableError(ValueError):
    """The file can be read, but there is no decision with an id in it."""


def blank_table(key: str, name: str) -> bytes:
    """A new table with one input and one output column."""
    parts = ("id", "table", "input", "expression", "output")
    ids = {part: quoteattr(f"{key}_{part}") for part in parts}
    return BLANK.format(**ids, key=quoteattr(key), name=quoteattr(name)).encode()


def keep_table(  # noqa: PLR0913 - each is a fact about the draft, given by name
    session: Session,
    xml: bytes,
    findings: Sequence[Finding],
    *,
    by: str,
    draft_id: UUID | None = None,
    version: int | None = None,
) -> ProcessDraft:
    """Save a file as a new draft, or as the next version of one that was read.

    Raises UnreadableDiagramError or NotATableError where there is no table to save, and
    StaleDraftError or UnknownDraftError as `drafts` does.
    """
    key, name = key_in(xml)
    found, text = [dict(vars(each)) for each in findings], as_text(xml)
    if draft_id is None:
        based_on = latest_of(session, key)
        draft = ProcessDraft(
            key=key,
            name=name,
            xml=text,
            findings=found,
            saved_by=by,
            based_on=based_on.id if based_on else None,
        )
        session.add(draft)
    else:
        draft = read_in(session, draft_id, version, yours=text)
        draft.key, draft.name, draft.xml, draft.findings = key, name, text, found
        draft.saved_by, draft.saved_at = by, now()
        draft.version += 1
    session.flush()
    return draft


def table_drafts(session: Session) -> list[ProcessDraft]:
    """All drafts of tables, the one that was saved last first."""
    query = select(ProcessDraft).where(ProcessDraft.key.startswith(DECISION, autoescape=True))
    return list(session.scalars(query.order_by(ProcessDraft.saved_at.desc())))


def key_in(xml: bytes) -> tuple[str, str]:
    """Key and name of the table in a file. Raises UnreadableDiagramError, NotATableError."""
    for decision in decisions(read(xml)):
        if decision.get("id"):
            return f"{DECISION}{decision.get('id')}", label(decision) or decision.get("id")
    raise NotATableError


__all__ = [
    "NotATableError",
    "UnreadableDiagramError",
    "blank_table",
    "keep_table",
    "key_in",
    "table_drafts",
]
