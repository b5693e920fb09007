"""Test data for the pages of offers: a provider, offers with their process, a teacher."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.access import Role, User
from processes.casework.offers.publication import Worker, take_step
from processes.engine.deployment.definitions import deploy
from processes.engine.execution.instances import start_process
from processes.register.offers.offers import Offer, create, edit, publish
from processes.register.portfolio.teachers import Teacher, known_teacher
from processes.register.providers.providers import Provider, register
from tests.app.signing_in import ISSUER, KVK, sign_in_as, user_with
from workers.vocabulary import vocabulary

BPMN = Path(__file__).parents[3] / "bpmn"
BY = "medewerker 1"
COMPLETE: dict[str, Any] = {
    "title": "Rekenen met plezier",
    "kind": "cursus",
    "contribution": "U leert rekenlessen boeiend maken.",
    "content": "Drie bijeenkomsten met oefeningen.",
    "contact_hours": "12",
    "self_study_hours": "4",
    "areas": ["vakdidactisch"],
    "sectors": ["po"],
}


def deploy_offer_publication(session: Session) -> None:
    xml = (BPMN / "offer_publication.bpmn").read_bytes()
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="test", from_file=True)


def a_provider(session: Session, kvk: str = KVK, **more: Any) -> Provider:
    facts: dict[str, Any] = {"kvk": kvk, "name": "De Leerkring"}
    contact = {"name": "Anna de Vries", "email": "anna@leerkring.test"} | more.pop("contact", {})
    provider = register(
        session,
        kvk=kvk,
        reference=f"AB-2026-{uuid4().hex[:6]}",
        company=facts,
        corrections={},
        display_name=more.pop("display_name", "De Leerkring"),
        company_known=True,
        contact=contact,
        registered_by=BY,
    )
    session.commit()
    return provider


def an_offer(session: Session, provider: Provider, **fields: Any) -> Offer:
    """A concept in its process; fields as in JSON, `branch` and legacy columns as they are."""
    column_names = {"branch", "source"} | {name for name in fields if name.startswith("legacy_")}
    columns = {name: fields.pop(name) for name in column_names & set(fields)}
    offer = create(session, provider, by=BY, branch=columns.get("branch"))
    edit(session, offer.id, COMPLETE | fields, based_on=offer.version, by=BY)
    for name, value in columns.items():
        setattr(offer, name, value)
    start_process(
        session,
        "offer_publication",
        business_key=str(offer.id),
        tenant=provider.kvk,
        variables={"offer_id": str(offer.id)},
        started_by=BY,
    )
    session.commit()
    return offer


def a_published_offer(session: Session, provider: Provider, **fields: Any) -> Offer:
    offer = an_offer(session, provider, **fields)
    take_step(session, offer, {"action": "publish"}, by=Worker(provider.kvk, None, BY))
    session.commit()
    return offer


def a_catalogue_offer(session: Session, provider: Provider, **fields: Any) -> Offer:
    """Published, without a process: for pages that only read."""
    offer = create(session, provider, by=BY)
    edit(session, offer.id, COMPLETE | fields, based_on=offer.version, by=BY)
    publish(session, offer.id, by=BY)
    session.commit()
    return offer


def a_teacher(session: Session, app: Flask, client: FlaskClient, name: str = "Sam") -> Teacher:
    """A teacher who is signed in."""
    teacher = known_teacher(session, issuer=ISSUER, subject=name, name=name)
    session.commit()
    user = User(teacher.id, name, frozenset({Role.TEACHER}), ISSUER, name)
    sign_in_as(app, client, user)
    return teacher


def an_employee(app: Flask, client: FlaskClient, *, kvk: str = KVK, **more: Any) -> User:
    """An employee of a provider who is signed in; `branch` limits the mandate."""
    return sign_in_as(app, client, user_with(app, Role.PROVIDER, kvk=kvk, **more))


def form_of(**fields: Any) -> dict[str, Any]:
    """What the edit form of an activity sends."""
    sent = COMPLETE | {"submission_id": str(uuid4())} | fields
    return {name: value for name, value in sent.items() if value is not None}


def ids(offers: list[Offer]) -> list[UUID]:
    return [offer.id for offer in offers]
