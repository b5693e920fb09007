"""Instances are started, completed, repeated and cancelled as the contract says."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import incidents, instances, jobs
from processes.engine.execution.steps import StepFailedError
from processes.engine.insight import history
from processes.engine.registry import BpmnError, delegate
from processes.engine.store.models import (
    InstanceStatus,
    Job,
    JobStatus,
    ProcessInstance,
    TaskStatus,
    UserTask,
)
from processes.unit_of_work import unit_of_work
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    error,
    flow,
    inputs,
    job,
    node,
    process,
    straight,
    user,
)
from tests.processes.engine.diagrams import delegate as delegate_task
from tests.sizes import so_many

CODE = "changed"

QUESTIONS = (
    node("startEvent", "start")
    + user("ask")
    + node("exclusiveGateway", "good", default="good_to_explain")
    + user("explain")
    + user("review", camunda_candidateGroups="registrar")
    + node("endEvent", "end")
    + chain("start", "ask", "good")
    + flow("good", "review", "${all_yes}")
    + flow("good", "explain")
    + chain("explain", "ask")
    + chain("review", "end")
)


def start(session: Session, **kwargs: Any) -> ProcessInstance:
    return instances.start_process(session, "p", **{"started_by": "test", **kwargs})


def open_task(session: Session) -> UserTask:
    (task,) = instances.open_user_tasks(session, process_key="p")
    return task


def complete(session: Session, task: UserTask, **variables: Any) -> instances.ClosedTask:
    return instances.complete_user_task(
        session, task.id, completed_by="anna", variables=variables, submission_id=None
    )


def test_an_instance_waits_at_its_first_user_task(session: Session) -> None:
    define(session, process(QUESTIONS))

    instance = start(session, business_key="90000017", tenant="90000017")

    task = open_task(session)
    assert (task.element_id, task.form_key, task.instance_id) == ("ask", "ask", instance.id)
    assert history.waiting_at(session, instance.id) == ["ask"]


def test_a_condition_sends_the_token_back_and_then_on(session: Session) -> None:
    define(session, process(QUESTIONS))
    instance = start(session)

    complete(session, open_task(session), all_yes=False)
    assert open_task(session).element_id == "explain"
    complete(session, open_task(session))
    assert open_task(session).element_id == "ask"
    complete(session, open_task(session), all_yes=True)
    assert open_task(session).candidate_group == "registrar"
    complete(session, open_task(session))

    assert instances.open_user_tasks(session) == []
    assert instance.status == InstanceStatus.COMPLETED
    assert instance.ended_at is not None
    assert instances.variables(session, instance) == {"all_yes": True}


def test_the_step_itself_knows_which_tasks_are_open_after_it(session: Session) -> None:
    define(session, process(QUESTIONS))
    instance = start(session)
    complete(session, open_task(session), all_yes=True)
    waiting = open_task(session)
    assert instances.next_user_tasks(session, instance.id, "registrar") == [waiting.id]
    assert instances.next_user_tasks(session, instance.id, "provider") == []
    session.commit()
    assert instances.next_user_tasks(session, instance.id, "registrar") is None


def test_history_tells_who_did_what(session: Session) -> None:
    define(session, process(QUESTIONS))
    instance = start(session)

    complete(session, open_task(session), all_yes=True)

    passed = {row.element_id: row for row in history.history(session, instance.id)}
    assert passed.keys() == {"start", "ask", "good"}
    assert passed["ask"].actor == "anna"
    assert passed["ask"].result == "completed"
    assert passed["good"].actor is None


@pytest.mark.rule("R2")
def test_a_second_open_instance_with_the_same_business_key_is_refused(session: Session) -> None:
    define(session, process(QUESTIONS))
    first = start(session, business_key="90000017")

    with pytest.raises(instances.AlreadyRunningError) as refused:
        start(session, business_key="90000017")

    assert refused.value.instance_id == first.id
    assert instances.open_instance(session, "p", "90000017") is first


def test_a_closed_instance_leaves_its_business_key_free(session: Session) -> None:
    define(session, process(QUESTIONS))
    first = start(session, business_key="90000017")
    instances.cancel(session, first.id, by="olga")

    assert start(session, business_key="90000017").id != first.id


def test_the_same_submission_is_answered_like_the_first(session: Session) -> None:
    define(session, process(QUESTIONS))
    start(session)
    task = open_task(session)
    submission = uuid4()

    for _ in range(2):
        answer = instances.complete_user_task(
            session,
            task.id,
            completed_by="anna",
            variables={"all_yes": True},
            submission_id=submission,
        )
        assert answer.element_id == task.element_id

    assert open_task(session).element_id == "review"


def test_another_submission_of_a_closed_task_is_refused(session: Session) -> None:
    define(session, process(QUESTIONS))
    start(session)
    task = open_task(session)
    complete(session, task, all_yes=True)

    with pytest.raises(instances.TaskNotOpenError) as refused:
        complete(session, task, all_yes=False)

    assert refused.value.task.completed_by == "anna"


def test_an_unknown_task_is_not_found(session: Session) -> None:
    with pytest.raises(instances.UnknownTaskError):
        instances.complete_user_task(session, UUID(int=1), completed_by="a", variables={})


def test_a_draft_stays_on_the_open_task(session: Session) -> None:
    define(session, process(QUESTIONS))
    start(session)

    task = instances.save_draft(session, open_task(session).id, draft={"1": "ja"}, by="anna")
    session.expire(task)

    assert (task.draft, task.draft_by) == ({"1": "ja"}, "anna")


def test_cancelling_closes_all_that_the_instance_waits_for(session: Session) -> None:
    define(session, process(straight(user("a"), job("mail"), ids=("a", "mail"))))
    instance = start(session)
    task = open_task(session)

    instances.cancel(session, instance.id, by="olga")

    assert task.status == TaskStatus.CANCELLED
    assert instance.status == InstanceStatus.CANCELLED
    assert history.waiting_at(session, instance.id) == []


def test_a_delegate_runs_in_the_step_and_gives_back_variables(session: Session) -> None:
    @delegate("register", title="Registreren")
    def register(_session: Session, company: dict[str, Any], kind: str = "x") -> dict[str, Any]:
        return {"reference": f"{company['kvk']}-{kind}"}

    body = straight(
        user("a"), delegate_task("register", inner=inputs(kind="school")), user("b"),
        ids=("a", "register", "b"),
    )  # fmt: skip
    define(session, process(body))
    instance = start(session)

    complete(session, open_task(session), company={"kvk": "90000017"})

    assert open_task(session).element_id == "b"
    assert instances.variables(session, instance)["reference"] == "90000017-school"


def test_an_input_may_name_any_variable_and_an_empty_one_counts_as_not_drawn(
    session: Session,
) -> None:
    @delegate("register", title="Registreren")
    def register(_session: Session, kvk: str, kind: str = "x") -> dict[str, Any]:
        return {"reference": f"{kvk}-{kind}"}

    drawn = delegate_task("register", inner=inputs(kvk="${company['kvk']}", kind=""))
    body = straight(user("a"), drawn, user("b"), ids=("a", "register", "b"))
    define(session, process(body))
    instance = start(session)

    complete(session, open_task(session), company={"kvk": "90000017"}, kind="school")

    assert instances.variables(session, instance)["reference"] == "90000017-school"


def test_a_bpmn_error_of_a_delegate_goes_to_its_own_boundary_event(session: Session) -> None:
    @delegate("register", title="Registreren")
    def register(_session: Session) -> None:
        raise BpmnError(CODE)

    body = (
        straight(user("a"), delegate_task("register"), ids=("a", "register"))
        + boundary("caught", "register", error("changed"))
        + flow("caught", "a")
    )
    define(session, process(body, errors=("changed",)))
    instance = start(session)

    complete(session, open_task(session))

    assert open_task(session).element_id == "a"
    assert instance.status == InstanceStatus.ACTIVE


def test_a_failing_delegate_leaves_the_step_undone_and_an_incident(session: Session) -> None:
    @delegate("register", title="Registreren")
    def register(_session: Session) -> None:
        raise OSError

    define(session, process(straight(user("a"), delegate_task("register"), ids=("a", "register"))))
    instance = start(session)
    task = open_task(session)

    with pytest.raises(StepFailedError) as failed:
        complete(session, task)

    assert isinstance(failed.value.__cause__, OSError)
    assert open_task(session).id == task.id
    (incident,) = incidents.open_incidents(session)
    assert (incident.instance_id, incident.element_id) == (instance.id, "register")


def test_an_uncaught_bpmn_error_is_an_incident(session: Session) -> None:
    @delegate("register", title="Registreren")
    def register(_session: Session) -> None:
        raise BpmnError(CODE)

    define(session, process(straight(user("a"), delegate_task("register"), ids=("a", "register"))))
    start(session)

    with pytest.raises(StepFailedError):
        complete(session, open_task(session))

    (incident,) = incidents.open_incidents(session)
    assert incident.kind == "uncaught-error"


def test_an_expression_that_fails_leaves_the_instance_as_it_was(session: Session) -> None:
    define(session, process(QUESTIONS))
    start(session)

    with pytest.raises(StepFailedError) as failed:
        complete(session, open_task(session))

    assert (failed.value.incident.kind, failed.value.incident.element_id) == ("expression", "good")
    complete(session, open_task(session), all_yes=True)
    assert open_task(session).element_id == "review"


def test_what_cannot_start_leaves_only_an_incident(session: Session) -> None:
    body = (
        node("startEvent", "start")
        + node("exclusiveGateway", "g", default="g_to_end")
        + node("endEvent", "end")
        + node("endEvent", "other")
        + chain("start", "g", "end")
        + flow("g", "other", "${missing}")
    )
    define(session, process(body))

    with pytest.raises(StepFailedError):
        start(session, business_key="1")

    assert instances.open_instance(session, "p", "1") is None
    assert len(incidents.open_incidents(session)) == 1


def test_a_service_task_becomes_a_job_with_its_arguments(session: Session) -> None:
    body = straight(
        user("a"), job("mail", "send-mail", inputs(to="${contact['email']}", kind="welcome")),
        ids=("a", "mail"),
    )  # fmt: skip
    define(session, process(body))
    instance = start(session, tenant="90000017")

    complete(session, open_task(session), contact={"email": "a@b.nl"})

    ((job_id, topic),) = unit_of_work(session).take_jobs()
    assert topic == "send-mail"
    made = jobs.claim(session, job_id, owner="w", lease=jobs.LONGEST_PAUSE)
    assert made is not None
    assert (made.arguments["to"], made.arguments["kind"]) == ("a@b.nl", "welcome")
    assert (made.tenant, made.instance_id, made.attempts) == ("90000017", instance.id, 1)
    assert jobs.finish(session, job_id, "w", 1, {"sent": True})
    assert session.get_one(Job, job_id).status == JobStatus.DONE
    assert instance.status == InstanceStatus.COMPLETED


def test_a_loop_of_very_many_rounds_ends_where_it_should(session: Session) -> None:
    define(session, process(QUESTIONS))
    instance = start(session)
    task = open_task(session)

    for _ in range(so_many(150, when_long=1001)):
        complete(session, task, all_yes=False)
        complete(session, open_task(session))
        task = open_task(session)

    assert task.element_id == "ask"
    session.refresh(instance, ["state"])
    assert len(instance.state) < 1000
    complete(session, task, all_yes=True)
    complete(session, open_task(session))
    assert instance.status == InstanceStatus.COMPLETED
