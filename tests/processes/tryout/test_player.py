"""A run is played by the real engine: its tokens, its clock, its incidents; and nothing else."""

from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.base import now, own_clock
from processes.engine.store.models import Job
from processes.register.mail import OutgoingMail
from processes.register.providers.providers import Provider
from processes.tryout.actions import Action, Answer, Do
from processes.tryout.play import Play
from processes.tryout.player import play
from processes.tryout.world import KNOWN, new_world
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    flow,
    message,
    node,
    process,
    signal,
    straight,
    timer,
    user,
)
from tests.processes.engine.diagrams import (
    job as a_job,
)
from tests.processes.tryout.playing import (
    ONBOARDING,
    job,
    path,
    registered,
    run,
    start,
    task,
    wait,
    xml_of,
)

REMINDED = process(
    straight(
        user("visit"),
        boundary("reminder", "visit", timer("timeDuration", "P3D")),
        user("call"),
        ids=("visit",),
    )
    + flow("reminder", "call")
    + flow("call", "end")
)


def test_a_condition_that_feel_cannot_tell_is_told_with_its_reason() -> None:
    nodes = node("startEvent", "start") + node("exclusiveGateway", "choice", default="choice_to_b")
    ways = chain("start", "a", "choice", "b") + flow("choice", "c", "= amount &gt; 3")
    ends = flow("b", "end") + flow("c", "end") + node("endEvent", "end")
    diagram = process(nodes + user("a") + user("b") + user("c") + ways + ends)

    outcome = run(diagram, start(), task("a", amount="veel"))

    told = [sentence for passed in outcome.path for sentence in passed.unclear]
    assert told == [
        "“= amount > 3” geldt niet: heeft geen uitkomst: > gaat niet met een tekst en een getal."
    ]
    assert outcome.waits_at == ["b"]
    assert type(outcome).from_json(outcome.as_json()) == outcome


def test_an_onboarding_is_played_to_its_end() -> None:
    outcome = run(
        xml_of(ONBOARDING),
        *registered(),
        job("send_confirmation"),
        job("migrate_offers", offers_migrated=3),
        key=ONBOARDING,
    )
    assert outcome.status == "completed"
    assert path(outcome)[-1] == "registered"
    assert outcome.variables["offers_migrated"] == 3
    assert outcome.stopped_at is None


def test_the_same_actions_lead_to_the_same_state() -> None:
    both = [run(xml_of(ONBOARDING), *registered(), key=ONBOARDING) for _ in range(2)]
    assert path(both[0]) == path(both[1])
    assert both[0].waits_at == both[1].waits_at == ["send_confirmation", "migrate_offers"]


def test_delegates_change_the_private_register_alone_and_jobs_are_never_performed() -> None:
    world = new_world()
    play(Play(xml_of(ONBOARDING), ONBOARDING, list(registered())), world)
    with Session(world) as session:
        assert session.scalar(select(Provider.kvk).where(Provider.kvk == KNOWN)) == KNOWN
        assert session.scalar(select(func.count()).select_from(OutgoingMail)) == 0
        assert set(session.scalars(select(Job.attempts))) == {0}


def test_time_passes_only_when_somebody_lets_it() -> None:
    outcome = run(REMINDED, start())
    assert outcome.waits_at == ["visit", "reminder"]
    assert datetime.fromisoformat(outcome.moment).isoformat() == "2026-11-23T08:00:00+00:00"
    later = run(REMINDED, start(), wait("P2D"))
    assert later.waits_at == ["visit", "reminder"]
    assert run(REMINDED, start(), wait("P2D"), wait("P1D")).waits_at == ["call"]


def test_the_clock_jumps_to_the_next_timer() -> None:
    outcome = run(REMINDED, start(), wait())
    assert outcome.waits_at == ["call"]
    assert outcome.moment == "2026-11-26T08:00:00+00:00"


def test_our_own_clock_goes_on_as_it_was() -> None:
    before = now()
    run(REMINDED, start(), wait("P300D"))
    assert abs(now() - before).days == 0


def test_a_clock_of_a_block_ends_with_the_block() -> None:
    moment = datetime.fromisoformat("2030-01-01T00:00:00+00:00")
    with own_clock(lambda: moment):
        assert now() == moment
    assert now() != moment


@pytest.mark.parametrize(
    ("action", "why"),
    [
        (task("call"), "“call” staat niet open. Open staat “visit” en “reminder”."),
        (job("visit"), "“visit” staat niet open"),
        (wait("morgen"), "is geen duur"),
        (wait("P9999Y"), "is geen duur"),
        (start(), "De zaak is al begonnen"),
        (Action(Do.RETRY, "visit"), "“visit” staat niet open"),
    ],
)
def test_what_does_not_fit_stops_the_run_and_says_why(action: Action, why: str) -> None:
    outcome = run(REMINDED, start(), action, wait())
    assert outcome.stopped_at == 1
    assert why in outcome.reason
    assert len(outcome.log) == 1
    assert outcome.waits_at == ["visit", "reminder"]


def test_nothing_to_wait_for_is_said() -> None:
    outcome = run(process(straight(user("visit"), ids=("visit",))), start(), wait())
    assert outcome.reason == "Er loopt geen klok om op te wachten."


def test_an_error_that_nothing_catches_is_trouble() -> None:
    xml = process(straight(a_job("send"), ids=("send",)))
    outcome = run(xml, start(), job("send", Answer.ERROR, "no-such-code"))
    assert [each.element for each in outcome.troubles] == ["send"]
    assert outcome.status == "active"
    assert "no-such-code" in outcome.log[-1].problem


