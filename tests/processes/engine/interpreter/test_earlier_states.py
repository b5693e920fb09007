"""States that release 0.1.0 wrote at events and in rounds are read, and go on as they would have.

Written by its code at commit c2f75b9, in format 3.
"""

from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from processes.base import set_clock
from processes.engine.interpreter import codec
from processes.engine.interpreter.parser import parse
from processes.engine.interpreter.waits import Awaited
from processes.engine.interpreter.workflow import Workflow
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    message,
    node,
    process,
    straight,
    timer,
    user,
)

BEGUN = datetime(2026, 11, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
CONDITION = (
    "<bpmn:conditionalEventDefinition><bpmn:condition>${late == true}</bpmn:condition>"
    "</bpmn:conditionalEventDefinition>"
)
CHOICE = (
    node("startEvent", "start")
    + node("eventBasedGateway", "g")
    + node("intermediateCatchEvent", "one", message("m"))
    + node("intermediateCatchEvent", "two", timer("timeDuration", "PT1H"))
    + user("a")
    + user("b")
    + node("endEvent", "end")
    + chain("start", "g", "one", "a", "end")
    + chain("g", "two", "b", "end")
)
EDGES = (
    straight(user("a"), ids=("a",))
    + boundary("r", "a", timer("timeCycle", "R2/PT1H"), interrupting=False)
    + boundary("c", "a", CONDITION, interrupting=False)
    + user("b")
    + chain("r", "b", "end")
    + user("d")
    + chain("c", "d", "end")
)
COLLECTED = (
    '<bpmn:multiInstanceLoopCharacteristics camunda:collection="many"'
    ' camunda:elementVariable="one"><bpmn:loopDataOutputRef>all</bpmn:loopDataOutputRef>'
    '<bpmn:outputDataItem id="x"/></bpmn:multiInstanceLoopCharacteristics>'
)
AT_A_CHOICE = (
    "lgPCw4CSlv9ApXN0YXJ0y0HawtFzPm3fwIGrZXZlbnRfZmlyZWTDlgAIoWfLQdrC0XM+cLbEEMrhKKU1MEo/pVpr"
    "5VvtI2CCpnRpbWVyc4GjdHdvuTIwMjYtMTEtMDFUMTA6MDA6MDArMDA6MDCrc2Vlbl9ldmVudHOQkA=="
)
BEFORE_A_REPEAT = (
    "lgPCw4CUl/9AtGEuQm91bmRhcnlFdmVudFNwbGl0y0HawtFzP7VJwMCBpGxhdGXClQAQoWHLQdrC0XM/tZDEEIIC"
    "gYC1/EN/tjrGBwyvU5qWAAihcstB2sLRcz+1OcQQZUO5VJj7Q+axlOqXVtmxRYOlYmVndW65MjAyNi0xMS0wMVQw"
    "OTowMDowMCswMDowMKZ0aW1lcnOBoXK5MjAyNi0xMS0wMVQxMDowMDowMCswMDowMKRsZWZ0ApYACKFjy0HawtFz"
    "P7VAxBCI/kgJDEtP44idu+CyyUt1gaRoZWxkwpA="
)
AFTER_THE_FIRST = (
    "lgPCw4CXl/9AtGEuQm91bmRhcnlFdmVudFNwbGl0y0HawtFzP7VJwMCBpGxhdGXClQAQoWHLQdrC0XM/tZDEEIIC"
    "gYC1/EN/tjrGBwyvU5qWAAihcstB2sLRcz+1OcQQZUO5VJj7Q+axlOqXVtmxRYOlYmVndW65MjAyNi0xMS0wMVQw"
    "OTowMDowMCswMDowMKZ0aW1lcnOBoXK5MjAyNi0xMS0wMVQxMTowMDowMCswMDowMKRsZWZ0AZYACKFjy0HawtFz"
    "P7VAxBCI/kgJDEtP44idu+CyyUt1gaRoZWxkwpQA0MChcstB2sLRc0Bv9pUEEKFiy0HawtFzQHBJxBAa4ObnxYBN"
    "woVbW9PcN2SblQQIs2EuQm91bmRhcnlFdmVudEpvaW7LQdrC0XNAcL7EEIHDFfUnNkgFl1RMbhh+4fyQ"
)
AFTER_THE_LAST = (
    "lgPCw4Cal/9AtGEuQm91bmRhcnlFdmVudFNwbGl0y0HawtFzP7VJwMCBpGxhdGXClQAQoWHLQdrC0XM/tZDEEIIC"
    "gYC1/EN/tjrGBwyvU5qWAAihcstB2sLRcz+1OcQQZUO5VJj7Q+axlOqXVtmxRYOlYmVndW65MjAyNi0xMS0wMVQw"
    "OTowMDowMCswMDowMKZ0aW1lcnOApGxlZnQAlgAIoWPLQdrC0XM/tUDEEIj+SAkMS0/jiJ274LLJS3WBpGhlbGTC"
    "lADQwKFyy0HawtFzQG/2lQQQoWLLQdrC0XNAcEnEEBrg5ufFgE3ChVtb09w3ZJuVBAizYS5Cb3VuZGFyeUV2ZW50"
    "Sm9pbstB2sLRc0BwvsQQgcMV9Sc2SAWXVExuGH7h/JQA0MChcstB2sLRc0CC25UHEKFiy0HawtFzQIMYxBDO2JIf"
    "XT1Nc6DvAlIdKQAolQcIs2EuQm91bmRhcnlFdmVudEpvaW7LQdrC0XNAg2XEEBZmyGriykuuiHW2aYBpvCqQ"
)
IN_ROUNDS = (
    "lgPCw4CVl/9ApXN0YXJ0y0HawtFzQR/ZwIGrZXZlbnRfZmlyZWTDgaRtYW55kwECA5cAIKFhy0HawtFzQaorxBDL"
    "HXwtpYNBF7W3aTshwL5dhKZtZXJnZWSQpGRvbmUBpnJvdW5kcwOlZ2l2ZW6AgaNhbGyRpXRoaXJklwHwqWEgW2No"
    "aWxkXctB2sLRc0Gn2MQQ7gZ48kBdQmCCIk+hsTCW04Gsa2V5X29yX2luZGV4AIKjb25lAaNhbGyQlwHwqWEgW2No"
    "aWxkXctB2sLRc0GpWcQQ56SxX+JfRi2B3hNJFgSMBoGsa2V5X29yX2luZGV4AYKjb25lAqNhbGyQlwHQwKlhIFtj"
    "aGlsZF3LQdrC0XNBrebAgaxrZXlfb3JfaW5kZXgCg6NvbmUDo2FsbJCheKV0aGlyZJA="
)

HANDLER = node(
    "subProcess",
    "h",
    node("startEvent", "h_start", message("m"), isInterrupting="false")
    + user("handle")
    + node("endEvent", "h_end")
    + chain("h_start", "handle", "h_end"),
    triggeredByEvent="true",
)
OVER = (
    '<bpmn:multiInstanceLoopCharacteristics camunda:collection="many"'
    ' camunda:elementVariable="one"/>'
)
HANDLED = straight(
    node(
        "subProcess",
        "s",
        OVER
        + node("startEvent", "s_start")
        + user("a")
        + node("endEvent", "s_end")
        + chain("s_start", "a", "s_end")
        + HANDLER,
    ),
    user("b"),
    ids=("s", "b"),
)
AROUND_ROUNDS = (
    "lgPCw4CSl/9ApXN0YXJ0y0Hawtm+LCvBwIGrZXZlbnRfZmlyZWTDgaRtYW55kgEClQAgoXPLQdrC2b4sLmrEEG/ZWp"
    "A2ikQyths56sE93t+TlcQQb9lakDaKRDK2GznqwT3e38LDgJWX/0C5cy5ib2R5LkJvdW5kYXJ5RXZlbnRTcGxpdMtB"
    "2sLZviwwo8DAgaRtYW55kgEClgAgpnMuYm9kectB2sLZviw3YcQQHBS+bS0nSHmJEklXPnoI6oOmbWVyZ2VkkKRkb2"
    "5lAKZyb3VuZHMClwHgrnMuYm9keSBbY2hpbGRdy0Hawtm+LDUGxBBPVOaTTHRGzI7XzZsBzteegaxrZXlfb3JfaW5k"
    "ZXgAgaNvbmUBlwHgrnMuYm9keSBbY2hpbGRdy0Hawtm+LDc7xBBOJlzYqLtMTJ2uVWFUYGn8gaxrZXlfb3JfaW5kZX"
    "gBgaNvbmUClQAIrWhfc3RhcnQuZXZlbnTLQdrC2b4sMJvEEBxSrj39Xk/BnHpg6Kly24CVxBBPVOaTTHRGzI7XzZsB"
    "zteewsOAkpf/QKdzX3N0YXJ0y0Hawtm+LDi/wIGrZXZlbnRfZmlyZWTDgqNvbmUBpG1hbnmSAQKVABChYctB2sLZvi"
    "w488QQcF9S+tQjSViFWefpUenZPpXEEE4mXNiou0xMna5VYVRgafzCw4CSl/9Ap3Nfc3RhcnTLQdrC2b4sOdPAgatl"
    "dmVudF9maXJlZMOCo29uZQKkbWFueZIBApUAEKFhy0Hawtm+LDnyxBAPRuaBBXBI4Jik6VKRJ2hH"
)


@pytest.fixture(autouse=True)
def _at_rest() -> Iterator[None]:
    yield
    set_clock(None)


def stand_at(moment: datetime) -> None:
    """Just after this moment."""
    set_clock(lambda: moment + timedelta(minutes=1))


def read(blob: str, body: str, passed: timedelta = HOUR) -> Workflow:
    """The instance as it was written, so long after it began."""
    stand_at(BEGUN + passed)
    specification = parse(process(body, messages=("m",)), "p")
    return codec.load(b64decode(blob), specification, lambda *_: None)


def open_at(workflow: Workflow) -> list[str]:
    workflow.advance()
    return sorted(wait.element.id for wait in workflow.waits() if wait.kind == "user")


def fire(workflow: Workflow, wanted: Awaited, **variables: Any) -> None:
    (token,) = {wait.token_id for wait in workflow.waits() if wait.awaited == wanted}
    workflow.trigger(token, wanted, variables)


@pytest.mark.parametrize(
    ("wanted", "at"), [(Awaited("one", "message", "m"), ["a"]), (Awaited("two", "timer"), ["b"])]
)
def test_a_choice_between_events_is_made(wanted: Awaited, at: list[str]) -> None:
    workflow = read(AT_A_CHOICE, CHOICE)
    assert sorted(wait.element.id for wait in workflow.waits()) == ["one", "two"]
    fire(workflow, wanted)
    assert open_at(workflow) == at


@pytest.mark.parametrize(
    ("blob", "fired"), [(BEFORE_A_REPEAT, 0), (AFTER_THE_FIRST, 1), (AFTER_THE_LAST, 2)]
)
def test_a_repeat_goes_on_from_where_it_was(blob: str, fired: int) -> None:
    workflow = read(blob, EDGES, HOUR * (fired + 1))
    assert open_at(workflow) == ["a", *["b"] * fired]
    for number in range(fired, 2):
        (due,) = [wait.due_at for wait in workflow.waits() if wait.kind == "timer"]
        assert due == BEGUN + HOUR * (number + 1)
        assert due is not None
        stand_at(due)
        fire(workflow, Awaited("r", "timer"))
        assert open_at(workflow) == ["a", *["b"] * (number + 1)]
    assert not [wait for wait in workflow.waits() if wait.kind == "timer"]


def test_a_condition_that_did_not_hold_is_looked_at_still() -> None:
    workflow = read(AFTER_THE_FIRST, EDGES)
    (token,) = [wait.token_id for wait in workflow.waits() if wait.element.id == "b"]
    workflow.complete(token, {"late": True})
    assert open_at(workflow) == ["a", "d"]


def test_rounds_that_were_done_come_before_those_that_are_done_now() -> None:
    workflow = read(IN_ROUNDS, straight(user("a", COLLECTED), user("b"), ids=("a", "b")))
    assert open_at(workflow) == ["a", "a"]
    for answer in ("first", "second"):
        token = workflow.waits()[0].token_id
        workflow.complete(token, {"x": answer})
        workflow.advance()
    assert workflow.variables()["all"] == ["third", "first", "second"]


def test_an_event_subprocess_around_all_rounds_stays_so_for_what_runs() -> None:
    workflow = read(AROUND_ROUNDS, HANDLED)
    assert open_at(workflow) == ["a", "a"]
    fire(workflow, Awaited("h_start", "message", "m"))
    for left in (["a", "a", "handle"], ["a", "handle"], ["handle"], ["b"]):
        specification = parse(process(HANDLED, messages=("m",)), "p")
        workflow = codec.load(codec.dump(workflow), specification, lambda *_: None)
        assert open_at(workflow) == left
        workflow.complete(next(w.token_id for w in workflow.waits() if w.kind == "user"), {})
    workflow.advance()
    assert workflow.completed


def test_an_event_subprocess_is_in_each_round_of_what_begins_now() -> None:
    specification = parse(process(HANDLED, messages=("m",)), "p")
    workflow = Workflow(specification, lambda *_: None)
    workflow.start({"many": [1, 2]})
    workflow.advance()
    workflow = codec.load(codec.dump(workflow), specification, lambda *_: None)
    assert sorted(each.element.id for each in workflow.waits()) == ["a", "a", "h_start", "h_start"]
