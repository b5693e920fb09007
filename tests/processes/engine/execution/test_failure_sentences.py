"""What an operator reads about a step that failed is Dutch and names the element as drawn."""

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import incidents
from processes.engine.execution.steps import StepFailedError
from processes.engine.registry import BadDataError, BpmnError, UnavailableError
from processes.engine.registry import delegate as registered
from processes.engine.store.models import Incident, Job
from tests.processes.engine.diagrams import (
    chain,
    define,
    delegate,
    error,
    flow,
    job,
    node,
    process,
    straight,
    user,
)
from tests.processes.engine.playing import do, start, work_off

START_END = node("startEvent", "s") + node("endEvent", "e")


def failure(session: Session, xml: bytes, **variables: object) -> Incident:
    """The incident of a process of which the step after task a fails."""
    start(session, xml, **variables)
    with pytest.raises(StepFailedError):
        do(session, "a")
    (incident,) = incidents.open_incidents(session)
    return incident


def named(xml: bytes, id_: str, name: str) -> bytes:
    return xml.replace(f'id="{id_}" name="{id_}"'.encode(), f'id="{id_}" name="{name}"'.encode())


@pytest.mark.parametrize("kind", ["exclusiveGateway", "inclusiveGateway"])
def test_a_gateway_at_which_nothing_holds_is_named(session: Session, kind: str) -> None:
    ways = flow("g", "b", "${n == 1}") + flow("g", "c", "${n == 2}")
    ends = chain("s", "a", "g") + chain("b", "m", "e") + chain("c", "m")
    nodes = node(kind, "g") + node(kind, "m") + user("a") + user("b") + user("c")
    xml = named(process(START_END + nodes + ways + ends), "g", "Hoeveel?")

    incident = failure(session, xml, n=3)

    assert incident.message == (
        "Bij “Hoeveel?” past geen enkele voorwaarde, en er is geen standaardpijl."
    )


def test_an_error_that_nobody_catches_is_named(session: Session) -> None:
    end = node("endEvent", "e", error("geweigerd"))
    xml = process(
        node("startEvent", "s") + user("a") + end + chain("s", "a", "e"), errors=("geweigerd",)
    )

    incident = failure(session, named(xml, "e", "Afgewezen"))

    assert incident.message.startswith("Niemand vangt de fout “geweigerd” van “Afgewezen”.")


def test_an_exception_of_python_stands_in_the_technical_details_alone(session: Session) -> None:
    @registered("broken", title="Kapot")
    def broken(_session: Session) -> None:
        message = "no such column: kvk 12345678"
        raise RuntimeError(message)

    xml = process(straight(user("a"), delegate("d", "broken"), ids=("a", "d")))

    incident = failure(session, named(xml, "d", "Zet in het register"))

    assert incident.message == (
        "Bij “Zet in het register” ging iets mis in Loket. "
        "Wat precies, staat bij de technische gegevens."
    )
    assert "no such column: kvk 12345678" in incident.details


def test_what_an_uncaught_error_says_for_people_is_kept(session: Session) -> None:
    @registered("refuses", title="Weigeren")
    def refuses(_session: Session) -> None:
        code, told = "vol", "er is geen plaats meer"
        raise BpmnError(code, told)

    xml = process(straight(user("a"), delegate("d", "refuses"), ids=("a", "d")))

    assert "er is geen plaats meer" in failure(session, xml).message


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (BpmnError("geweigerd"), "Niemand vangt de fout “geweigerd” van “Mail de aanbieder”."),
        (UnavailableError("451 4.7.1"), "“Mail de aanbieder” kreeg geen antwoord"),
        (ConnectionRefusedError("[Errno 111]"), "“Mail de aanbieder” kreeg geen antwoord"),
        (BadDataError("no id"), "“Mail de aanbieder” kreeg gegevens mee waarmee Loket niets kan."),
        (KeyError("kvk"), "Bij “Mail de aanbieder” ging iets mis in Loket."),
    ],
)
@pytest.mark.parametrize("is_called", [False, True])
def test_a_job_that_is_given_up_says_why_in_dutch(
    session: Session, reason: Exception, told: str, *, is_called: bool
) -> None:
    drawn = named(process(straight(job("mail"), ids=("mail",))), "mail", "Mail de aanbieder")
    if is_called:
        define(session, drawn.replace(b'id="p"', b'id="q"'), "q")
        call = node("callActivity", "call", calledElement="q")
        drawn = process(straight(call, ids=("call",)))
    start(session, drawn)
    (made,) = session.query(Job).all()
    made.max_attempts = 1

    work_off(session, "mail", reason)

    (incident,) = incidents.open_incidents(session)
    assert incident.message.startswith(told)
    assert str(reason.args[0]) in incident.details or isinstance(reason, BpmnError)
    assert "Errno" not in incident.message


def test_a_step_in_a_called_process_that_fails_is_named(session: Session) -> None:
    ways = flow("g", "b", "${n == 1}") + flow("g", "c", "${n == 2}")
    nodes = START_END + node("exclusiveGateway", "g") + user("b") + user("c")
    called = process(nodes + ways + chain("s", "g") + chain("b", "e") + chain("c", "e"), "q")
    define(session, named(called, "g", "Hoeveel?"), "q")
    call = node("callActivity", "call", calledElement="q")

    incident = failure(session, process(straight(user("a"), call, ids=("a", "call"))), n=3)

    assert incident.message.startswith("Bij “Hoeveel?” past geen enkele voorwaarde")
