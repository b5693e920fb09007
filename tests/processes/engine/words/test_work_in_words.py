"""Who does a step, by when, what it calls or asks, and what is noted beside it, in an outline."""

import pytest

from processes.engine.words.outline import outline, outline_of_draft
from processes.engine.words.outline_parts import Outline, Step
from processes.engine.words.work import Called
from tests.processes.engine.diagrams import chain, node, process, straight, user

NAMES = {"registrar": "Medewerker", "provider": "Aanbieder"}


def told(xml: bytes) -> Outline:
    return outline_of_draft(xml, "p", NAMES)


def step(**attributes: str) -> Step:
    kind = attributes.pop("kind", "userTask")
    drawn = told(process(straight(node(kind, "a", **attributes), ids=("a",))))
    (found,) = [each for each in drawn if each.id == "a"]
    return found


@pytest.mark.parametrize(
    ("attributes", "who"),
    [
        ({"camunda_candidateGroups": "registrar"}, "Medewerker"),
        ({"camunda_candidateGroups": "registrar, provider,operator"},
         "Medewerker, Aanbieder of operator"),
        ({"camunda_candidateGroups": "${['a', 'b']}"}, "wie in “['a', 'b']” staat"),
        ({"camunda_candidateGroups": "provider", "camunda_assignee": "${initiator}"},
         "Aanbieder of wie de zaak begon"),
        ({"camunda_assignee": "= initiator"}, "wie de zaak begon"),
        ({"camunda_candidateGroups": "= groep"}, "wie in “groep” staat"),
        ({"camunda_candidateUsers": "${taker['b']}"}, "wie in “taker['b']” staat"),
        ({}, "Iemand"),
        ({"camunda_candidateGroups": " , "}, "Iemand"),
    ],
)  # fmt: skip
def test_everybody_who_may_do_a_task_is_told(attributes: dict[str, str], who: str) -> None:
    assert step(**attributes).who == who


@pytest.mark.parametrize("kind", ["subProcess", "transaction"])
def test_a_task_in_a_subprocess_of_nobody_is_done_by_a_person(kind: str) -> None:
    inner = node("startEvent", "s2") + user("b") + chain("s2", "b")
    drawn = told(process(straight(node(kind, "a", inner), ids=("a",))))
    assert {each.id: each.who for each in drawn if each.who} == {
        "a": "Loket (vanzelf)",
        "b": "Iemand",
    }


@pytest.mark.parametrize(
    ("attributes", "data"),
    [
        ({"camunda_dueDate": "P5D"}, "Moet klaar zijn: na 5 dagen."),
        ({"camunda_dueDate": "${last_day}"}, "Moet klaar zijn: “${last_day}”."),
        ({"camunda_dueDate": "Pietje"}, "Moet klaar zijn: “Pietje”."),
        ({"camunda_dueDate": "2027-03-01"}, "Moet klaar zijn: “2027-03-01”."),
        ({"camunda_followUpDate": "PT12H", "camunda_priority": "80"},
         "Komt terug op de lijst: na 12 uur. Prioriteit 80."),
        ({"kind": "callActivity", "calledElement": "q"}, "Roept het proces “q” aan."),
        ({"kind": "businessRuleTask", "camunda_decisionRef": "d"}, "Beslist met de tabel “d”."),
        ({}, ""),
    ],
)  # fmt: skip
def test_when_and_with_what_a_step_is_done_is_told(attributes: dict[str, str], data: str) -> None:
    assert step(**attributes).data == data


@pytest.mark.parametrize(
    ("interrupts", "title"),
    [("false", "Op elk moment, terwijl de rest doorgaat"), ("true", "Op elk moment")],
)
def test_an_event_subprocess_beside_the_rest_is_told_from_one_that_ends_it(
    interrupts: str, title: str
) -> None:
    after = "<bpmn:timeDuration>P9D</bpmn:timeDuration>"
    timer = f"<bpmn:timerEventDefinition>{after}</bpmn:timerEventDefinition>"
    inner = node("startEvent", "s2", timer, isInterrupting=interrupts) + user("b")
    beside = node("subProcess", "es", inner + chain("s2", "b"), triggeredByEvent="true")
    drawn = told(process(straight(user("a"), ids=("a",)) + beside))
    assert [part.title for part in drawn.parts] == ["", title]


def note(id_: str, text: str) -> str:
    return f'<bpmn:textAnnotation id="{id_}"><bpmn:text>{text}</bpmn:text></bpmn:textAnnotation>'


def test_what_is_noted_in_the_drawing_is_told() -> None:
    notes = note("n1", "Let op\nde termijn") + note("n2", "Van 2027") + note("n3", "")
    tied = '<bpmn:association id="x1" sourceRef="n1" targetRef="a"/>'
    back = '<bpmn:association id="x2" sourceRef="a" targetRef="n1"/>'
    for association in (tied, back):
        drawn = told(process(straight(user("a"), ids=("a",)) + notes + association))
        (about,) = [each.data for each in drawn if each.id == "a"]
        assert about == "Opmerking: Let op de termijn"
        assert drawn.beside == ("Opmerking: Van 2027",)


@pytest.mark.parametrize(
    ("attributes", "data"),
    [
        ({"kind": "callActivity", "calledElement": " q "},
         "Roept het proces “Klacht behandelen” aan."),
        ({"kind": "callActivity", "calledElement": "d"}, "Roept het proces “d” aan."),
        ({"kind": "callActivity", "calledElement": "p"}, "Roept het proces “Wat hier staat” aan."),
        ({"kind": "businessRuleTask", "camunda_decisionRef": "d"},
         "Beslist met de tabel “Wie behandelt”."),
        ({"kind": "businessRuleTask", "camunda_decisionRef": "q"}, "Beslist met de tabel “q”."),
    ],
)  # fmt: skip
def test_what_a_step_calls_is_told_by_its_name(attributes: dict[str, str], data: str) -> None:
    kind, called = (
        attributes.pop("kind"),
        Called({"q": "Klacht behandelen"}, {"d": "Wie behandelt"}),
    )
    xml = process(straight(node(kind, "a", **attributes), ids=("a",)))
    xml = xml.replace(b'id="p" name="p"', b'id="p" name="Wat hier staat"')
    for drawn in (outline_of_draft(xml, "p", NAMES, called), outline(xml, "p", NAMES, called)):
        assert [each.data for each in drawn if each.id == "a"] == [data]


def test_what_is_noted_beside_is_not_told_at_a_step_that_has_no_id() -> None:
    drawn = straight(user("a"), ids=("a",)) + note("n1", "Van 2027")
    told_now = told(process(drawn + "<bpmn:userTask/>"))
    assert told_now.beside == ("Opmerking: Van 2027",)
    assert not [each.data for each in told_now if each.data]
