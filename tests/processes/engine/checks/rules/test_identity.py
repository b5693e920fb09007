"""Ids must be names, used once, and not those that the engine uses itself."""

from typing import Any

import pytest

from tests.processes.engine.checks.rules.judging import (
    PLAIN,
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    found,
)
from tests.processes.engine.diagrams import job, node, process, signal, straight, user


def renamed(name: str) -> bytes:
    return process(straight(user("x"), ids=("x",))).replace(b'"x"', f'"{name}"'.encode())


AWAITS = straight(node("receiveTask", "a", messageRef="message_m"), ids=("a",))
UNSEEN = process(straight(user("a", camunda_dueDate="P1\u200bD"), ids=("a",)))


EXAMPLES = {
    "id-syntax": Example(renamed("9 lives"), at="9 lives"),
    "id-unique": Example(process(straight(user("a"), user("a"), ids=("a",)))),
    "name-too-long": Example(
        process(AWAITS, messages=("m",)).replace(b'name="m"', f'name="{"m" * 201}"'.encode()),
        process(AWAITS, messages=("m",)).replace(b'name="m"', f'name="{"m" * 200}"'.encode()),
        at="message_m",
    ),
    "id-reserved": Example(renamed("StartEventJoin"), at="StartEventJoin"),
    "unseen-character": Example(UNSEEN, good=UNSEEN.replace("\u200b".encode(), b"")),
    "process-without-id": Example(
        PLAIN.replace(b'<bpmn:process id="p"', b"<bpmn:process"), at=None
    ),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_wrong_id_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_good_ids_are_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


@pytest.mark.parametrize(
    "name",
    ["x&quot;&gt;&lt;script&gt;", "../../etc/cron.d/x", "a" * 101, "1a", "-a", "a b", "a:b"],
)
def test_an_id_that_is_no_name_is_refused(name: str) -> None:
    assert "id-syntax" in {each.rule for each in found(renamed(name))}


@pytest.mark.parametrize(
    ("drawn", "named"),
    [
        (job("a", "t" * 201), {}),
        (node("intermediateThrowEvent", "a", signal("s" * 201)), {"signals": ("s" * 201,)}),
    ],
)
def test_a_topic_and_a_signal_have_short_names_too(drawn: str, named: dict[str, Any]) -> None:
    xml = process(straight(drawn, ids=("a",)), **named)
    assert "name-too-long" in {each.rule for each in found(xml)}


@pytest.mark.parametrize("name", ["Start", "End", "Root", "root"])
def test_what_spiffworkflow_calls_its_own_tasks_is_free(name: str) -> None:
    assert {each.rule for each in found(renamed(name))} == {"form-exists"}  # it is renamed too


@pytest.mark.parametrize("name", ["StartEventSplit", "p.EndJoin", "a.BoundaryEventSplit", "a.flow"])
def test_the_names_of_the_engine_are_refused(name: str) -> None:
    assert "id-reserved" in {each.rule for each in found(renamed(name))}


def test_a_missing_id_is_no_finding() -> None:
    without = PLAIN.replace(b'<bpmn:sequenceFlow id="start_to_a"', b"<bpmn:sequenceFlow")

    assert without != PLAIN
    assert not found(without)


def test_a_letter_with_an_accent_is_a_letter() -> None:
    assert "id-syntax" not in {each.rule for each in found(renamed("beëindig"))}


def test_a_character_that_nobody_sees_is_told_with_its_code_where_it_counts() -> None:
    (told,) = [each for each in found(UNSEEN) if each.rule == "unseen-character"]
    assert "U+200B" in told.message


def test_it_is_no_matter_in_what_people_read() -> None:
    shown = "<bpmn:documentation>Bel\u00a0eerst.</bpmn:documentation>"
    read = process(straight(user("a", shown), ids=("a",)))
    read = read.replace(b'name="a"', 'name="\u200bBel\u00a0eerst"'.encode())
    assert "unseen-character" not in {each.rule for each in found(read)}
