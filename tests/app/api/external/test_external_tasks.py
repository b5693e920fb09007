"""A worker outside by the protocol of Camunda 7: fetch, complete, errors, locks, and who may."""

import base64
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.web.limits import PER_MINUTE, Rate
from processes.base import now, set_clock
from processes.engine import registry
from processes.engine.execution import incidents, jobs
from processes.engine.execution.instances import cancel, open_user_tasks, variables
from processes.engine.openings.clients import openings
from processes.engine.repair.suspension import resume, suspend
from processes.engine.store.models import Incident, IncidentStatus, Job, JobStatus
from processes.register.changes import AuditEvent
from tests.app.api.external.workers import CALLS, CAUGHT, TOPIC, Worker, begin, worker
from tests.processes.engine.diagrams import flow, inputs, job, node, process, straight, user


@pytest.fixture
def caller(client: FlaskClient, session: Session) -> Worker:
    return worker(client, session)


def only(session: Session) -> Job:
    session.expire_all()
    return session.scalars(select(Job)).one()


def waiting_at(session: Session) -> list[str]:
    session.expire_all()
    return [task.element_id for task in open_user_tasks(session)]


def later(time: timedelta) -> None:
    moment = now() + time
    set_clock(lambda: moment)


def test_a_task_is_fetched_with_its_facts_and_completed(caller: Worker, session: Session) -> None:
    case = begin(session, business_key="k1", variables={"name": "Noor", "times": 3})
    (task,) = caller.fetch()
    assert task["topicName"] == TOPIC
    assert (task["workerId"], task["businessKey"]) == ("w1", "k1")
    assert (task["processInstanceId"], task["processDefinitionKey"]) == (str(case.id), "p")
    assert (task["activityId"], task["retries"], task["priority"]) == ("call", None, 0)
    assert task["lockExpirationTime"].endswith("+0000")
    assert task["variables"] == {
        "name": {"type": "String", "value": "Noor", "valueInfo": {}},
        "times": {"type": "Integer", "value": 3, "valueInfo": {}},
    }
    done = caller.complete(task["id"], variables={"answer": {"value": "ja", "type": "String"}})
    assert (done.status_code, done.data) == (204, b"")
    assert waiting_at(session) == ["after"]
    assert variables(session, case)["answer"] == "ja"
    assert only(session).status is JobStatus.DONE


def test_every_step_of_a_worker_is_in_the_trail(caller: Worker, session: Session) -> None:
    begin(session)
    (task,) = caller.fetch()
    caller.post(f"{task['id']}/extendLock", {"newDuration": 1000})
    caller.complete(task["id"])
    events = session.scalars(select(AuditEvent).order_by(AuditEvent.at, AuditEvent.id)).all()
    told = {event.action: event for event in events}
    assert set(told) == {
        "external-tasks-fetched",
        "external-task-extended",
        "external-task-completed",
    }
    fetched = told["external-tasks-fetched"]
    assert (fetched.subject, fetched.details["jobs"]) == (f"topic:{TOPIC}", [task["id"]])
    assert fetched.actor.startswith("opening ")
    assert told["external-task-completed"].subject == f"job:{task['id']}"


def test_what_is_no_variable_is_refused_and_the_lock_stays(
    caller: Worker, session: Session
) -> None:
    begin(session)
    (task,) = caller.fetch()
    refused = caller.complete(task["id"], variables={"x": {"value": "x", "type": "Integer"}})
    assert refused.status_code == 400
    assert refused.content_type == "application/json"
    assert refused.json["type"] == "InvalidRequestException"  # type: ignore[index]
    assert "variables.x" in refused.json["message"]  # type: ignore[index]
    assert only(session).status is JobStatus.LEASED
    assert caller.complete(task["id"]).status_code == 204


def test_a_worker_asks_for_some_variables_or_only_the_drawn_inputs(
    caller: Worker, session: Session
) -> None:
    drawn = job("call", TOPIC, inputs(number="${phone}"))
    xml = process(straight(drawn, user("after"), ids=("call", "after")))
    begin(session, xml, variables={"phone": "070", "name": "Noor"})
    (task,) = caller.fetch(variables=["name", "nothing"])
    assert set(task["variables"]) == {"name"}
    caller.post(f"{task['id']}/unlock")
    (task,) = caller.fetch(localVariables=True)
    assert {name: each["value"] for name, each in task["variables"].items()} == {"number": "070"}


