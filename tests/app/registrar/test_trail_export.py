"""The trail of a provider as JSON: logins as B14b has them, and each link of the chain."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.sign_in import record_login
from app.registrar.trail_export import trail_json
from app.web.access import Role, User
from processes.base import new_id
from processes.register.audit import chain, sealing
from processes.register.changes import AuditEvent, record_event

KVK = "68750110"
ACTING = {"identifierType": "opaque", "identifier": "pseudoniem-1"}


def employee(**changes: Any) -> User:
    ordinary: dict[str, Any] = {
        "id": new_id(),
        "label": "medewerker 1",
        "roles": frozenset({Role.PROVIDER}),
        "issuer": "https://broker.example",
        "subject": "pseudoniem-1",
        "kvk": KVK,
        "loa": "loa3",
    }
    return User(**(ordinary | changes))


def exported(session: Session) -> list[dict[str, Any]]:
    told = json.loads(trail_json(session, KVK))
    assert told["kvkNummer"] == KVK
    return list(told["events"])


@pytest.mark.rule("R61")
def test_a_login_is_told_as_an_authentication_context(session: Session) -> None:
    record_login(session, employee(branch="000037178598"))
    (event,) = exported(session)
    assert event["authenticationContext"] == {
        "source": "eherkenning",
        "levelOfAssurance": "urn:etoegang:core:assurance-class:loa3",
        "authorizee": {
            "legalSubject": {
                "identifierType": "kvkNummer",
                "identifier": KVK,
                "branchNumber": "000037178598",
            },
            "actingSubject": ACTING,
        },
    }


def test_who_logs_in_for_another_company_represents_it(session: Session) -> None:
    record_login(session, employee(intermediary="90001354"))
    (event,) = exported(session)
    context = event["authenticationContext"]
    assert context["authorizee"]["legalSubject"]["identifier"] == "90001354"
    assert context["representee"] == {"identifierType": "kvkNummer", "identifier": KVK}
    assert context["mandate"]["role"] == "intermediary"


def test_who_reads_the_export_can_compute_each_link(session: Session) -> None:
    record_event(session, "company-changed", actor="medewerker 1", kvk=KVK, before="é", after=None)
    record_event(session, "login", actor="medewerker 2", kvk="90001354")
    sealing.seal(session)
    record_event(session, "mail-sent", actor="worker", kvk=KVK)
    first, second = exported(session)
    assert second["link"] is None  # it waits for its seal
    link = first["link"]
    personal = chain.Personal(first["actor"], KVK, first["subject"], first["details"])
    happened = chain.Happened(
        UUID(first["id"]), first["action"], datetime.fromisoformat(first["at"])
    )
    committed = chain.commitment(bytes.fromhex(link["salt"]), personal)
    digest = chain.digest(link["number"], bytes.fromhex(link["previous"]), happened, committed)
    assert digest.hex() == link["digest"]
    assert len(session.scalars(select(AuditEvent)).all()) == 3
