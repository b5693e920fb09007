"""Several processes in one file: each runs by itself, and messages go between them."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import deploy, deployed_xml
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


def one(id_: str, *steps: str, key: str = "") -> str:
    """A process of a file: from a plain start over these steps to an end."""
    key = key or id_
    ids = tuple(re.findall(r'<bpmn:\w+ id="(\w+)"', "".join(steps)))
    return pool(
        key,
        node("startEvent", f"s_{id_}")
        + "".join(steps)
        + node("endEvent", f"e_{id_}")
        + chain(f"s_{id_}", *ids, f"e_{id_}"),
    )


def calling(id_: str, key: str) -> str:
    return node("callActivity", id_, calledElement=key)


def asks(id_: str) -> str:
    return node("userTask", id_, camunda_formKey="form", camunda_candidateGroups="registrar")


def steps_of(session: Session, *files: tuple[str, ...]) -> list[str]:
    """Deploys the files in order, starts `caller`, and does each step that it waits in."""
    for pools in files:
        put_into_use(session, collaboration(*pools))
    instance = instances.start_process(session, "caller", business_key="7", started_by="anna")
    seen: list[str] = []
    while not has_ended(instance):
        seen += at(session)
        do(session, seen[-1])
    return seen


def test_two_processes_of_one_file_are_called_by_another_file(session: Session) -> None:
    beside = one("r", asks("in_r")), one("q", asks("in_q"))
    caller = (one("caller", calling("call_r", "r"), calling("call_q", "q")),)

    assert steps_of(session, beside, caller) == ["in_r", "in_q"]


def test_a_process_of_the_own_file_goes_before_one_beside_what_is_called(session: Session) -> None:
    beside = one("r", asks("in_r")), one("q", asks("in_old_q"))
    caller = one("caller", calling("call_r", "r"), calling("call_q", "q")), one("q", asks("in_q"))

    assert steps_of(session, beside, caller) == ["in_r", "in_q"]


def test_a_called_process_runs_as_it_was_deployed_last(session: Session) -> None:
    beside = one("r", asks("in_r")), one("q", asks("in_old_q"))
    newer = (one("q2", asks("in_new_q"), key="q"),)
    caller = (one("caller", calling("call_r", "r"), calling("call_q", "q")),)

    assert steps_of(session, beside, newer, caller) == ["in_r", "in_new_q"]


def test_a_file_that_is_older_does_not_hide_what_was_deployed_later(session: Session) -> None:
    newer = (one("q2", asks("in_new_q"), key="q"),)
    caller = (one("caller", calling("call_q", "q")),)
    put_into_use(session, collaboration(one("a_first", asks("in_a")), one("q", asks("in_old_q"))))
    put_into_use(session, collaboration(*newer))

    assert b"in_new_q" in list(deployed_xml(session).values())[-1]
    assert steps_of(session, caller) == ["in_new_q"]