def test_local_variables_are_for_the_outputs_of_the_task_alone(
    caller: Worker, session: Session
) -> None:
    outputs = (
        "<bpmn:extensionElements><camunda:inputOutput>"
        '<camunda:outputParameter name="out">${raw}</camunda:outputParameter>'
        "</camunda:inputOutput></bpmn:extensionElements>"
    )
    case = begin(
        session,
        process(straight(job("call", TOPIC, outputs), user("after"), ids=("call", "after"))),
    )
    (task,) = caller.fetch()
    assert caller.complete(task["id"], localVariables={"raw": {"value": 5}}).status_code == 204
    session.expire_all()
    assert variables(session, case) == {"out": 5}


def test_local_variables_of_a_task_without_outputs_go_nowhere(
    caller: Worker, session: Session
) -> None:
    case = begin(session)
    (task,) = caller.fetch()
    caller.complete(task["id"], localVariables={"raw": {"value": 5}}, variables={"y": {"value": 1}})
    session.expire_all()
    assert variables(session, case) == {"y": 1}


def test_a_bpmn_error_is_caught_with_its_variables(caller: Worker, session: Session) -> None:
    case = begin(session, CAUGHT)
    (task,) = caller.fetch()
    body = {"errorCode": "niet-thuis", "errorMessage": "x", "variables": {"tries": {"value": 2}}}
    assert caller.post(f"{task['id']}/bpmnError", body).status_code == 204
    assert waiting_at(session) == ["letter"]
    assert variables(session, case)["tries"] == 2


def test_a_bpmn_error_that_nobody_catches_is_an_incident(caller: Worker, session: Session) -> None:
    begin(session)
    (task,) = caller.fetch()
    assert caller.post(f"{task['id']}/bpmnError", {"errorCode": "weg"}).status_code == 204
    (incident,) = incidents.open_incidents(session)
    assert (incident.kind, "“weg”" in incident.message) == ("uncaught-error", True)


def test_a_failure_is_tried_again_when_its_worker_says_so(caller: Worker, session: Session) -> None:
    begin(session)
    (task,) = caller.fetch()
    failed = {"errorMessage": "bezet", "retries": 2, "retryTimeout": 60_000}
    assert caller.post(f"{task['id']}/failure", failed).status_code == 204
    assert caller.fetch() == []
    later(timedelta(seconds=61))
    (again,) = caller.fetch()
    assert (again["id"], again["retries"], again["errorMessage"]) == (task["id"], 2, "bezet")
    assert incidents.open_incidents(session) == []


def test_a_failure_without_retries_is_an_incident_and_an_operator_tries_again(
    caller: Worker, session: Session
) -> None:
    begin(session)
    (task,) = caller.fetch()
    failed = {"errorMessage": "geen lijn\x00", "errorDetails": "Trace: x", "retries": 0}
    assert caller.post(f"{task['id']}/failure", failed).status_code == 204
    (incident,) = incidents.open_incidents(session)
    assert (incident.kind, incident.details) == ("worker-outside", "Trace: x")
    assert "“call”" in incident.message
    assert "geen lijn" in incident.message
    assert caller.fetch() == []
    told = caller.client.get(
        f"/engine-rest/external-task/{task['id']}",
        headers={"Authorization": f"Bearer {caller.token}"},
    )
    assert told.json["retries"] == 0  # type: ignore[index]
    incidents.retry_incident(session, incident.id, by="test")
    session.commit()
    (again,) = caller.fetch()
    assert caller.complete(again["id"]).status_code == 204
    assert waiting_at(session) == ["after"]


def test_the_drawn_number_of_attempts_is_told_as_retries(caller: Worker, session: Session) -> None:
    cycle = "<camunda:failedJobRetryTimeCycle>R3/PT1M</camunda:failedJobRetryTimeCycle>"
    drawn = job("call", TOPIC, f"<bpmn:extensionElements>{cycle}</bpmn:extensionElements>")
    begin(session, process(straight(drawn, ids=("call",))))
    (task,) = caller.fetch()
    assert task["retries"] == 3
    caller.post(f"{task['id']}/failure", {"retries": task["retries"] - 1})
    assert caller.fetch()[0]["retries"] == 2


