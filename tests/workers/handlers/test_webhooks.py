"""Webhooks to a real receiver: events and what a diagram sends, signed, retried, in order."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from cloudevents.core.formats.json import JSONFormat
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session
from standardwebhooks import Webhook, WebhookVerificationError

from processes.base import now
from processes.casework.webhooks import sending, webhook_log
from processes.casework.webhooks.webhook_log import State
from processes.engine.checks.checker import check
from processes.engine.execution.instances import (
    cancel,
    complete_user_task,
    open_user_tasks,
    start_process,
    variables,
)
from processes.engine.registry import RefusedError
from processes.engine.repair import cancellation, modification
from processes.engine.store.models import Incident, IncidentStatus, Job, JobStatus, ProcessInstance
from processes.platform.settings import Profile, Settings, use_settings
from processes.reading import json_text
from processes.register.changes import AuditEvent, record_event
from processes.unit_of_work import unit_of_work
from processes.webhooks import addresses, events
from processes.webhooks.models import Trouble, WebhookDelivery
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    error,
    inputs,
    job,
    node,
    process,
    straight,
    user,
)
from tests.workers import rows
from tests.workers.webhook_receiver import Receiver, Reply
from tests.workers.webhook_rows import OFFER, forward, lines, publish, states, sweep
from workers.clients.webhooks import Answer
from workers.enqueue import open_session
from workers.handlers import webhooks as handler
from workers.run_job import run
from workers.vocabulary import vocabulary

PUBLISHED = "nl.loket.offer.published"

# Where no statement of its own is at stake.
ONE_DATABASE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


Committed = Callable[[Callable[[Session], Any]], Any]


def add(committed: Committed, hook: Receiver, *types: str, name: str = "crm") -> str:
    """An address for these events; its secret."""
    secret: str = committed(
        lambda session: addresses.add(session, name, hook.url, types, by="beheer")[1]
    )
    return secret


def drawn(**parameters: str) -> bytes:
    """A process that sends a webhook, and goes on to a user task; a 404 leads elsewhere."""
    task = job("send", "webhook", inner=inputs(webhook_address="crm", **parameters))
    aside = boundary("missing", "send", error("niet-gevonden")) + user("elders")
    body = straight(task, user("b"), ids=("send", "b")) + aside + node("endEvent", "end2")
    return process(body + chain("missing", "elders", "end2"), errors=("niet-gevonden",))


def start(committed: Committed, xml: bytes, **given: Any) -> UUID:
    committed(lambda session: define(session, xml))
    instance = committed(
        lambda session: start_process(session, "p", started_by="test", variables=given)
    )
    return UUID(str(instance.id))


def only_job(own_engine: Engine) -> Job:
    with Session(own_engine, expire_on_commit=False) as session:
        return session.scalars(select(Job).where(Job.topic == "webhook")).one()


def at_work(own_engine: Engine, instance_id: UUID) -> tuple[list[str], dict[str, Any]]:
    with Session(own_engine) as session:
        instance = session.get_one(ProcessInstance, instance_id)
        return [task.element_id for task in open_user_tasks(session)], variables(session, instance)


def incidents(own_engine: Engine) -> list[str]:
    with Session(own_engine) as session:
        open_ones = select(Incident.message).where(Incident.status == IncidentStatus.OPEN)
        return list(session.scalars(open_ones))


def test_an_event_arrives_as_a_cloud_event_that_others_can_verify(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    secret = add(committed, hook, PUBLISHED)
    committed(publish)
    assert hook.requests == []  # not in the transaction of what happened
    rows.sweep()
    rows.let_time_pass()
    rows.sweep()
    (request,) = hook.requests
    assert request.path == "/haak?soort=proef"
    assert request.headers["host"] == f"localhost:{hook.port}"
    assert Webhook(secret).verify(request.body, dict(request.headers)) == request.event
    event = JSONFormat().read(None, request.body)
    (line,) = lines(own_engine)
    assert event.get_id() == request.headers["webhook-id"] == str(line.delivery.event_id)
    assert event.get_type() == PUBLISHED
    assert event.get_source() == "http://127.0.0.1:8000"
    assert event.get_subject() == OFFER.replace(":", "/")
    assert event.get_time() == line.delivery.at
    assert event.get_data() == {"offer": OFFER.partition(":")[2]}
    # In small letters: cloudevents 10.0.0 (JavaScript) refuses `charset=UTF-8`.
    assert request.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert (line.state, line.delivery.status) == (State.DELIVERED, 204)


@ONE_DATABASE
def test_a_changed_body_id_or_moment_fails_the_signature(
    hook: Receiver, committed: Committed
) -> None:
    secret = add(committed, hook, PUBLISHED)
    committed(publish)
    sweep()
    (request,) = hook.requests
    right, headers = Webhook(secret), dict(request.headers)
    right.verify(request.body, headers)
    later = str(int(headers["webhook-timestamp"]) + 1)
    for body, changed in (
        (request.body.replace(b"published", b"unpublishd"), headers),
        (request.body, {**headers, "webhook-id": "another"}),
        (request.body, {**headers, "webhook-timestamp": later}),
    ):
        with pytest.raises(WebhookVerificationError):
            right.verify(body, changed)


@ONE_DATABASE
def test_during_a_rotation_both_secrets_verify_and_after_it_the_new_one(
    hook: Receiver, committed: Committed
) -> None:
    first = add(committed, hook, PUBLISHED)
    second = committed(lambda session: addresses.rotate(session, addresses.named(session, "crm")))
    committed(publish)
    sweep()
    for secret in (first, second):
        Webhook(secret).verify(hook.requests[0].body, dict(hook.requests[0].headers))
    committed(lambda session: addresses.end_rotation(session, addresses.named(session, "crm")))
    committed(publish)
    sweep()
    last = hook.requests[-1]
    assert len(hook.requests) == 2
    Webhook(second).verify(last.body, dict(last.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(first).verify(last.body, dict(last.headers))


def test_what_is_rolled_back_is_told_to_nobody(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    add(committed, hook, PUBLISHED)
    with open_session() as session:
        publish(session)
        session.rollback()
    sweep()
    assert (hook.requests, lines(own_engine)) == ([], [])


@ONE_DATABASE
def test_only_who_asked_is_told_and_nobody_while_disabled(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    add(committed, hook, "nl.loket.offer.deleted", name="other")
    add(committed, hook, PUBLISHED, name="off")
    committed(lambda session: addresses.disable(session, addresses.named(session, "off")))
    committed(publish)
    sweep()
    assert (hook.requests, lines(own_engine)) == ([], [])


def test_a_failed_attempt_is_tried_again_with_the_same_id_and_body(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    add(committed, hook, PUBLISHED)
    hook.answer(500, b"<script>oeps</script>", content_type="text/html")
    committed(publish)
    sweep()
    (line,) = lines(own_engine)
    assert (line.state, line.delivery.status) == (State.SENDING, 500)
    assert line.delivery.answer == "text/html, 21 bytes"  # and nothing of what it said
    hook.answer(200)
    forward(timedelta(minutes=2))
    sweep()
    first, second = hook.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert states(own_engine) == [State.DELIVERED]


@ONE_DATABASE
@pytest.mark.parametrize(("asked", "minutes"), [("3600", 60), ("0", 0), ("later", 0)])
def test_a_receiver_may_ask_to_be_left_alone(
    hook: Receiver, committed: Committed, own_engine: Engine, asked: str, minutes: int
) -> None:
    add(committed, hook, PUBLISHED)
    hook.answer(429, Retry_After=asked)
    committed(publish)
    before = now()
    sweep()
    (line,) = lines(own_engine)
    assert line.job
    waits = line.job.due_at - before
    assert waits >= timedelta(minutes=minutes)
    assert (waits >= timedelta(minutes=5)) == (minutes > 0)


def test_the_events_of_one_subject_arrive_in_order_and_hold_up_no_other(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    add(committed, hook, PUBLISHED, "nl.loket.offer.hidden", "nl.loket.offer.deleted")
    other = "offer:0b7e8f0e-9f57-4d6a-8f52-6a3a2f9c7d21"

    def much(session: Session) -> None:
        publish(session)
        for action in ("offer-hidden", "offer-deleted"):
            record_event(session, action, actor="medewerker 1", subject=OFFER)
        publish(session, other)

    hook.reply = lambda request: Reply(503 if OFFER[6:] in request.body.decode() else 204)
    committed(much)
    sweep()
    assert states(own_engine) == [State.SENDING, State.WAITING, State.WAITING, State.DELIVERED]
    hook.answer(204)
    hook.requests.clear()
    forward(timedelta(minutes=2))
    sweep()
    arrived = [request.event["type"].rpartition(".")[2] for request in hook.requests]
    assert arrived == ["published", "hidden", "deleted"]
    order = [request.event["sequence"] for request in hook.requests]
    assert order == sorted(order)


def test_the_next_event_of_a_subject_goes_when_the_one_before_is_given_up(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    add(committed, hook, PUBLISHED)
    hook.answer(500)
    for _ in range(2):
        committed(publish)
    sweep()
    assert states(own_engine) == [State.SENDING, State.WAITING]
    with open_session() as session:
        session.execute(update(Job).values(attempts=Job.max_attempts - 1))
        unit_of_work(session).commit()
    forward(timedelta(minutes=2))
    sweep()
    assert states(own_engine) == [State.FAILED, State.WAITING]
    hook.answer(204)
    sweep()
    assert states(own_engine) == [State.FAILED, State.DELIVERED]


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_two_sweeps_at_once_make_one_job_of_an_event(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    """SQLite has one writer; here the second passes by what the first has locked."""
    add(committed, hook, PUBLISHED)
    for _ in range(2):
        committed(publish)
    with open_session() as first, open_session() as second:
        assert sending.start(first, 100) == 1
        assert sending.start(second, 100) == 0
        unit_of_work(first).commit()
        unit_of_work(second).commit()
    assert states(own_engine) == [State.SENDING, State.WAITING]


def test_an_address_that_is_gone_is_disabled_with_one_incident(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    add(committed, hook, PUBLISHED, events.INCIDENT_OPENED)
    hook.answer(410)
    committed(publish)
    sweep()
    (incident,) = incidents(own_engine)
    assert "“crm” niet meer bestaat" in incident
    committed(publish)
    sweep()
    assert len(hook.requests) == 1
    assert states(own_engine) == [State.FAILED]  # nor an event about the incident
    with Session(own_engine) as session:
        address = addresses.named(session, "crm")
        assert (address.enabled, address.disabled_because) == (False, "gone")
        disabled = select(AuditEvent.subject).where(AuditEvent.action == "webhook-disabled")
        assert session.scalars(disabled).all() == ["webhook:crm"]


def test_an_event_waits_while_its_address_is_disabled(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    add(committed, hook, PUBLISHED)
    hook.answer(500)
    committed(publish)
    sweep()
    committed(lambda session: addresses.disable(session, addresses.named(session, "crm")))
    hook.answer(204)
    forward(timedelta(minutes=2))
    sweep()
    assert len(hook.requests) == 1
    assert states(own_engine) == [State.WAITING]
    committed(lambda session: addresses.enable(session, addresses.named(session, "crm")))
    sweep()
    assert states(own_engine) == [State.DELIVERED]
    assert incidents(own_engine) == []


def test_what_failed_is_sent_again_by_an_operator_and_its_incident_resolved(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    add(committed, hook, PUBLISHED)
    hook.answer(500)
    committed(publish)
    sweep()
    with open_session() as session:
        session.execute(update(Job).values(attempts=Job.max_attempts - 1))
        unit_of_work(session).commit()
    forward(timedelta(minutes=2))
    sweep()
    assert states(own_engine) == [State.FAILED]
    assert "antwoordde elke keer 500" in incidents(own_engine)[0]
    hook.answer(204)

    def again(session: Session) -> int:
        address = addresses.named(session, "crm")
        return webhook_log.send_failed_again(session, address, by="beheer")

    assert committed(again) == 1
    sweep()
    assert states(own_engine) == [State.DELIVERED]
    assert incidents(own_engine) == []
    assert len({request.headers["webhook-id"] for request in hook.requests}) == 1


def test_an_event_that_arrived_is_replayed_with_the_same_id(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    add(committed, hook, PUBLISHED)
    committed(publish)
    sweep()
    number = lines(own_engine)[0].delivery.number

    def again(session: Session) -> bool:
        found = webhook_log.line(session, number)
        assert found
        return webhook_log.send_again(session, found, by="beheer")

    assert committed(again)
    assert not committed(again)  # it is on its way
    sweep()
    first, second = hook.requests
    assert first.event == second.event


@ONE_DATABASE
def test_a_test_message_goes_the_same_way(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    secret = add(committed, hook)
    committed(lambda session: webhook_log.ping(session, addresses.named(session, "crm")))
    sweep()
    (request,) = hook.requests
    assert Webhook(secret).verify(request.body, dict(request.headers))["type"] == events.PING
    assert states(own_engine) == [State.DELIVERED]


def test_a_case_that_was_stopped_and_taken_back_is_told(
    hook: Receiver, committed: Committed
) -> None:
    add(committed, hook, events.CASE_ENDED, events.CASE_RESTORED)
    instance_id = start(committed, process(straight(user("a"), ids=("a",))))
    stopped = committed(
        lambda session: cancellation.cancel(session, instance_id, reason="dubbel", by="Cor")
    )
    committed(lambda session: modification.undo(session, stopped.id, by="Cor"))
    sweep()
    assert [
        (request.event["type"], request.event["data"]["case"]) for request in hook.requests
    ] == [
        (events.CASE_ENDED, str(instance_id)),
        (events.CASE_RESTORED, str(instance_id)),
    ]


def test_the_steps_of_a_case_are_told_by_ids_and_drawn_names_alone(
    hook: Receiver, committed: Committed
) -> None:
    add(committed, hook, events.CASE_STARTED, events.STEP_COMPLETED, events.CASE_ENDED)
    xml = process(straight(user("a"), ids=("a",)))
    instance_id = start(committed, xml, naam="Anna de Vries")

    def complete(session: Session) -> None:
        (task,) = open_user_tasks(session)
        complete_user_task(session, task.id, completed_by="Bea", variables={"bsn": "geheim"})

    committed(complete)
    second = committed(lambda session: start_process(session, "p", started_by="test")).id
    committed(lambda session: cancel(session, second, by="Cor"))
    sweep()
    case = {"case": str(instance_id), "process": "p"}
    assert [
        (request.event["type"], request.event["data"])
        for request in hook.requests
        if request.event["subject"] == f"case/{instance_id}"
    ] == [
        (events.CASE_STARTED, case),
        (events.STEP_COMPLETED, {**case, "element": "a", "name": "a"}),
        (events.CASE_ENDED, {**case, "outcome": "completed"}),
    ]
    sent = b"".join(request.body for request in hook.requests).decode()
    for personal in ("Anna", "geheim", "Bea", "Cor", "dubbel"):
        assert personal not in sent
    outcomes = [request.event["data"].get("outcome") for request in hook.requests]
    assert sorted(filter(None, outcomes)) == ["cancelled", "completed"]


@ONE_DATABASE
def test_an_incident_of_a_case_is_told(hook: Receiver, committed: Committed) -> None:
    add(committed, hook, events.INCIDENT_OPENED)
    instance_id = start(committed, drawn(webhook_type="Klopt niet"))
    sweep()
    sweep()
    (request,) = hook.requests
    assert request.event["subject"] == f"case/{instance_id}"
    assert request.event["data"]["kind"] == "job-failed"


def test_a_diagram_sends_what_it_names_and_takes_fields_of_the_answer(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    secret = add(committed, hook)
    answer = json.dumps({"zaak": {"nummer": "Z-12", "regels": [7, 8]}, "meer": "x"}).encode()
    hook.answer(201, answer, content_type="application/json")
    xml = drawn(
        webhook_data="titel, bedrag",
        webhook_type="nl.voorbeeld.klacht",
        webhook_answer="zaaknummer = zaak.nummer, tweede = zaak.regels.1; leeg = nergens",
    )
    given = {"titel": "Té laat", "bedrag": 12.5, "naam": "Anna de Vries"}
    instance_id = start(committed, xml, **given)
    run(only_job(own_engine).id)
    (request,) = hook.requests
    event = Webhook(secret).verify(request.body, dict(request.headers))
    assert event["data"] == {"titel": "Té laat", "bedrag": 12.5}
    assert (event["type"], event["subject"]) == ("nl.voorbeeld.klacht", f"case/{instance_id}")
    assert event["id"] == str(only_job(own_engine).id)
    tasks, known = at_work(own_engine, instance_id)
    assert tasks == ["b"]
    assert known == {**given, "zaaknummer": "Z-12", "tweede": 8, "leeg": None}


def test_what_the_tests_draw_may_be_deployed() -> None:
    """By the vocabulary of the product; the forms of the tests alone are unknown to it."""
    xml = drawn(
        webhook_data="titel, bedrag",
        webhook_type="nl.voorbeeld.klacht",
        webhook_answer="zaaknummer = zaak.nummer",
        webhook_errors="404 = niet-gevonden",
    )
    assert {each.rule for each in check(xml, vocabulary())} == {"form-exists"}


@ONE_DATABASE
@pytest.mark.parametrize("drawn_as", ["404 = niet-gevonden", "5xx = stuk, 4xx = niet-gevonden"])
def test_a_status_becomes_a_bpmn_error_where_that_is_drawn(
    hook: Receiver, committed: Committed, own_engine: Engine, drawn_as: str
) -> None:
    add(committed, hook)
    hook.answer(404)
    instance_id = start(committed, drawn(webhook_errors=drawn_as))
    run(only_job(own_engine).id)
    assert at_work(own_engine, instance_id)[0] == ["elders"]
    (line,) = lines(own_engine)
    assert (line.state, line.delivery.status, line.can_be_sent_again) == (
        State.DELIVERED,
        404,
        False,
    )


@ONE_DATABASE
def test_a_status_that_is_not_drawn_is_tried_again(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    add(committed, hook)
    hook.answer(404)
    instance_id = start(committed, drawn(webhook_errors="409 = niet-gevonden"))
    run(only_job(own_engine).id)
    assert only_job(own_engine).status is JobStatus.NEW
    hook.answer(200)
    forward(timedelta(minutes=2))
    run(only_job(own_engine).id)
    assert at_work(own_engine, instance_id)[0] == ["b"]
    assert [line.delivery.status for line in lines(own_engine)] == [200]  # one line, not two


@ONE_DATABASE
@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"webhook_errors": "404"}, "Het deel “404” is niet te lezen."),
        ({"webhook_answer": "kvk = nummer"}, "geeft alleen Loket een waarde"),
        ({"webhook_answer": "a = b"}, "geen JSON"),
        ({"webhook_type": "A B"}, "Het soort bericht “A B” klopt niet"),
    ],
)
def test_what_cannot_be_done_is_an_incident_at_once_that_says_why(
    hook: Receiver, committed: Committed, own_engine: Engine, parameters: dict[str, str], told: str
) -> None:
    add(committed, hook)
    hook.answer(200, b"<p>welkom</p>")
    start(committed, drawn(**parameters))
    run(only_job(own_engine).id)
    (incident,) = incidents(own_engine)
    assert told in incident
    assert incident.startswith("Bij “send”")


def test_an_answer_that_is_nested_too_deep_is_no_json(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Answer(200, "", b'{"b": [1]}', 10, None)
    assert handler._variables({"a": "b"}, answer) == {"a": [1]}  # noqa: SLF001
    monkeypatch.setattr(json_text, "DEEPEST", 1)
    with pytest.raises(RefusedError, match="geen JSON"):
        handler._variables({"a": "b"}, answer)  # noqa: SLF001


@ONE_DATABASE
def test_an_address_that_is_not_there_or_disabled_is_said(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    start(committed, drawn())
    run(only_job(own_engine).id)
    assert "Er is geen webhook-adres met de naam “crm”." in incidents(own_engine)[0]
    add(committed, hook)
    committed(lambda session: addresses.disable(session, addresses.named(session, "crm")))
    with open_session() as session:
        known = session.scalars(select(Job)).one()
        known.status, known.attempts = JobStatus.NEW, 0
        unit_of_work(session).commit()
    run(only_job(own_engine).id)
    assert any("staat uit" in each for each in incidents(own_engine))
    assert hook.requests == []


@ONE_DATABASE
def test_a_variable_that_is_not_there_stops_the_step_before(
    hook: Receiver, committed: Committed
) -> None:
    assert hook.port
    committed(lambda session: define(session, drawn(webhook_data="onbekend")))
    with pytest.raises(Exception, match="onbekend"):
        committed(lambda session: start_process(session, "p", started_by="test"))


@ONE_DATABASE
def test_parameters_are_never_taken_from_variables_of_their_name(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    """Whoever sends variables in must not choose what goes out, or what comes back."""
    add(committed, hook)
    hook.answer(200, b'{"a": 1}', content_type="application/json")
    given = {"webhook_answer": "status = a", "webhook_data": "geheim", "geheim": "x"}
    instance_id = start(committed, drawn(), **given)
    run(only_job(own_engine).id)
    assert hook.requests[0].event["data"] == {}
    assert at_work(own_engine, instance_id)[1] == given


@ONE_DATABASE
def test_production_sends_nothing_to_this_machine(
    hook: Receiver, committed: Committed, own_engine: Engine, worker_settings: Settings
) -> None:
    add(committed, hook, PUBLISHED)
    committed(publish)
    use_settings(worker_settings.model_copy(update={"profile": Profile.PRODUCTION}))
    sweep()
    assert hook.requests == []
    (line,) = lines(own_engine)
    assert (line.state, line.delivery.answer) == (State.FAILED, Trouble.PRIVATE)


def test_the_log_forgets_what_is_settled_after_thirty_days(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    add(committed, hook, PUBLISHED)
    committed(publish)
    sweep()
    committed(lambda session: addresses.disable(session, addresses.named(session, "crm")))
    with open_session() as session:
        address_id = addresses.named(session, "crm").id
        session.add(
            WebhookDelivery(
                event_id=address_id, address_id=address_id, event_type=PUBLISHED, subject="offer/1"
            )
        )
        unit_of_work(session).commit()
    forward(timedelta(days=31))
    rows.sweep()
    assert states(own_engine) == [State.WAITING]


def test_no_more_events_of_an_address_are_under_way_than_may_be(
    hook: Receiver, committed: Committed, own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("processes.casework.webhooks.sending.MOST_UNDER_WAY", 2)
    add(committed, hook, PUBLISHED)
    hook.answer(500)

    def much(session: Session) -> None:
        for number in range(4):
            publish(session, f"offer:{number}")

    committed(much)
    sweep()
    assert states(own_engine) == [State.SENDING] * 2 + [State.WAITING] * 2
