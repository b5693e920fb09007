"""By hand past a wait for several things or a condition: skipped, repeated and moved."""

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.execution import instances
from processes.engine.execution.events import messages
from processes.engine.insight.why_waiting import why_waiting
from processes.engine.interpreter.moving.compatibility import CannotMoveError
from processes.engine.repair import modification
from processes.engine.store.models import MessageSubscription, ProcessInstance, Timer
from tests.processes.engine.diagrams import message, node, signal, straight, timer, user
from tests.processes.engine.repair.migration.migrating import at, begin, choice

NAMES = {"messages": ("paid", "sent"), "signals": ("all_clear",)}
THREE = message("paid") + signal("all_clear") + timer("timeDuration", "P1D")
WHEN = "<bpmn:conditionalEventDefinition><bpmn:condition>${n == 2}</bpmn:condition>"
WHEN += "</bpmn:conditionalEventDefinition>"


def waiting(session: Session, drawn: str, **attributes: str) -> tuple[ProcessInstance, UUID]:
    """An instance that waits at an event with these definitions, before task a, and its token."""
    event = node("intermediateCatchEvent", "hear", drawn, **attributes)
    _, instance = begin(session, straight(event, user("a"), ids=("hear", "a")), **NAMES)
    (one,) = why_waiting(session, instance.id)
    assert one.element_id == "hear"
    assert one.token_id is not None
    return instance, one.token_id


def nothing_waits(session: Session) -> bool:
    rows = (select(MessageSubscription.id), select(Timer.id))
    return not any(session.scalars(each).all() for each in rows)


@pytest.mark.parametrize("drawn", [THREE, THREE + WHEN, WHEN + THREE, WHEN], ids=range(4))
@pytest.mark.parametrize("needs", [{}, {"parallelMultiple": "true"}], ids=["first", "all"])
def test_an_event_is_skipped_whatever_it_waits_for(
    session: Session, drawn: str, needs: dict[str, str]
) -> None:
    instance, token = waiting(session, drawn, **needs)

    modification.skip(session, instance.id, token, by="olga", reason="niet nodig")

    assert at(session) == ["a"]
    assert nothing_waits(session)


def test_what_had_come_of_all_that_is_needed_is_kept_when_the_rest_is_skipped(
    session: Session,
) -> None:
    instance, token = waiting(session, message("paid") + message("sent"), parallelMultiple="true")
    messages.send_message(session, "paid", correlation_key="1", variables={"amount": 5})
    assert at(session) == []

    modification.skip(session, instance.id, token, by="olga", reason="niet nodig")

    assert at(session) == ["a"]
    assert instances.variables(session, instance)["amount"] == 5
    assert nothing_waits(session)


def test_a_token_at_a_condition_is_moved_and_repeated(session: Session) -> None:
    instance, token = waiting(session, WHEN)

    modification.repeat(session, instance.id, token, by="olga", reason="opnieuw")
    (again,) = why_waiting(session, instance.id)
    assert (again.element_id, again.kind) == ("hear", "condition")
    assert again.token_id not in (None, token)

    modification.set_variables(
        session, instance.id, again.token_id, {"n": 2}, by="olga", reason="fout"
    )
    assert at(session) == ["a"]


def test_a_choice_between_events_is_repeated_as_a_whole_and_skipped_by_no_one(
    session: Session,
) -> None:
    _, instance = begin(session, choice(("hear", message("paid")), ("when", WHEN)), **NAMES)
    (one,) = why_waiting(session, instance.id)
    assert one.token_id is not None

    with pytest.raises(CannotMoveError, match="andere kant op") as refused:
        modification.skip(session, instance.id, one.token_id, by="olga", reason="niet nodig")
    assert refused.value.element_id == "choose"

    modification.repeat(session, instance.id, one.token_id, by="olga", reason="opnieuw")
    (again,) = why_waiting(session, instance.id)
    assert again.token_id != one.token_id
    messages.send_message(session, "paid", correlation_key="1")
    assert at(session) == ["after_hear"]