def test_a_task_is_of_one_worker_until_its_lock_ends(caller: Worker, session: Session) -> None:
    begin(session)
    other = Worker(caller.client, caller.token, "w2")
    (task,) = caller.fetch()
    assert other.fetch() == []
    assert other.complete(task["id"]).status_code == 400
    later(timedelta(seconds=61))
    (taken,) = other.fetch()
    assert taken["id"] == task["id"]
    for late in (
        caller.complete(task["id"], variables={"x": {"value": 1}}),
        caller.post(f"{task['id']}/failure", {"retries": 1}),
        caller.post(f"{task['id']}/bpmnError", {"errorCode": "x"}),
        caller.post(f"{task['id']}/extendLock", {"newDuration": 1000}),
        caller.post(f"{task['id']}/lock", {"lockDuration": 1000}),
    ):
        assert late.status_code == 400
        assert late.json["type"] == "RestException"  # type: ignore[index]
    assert other.complete(task["id"]).status_code == 204
    gone = other.complete(task["id"])
    assert (gone.status_code, gone.json["type"]) == (404, "RestException")  # type: ignore[index]


def test_a_lock_may_be_extended_until_it_has_ended(caller: Worker, session: Session) -> None:
    begin(session)
    (task,) = caller.fetch()
    assert caller.post(f"{task['id']}/extendLock", {"newDuration": 600_000}).status_code == 204
    later(timedelta(seconds=61))
    assert Worker(caller.client, caller.token, "w2").fetch() == []
    later(timedelta(seconds=601))
    assert caller.post(f"{task['id']}/extendLock", {"newDuration": 1000}).status_code == 400


def test_a_worker_gives_a_task_back_or_locks_one_by_its_id(
    caller: Worker, session: Session
) -> None:
    begin(session)
    other = Worker(caller.client, caller.token, "w2")
    (task,) = caller.fetch()
    assert caller.post(f"{task['id']}/unlock").status_code == 204
    assert only(session).attempts == 0
    assert other.post(f"{task['id']}/lock", {"lockDuration": 60_000}).status_code == 204
    assert other.post(f"{task['id']}/lock", {"lockDuration": 60_000}).status_code == 204
    assert caller.fetch() == []
    assert other.complete(task["id"]).status_code == 204


def test_a_worker_is_told_which_tasks_it_has_and_nobody_elses(
    caller: Worker, client: FlaskClient, session: Session
) -> None:
    for name in ("a", "b", "c"):
        begin(session, business_key=name, variables={"name": name})
    held, done = caller.fetch(most=2)
    Worker(client, caller.token, "w2").fetch()
    caller.complete(done["id"])
    (told,) = caller.held()
    assert {name: told[name] for name in ("id", "topicName", "workerId", "businessKey")} == {
        "id": held["id"],
        "topicName": TOPIC,
        "workerId": "w1",
        "businessKey": "a",
    }
    assert "variables" not in told
    assert told["suspended"] is False
    assert worker(client, session).held() == []  # another opening, with the same name
    assert worker(client, session, topics=["other"]).held() == []


def test_each_task_tells_whether_its_case_is_suspended_and_all_are_read_together(
    caller: Worker, session: Session
) -> None:
    cases = [begin(session, business_key=name) for name in ("a", "b", "c")]
    assert len(caller.fetch(most=3)) == 3
    suspend(session, cases[1].id)
    session.commit()
    asked: list[str] = []
    listen = (session.get_bind(), "before_cursor_execute", lambda *told: asked.append(told[2]))
    event.listen(*listen)
    try:
        told = caller.held()
    finally:
        event.remove(*listen)
    assert [(each["businessKey"], each["suspended"]) for each in told] == [
        ("a", False),
        ("b", True),
        ("c", False),
    ]
    assert sum("process_instance" in text for text in asked) == 1
    one = caller.get(f"/engine-rest/external-task/{told[1]['id']}")
    assert one.json["suspended"] is True  # type: ignore[index]


def test_a_list_of_tasks_names_its_worker(caller: Worker, session: Session) -> None:
    begin(session)
    caller.fetch()
    for query in ("", "?workerId=", "?workerId=a%0Ab", "?locked=true"):
        refused = caller.get(f"/engine-rest/external-task{query}")
        assert refused.status_code == 400
        assert refused.json["type"] == "InvalidRequestException"  # type: ignore[index]
        assert "workerId" in refused.json["message"]  # type: ignore[index]


