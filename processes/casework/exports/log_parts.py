"""The parts of an export that are logs: e-mails, and what happened."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from processes.casework.exports.parts import Part, part, record_of, text_of
from processes.letters.trail import words_of
from processes.letters.trail_details import details_of
from processes.register.changes import AuditEvent
from processes.register.mail import OutgoingMail

MAIL_COLUMNS = {
    "subject": "Onderwerp",
    "recipient": "Aan",
    "status": "Stand",
    "created_at": "Gemaakt",
    "sent_at": "Verzonden",
    "text": "Tekst",
}


def mails_part(session: Session, which: ColumnElement[bool]) -> Part:
    """E-mails as they were sent, as plain text."""
    query = select(OutgoingMail).where(which).order_by(OutgoingMail.created_at)
    return part("e-mails", "E-mails", MAIL_COLUMNS, session.scalars(query))


def trail_part(
    session: Session, which: ColumnElement[bool], *, without_pseudonyms: bool = False
) -> Part:
    """What happened, in Dutch for people; with `without_pseudonyms` nobody's code of login."""
    found = session.scalars(select(AuditEvent).where(which).order_by(AuditEvent.at)).all()
    cells = [
        [text_of(each.at), each.actor, words_of(each), "; ".join(details_of(each))]
        for each in found
    ]
    records = [record_of(each) for each in found]
    if without_pseudonyms:
        records = [each | {"details": _without_pseudonym(each["details"])} for each in records]
    headings = ["Wanneer", "Wie", "Wat", "Gegevens"]
    return Part("gebeurtenissen", "Wat er gebeurde", headings, cells, records)


def _without_pseudonym(details: Mapping[str, Any]) -> dict[str, Any]:
    who = details.get("authorizee")
    if not isinstance(who, dict):
        return dict(details)
    return {**details, "authorizee": {k: v for k, v in who.items() if k != "actingSubject"}}
