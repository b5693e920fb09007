"""The audit trail of a provider as JSON: logins in the shape of B14b, and the link of each event.

B14b is the authentication context of Open Forms and Open Zaak: source, levelOfAssurance,
authorizee (legalSubject, actingSubject), and representee with mandate for an intermediary.
"""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.platform import levels
from processes.register.audit.models import AuditSeal
from processes.register.changes import AuditEvent
from processes.register.providers.former_numbers import numbers_of

CHAMBER = "kvkNummer"  # the type of an identifier


def trail_json(session: Session, kvk: str) -> str:
    """Every event of this company, oldest first."""
    told = {"kvkNummer": kvk, "events": list(_events(session, kvk))}
    return json.dumps(told, ensure_ascii=False, indent=2)


def _events(session: Session, kvk: str) -> Iterator[dict[str, Any]]:
    query = (
        select(AuditEvent, AuditSeal)
        .outerjoin(AuditSeal, AuditSeal.event_id == AuditEvent.id)
        .where(AuditEvent.kvk.in_(numbers_of(session, kvk)))
        .order_by(AuditEvent.at, AuditEvent.id)
    )
    for event, link in session.execute(query):
        told: dict[str, Any] = {
            "id": str(event.id),
            "at": event.at.isoformat(),
            "action": event.action,
            "actor": event.actor,
            "subject": event.subject,
            "details": event.details,
            "link": None if link is None else _link(link),
        }
        if event.action == "login" and event.details.get("authorizee"):
            told["authenticationContext"] = authentication_context(event.details)
        yield told


def _link(link: AuditSeal) -> dict[str, Any]:
    """What proves that this event stands in the chain as it is told here."""
    return {
        "number": link.number,
        "salt": link.salt.hex() if link.salt else None,
        "previous": link.previous.hex(),
        "digest": link.digest.hex(),
    }


def authentication_context(details: dict[str, Any]) -> dict[str, Any]:
    """Who logged in for which company, from the details of a login."""
    authorizee = details["authorizee"]
    legal = authorizee.get("legalSubject") or {}
    company = {"identifierType": CHAMBER, "identifier": legal.get("identifier")}
    office = legal.get("intermediary")
    branch = {"branchNumber": legal["branchNumber"]} if legal.get("branchNumber") else {}
    context: dict[str, Any] = {
        "source": "eherkenning",
        "levelOfAssurance": levels.URN + str(details.get("levelOfAssurance")),
        "authorizee": {
            "legalSubject": {"identifierType": CHAMBER, "identifier": office}
            if office
            else company | branch,
            "actingSubject": {
                "identifierType": "opaque",
                "identifier": authorizee.get("actingSubject"),
            },
        },
    }
    if office:  # a chain mandate (B11)
        context["representee"] = company | branch
        context["mandate"] = {"role": "intermediary", "services": []}
    return context
