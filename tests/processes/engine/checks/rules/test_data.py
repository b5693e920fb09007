"""Data that is drawn: what has values, and what only documents."""

import pytest

from processes.engine.checks.findings import Severity
from tests.processes.engine.checks.rules.judging import (
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    found,
)
from tests.processes.engine.diagrams import chain, flow, inputs, node, process, straight, user

OBJECT = '<bpmn:dataObject id="o"/><bpmn:dataObjectReference id="r" dataObjectRef="o"/>'


def reads(reference: str) -> str:
    return (
        f'<bpmn:dataInputAssociation id="i"><bpmn:sourceRef>{reference}</bpmn:sourceRef>'
        "</bpmn:dataInputAssociation>"
    )


GOOD = process(OBJECT + straight(user("a", reads("r")), ids=("a",)))
STORE = '<bpmn:dataStoreReference id="store" name="Kast"/>'
SPECIFIED = (
    '<bpmn:ioSpecification><bpmn:dataInput id="in1"/><bpmn:inputSet>'
    "<bpmn:dataInputRefs>in1</bpmn:dataInputRefs></bpmn:inputSet></bpmn:ioSpecification>"
)


def over(collection: str) -> str:
    return (
        "<bpmn:multiInstanceLoopCharacteristics>"
        f"<bpmn:loopDataInputRef>{collection}</bpmn:loopDataInputRef>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


EXAMPLES = {
    "data-object-exists": Example(
        process(OBJECT.replace('Ref="o"', 'Ref="x"') + straight(user("a"), ids=("a",))),
        GOOD,
        at="r",
    ),
    "data-association": Example(
        process(OBJECT + straight(user("a", reads("gone")), ids=("a",))), GOOD
    ),
    "data-documentation": Example(process(straight(user("a", SPECIFIED), ids=("a",))), GOOD),
    "data-untied": Example(
        process(OBJECT + straight(user("a", inputs(x="${o}")), ids=("a",))),
        process(OBJECT + straight(user("a", inputs(x="${o}") + reads("r")), ids=("a",))),
    ),
    "data-in-loop": Example(
        process(straight(user("a", SPECIFIED + over("in1")), ids=("a",))),
        process(straight(user("a", SPECIFIED + over("steden")), ids=("a",))),
    ),
}


def test_a_condition_need_not_be_tied_to_the_data_object_that_it_reads() -> None:
    body = "".join(
        (
            node("startEvent", "s"),
            user("a", reads("r")),
            node("exclusiveGateway", "g", default="g_to_e"),
            user("b", over("o")),
            node("endEvent", "e"),
            chain("s", "a", "g", "e"),
            flow("g", "b", "${o == 1}"),
            chain("b", "e"),
        )
    )
    assert "data-untied" not in {each.rule for each in found(process(OBJECT + body))}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_wrong_data_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_right_data_is_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


@pytest.mark.parametrize(
    ("drawn", "at", "told"),
    [
        (straight(user("a", SPECIFIED), ids=("a",)), "a", "ioSpecification"),
        (SPECIFIED + straight(user("a"), ids=("a",)), "p", "ioSpecification"),
        (STORE + straight(user("a", reads("store")), ids=("a",)), "store", "Kast"),
        (STORE + straight(user("a", reads("store")), ids=("a",)), "a", "verbonden"),
        (straight(user("a", SPECIFIED + reads("in1")), ids=("a",)), "a", "verbonden"),
    ],
)
def test_what_modelling_tools_draw_around_tasks_is_a_warning(
    drawn: str, at: str, told: str
) -> None:
    findings = found(process(drawn))

    assert {each.severity for each in findings} == {Severity.WARNING}
    assert any(each.element == at and told in each.message for each in findings)
    assert not [each for each in findings if "Haal het weg" in each.message]


def test_a_data_object_is_known_in_a_scope_inside_its_own() -> None:
    inner = node("startEvent", "s") + user("a", reads("r")) + node("endEvent", "e")
    inside = node("subProcess", "inside", inner + chain("s", "a", "e"))

    assert not found(process(OBJECT + straight(inside, ids=("inside",))))


def test_a_data_object_of_a_scope_beside_is_documentation() -> None:
    beside = straight(user("b"), ids=("b",)).replace('id="start"', 'id="s9"')
    beside = beside.replace('id="end"', 'id="e9"').replace("start_to_b", "f8")
    beside = beside.replace("b_to_end", "f9").replace('Ref="start"', 'Ref="s9"')
    beside = beside.replace('Ref="end"', 'Ref="e9"')
    other = node("subProcess", "other", OBJECT + beside)
    drawn = straight(other, user("a", reads("r")), ids=("other", "a"))

    assert [(each.rule, each.element) for each in found(process(drawn))] == [
        ("data-association", "a")
    ]
