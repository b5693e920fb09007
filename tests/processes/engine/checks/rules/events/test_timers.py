"""Timers are ISO 8601 or one variable, and do not repeat too fast."""

import pytest

from tests.processes.engine.checks.rules.judging import (
    PLAIN,
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    catch,
    found,
)
from tests.processes.engine.diagrams import boundary, chain, node, process, straight, timer, user


def waits(kind: str, text: str) -> bytes:
    return process(straight(catch("a", timer(kind, text)), ids=("a",)))


def reminds(text: str, *, interrupting: bool = False) -> bytes:
    edge = boundary("a", "b", timer("timeCycle", text), interrupting=interrupting)
    return process(straight(user("b"), ids=("b",)) + edge + user("c") + chain("a", "c", "end"))


def begins(kind: str, text: str) -> bytes:
    body = node("startEvent", "a", timer(kind, text)) + user("b") + node("endEvent", "end")
    return process(body + chain("a", "b", "end"))


GOOD = waits("timeDuration", "P1D")
EXAMPLES = {
    "timer-empty": Example(waits("timeDuration", ""), GOOD),
    "timer-single": Example(
        process(
            straight(
                catch("a", timer("timeDuration", "P1D</bpmn:timeDuration><bpmn:timeDate>2030-01-01"
                    "</bpmn:timeDate><bpmn:timeDuration>")), ids=("a",))
        ),
        GOOD,
    ),
    "timer-syntax": Example(waits("timeDuration", "one day"), GOOD),
    "timer-repeat": Example(reminds("R/PT0S"), reminds("R3/P7D")),
    "timer-repeat-place": Example(reminds("R3/P7D", interrupting=True), reminds("R3/P7D")),
    "timer-zero": Example(waits("timeDuration", "PT0S"), GOOD),
    "timer-start": Example(begins("timeDate", "${day}"), begins("timeDate", "${today()}")),
    "timer-past": Example(
        begins("timeCycle", "R2/2020-08-01/P1Y"), begins("timeCycle", "R/2020-08-01/P1Y")
    ),
    "due-date": Example(
        process(straight(user("a", camunda_dueDate="soon"), ids=("a",))),
        process(straight(user("a", camunda_dueDate="P14D"), ids=("a",))),
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_wrong_time_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_right_time_is_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("timeDuration", "PT1H"),
        ("timeDuration", "PT0,5H"),
        ("timeDate", "2026-12-31T24:00:00"),
        ("timeDuration", "P1Y2M3W4DT5H6M7S"),
        ("timeDuration", "${wait}"),
        ("timeDate", "2026-12-31T12:00:00Z"),
        ("timeDate", "2026-12-31"),
        ("timeDate", "${moment}"),
    ],
)
def test_iso_texts_and_variables_are_fine(kind: str, text: str) -> None:
    assert not found(waits(kind, text))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("timeDuration", "P"),
        ("timeDuration", "PT"),
        ("timeDuration", "-P1D"),
        ("timeDuration", "P99999999Y"),
        ("timeDuration", "P999Y"),
        ("timeDuration", '"PT1H"'),
        ("timeDuration", "timedelta(days=1)"),
        ("timeDuration", "2026-12-31"),
        ("timeDate", "2026-02-30"),
        ("timeDate", "tomorrow"),
        ("timeDate", "P1D"),
        ("timeCycle", "0 0 * * *"),
        ("timeCycle", "R3"),
        ("timeCycle", "R-1/P1D"),
    ],
)
def test_any_other_text_is_refused(kind: str, text: str) -> None:
    findings = {(each.rule, each.element) for each in found(waits(kind, text))}

    assert ("timer-syntax", "a") in findings


@pytest.mark.parametrize("text", ["R/PT59S", "R5/PT0M", "R/2030-01-01T09:00/PT1S"])
def test_repeats_of_less_than_a_minute_are_refused(text: str) -> None:
    assert "timer-repeat" in {each.rule for each in found(reminds(text))}


def test_a_plain_diagram_has_no_times() -> None:
    assert not found(PLAIN)
