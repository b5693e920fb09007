"""Test helper for deployments: people of the studio, drafts, running instances."""

from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.access import Role, User
from processes.engine.deployment import drafts, reviews
from processes.engine.deployment.definitions import deploy
from processes.engine.deployment.drafts import ProcessDraft
from processes.engine.deployment.reviews import Person
from processes.engine.execution.instances import start_process
from processes.engine.store.models import ProcessDefinition, ProcessInstance
from tests.app.signing_in import ISSUER, sign_in_as
from tests.processes.engine.diagrams import process, straight, user
from workers.vocabulary import vocabulary

EDIT, APPROVE, DEPLOY = Role.PROCESS_OWNER, Role.PROCESS_APPROVER, Role.PROCESS_DEPLOYER
ONE = process(straight(user("review"), ids=("review",)), "visits")
TWO = process(straight(user("review"), user("company-details"), ids=("review", "company-details")),
              "visits")  # fmt: skip
OTHER = process(straight(user("company-details"), ids=("company-details",)), "visits")
PIETER = Person("Pieter", ISSUER, "pieter")


def sign_in_with(app: Flask, client: FlaskClient, *roles: Role, name: str = "Pieter") -> User:
    """Somebody of the studio, with these rights."""
    person = User(uuid4(), name, frozenset(roles), ISSUER, name.lower())
    return sign_in_as(app, client, person)


def a_version(session: Session, xml: bytes = ONE) -> ProcessDefinition:
    (definition,) = deploy(session, xml, vocabulary=vocabulary(), deployed_by="test", note="begin")
    session.commit()
    return definition


def a_draft(session: Session, xml: bytes = TWO, by: Person = PIETER) -> ProcessDraft:
    draft = drafts.save_draft(session, xml, vocabulary=vocabulary(), by=by.label)
    reviews.note_saved(session, draft, by)
    session.commit()
    return draft


def visits(session: Session, number: int) -> list[ProcessInstance]:
    """So many running instances of the newest version."""
    started = [
        start_process(session, "visits", business_key=str(n), tenant="68750110", started_by="test")
        for n in range(number)
    ]
    session.commit()
    return started


def address_of(draft: ProcessDraft) -> str:
    return f"/processen/concepten/{draft.id}"
