"""What an opened task is told: for whom, when, how urgent, and which round it is."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.execution import instances
from processes.engine.execution.events import messages
from processes.engine.execution.steps import StepFailedError
from processes.engine.store.models import ProcessInstance, UserTask
from processes.engine.store.work_models import UserTaskGroup
from tests.processes.engine.diagrams import (
    chain,
    define,
    message,
    node,
    process,
    straight,
    user,
)
from tests.processes.engine.playing import do

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
STAFF = "staff:6ba1a0a5-7a2d-4a5a-9d0e-6c1c52a0f6f3"
TEACHER = "teacher:6ba1a0a5-7a2d-4a5a-9d0e-6c1c52a0f6f3"
OTHER = "staff:11111111-7a2d-4a5a-9d0e-6c1c52a0f6f3"
COURSES = ["Cursus rekenen", "Cursus taal", 7]


@pytest.fixture(autouse=True)
def _standing_clock() -> Any:
    set_clock(lambda: NOW)
    yield
    set_clock(None)


def begun(
    session: Session, xml: bytes, initiator: str | None = None, **variables: Any
) -> ProcessInstance:
    define(session, xml)
    return instances.start_process(
        session,
        "p",
        tenant="68750110",
        variables=variables,
        started_by="Anna",
        initiator=initiator,
    )


def one(**attributes: str) -> bytes:
    drawn = {f"camunda_{name}": value for name, value in attributes.items()}
    return process(straight(user("a", **drawn), ids=("a",)))


def opened(session: Session, xml: bytes, initiator: str | None = None, **given: Any) -> UserTask:
    begun(session, xml, initiator, **given)
    return session.scalars(select(UserTask)).one()


def further(session: Session) -> list[str]:
    return sorted(session.scalars(select(UserTaskGroup.group)))


def test_several_groups_are_kept_and_the_first_is_the_one_that_shows(session: Session) -> None:
    task = opened(session, one(candidateGroups="registrar, operator,registrar,"))
    assert (task.candidate_group, further(session)) == ("registrar", ["operator"])


@pytest.mark.parametrize(
    ("value", "first", "others"),
    [
        ("operator", "operator", []),
        ("registrar,operator", "registrar", ["operator"]),
        (["teacher", "registrar"], "teacher", ["registrar"]),
        (None, None, []),
        ("", None, []),
    ],
)
def test_groups_are_worked_out(session: Session, value: Any, first: str, others: list[str]) -> None:
    task = opened(session, one(candidateGroups="${afdeling}"), afdeling=value)
    assert (task.candidate_group, further(session)) == (first, others)
    assert task.has_further_candidates == bool(others)


@pytest.mark.parametrize("value", ["directie", 7, STAFF, ["registrar", "directie"]])
def test_a_group_that_is_not_there_is_an_incident_and_no_orphan(
    session: Session, value: Any
) -> None:
    with pytest.raises(StepFailedError, match="die groep is er niet"):
        begun(session, one(candidateGroups="${afdeling}"), afdeling=value)


def test_a_task_belongs_to_the_company_of_its_case(session: Session) -> None:
    assert opened(session, one()).tenant == "68750110"


def test_the_case_of_a_teacher_asks_that_teacher_alone(session: Session) -> None:
    task = opened(session, one(candidateGroups="teacher,registrar"), TEACHER)
    assert (task.candidate_group, task.group, further(session)) == (
        TEACHER,
        "teacher",
        ["registrar"],
    )


def test_the_case_of_somebody_else_asks_all_teachers(session: Session) -> None:
    assert opened(session, one(candidateGroups="teacher"), STAFF).candidate_group == "teacher"


def test_a_task_is_held_for_who_began(session: Session) -> None:
    task = opened(session, one(assignee="${initiator}", candidateGroups="registrar"), STAFF)
    assert (task.assignee, task.assignee_name, task.candidate_group) == (STAFF, "Anna", "registrar")


def test_a_task_is_held_for_who_did_an_earlier_one(session: Session) -> None:
    second = user("b", camunda_assignee="${taker['a']}", camunda_candidateGroups="registrar")
    begun(session, process(straight(user("a"), second, ids=("a", "b"))), STAFF)
    (first,) = instances.open_user_tasks(session)

    instances.complete_user_task(session, first.id, completed_by="Bas", by_user=OTHER, variables={})

    (task,) = instances.open_user_tasks(session)
    assert (task.assignee, task.assignee_name) == (OTHER, "Bas")


@pytest.mark.parametrize("expression", ["${initiator}", "${taker['nergens']}", "${taker['a']}"])
def test_where_nobody_is_known_the_group_does_it(session: Session, expression: str) -> None:
    task = opened(session, one(assignee=expression, candidateGroups="registrar"))
    assert (task.assignee, task.candidate_group) == (None, "registrar")


def test_persons_may_do_a_task_beside_a_group(session: Session) -> None:
    xml = one(candidateUsers="${[initiator, null, 'jan']}", candidateGroups="operator")
    assert (opened(session, xml, STAFF).candidate_group, further(session)) == ("operator", [STAFF])


@pytest.mark.parametrize(
    ("drawn", "moment"),
    [
        ("2027-03-10", datetime(2027, 3, 10, 22, 59, 59, tzinfo=UTC)),
        ("2027-07-10", datetime(2027, 7, 10, 21, 59, 59, tzinfo=UTC)),
        ("20270710", datetime(2027, 7, 10, 21, 59, 59, tzinfo=UTC)),
        ("2027-W27-6", datetime(2027, 7, 10, 21, 59, 59, tzinfo=UTC)),
        ("2027-191", datetime(2027, 7, 10, 21, 59, 59, tzinfo=UTC)),
        ("2027-03-10T12:00", datetime(2027, 3, 10, 11, 0, tzinfo=UTC)),
        ("P14D", datetime(2027, 3, 15, 9, 0, tzinfo=UTC)),
        ("${workday(today(), 20)}", datetime(2027, 3, 31, 21, 59, 59, tzinfo=UTC)),
        ("${term_end(today(), 'P4W')}", datetime(2027, 3, 30, 21, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_date_without_a_time_is_the_end_of_that_day(
    session: Session, drawn: str, moment: datetime
) -> None:
    assert opened(session, one(dueDate=drawn)).due_at == moment


def test_a_task_can_wait_until_a_date(session: Session) -> None:
    task = opened(session, one(followUpDate="${tot}"), tot="2027-03-10")
    assert task.follow_up_at == datetime(2027, 3, 9, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(("drawn", "number"), [("", 50), ("75", 75), ("${p}", 90), ("${geen}", 50)])
def test_a_priority_counts(session: Session, drawn: str, number: int) -> None:
    assert opened(session, one(priority=drawn), p=90, geen=None).priority == number


@pytest.mark.parametrize("value", ["hoog", 101, -1, True, [1]])
def test_a_priority_that_is_none_is_an_incident(session: Session, value: Any) -> None:
    with pytest.raises(StepFailedError, match="getal van 0 tot en met 100"):
        begun(session, one(priority="${p}"), p=value)


def loop(*, sequential: bool = False) -> str:
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"'
        ' camunda:collection="courses" camunda:elementVariable="course"/>'
    )


def test_each_round_says_which_it_is(session: Session) -> None:
    begun(session, process(straight(user("a", loop()), ids=("a",))), courses=COURSES)
    assert sorted(task.title for task in instances.open_user_tasks(session)) == [
        "a: 7 (3 van 3)",
        "a: Cursus rekenen (1 van 3)",
        "a: Cursus taal (2 van 3)",
    ]


def test_a_round_keeps_its_name_when_the_list_changes(session: Session) -> None:
    inner = user("a", loop(sequential=True))
    begun(session, process(straight(inner, ids=("a",))), courses=COURSES)
    do(session, "a", courses=[])
    (task,) = instances.open_user_tasks(session)
    assert task.title == "a: Cursus taal (2 van 3)"


@pytest.mark.parametrize("element", [{"naam": "rekenen"}, None, True, ["x"]])
def test_a_round_over_data_has_its_number(session: Session, element: Any) -> None:
    begun(session, process(straight(user("a", loop()), ids=("a",))), courses=[element])
    (task,) = instances.open_user_tasks(session)
    assert task.title == "a: ronde 1 van 1"


def test_the_owner_says_what_tells_the_rounds_apart(session: Session) -> None:
    label = (
        '<bpmn:extensionElements><camunda:properties><camunda:property name="label"'
        " value=\"${course['naam']}\"/></camunda:properties></bpmn:extensionElements>"
    )
    drawn = process(straight(user("a", label + loop()), ids=("a",)))
    begun(session, drawn, courses=[{"naam": "Cursus  rekenen\n"}])
    (task,) = instances.open_user_tasks(session)
    assert task.title == "a: Cursus rekenen (1 van 1)"


def test_a_label_without_rounds_stands_behind_the_name(session: Session) -> None:
    label = (
        '<bpmn:extensionElements><camunda:properties><camunda:property name="label"'
        ' value="${over}"/></camunda:properties></bpmn:extensionElements>'
    )
    drawn = process(straight(user("a", label), ids=("a",)))
    begun(session, drawn, over="Cursus taal")
    assert instances.open_user_tasks(session)[0].title == "a: Cursus taal"


RECEIVER = process(
    node("startEvent", "start", message("klacht"))
    + user("answer", camunda_candidateGroups="provider")
    + node("endEvent", "end")
    + chain("start", "answer", "end"),
    messages=("klacht",),
)
OF_PROPERTY = RECEIVER.replace(
    b'isExecutable="true">',
    b'isExecutable="true"><bpmn:extensionElements><camunda:properties>'
    b'<camunda:property name="tenant" value="${kvk}"/>'
    b"</camunda:properties></bpmn:extensionElements>",
)


def test_what_a_message_of_a_case_begins_belongs_to_the_same_company(session: Session) -> None:
    define(session, RECEIVER)
    sender = process(
        straight(node("intermediateThrowEvent", "send", message("klacht")), ids=("send",)),
        key="q",
        messages=("klacht",),
    )
    define(session, sender, "q")
    instances.start_process(session, "q", tenant="68750110", started_by="Anna")
    (task,) = instances.open_user_tasks(session)
    assert (task.tenant, task.instance.tenant) == ("68750110", "68750110")


def test_who_sends_a_message_from_outside_says_for_which_company(session: Session) -> None:
    define(session, RECEIVER)
    messages.send_message(session, "klacht", correlation_key="1", tenant="68750110")
    (task,) = instances.open_user_tasks(session)
    assert task.tenant == "68750110"


@pytest.mark.parametrize(("known", "tenant"), [(True, "68750110"), (False, None)])
def test_a_message_names_a_company_only_if_that_exists(
    session: Session, monkeypatch: pytest.MonkeyPatch, known: bool, tenant: str | None
) -> None:
    monkeypatch.setattr("processes.engine.registry.TENANT_CHECKS", [lambda _session, _text: known])
    define(session, OF_PROPERTY)
    messages.send_message(session, "klacht", correlation_key="1", variables={"kvk": "68750110"})
    (task,) = instances.open_user_tasks(session)
    assert task.tenant == tenant