def test_a_worker_that_begins_by_giving_back_what_it_locks_for_a_moment_costs_no_attempt(
    caller: Worker, session: Session
) -> None:
    """As operaton-tasks does: whatever waits is locked for 1 ms, listed and unlocked."""
    begin(session)
    for _start in range(6):  # more often than a task may be tried
        assert caller.held() == []
        caller.fetch(most=1000, lockDuration=1)
        later(timedelta(seconds=1))
        (ended,) = caller.held()
        assert caller.post(f"{ended['id']}/unlock").status_code == 204
    assert only(session).attempts == 0
    (task,) = caller.fetch()
    assert caller.complete(task["id"]).status_code == 204


def test_an_attempt_whose_worker_was_lost_counts_and_the_last_is_an_incident(
    caller: Worker, session: Session
) -> None:
    begin(session)
    for left in (None, 4, 3, 2, 1):
        assert [task["retries"] for task in caller.fetch()] == [left]
        later(timedelta(seconds=61))
    assert caller.fetch() == []
    (lost,) = jobs.worn_out(session, 10, registry.TOPICS)
    jobs.fail_if_out_of_attempts(session, lost)
    assert only(session).status is JobStatus.FAILED
    assert len(incidents.open_incidents(session)) == 1


def test_what_a_suspended_case_waits_for_is_not_handed_out_and_no_result_is_lost(
    caller: Worker, session: Session
) -> None:
    case = begin(session)
    (task,) = caller.fetch()
    suspend(session, case.id)
    session.commit()
    refused = caller.complete(task["id"])
    assert refused.status_code == 500
    assert "suspended" in refused.json["message"]  # type: ignore[index]
    resume(session, case.id)
    session.commit()
    assert caller.complete(task["id"]).status_code == 204


def test_the_task_of_a_case_that_was_cancelled_is_gone(caller: Worker, session: Session) -> None:
    case = begin(session)
    (task,) = caller.fetch()
    cancel(session, case.id, by="test")
    session.commit()
    assert caller.complete(task["id"]).status_code == 404
    assert caller.fetch() == []


def test_a_step_that_fails_after_a_task_is_told_and_left_to_an_operator(
    caller: Worker, session: Session
) -> None:
    way = node("exclusiveGateway", "way")
    xml = process(
        straight(job("call", TOPIC), way, ids=("call", "way")).replace(
            flow("way", "end"), flow("way", "end", "${ok}")
        )
    )
    begin(session, xml, variables={"ok": False})
    (task,) = caller.fetch()
    failed = caller.complete(task["id"])
    assert (failed.status_code, failed.json["type"]) == (500, "RestException")  # type: ignore[index]
    assert session.scalars(select(Incident.status)).all() == [IncidentStatus.OPEN]
    assert only(session).status is JobStatus.FAILED


@pytest.mark.parametrize("name", ["kvk", "initiator", "taker", "offer_id"])
def test_a_worker_says_not_whose_a_case_is_or_who_may_do_a_task(
    caller: Worker, session: Session, name: str
) -> None:
    begin(session, CAUGHT, variables={"kvk": "12345678"})
    (task,) = caller.fetch()
    given = {name: {"value": "87654321"}}
    for refused in (
        caller.complete(task["id"], variables=given),
        caller.complete(task["id"], localVariables=given),
        caller.post(f"{task['id']}/bpmnError", {"errorCode": "niet-thuis", "variables": given}),
    ):
        assert refused.status_code == 400
        assert name in refused.json["message"]  # type: ignore[index]
    assert caller.complete(task["id"], variables=task["variables"]).status_code == 204


def test_a_worker_does_not_say_who_began_by_the_name_that_the_diagram_gives_that(
    caller: Worker, session: Session
) -> None:
    drawn = CAUGHT.replace(b"<bpmn:startEvent ", b'<bpmn:startEvent camunda:initiator="melder" ', 1)
    begin(session, drawn)
    (task,) = caller.fetch()
    refused = caller.complete(task["id"], variables={"melder": {"value": "staff:1"}})
    assert refused.status_code == 400
    assert "melder" in refused.json["message"]  # type: ignore[index]


