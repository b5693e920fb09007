"""Several processes in one file: each runs by itself, and messages go between them."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import deploy
from processes.engine.execution import instances
from processes.engine.store.models import ProcessDefinition, ProcessInstance
from tests.processes.engine.checks.rules.judging import VOCABULARY
from tests.processes.engine.checks.rules.test_pools import (
    DOCUMENTS,
    collaboration,
    message_flow,
    pool,
)
from tests.processes.engine.diagrams import chain, message, node, user
from tests.processes.engine.playing import at, do, has_ended

pytestmark = pytest.mark.usefixtures("nothing_kept")

ASKING = pool(
    "asking",
    node("startEvent", "s1")
    + user("a", camunda_candidateGroups="registrar")
    + node("sendTask", "ask", messageRef="message_vraag")
    + node("receiveTask", "hear", messageRef="message_antwoord")
    + user("b", camunda_candidateGroups="registrar")
    + node("endEvent", "e1")
    + chain("s1", "a", "ask", "hear", "b", "e1"),
)
CARRIED = (
    "<bpmn:extensionElements><camunda:inputOutput>"
    '<camunda:inputParameter name="answer">${found}</camunda:inputParameter>'
    "</camunda:inputOutput></bpmn:extensionElements>"
)
ANSWERING = pool(
    "answering",
    node("startEvent", "s2", message("vraag"))
    + user("c", camunda_candidateGroups="registrar")
    + node("endEvent", "e2", CARRIED + message("antwoord"))
    + chain("s2", "c", "e2"),
)
FILE = collaboration(
    ASKING,
    ANSWERING,
    DOCUMENTS,
    flows=message_flow("ask", "s2") + message_flow("e2", "hear").replace("mf", "mf2"),
    names=("vraag", "antwoord"),
)


def put_into_use(session: Session, xml: bytes = FILE) -> list[ProcessDefinition]:
    return deploy(session, xml, vocabulary=VOCABULARY, deployed_by="petra")


def test_each_process_that_runs_becomes_a_definition_of_its_own(session: Session) -> None:
    deployed = put_into_use(session)

    assert [(one.key, one.version) for one in deployed] == [("asking", 1), ("answering", 1)]
    again = put_into_use(session, FILE.replace(b'name="b"', b'name="Bekijk"'))
    assert [(one.key, one.version) for one in again] == [("asking", 2), ("answering", 2)]


def test_a_message_begins_the_other_process_and_its_answer_comes_back(session: Session) -> None:
    put_into_use(session)
    asking = instances.start_process(session, "asking", business_key="7", started_by="anna")

    do(session, "a")
    assert at(session) == ["c"]
    answering = session.scalars(
        select(ProcessInstance).where(ProcessInstance.process_key == "answering")
    ).one()
    assert answering.business_key == "7"
    do(session, "c", found=True)
    assert has_ended(answering)
    assert at(session) == ["b"]
    assert instances.variables(session, asking) == {"answer": True}
    do(session, "b")

    assert has_ended(asking)


def test_one_process_of_a_file_may_call_another(session: Session) -> None:
    inner = node("startEvent", "s2") + user("c", camunda_candidateGroups="registrar")
    inner = pool("inner", inner + node("endEvent", "e2") + chain("s2", "c", "e2"))
    call = node("callActivity", "call", calledElement="inner")
    outer = node("startEvent", "s1") + call + node("endEvent", "e1") + chain("s1", "call", "e1")
    put_into_use(session, collaboration(pool("outer", outer), inner, DOCUMENTS))

    instance = instances.start_process(session, "outer", business_key="1", started_by="anna")
    do(session, "c", x=1)

    assert has_ended(instance)
    assert instances.variables(session, instance) == {"x": 1}
