"""Test helper: a process that people begin themselves, and a browser at its start form."""

from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from processes.engine.deployment.definitions import deploy
from processes.engine.store.models import ProcessDefinition
from tests.app.onboarding import field
from tests.processes.engine.diagrams import chain, node
from tests.processes.engine.form_fields import field as drawn
from tests.processes.engine.form_fields import form
from workers.vocabulary import vocabulary

SUBJECT = drawn("onderwerp", "string", label="Waar gaat uw klacht over?", required="")
STORY = drawn("verhaal", "longtext", label="Wat is er gebeurd?")
ADDRESS = drawn("adres", "email", label="Uw e-mailadres")
KEY = "klacht"
ADDRESS_OF = f"/starten/{KEY}"


def complaint(
    *fields: str,
    groups: str = "teacher",
    process: str = "",
    start: str = "",
    body: str = "",
    business_key: str = "",
    review: bool = False,
) -> bytes:
    """A process of one task for the registrar; `groups` may begin it with these fields."""
    properties = '<camunda:property name="review" value="true"/>' if review else ""
    parts = form(*fields).replace(
        "</bpmn:extensionElements>",
        f"<camunda:properties>{properties}</camunda:properties></bpmn:extensionElements>",
    )
    own = ""
    if business_key:
        own = (
            "<bpmn:extensionElements><camunda:properties>"
            f'<camunda:property name="businessKey" value="{business_key}"/>'
            "</camunda:properties></bpmn:extensionElements>"
        )
    starters = f' camunda:candidateStarterGroups="{groups}"' if groups else ""
    task = node("userTask", "beoordelen", camunda_candidateGroups="registrar")
    return (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="http://x.y">'
        '<bpmn:message id="message_binnen" name="binnen"/>'
        f'<bpmn:process id="{KEY}" name="Klacht behandelen" isExecutable="true"{starters}{process}>'
        f"<bpmn:documentation>U hoort **binnen een week** iets.</bpmn:documentation>{own}"
        f'<bpmn:startEvent id="begin" name="Klacht"{start}>{parts}</bpmn:startEvent>'
        f"{task}{node('endEvent', 'eind')}{chain('begin', 'beoordelen', 'eind')}{body}"
        "</bpmn:process></bpmn:definitions>"
    ).encode()


def place(session: Session, xml: bytes) -> ProcessDefinition:
    (definition,) = deploy(session, xml, vocabulary=vocabulary(), deployed_by="petra")
    session.commit()
    return definition


def send(
    client: FlaskClient,
    page: TestResponse,
    answers: Mapping[str, Any],
    *,
    address: str = ADDRESS_OF,
    follow: bool = True,
) -> TestResponse:
    """Send the start form that this page shows."""
    hidden = {name: field(page, name) for name in ("csrf_token", "submission_id", "version")}
    return client.post(address, data={**hidden, **answers}, follow_redirects=follow)
