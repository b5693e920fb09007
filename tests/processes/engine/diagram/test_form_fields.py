"""Fields that a diagram gives a task: read once, found for an open task, decided on afterwards."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import specification_of
from processes.engine.diagram import elements
from processes.engine.diagram.form_fields import FieldType, FormField
from processes.engine.execution import instances
from processes.engine.execution.task_forms import form_fields
from processes.engine.interpreter.parser import parse
from processes.engine.store.models import UserTask
from tests.processes.engine.diagrams import chain, define, flow, node, process, straight, user
from tests.processes.engine.form_fields import field, form, value


def fields_of(*drawn: str) -> tuple[FormField, ...]:
    xml = process(straight(user("a", form(*drawn)), ids=("a",)))
    return elements.read(xml).elements["a"].form_fields


def test_a_field_is_read_with_all_that_is_drawn_of_it() -> None:
    drawn = field(
        "people",
        "long",
        label="Hoeveel  mensen?",
        default="20",
        required="",
        min="1",
        max="500",
        help="Ook **uzelf**.",
    )
    assert fields_of(drawn) == (
        FormField(
            "people",
            "Hoeveel mensen?",
            FieldType.NUMBER,
            default=20,
            help="Ook **uzelf**.",
            is_required=True,
            least=1,
            most=500,
        ),
    )


def test_choices_lengths_and_read_only_are_read() -> None:
    kind = field("kind", "enum", value("a", "Appel"), value("b"), default="b", readonly="true")
    text = field("text", "string", minlength="2", maxlength="9", required="false")
    kinds, line = fields_of(kind, text)
    assert kinds.choices == (("a", "Appel"), ("b", "b"))
    assert (kinds.default, kinds.is_readonly) == ("b", True)
    assert (line.shortest, line.longest, line.is_required) == (2, 9, False)


@pytest.mark.parametrize(
    ("condition", "values", "shown"),
    [
        ("${remark}", {"remark": "x"}, True),
        ("${remark}", {"remark": "false"}, False),
        ("${not people}", {"people": 0}, True),
        ("${not people}", {"people": 3}, False),
        ("${not files}", {"files": []}, True),
        ("${agreed and remark}", {"agreed": True, "remark": "x"}, True),
        ("${agreed and remark}", {"agreed": True, "remark": ""}, False),
        ("${agreed or people}", {"agreed": False, "people": 3}, True),
        ("${not (agreed and people)}", {"agreed": True, "people": 3}, False),
        ("= remark", {"remark": "x"}, True),
    ],
)
def test_what_is_filled_in_counts_as_a_yes_also_as_a_part(
    condition: str, values: dict[str, Any], shown: bool
) -> None:
    (asked,) = fields_of(field("more", "string", visible=condition))
    assert asked.is_shown(values) is shown


def test_what_the_rules_refuse_breaks_nothing() -> None:
    odd = (
        field("twee woorden", "string"),
        field("x", "colour", default="red", minlength="veel"),
        field("x", "long"),
        field("y", "long", default="veel", min="veel"),
        "<camunda:formField/>",
    )
    assert fields_of(*odd) == (
        FormField("x", "x"),
        FormField("y", "y", FieldType.NUMBER),
    )


def test_a_field_or_choice_may_be_called_like_an_element() -> None:
    kind = field("b", "enum", value("a"), value("end"))
    xml = process(straight(user("a", form(kind)), user("b"), ids=("a", "b")))
    assert {"a", "b", "end"} <= parse(xml, "p").spec.task_specs.keys()


def asked(session: Session, task: UserTask) -> list[str]:
    found = form_fields(session, task.instance.definition_id, task.element_id, task.id)
    return [each.id for each in found]


def opened(session: Session) -> UserTask:
    (task,) = instances.open_user_tasks(session)
    return task


def test_a_task_knows_its_fields_in_the_version_it_runs_on(session: Session) -> None:
    define(session, process(straight(user("a", form(field("x", "boolean"))), ids=("a",))))
    instances.start_process(session, "p", started_by="test")
    define(session, process(straight(user("a", form(field("y", "long"))), ids=("a",))))
    assert asked(session, opened(session)) == ["x"]


def test_a_task_without_fields_has_none(session: Session) -> None:
    define(session, process(straight(user("a"), ids=("a",))))
    instances.start_process(session, "p", started_by="test")
    assert asked(session, opened(session)) == []


def test_tasks_of_two_files_with_one_id_are_told_apart(session: Session) -> None:
    define(session, process(straight(user("a", form(field("y", "long"))), ids=("a",)), "q"), "q")
    call = node("callActivity", "call", calledElement="q")
    own = user("a", form(field("x", "boolean")))
    definition = define(session, process(straight(own, call, ids=("a", "call"))))
    assert len(specification_of(session, definition.id).forms["a"]) == 2
    instances.start_process(session, "p", started_by="test")
    task = opened(session)
    assert asked(session, task) == ["x"]
    instances.complete_user_task(session, task.id, completed_by="anna", variables={"x": True})
    assert asked(session, opened(session)) == ["y"]
    session.refresh(task)
    assert asked(session, task) == ["x"]


def test_a_condition_decides_on_the_answer(session: Session) -> None:
    gateway = node("exclusiveGateway", "g", default="g_to_no")
    ends = node("startEvent", "start") + node("endEvent", "yes") + node("endEvent", "no")
    asked = user("a", form(field("agrees", "boolean")))
    flows = chain("start", "a", "g", "no") + flow("g", "yes", "${agrees}")
    define(session, process(ends + asked + gateway + flows))
    instances.start_process(session, "p", started_by="test")
    task = opened(session)
    instances.complete_user_task(session, task.id, completed_by="anna", variables={"agrees": True})
    assert not instances.open_user_tasks(session)
