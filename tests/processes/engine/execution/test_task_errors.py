"""An external task throws what is drawn at it, judged when its job ends or fails; over a reload."""

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import incidents, instances
from processes.engine.store.models import Job, JobStatus
from tests.processes.engine.diagrams import boundary, chain, error, job, process, straight, user
from tests.processes.engine.playing import at, start, work_off

pytestmark = pytest.mark.usefixtures("nothing_kept")


def drawn(condition: str, *, caught: bool = True) -> bytes:
    definition = f"<camunda:errorEventDefinition errorRef='error_x' expression='{condition}'/>"
    inner = f"<bpmn:extensionElements>{definition}</bpmn:extensionElements>"
    body = straight(job("j", inner=inner), user("on"), ids=("j", "on"))
    aside = boundary("b", "j", error("x")) + user("aside") + chain("b", "aside", "end")
    return process(body + (aside if caught else ""), errors=("x",))


@pytest.mark.parametrize(("code", "where"), [(404, "aside"), (200, "on")])
def test_what_the_worker_gives_decides_at_its_end(session: Session, code: int, where: str) -> None:
    instance = start(session, drawn('${code == 404 and externalTask["errorMessage"] == ""}'))
    work_off(session, "j", {"code": code})
    assert at(session) == [where]
    assert instances.variables(session, instance)["code"] == code


def test_a_failure_with_this_message_goes_aside_and_is_tried_no_more(session: Session) -> None:
    start(session, drawn('= contains(externalTask.errorMessage, "onbekend")'))
    work_off(session, "j", OSError("nummer onbekend"))
    assert at(session) == ["aside"]
    assert session.query(Job).one().status is JobStatus.DONE


@pytest.mark.parametrize("condition", ['${externalTask["errorMessage"] == "weg"}', "${nergens}"])
def test_any_other_failure_is_tried_again(session: Session, condition: str) -> None:
    start(session, drawn(condition))
    work_off(session, "j", OSError("bezet"))
    assert at(session) == []
    assert session.query(Job).one().status is JobStatus.NEW
    assert incidents.open_incidents(session) == []


@pytest.mark.parametrize("first", ["${nergens}", "${number}"])
def test_at_a_failure_one_that_cannot_be_judged_leaves_the_next(
    session: Session, first: str
) -> None:
    """No variable of that name, and one that is no yes or no."""
    one = "<camunda:errorEventDefinition errorRef='error_x' expression='{}'/>".format
    both = one(first) + one('${externalTask["errorMessage"] == "weg"}')
    start(session, drawn("gone").replace(one("gone").encode(), both.encode()), number=3)
    work_off(session, "j", OSError("weg"))
    assert at(session) == ["aside"]


def test_an_error_that_nobody_catches_is_an_incident(session: Session) -> None:
    start(session, drawn("${true}", caught=False))
    work_off(session, "j", {})
    (incident,) = incidents.open_incidents(session)
    assert incident.kind == "uncaught-error"


def test_a_condition_that_cannot_be_judged_at_the_end_is_an_incident(session: Session) -> None:
    start(session, drawn("${nergens}"))
    work_off(session, "j", {})
    (incident,) = incidents.open_incidents(session)
    assert "nergens" in incident.message
