"""Gathers what an export holds, by its kind."""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from processes.casework.exports.parts import Contents
from processes.casework.exports.person import person_contents
from processes.casework.exports.provider import provider_contents
from processes.casework.exports.tables import ExportKind

GATHERED_BY: Mapping[ExportKind, Callable[[Session, str], Contents]] = {
    ExportKind.PROVIDER: provider_contents,
    ExportKind.PERSON: person_contents,
}


def contents_of(session: Session, kind: ExportKind, subject: str) -> Contents:
    """Everything that is kept about this provider (a KvK number) or person (a user reference)."""
    return GATHERED_BY[kind](session, subject)