def test_only_the_topics_of_the_opening_are_fetched_and_never_those_of_loket(
    client: FlaskClient, session: Session
) -> None:
    begin(session)
    other = worker(client, session, topics=["iets-anders"])
    refused = other.ask()
    assert refused.status_code == 403
    assert refused.json["type"] == "AuthorizationException"  # type: ignore[index]
    assert other.fetch(topic="iets-anders") == []
    (task,) = worker(client, session).fetch()
    assert other.complete(task["id"]).status_code == 404
    opening = next(each for each in openings(session) if each.topics == [TOPIC])
    opening.topics = [TOPIC, "send-confirmation"]
    session.commit()
    assert worker(client, session).ask(topic="send-confirmation").status_code == 403


def test_a_lock_is_of_the_opening_whatever_name_a_worker_gives_itself(
    client: FlaskClient, session: Session
) -> None:
    begin(session)
    (task,) = worker(client, session, name="same").fetch()
    thief = worker(client, session, name="same")
    assert thief.complete(task["id"]).status_code == 400
    assert thief.post(f"{task['id']}/unlock").status_code == 400


def test_an_opening_of_one_company_sees_its_cases_alone(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "TENANT_CHECKS", [lambda _session, _text: True])
    begin(session, tenant="12345678", business_key="a")
    begin(session, tenant="87654321", business_key="b")
    mine = worker(client, session, tenant="12345678")
    assert [task["tenantId"] for task in mine.fetch(10)] == ["12345678"]
    (theirs,) = worker(client, session).fetch(10)
    assert mine.complete(theirs["id"]).status_code == 404


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"businessKey": "a"}, ["a"]),
        ({"processDefinitionKey": "p"}, ["a", "b"]),
        ({"processDefinitionKey": "q"}, []),
        ({"processDefinitionKeyIn": ["q", "p"]}, ["a", "b"]),
        ({"processDefinitionId": "p:1:nothing"}, []),
        ({"tenantIdIn": ["12345678"]}, ["a"]),
        ({"withoutTenantId": True}, ["b"]),
        ({"processVariables": {"n": 1}}, ["a"]),
        ({"processVariables": {"n": True}}, []),
        ({"processVariables": {}}, ["a", "b"]),
    ],
)
def test_a_topic_is_narrowed_as_camunda_does(
    caller: Worker, session: Session, asked: dict[str, Any], found: list[str]
) -> None:
    begin(session, business_key="a", tenant="12345678", variables={"n": 1})
    begin(session, business_key="b", variables={"n": 2})
    assert sorted(task["businessKey"] for task in caller.fetch(10, **asked)) == found


def test_by_id_only_the_tasks_of_that_version_are_found(caller: Worker, session: Session) -> None:
    first = begin(session, business_key="a")
    begin(session, business_key="b")
    ids = [str(first.definition_id)]
    (task,) = caller.fetch(10, processDefinitionIdIn=ids)
    assert (task["businessKey"], task["processDefinitionId"]) == ("a", ids[0])


def prioritised(text: str) -> bytes:
    return CALLS.replace(
        b"<bpmn:serviceTask", f'<bpmn:serviceTask camunda:taskPriority="{text}"'.encode()
    )


def test_what_is_urgent_comes_first_and_else_what_is_old(caller: Worker, session: Session) -> None:
    for number, key in enumerate("abc"):
        later(timedelta(seconds=1))
        begin(session, prioritised("${n}"), business_key=key, variables={"n": number % 2 * 90})
    ask = {"topicName": TOPIC, "lockDuration": 1}

    def order(**more: Any) -> str:
        later(timedelta(seconds=1))
        answer = caller.post("fetchAndLock", {"maxTasks": 10, "topics": [ask], **more})
        return "".join(task["businessKey"] for task in answer.json or [])

    assert order() == "bac"
    assert order(usePriority=False) == "abc"
    newest = [{"sortBy": "createTime", "sortOrder": "desc"}]
    assert order(usePriority=False, sorting=newest) == "cba"


def test_properties_of_the_task_go_to_the_worker_that_asks(
    caller: Worker, session: Session
) -> None:
    properties = (
        "<bpmn:extensionElements><camunda:properties>"
        '<camunda:property name="queue" value="fast"/>'
        "</camunda:properties></bpmn:extensionElements>"
    )
    begin(session, process(straight(job("call", TOPIC, properties), ids=("call",))))
    (task,) = caller.fetch(includeExtensionProperties=True)
    assert task["extensionProperties"] == {"queue": "fast"}


