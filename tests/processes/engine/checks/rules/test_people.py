"""Who does a task: no orphan, no person by name, a priority and dates that make sense."""

import pytest

from processes.engine.checks.findings import Severity, is_deployable
from tests.processes.engine.checks.rules.judging import (
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    found,
)
from tests.processes.engine.diagrams import boundary, flow, node, process, straight, timer, user

LOOP = '<bpmn:multiInstanceLoopCharacteristics camunda:collection="courses"{}/>'
A_DAY = timer("timeDuration", "P1D")
LABEL = (
    '<bpmn:extensionElements><camunda:properties><camunda:property name="label"'
    ' value="${{course}}"/></camunda:properties></bpmn:extensionElements>'
)


def one(inner: str = "", **attributes: str) -> bytes:
    drawn = {f"camunda_{name}": value for name, value in attributes.items()}
    return process(straight(user("a", inner, **drawn), ids=("a",)))


def with_timer(drawn: str, *, around: str = "") -> bytes:
    """A task with a due date, in a subprocess of this id if one is given, and this beside it."""
    task = user("a", camunda_dueDate="P3D")
    inner = node("subProcess", around, straight(task, ids=("a",))) if around else task
    after = node("endEvent", "after") + flow("late", "after")
    return process(straight(inner, ids=(around or "a",)) + drawn + after)


def begun_by(groups: str, **attributes: str) -> bytes:
    starters = f' camunda:candidateStarterGroups="{groups}"'.encode()
    return one(**attributes).replace(b" isExecutable", starters + b" isExecutable")


def in_lane(*names: str, task: str = "a", inner: str = "", **attributes: str) -> bytes:
    """One user task in lanes of these names, each inside the one before."""
    reference = f"<bpmn:flowNodeRef>{task}</bpmn:flowNodeRef>"
    lanes = ""
    for number, name in reversed([*enumerate(names)]):
        deeper = f"<bpmn:childLaneSet id='ls{number}'>{lanes}</bpmn:childLaneSet>" if lanes else ""
        lanes = f'<bpmn:lane id="l{number}" name="{name}">{reference}{deeper}</bpmn:lane>'
    drawn = {f"camunda_{name}": value for name, value in attributes.items()}
    body = inner or straight(user("a", **drawn), ids=("a",))
    return process(f"<bpmn:laneSet id='ls'>{lanes}</bpmn:laneSet>{body}")