def test_a_job_that_failed_is_tried_again_by_an_operator() -> None:
    xml = process(straight(a_job("send"), ids=("send",)))
    failed = run(xml, start(), job("send", Answer.FAILURE))
    assert failed.jobs[0].has_failed
    again = run(xml, start(), job("send", Answer.FAILURE), Action(Do.RETRY, "send"), job("send"))
    assert again.status == "completed"
    assert again.troubles == ()


def test_a_condition_that_cannot_be_worked_out_is_trouble_and_the_task_stays_open() -> None:
    body = (
        node("startEvent", "start")
        + user("visit")
        + node("exclusiveGateway", "choose", default="choose_to_end")
        + node("endEvent", "end")
        + node("endEvent", "other")
        + chain("start", "visit", "choose", "end")
        + flow("choose", "other", "${amount > 3}")
    )
    outcome = run(process(body), start(), task("visit", amount="veel"))
    assert outcome.waits_at == ["visit"]
    assert outcome.log[-1].problem
    assert run(process(body), start(), task("visit", amount=4)).path[-1].element == "other"


def test_messages_and_signals_come_in() -> None:
    body = straight(
        node("intermediateCatchEvent", "paid", message("payment")),
        node("intermediateCatchEvent", "opened", signal("opening")),
        ids=("paid", "opened"),
    )
    xml = process(body, messages=("payment",), signals=("opening",))
    waiting = run(xml, start())
    assert [(each.kind, each.name) for each in waiting.events] == [("message", "payment")]
    key = waiting.events[0].key
    paid = Action(Do.MESSAGE, name="payment", key=key, values={"amount": 5})
    outcome = run(xml, start(), paid, Action(Do.SIGNAL, name="opening"))
    assert outcome.status == "completed"
    assert outcome.variables["amount"] == 5


@pytest.mark.parametrize("kind", [Do.MESSAGE, Do.SIGNAL])
@pytest.mark.parametrize("name", ["initiator", "taker"])
def test_who_may_do_a_task_comes_with_no_message(kind: Do, name: str) -> None:
    """As outside a try-out, it is refused and told."""
    definition = {Do.MESSAGE: message("called"), Do.SIGNAL: signal("called")}[kind]
    heard = node("intermediateCatchEvent", "heard", definition)
    body = straight(heard, user("visit"), ids=("heard", "visit"))
    xml = process(body, messages=("called",), signals=("called",))
    key = run(xml, start()).events[0].key
    told = run(xml, start(), Action(kind, name="called", key=key, values={name: "staff:x"}))
    assert f"“{name}” zegt wie een taak mag doen" in told.log[-1].problem
    assert told.events[0].name == "called"
    other = run(xml, start(), Action(kind, name="called", key=key, values={"amount": 5}))
    assert other.waits_at == ["visit"]


def test_of_parallel_rounds_each_is_filled_in_by_its_number() -> None:
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics>"
        "<bpmn:loopCardinality>2</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    xml = process(straight(user("visit", loop), ids=("visit",)))
    outcome = run(xml, start())
    assert [each.which for each in outcome.tasks] == [0, 1]
    second = Action(Do.TASK, "visit", which=1)
    assert run(xml, start(), second, task("visit")).status == "completed"


def test_what_a_delegate_answers_may_be_agreed_beforehand() -> None:
    agreed = Action(
        Do.ANSWER, "register_provider", answer=Answer.ERROR, code="requirements-changed"
    )
    first, *others = registered()
    outcome = run(xml_of(ONBOARDING), first, agreed, *others, key=ONBOARDING)
    assert outcome.waits_at == ["quality_requirements"]
    assert "requirements_changed" in path(outcome)


def test_an_outcome_survives_its_journey_as_json() -> None:
    outcome = run(xml_of(ONBOARDING), *registered(), key=ONBOARDING)
    assert type(outcome).from_json(outcome.as_json()) == outcome


@pytest.mark.parametrize(
    ("element", "after"), [("plain", "visit"), ("called", "call"), ("", "visit"), ("late", "rate")]
)
def test_a_case_begins_at_the_event_that_is_chosen(element: str, after: str) -> None:
    body = (
        node("startEvent", "plain")
        + node("startEvent", "called", message("question"))
        + node("startEvent", "late", timer("timeDuration", "P1D"))
        + "".join(user(each) for each in ("visit", "call", "rate"))
        + node("endEvent", "end")
        + chain("plain", "visit", "end")
        + chain("called", "call", "end")
        + chain("late", "rate", "end")
    )
    begun = Action(Do.START, element=element, key="1")
    assert run(process(body, messages=("question",)), begun).waits_at == [after]


def test_a_signal_that_says_who_began_is_refused_with_the_reason() -> None:
    wait_for = node("intermediateCatchEvent", "opened", signal("opening"))
    xml = process(straight(wait_for, ids=("opened",)), signals=("opening",)).replace(
        b'id="start" name="start"', b'id="start" name="start" camunda:initiator="melder"'
    )
    given = {"melder": "staff:1", "x": 1}

    outcome = run(xml, start(), Action(Do.SIGNAL, name="opening", values=given))

    assert "melder" in outcome.log[-1].problem
    assert "wie een taak mag doen" in outcome.log[-1].problem
    assert outcome.waits_at == ["opened"]