@pytest.mark.parametrize(
    "body",
    [
        {"topics": "x"},
        {"topics": [{"topicName": TOPIC}]},
        {"topics": [{"topicName": TOPIC, "lockDuration": 0}]},
        {"topics": [{"topicName": "", "lockDuration": 1}]},
        {"topics": [{"topicName": TOPIC, "lockDuration": 1, "processDefinitionVersionTag": "v"}]},
        {"topics": [{"topicName": TOPIC, "lockDuration": 1}] * 2},
        {"workerId": ""},
        {"workerId": "a\x00"},
        {"maxTasks": 0},
        {"asyncResponseTimeout": 1_800_001},
        {"sorting": [{"sortBy": "id"}]},
    ],
)
def test_a_fetch_that_cannot_be_read_is_refused(caller: Worker, body: dict[str, Any]) -> None:
    refused = caller.post("fetchAndLock", body)
    assert refused.status_code == 400
    assert refused.json["type"] == "InvalidRequestException"  # type: ignore[index]
    assert refused.json["message"]  # type: ignore[index]


def test_an_id_that_is_none_and_what_is_not_here_are_not_found(
    caller: Worker, client: FlaskClient
) -> None:
    assert caller.complete("x").status_code == 404
    assert caller.complete(str(uuid4())).status_code == 404
    known = {"Authorization": f"Bearer {caller.token}"}
    answer = client.get("/engine-rest/process-definition", headers=known)
    assert (answer.status_code, answer.json["type"]) == (404, "RestException")  # type: ignore[index]


def test_nothing_without_an_opening(client: FlaskClient, session: Session) -> None:
    begin(session)
    for header in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp4"}):
        refused = client.post(
            "/engine-rest/external-task/fetchAndLock",
            json={"workerId": "w", "topics": [{"topicName": TOPIC, "lockDuration": 1}]},
            headers=header,
        )
        assert refused.status_code == 401
        assert refused.json["type"] == "RestException"  # type: ignore[index]
        assert "WWW-Authenticate" in refused.headers
    assert client.get("/engine-rest/engine").status_code == 401
    assert only(session).status is JobStatus.NEW


def test_the_token_may_be_the_password_of_http_basic(caller: Worker, session: Session) -> None:
    begin(session)
    given = base64.b64encode(f"anybody:{caller.token}".encode()).decode()
    answer = caller.post(
        "fetchAndLock",
        {"topics": [{"topicName": TOPIC, "lockDuration": 1000}]},
        Authorization=f"Basic {given}",
    )
    assert (answer.status_code, len(answer.json or [])) == (200, 1)


def test_fetches_count_and_reports_of_tasks_that_are_not_held(
    client: FlaskClient, session: Session
) -> None:
    caller = worker(client, session, per_minute=2)
    begin(session)
    (task,) = caller.fetch()
    for _ in range(4):
        assert caller.post(f"{task['id']}/extendLock", {"newDuration": 1000}).status_code == 204
    caller.fetch()
    limited = caller.ask()
    assert (limited.status_code, limited.json["type"]) == (429, "RestException")  # type: ignore[index]
    assert [caller.complete("x").status_code for _ in range(3)] == [404, 404, 429]
    assert caller.complete(task["id"]).status_code == 204


def test_a_task_is_not_held_longer_without_end(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each lock that is changed is a row of the trail; the task can still be ended."""
    monkeypatch.setitem(PER_MINUTE, Rate.LOCK, 3)
    caller = worker(client, session, per_minute=2)
    begin(session)
    (task,) = caller.fetch()
    extended = [caller.post(f"{task['id']}/extendLock", {"newDuration": 9000}) for _ in range(4)]
    assert [each.status_code for each in extended] == [204, 204, 204, 429]
    assert extended[-1].json["type"] == "RestException"  # type: ignore[index]
    assert 0 < int(extended[-1].headers["Retry-After"]) <= 60
    for action in ("lock", "unlock"):
        assert caller.post(f"{task['id']}/{action}", {"lockDuration": 9000}).status_code == 429
    assert caller.complete(task["id"]).status_code == 204


def test_bodies_are_bounded_and_json(caller: Worker, client: FlaskClient) -> None:
    large = caller.post("fetchAndLock", {"more": "x" * 600_000})
    assert (large.status_code, large.json["type"]) == (413, "RestException")  # type: ignore[index]
    known = {"Authorization": f"Bearer {caller.token}"}
    form = client.post("/engine-rest/external-task/fetchAndLock", data={"a": "b"}, headers=known)
    assert form.status_code == 415