EXAMPLES = {
    "lane-group": Example(
        in_lane("Aanbieder", candidateGroups="registrar"),
        in_lane("Aanbieder", candidateGroups="provider"),
    ),
    "person-expression": Example(
        one(assignee="jan", candidateGroups="registrar"),
        one(assignee="${initiator}", candidateGroups="registrar"),
    ),
    "person-without-group": Example(
        one(assignee="${initiator}"),
        one(candidateUsers="${taker['a']}", candidateGroups="registrar"),
    ),
    "nobody-sees": Example(begun_by("public"), begun_by("public", candidateGroups="registrar")),
    "visitor-provider": Example(
        begun_by("public", candidateGroups="provider"),
        begun_by("public,provider", candidateGroups="provider"),
    ),
    "priority": Example(one(priority="hoog"), one(priority="75")),
    "due-alone": Example(one(dueDate="P3D"), with_timer(boundary("late", "a", A_DAY))),
    "follow-up-late": Example(
        one(dueDate="P3D", followUpDate="P7D"), one(dueDate="P7D", followUpDate="P3D")
    ),
    "round-unnamed": Example(
        one(LOOP.format("")), one(LOOP.format(' camunda:elementVariable="course"'))
    ),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_what_leaves_people_in_the_dark_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_what_is_clear_is_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


def rules(xml: bytes) -> set[str]:
    return {finding.rule for finding in found(xml)}


@pytest.mark.parametrize(
    "text", ["${naam}", "staff:1", "${'staff:1'}", "jan,piet", "${[initiator, naam]}"]
)
def test_what_somebody_typed_never_says_who_may_do_a_task(text: str) -> None:
    assert "person-expression" in rules(one(candidateUsers=text, candidateGroups="registrar"))


def test_the_variable_that_the_start_names_for_its_starter_counts() -> None:
    drawn = one(assignee="${melder}", candidateGroups="registrar")
    named = drawn.replace(b"<bpmn:startEvent ", b'<bpmn:startEvent camunda:initiator="melder" ')
    assert "person-expression" in rules(drawn)
    assert "person-expression" not in rules(named)


@pytest.mark.parametrize("text", ["101", "-1", "7.5", "${prioriteit", "\u0663"])
def test_a_priority_is_from_0_to_100(text: str) -> None:
    assert {"priority", "expression-syntax"} & rules(one(priority=text))


def test_a_label_of_its_own_tells_rounds_apart_too() -> None:
    assert "round-unnamed" not in rules(one(LABEL.format() + LOOP.format("")))


def test_a_provider_who_may_begin_sees_tasks_without_a_group() -> None:
    assert "nobody-sees" not in rules(begun_by("provider"))


@pytest.mark.parametrize("groups", ["provider,registrar", "registrar", "= if a then 'b' else 'c'"])
def test_a_task_of_a_visitors_case_that_another_group_can_do_is_fine(groups: str) -> None:
    assert "visitor-provider" not in rules(begun_by("public", candidateGroups=groups))


def test_what_providers_alone_begin_has_tasks_for_them() -> None:
    assert "visitor-provider" not in rules(begun_by("provider", candidateGroups="provider"))


def test_a_lane_promises_nothing_of_a_group_that_is_worked_out() -> None:
    for groups in ("${groep}", '=if a then "provider" else "teacher"'):
        drawn = in_lane("Aanbieder", candidateGroups=groups.replace('"', "&quot;"))
        assert "lane-group" not in rules(drawn)


@pytest.mark.parametrize(
    ("lane", "groups"),
    [
        ("Leraren", "registrar"),
        ("teacher", "registrar"),
        ("Medewerkers register", "provider,teacher"),
        ("Medewerker van het register", ""),
        ("process_owner", "registrar"),
    ],
)
def test_a_lane_that_is_called_after_a_role_promises_its_tasks_to_it(
    lane: str, groups: str
) -> None:
    assert "lane-group" in rules(in_lane(lane, candidateGroups=groups))


@pytest.mark.parametrize(
    ("lanes", "drawn"),
    [
        (("Aanbieders",), {}),  # without a group a task is for the company
        (("Aanbieder",), {"candidateGroups": "provider,registrar"}),
        (("Systeem",), {"candidateGroups": "registrar"}),
        (("Afdeling toezicht",), {"candidateGroups": "registrar"}),
        (("Leraar",), {"candidateGroups": "${wie}"}),
        (("Leraar",), {"assignee": "${initiator}"}),
        (("Aanbieder", "Leraar"), {"candidateGroups": "teacher"}),  # the innermost counts
    ],
)
def test_a_lane_that_promises_nothing_else_is_clean(
    lanes: tuple[str, ...], drawn: dict[str, str]
) -> None:
    assert "lane-group" not in rules(in_lane(*lanes, **drawn))


def test_a_lane_counts_for_the_tasks_in_its_subprocesses() -> None:
    inside = straight(user("b", camunda_candidateGroups="registrar"), ids=("b",))
    inside = inside.replace('"start', '"inner_start').replace('"end', '"inner_end')
    inside = inside.replace("b_to_end", "b_to_inner").replace("start_to_b", "inner_to_b")
    around = straight(node("subProcess", "sub", inside), ids=("sub",))
    assert "lane-group" in rules(in_lane("Leraar", task="sub", inner=around))


def test_a_timer_around_the_task_does_something_after_its_due_date() -> None:
    xml = with_timer(boundary("late", "sub", A_DAY), around="sub")
    assert "due-alone" not in {each.rule for each in found(xml)}


def test_a_timer_on_another_task_does_not() -> None:
    other = with_timer(boundary("late", "b", A_DAY) + user("b"))
    assert "due-alone" in {each.rule for each in found(other)}


def test_a_timer_of_an_event_subprocess_beside_the_task_does_something() -> None:
    begins = node("startEvent", "late", A_DAY)
    handler = node(
        "subProcess",
        "handler",
        begins + node("endEvent", "handled") + flow("late", "handled"),
        triggeredByEvent="true",
    )
    xml = process(straight(user("a", camunda_dueDate="P3D"), ids=("a",)) + handler)
    assert "due-alone" not in {each.rule for each in found(xml)}


def test_information_keeps_nobody_from_deploying() -> None:
    findings = found(one(dueDate="P3D", candidateGroups="registrar"))
    assert [(each.rule, each.severity) for each in findings] == [("due-alone", Severity.INFO)]
    assert is_deployable(findings)
