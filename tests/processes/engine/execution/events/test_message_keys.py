"""The key of a message as it is drawn: nothing, a number, a long text; on both databases."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.execution import incidents
from processes.engine.execution.steps import StepFailedError
from processes.engine.store.message_models import BufferedMessage
from processes.engine.store.models import MessageSubscription
from tests.processes.engine.diagrams import message, node, process, straight, user
from tests.processes.engine.playing import at, do, start

pytestmark = pytest.mark.usefixtures("nothing_kept")
KEY = (
    "<bpmn:extensionElements><camunda:properties>"
    '<camunda:property name="correlationKey" value="${number}"/>'
    "</camunda:properties></bpmn:extensionElements>"
)
CATCHES = node("intermediateCatchEvent", "e", KEY + message("m"))
THROWS = node("intermediateThrowEvent", "e", KEY + message("m"))


def asked(event: str) -> bytes:
    return process(straight(user("a"), event, user("b"), ids=("a", "e", "b")), messages=("m",))


@pytest.mark.parametrize(
    ("number", "key"),
    [(12, "12"), (12.0, "12"), (1.5, "1.5"), ("Z-1", "Z-1"), ("", None), (None, None)],
)
def test_who_throws_and_who_waits_mean_the_same_key(
    session: Session, number: Any, key: str | None
) -> None:
    start(session, asked(THROWS))
    do(session, "a", number=number)
    assert session.scalars(select(BufferedMessage.correlation_key)).all() == [key]


@pytest.mark.parametrize(
    ("number", "key"),
    [(12, "12"), (12.0, "12"), (1.5, "1.5"), ("Z-1", "Z-1"), ("", None), (None, None)],
)
def test_who_waits_has_the_key_that_is_drawn(
    session: Session, number: Any, key: str | None
) -> None:
    start(session, asked(CATCHES))
    do(session, "a", number=number)
    assert session.scalars(select(MessageSubscription.correlation_key)).all() == [key]


@pytest.mark.parametrize("event", [CATCHES, THROWS], ids=["catches", "throws"])
@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("é" * 5000, "geeft een tekst van meer dan 200 tekens, en dat is te lang voor een sleutel"),
        (["a"], "geeft geen tekst en geen getal, en een sleutel is een van beide"),
        (True, "geeft geen tekst en geen getal"),
    ],
    ids=["long", "a list", "yes"],
)
def test_what_can_be_no_key_is_an_incident_that_says_why(
    session: Session, event: str, number: Any, told: str
) -> None:
    start(session, asked(event))

    with pytest.raises(StepFailedError):
        do(session, "a", number=number)

    (incident,) = incidents.open_incidents(session)
    assert incident.element_id == "e"
    assert f'De expressie "${{number}}" {told}' in incident.message
    assert at(session) == ["a"]


def test_a_key_of_two_hundred_characters_is_kept(session: Session) -> None:
    start(session, asked(CATCHES))
    do(session, "a", number="k" * 200)
    assert session.scalars(select(MessageSubscription.correlation_key)).all() == ["k" * 200]
