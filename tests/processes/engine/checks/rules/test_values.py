"""Names that nothing gives, and kinds that do not go together, are told beforehand."""

import pytest

from tests.processes.engine.checks.rules.judging import Example, found
from tests.processes.engine.diagrams import chain, flow, inputs, node, process, user

FORM = (
    "<bpmn:extensionElements><camunda:formData>"
    '<camunda:formField id="begin" label="Begin" type="date"/>'
    '<camunda:formField id="hours" label="Uren" type="double"/>'
    '<camunda:formField id="note" label="Notitie" type="string"/>'
    '<camunda:formField id="agreed" label="Akkoord" type="boolean"/>'
    "</camunda:formData></bpmn:extensionElements>"
)


def asked(condition: str, more: str = "", start: str = FORM) -> bytes:
    """A start form, and a gateway with this condition."""
    nodes = node("startEvent", "s", start) + node("exclusiveGateway", "g", default="g_to_b")
    nodes += "".join(node("manualTask", each) for each in ("a", "b")) + node("endEvent", "e")
    ways = chain("s", "g", "b", "e") + flow("g", "a", condition) + chain("a", "e")
    return process(nodes + ways + more)


def choosing(*values: str) -> str:
    """A start form with a choice of these."""
    choices = "".join(f'<camunda:value id="{each}" name="{each}"/>' for each in values)
    return FORM.replace(
        "</camunda:formData>",
        f'<camunda:formField id="choice" label="Keuze" type="enum">{choices}'
        "</camunda:formField></camunda:formData>",
    )


EXAMPLES = {
    "name-not-given": Example(asked("hour > 3"), asked("hours > 3"), at="g_to_a"),
    "kinds-clash": Example(asked("begin > 3"), asked("begin > today()"), at="g_to_a"),
}


def test_a_name_in_a_filter_may_be_an_entry_of_what_is_filtered() -> None:
    assert not rules(asked("= count(note[amount &gt; 3]) &gt; 0"))


@pytest.mark.parametrize(
    "condition", ["= count(rows[amount &gt; 3]) &gt; 0", "= note[amount &gt; 3] = amount"]
)
def test_a_name_outside_a_filter_is_a_variable(condition: str) -> None:
    assert rules(asked(condition)) == {"name-not-given"}


def rules(xml: bytes) -> set[str]:
    return {each.rule for each in found(xml)}


@pytest.mark.parametrize(
    "condition",
    [
        "begin &lt; 3",
        "= begin &lt; 3",
        '= begin = "2026-01-01"',
        "= note + hours = 3",
        "hours == 'veel'",
        "agreed == 1",
        "agreed and hours == note",
        "= if agreed then hours &gt; 3 else begin &gt; 3",
        "= hours &gt; 100 and note &gt; 3",
    ],
)
def test_kinds_that_do_not_go_together_are_told(condition: str) -> None:
    (finding,) = [each for each in found(asked(condition)) if each.rule == "kinds-clash"]

    assert finding.element == "g_to_a"
    assert "gaat niet met" in finding.message


@pytest.mark.parametrize(
    "condition", ["${note}", "note", "= note", "hours", "= hours + 1", "begin"]
)
def test_a_condition_that_is_no_yes_or_no_is_told(condition: str) -> None:
    (finding,) = [each for each in found(asked(condition)) if each.rule == "kinds-clash"]

    assert finding.element == "g_to_a"
    assert "geen ja of nee" in finding.message


@pytest.mark.parametrize(
    "condition",
    ["not note", "agreed and note", "hours or agreed", "other or hours", "not (begin or agreed)"],
)
def test_a_part_of_a_condition_that_is_no_yes_or_no_is_told(condition: str) -> None:
    findings = [each for each in found(asked(condition)) if each.rule == "kinds-clash"]

    assert [each.element for each in findings] == ["g_to_a"]
    assert "geen ja of nee" in findings[0].message


@pytest.mark.parametrize(
    "condition",
    [
        *("${agreed}", "= agreed", "other", "= note = &quot;ja&quot;", "not agreed and other"),
        *("agreed or note == null", "not (hours &gt; 3) and agreed"),
    ],
)
def test_a_condition_that_may_be_yes_or_no_is_not(condition: str) -> None:
    assert "kinds-clash" not in rules(asked(condition))


def test_a_value_of_a_task_need_not_be_yes_or_no() -> None:
    xml = asked("agreed", user("x", inputs(greeting="${note}")))
    assert "kinds-clash" not in rules(xml)


@pytest.mark.parametrize(
    "condition",
    [
        "begin &lt; today() and hours &gt; 0.5",
        '= begin &lt; date("2026-01-01")',
        "begin == '2026-01-01'",
        "= begin - today() &gt; duration(&quot;P3D&quot;)",
        "note == null or hours == null",
        "= note in (&quot;a&quot;, &quot;b&quot;)",
        "not agreed",
        "len(note) &gt; 3",
    ],
)
def test_kinds_that_go_together_are_not(condition: str) -> None:
    assert not rules(asked(condition)) & {"kinds-clash", "name-not-given", "expression-syntax"}


def test_a_name_in_feel_is_known_too() -> None:
    assert "name-not-given" in rules(asked("= hour &gt; 3"))
    assert "name-not-given" not in rules(asked("= some hour in [1, hours] satisfies hour &gt; 3"))


@pytest.mark.parametrize(
    "xml",
    [
        asked("other > 3", start=""),  # whoever begins it may give anything
        asked("other > 3", node("serviceTask", "j", camunda_type="external", camunda_topic="k")),
        asked("other > 3", user("x")),
        asked(
            "other > 3",
            node("intermediateCatchEvent", "m", "<bpmn:messageEventDefinition/>"),
        ),
        asked("initiator != null and kvk != null"),
    ],
)
def test_where_something_may_give_any_name_none_is_refused(xml: bytes) -> None:
    assert "name-not-given" not in rules(xml)


@pytest.mark.parametrize("condition", ["${choice}", "not choice", "agreed and choice"])
def test_a_choice_of_true_and_false_is_a_yes_or_no(condition: str) -> None:
    clash = {"kinds-clash"}
    assert not rules(asked(condition, start=choosing("true", "false")))
    assert rules(asked(condition, start=choosing("true", "weet niet"))) == clash
    assert rules(asked(condition, start=choosing("ja", "nee"))) == clash
