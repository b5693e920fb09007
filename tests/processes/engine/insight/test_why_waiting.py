"""One sentence for each token: what the instance waits for, or that it waits for nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.execution import incidents, instances, jobs
from processes.engine.execution.events import messages
from processes.engine.insight import stuck
from processes.engine.insight.why_waiting import Waiting, in_words, why_waiting
from processes.engine.registry import BpmnError, declare_topic
from processes.engine.store.models import (
    InstanceStatus,
    Job,
    JobStatus,
    ProcessInstance,
    Timer,
    UserTask,
)
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    error,
    flow,
    job,
    message,
    node,
    process,
    signal,
    straight,
    timer,
    user,
)
from tests.processes.engine.repair.migration.migrating import (
    ENDS,
    begin,
    both,
    choice,
    do,
    inside,
    many,
)
from tests.processes.engine.undoing import CANCEL, scope, throw, undone

MONDAY = datetime(2026, 11, 23, 15, 4, tzinfo=UTC)
DURING_SUMMER = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_monday() -> None:
    set_clock(lambda: MONDAY)


def told(session: Session, instance: ProcessInstance) -> dict[str, str]:
    return {each.element_id: each.sentence for each in why_waiting(session, instance.id)}


def only(session: Session, instance: ProcessInstance) -> Waiting:
    (waiting,) = why_waiting(session, instance.id)
    return waiting


def test_a_task_waits_for_a_person_of_its_group(session: Session) -> None:
    body = straight(user("a", camunda_candidateGroups="registrar"), ids=("a",))
    _, instance = begin(session, body)

    waiting = only(session, instance)

    assert waiting.sentence == (
        "Wacht sinds 23 november 2026 om 16.04 uur op iemand van de groep “registrar”,"
        " voor de taak “a”."
    )
    assert (waiting.kind, waiting.element_id, waiting.since) == ("user", "a", MONDAY)


def test_a_moment_is_told_on_the_clock_of_amsterdam() -> None:
    assert in_words(DURING_SUMMER) == "2 juli 2026 om 00.30 uur"


def test_a_message_is_told_with_its_key(session: Session) -> None:
    hear = node("receiveTask", "hear", messageRef="message_paid")
    _, instance = begin(session, straight(hear, ids=("hear",)), messages=("paid",))

    assert told(session, instance) == {"hear": "Wacht op het bericht “paid” met sleutel “1”."}


def test_a_signal_is_told(session: Session) -> None:
    wait = node("intermediateCatchEvent", "hear", signal("open"))
    _, instance = begin(session, straight(wait, ids=("hear",)), signals=("open",))

    assert told(session, instance) == {"hear": "Wacht op het signaal “open”."}


def test_a_timer_is_told(session: Session) -> None:
    wait = node("intermediateCatchEvent", "wait", timer("timeDuration", "P1D"))
    _, instance = begin(session, straight(wait, ids=("wait",)))

    assert only(session, instance).sentence == (
        "Wacht op de klok: tot 24 november 2026 om 16.04 uur."
    )


def test_a_job_is_told_with_its_attempts(session: Session) -> None:
    declare_topic("mail", parameters={})
    _, instance = begin(session, straight(job("send", "mail"), ids=("send",)))
    (made,) = session.query(Job).all()
    assert "“mail”: poging 1 van 5, vanaf 23 november" in only(session, instance).sentence

    claimed = jobs.claim(session, made.id, owner="w", lease=timedelta(minutes=1))
    assert claimed is not None
    assert only(session, instance).sentence == "Wacht op opdracht “mail”: poging 1 van 5 is bezig."

    jobs.fail(session, made.id, "w", 1, RuntimeError("no route"))
    assert "poging 2 van 5" in only(session, instance).sentence


def test_a_job_that_gave_up_waits_for_an_operator(session: Session) -> None:
    _, instance = begin(session, straight(job("send", "mail"), ids=("send",)))
    (made,) = session.query(Job).all()
    session.execute(update(Job).values(max_attempts=1))
    jobs.claim(session, made.id, owner="w", lease=timedelta(minutes=1))
    jobs.fail(session, made.id, "w", 1, RuntimeError("no route"))

    waiting = only(session, instance)

    assert waiting.sentence == (
        "Wacht op een beheerder: opdracht “mail” is na 1 van 1 pogingen mislukt."
    )
    assert stuck.stuck_instances(session) == []


def test_a_gateway_of_events_tells_all_in_one_sentence(session: Session) -> None:
    events = (("hear", message("paid")), ("wait", timer("timeDuration", "P1D")))
    _, instance = begin(session, choice(*events), messages=("paid",))

    sentence = only(session, instance).sentence

    assert "op het bericht “paid” met sleutel “1”, of op de klok" in sentence


def test_each_token_has_its_own_sentence(session: Session) -> None:
    _, instance = begin(session, both(("a",), ("b",)))
    assert {each.kind for each in why_waiting(session, instance.id)} == {"user"}

    do(session, "a")
    sentences = told(session, instance)
    assert sentences.keys() == {"b", "join"}
    assert sentences["join"] == "Wacht op de andere takken: “b”."


def test_a_job_for_a_worker_outside_waits_until_somebody_fetches_it(session: Session) -> None:
    _, instance = begin(session, straight(job("call", "bel"), ids=("call",)))

    assert "op een programma van buiten dat opdracht “bel” ophaalt" in (
        only(session, instance).sentence
    )


def test_a_job_is_named_as_it_is_drawn(session: Session) -> None:
    declare_topic("mail", parameters={})
    named = job("send", "mail").replace('name="send"', 'name="Bevestiging mailen"')
    _, instance = begin(session, straight(named, ids=("send",)))
    assert "Wacht op opdracht “Bevestiging mailen”: poging 1" in only(session, instance).sentence


def test_a_join_is_named_as_it_is_drawn(session: Session) -> None:
    named = both(("a",), ("b",)).replace('name="join"', 'name="Alles binnen?"')
    _, instance = begin(session, named)
    do(session, "a")
    sentence = told(session, instance)["join"]
    assert sentence == "Wacht bij “Alles binnen?” op de andere takken: “b”."


def test_a_join_waits_only_for_what_still_leads_to_it(session: Session) -> None:
    edge = boundary("e", "b", signal("s"), interrupting=False) + user("c") + node("endEvent", "no")
    _, instance = begin(
        session, both(("a",), ("b",)) + edge + chain("e", "c", "no"), signals=("s",)
    )
    messages.send_signal(session, "s")
    do(session, "a")

    sentences = told(session, instance)

    assert sentences.keys() == {"b", "e", "c", "join"}
    assert sentences["join"] == "Wacht op de andere takken: “b”."


def test_a_join_waits_for_what_goes_on_within_a_subprocess(session: Session) -> None:
    inner = node("startEvent", "s2") + user("in") + node("endEvent", "e2") + chain("s2", "in", "e2")
    body = both(("a",), ("b",)).replace(user("b"), node("subProcess", "b", inner))
    _, instance = begin(session, body)
    do(session, "a")

    assert told(session, instance)["join"] == "Wacht op de andere takken: “in”."


def test_a_join_waits_for_what_goes_on_in_a_called_process(session: Session) -> None:
    """Also where an element in it has the id of one that leads elsewhere."""
    define(session, process(straight(user("after"), ids=("after",)), "k"), "k")
    call = node("callActivity", "b", calledElement="k")
    _, instance = begin(session, both(("a",), ("b",)).replace(user("b"), call))
    do(session, "a")

    assert told(session, instance)["join"] == "Wacht op de andere takken: “after”."


def test_a_join_to_which_nothing_leads_any_more_is_stuck(session: Session) -> None:
    body = (
        both(("a",), ("b", "x")).replace(user("x"), node("exclusiveGateway", "x")) + user("aside")
        + flow("x", "aside", "${away}") + chain("aside", "end")
    )  # fmt: skip
    _, instance = begin(session, body.replace('id="x"', 'id="x" default="x_to_join"'))
    do(session, "a")
    do(session, "b", away=True)

    sentences = told(session, instance)

    assert sentences["join"] == (
        "Wacht op niets: deze zaak is vastgelopen. Een beheerder moet hem verplaatsen."
    )
    assert "“aside”" in sentences["aside"]


def test_a_condition_is_told(session: Session) -> None:
    condition = (
        "<bpmn:conditionalEventDefinition><bpmn:condition>${n > 5}</bpmn:condition>"
        "</bpmn:conditionalEventDefinition>"
    )
    wait = node("intermediateCatchEvent", "wait", condition)
    _, instance = begin(session, straight(wait, ids=("wait",)))

    assert only(session, instance).kind == "condition"
    assert stuck.stuck_instances(session) == []


def test_subprocesses_rounds_and_edges_are_told_by_what_is_inside(session: Session) -> None:
    _, instance = begin(session, inside(many("x") + chain("s2", "x", "e2")))
    assert [each.element_id for each in why_waiting(session, instance.id)] == ["x", "x"]


def test_an_edge_that_only_listens_for_errors_waits_for_nothing(session: Session) -> None:
    body = ENDS + job("send") + boundary("t", "send", error("gone")) + user("late")
    flows = chain("start", "send", "end") + chain("t", "late", "end")
    _, instance = begin(session, body + flows, errors=("gone",))

    assert [each.element_id for each in why_waiting(session, instance.id)] == ["send"]
    (made,) = session.query(Job).all()
    jobs.claim(session, made.id, owner="w", lease=timedelta(minutes=1))
    jobs.fail(session, made.id, "w", 1, BpmnError("gone"))
    assert [each.element_id for each in why_waiting(session, instance.id)] == ["late"]


def test_an_ended_instance_waits_for_nothing(session: Session) -> None:
    _, instance = begin(session, straight(user("a"), ids=("a",)))
    do(session, "a")

    assert why_waiting(session, instance.id) == []
    assert stuck.stuck_instances(session) == []


# -- stuck


def test_a_task_whose_row_is_gone_is_stuck(session: Session) -> None:
    _, instance = begin(session, straight(user("a"), ids=("a",)))
    session.execute(delete(UserTask))

    waiting = only(session, instance)

    assert waiting.kind == "stuck"
    assert waiting.sentence.startswith("Wacht op niets: deze zaak is vastgelopen.")


def test_a_timer_that_was_lost_is_found(session: Session) -> None:
    wait = node("intermediateCatchEvent", "wait", timer("timeDuration", "P1D"))
    _, instance = begin(session, straight(wait, ids=("wait",)))
    assert stuck.stuck_instances(session) == []
    session.execute(delete(Timer))

    (found,) = stuck.stuck_instances(session)

    assert (found.instance_id, found.business_key) == (instance.id, "1")
    assert [each.element_id for each in found.waiting] == ["wait"]


def test_a_job_that_is_done_without_its_instance_going_on_is_found(session: Session) -> None:
    _, instance = begin(session, straight(job("send"), ids=("send",)))
    session.execute(update(Job).values(status=JobStatus.DONE))

    (found,) = stuck.stuck_instances(session)

    assert found.instance_id == instance.id


def test_a_job_that_gave_up_without_an_incident_is_found(session: Session) -> None:
    begin(session, straight(job("send"), ids=("send",)))
    session.execute(update(Job).values(status=JobStatus.FAILED))
    assert incidents.open_incidents(session) == []

    assert len(stuck.stuck_instances(session)) == 1


def test_a_state_that_cannot_be_read_is_found(session: Session) -> None:
    begin(session, straight(user("a"), ids=("a",)))
    session.execute(delete(UserTask))
    session.execute(update(ProcessInstance).values(state=b"\x91\x63"))

    (found,) = stuck.stuck_instances(session)

    assert "kan niet worden gelezen" in found.waiting[0].sentence


def test_instances_that_wait_or_stand_still_on_purpose_are_not_stuck(session: Session) -> None:
    _, instance = begin(session, straight(user("a"), ids=("a",)))
    assert stuck.stuck_instances(session) == []
    session.execute(delete(UserTask))
    instance.status = InstanceStatus.SUSPENDED
    session.flush()

    assert stuck.stuck_instances(session) == []


def test_the_scan_stops_at_its_limit(session: Session) -> None:
    begin(session, straight(user("a"), ids=("a",)))
    instances.start_process(session, "p", business_key="2", started_by="test")
    session.execute(delete(UserTask))

    assert len(stuck.stuck_instances(session, 1)) == 1
    assert len(stuck.stuck_instances(session)) == 2


def test_a_task_that_undoes_says_what(session: Session) -> None:
    body = straight(undone(user("a"), "a"), throw("t"), user("b"), ids=("a", "t", "b"))
    _, instance = begin(session, body)
    do(session, "a")

    waiting = only(session, instance)
    assert waiting.sentence == (
        "Wacht sinds 23 november 2026 om 16.04 uur op iemand, voor de taak “undo_a”."
        " Daarmee wordt “a” teruggedraaid."
    )
    assert (waiting.kind, waiting.element_id) == ("user", "undo_a")
    do(session, "undo_a")
    assert "teruggedraaid" not in only(session, instance).sentence


def test_the_cancel_event_of_a_transaction_waits_for_nothing_of_its_own(session: Session) -> None:
    drawn = scope("transaction", "s", user("a"), ids=("a",))
    edge = boundary("x", "s", CANCEL) + chain("x", "end")
    _, instance = begin(session, straight(drawn, ids=("s",)) + edge)

    assert list(told(session, instance)) == ["a"]
