"""Webhooks of companies: allowed, confirmed, then their own events, and no burden on operators."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from processes.casework.webhooks import administration, own_webhooks, sending, webhook_log
from processes.casework.webhooks.webhook_log import State
from processes.engine.registry import RefusedError
from processes.engine.store.models import Incident, Job, JobStatus
from processes.register.changes import AuditEvent, record_event
from processes.webhooks import addresses
from processes.webhooks.events import CONFIRM, PREFIX
from processes.webhooks.models import Disabled, Trouble, WebhookAddress
from processes.webhooks.own_addresses import Wanted
from tests.workers.webhook_receiver import Receiver, Reply, Request
from tests.workers.webhook_rows import (
    OFFER,
    forward,
    lines,
    publish,
    states,
    sweep,
    sweep_until_given_up,
)

PUBLISHED = f"{PREFIX}offer.published"
KVK, OTHER = "68750110", "69599084"

# Where no statement of its own is at stake.
ONE_DATABASE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

Committed = Callable[[Callable[[Session], Any]], Any]


def ask(committed: Committed, hook: Receiver, kvk: str = KVK) -> str:
    """A company asks for its webhook; the secret."""
    wanted = Wanted("website", hook.url, [PUBLISHED])
    secret: str = committed(lambda session: own_webhooks.ask(session, kvk, wanted, by="anna")[1])
    return secret


def own(session: Session, kvk: str = KVK) -> WebhookAddress:
    return session.scalars(select(WebhookAddress).where(WebhookAddress.tenant == kvk)).one()


def allow(committed: Committed, kvk: str = KVK) -> None:
    committed(lambda session: own_webhooks.allow(session, own(session, kvk), by="beheer"))


def give_back(request: Request) -> Reply:
    """What a program does that keeps to the description."""
    if request.event["type"] != CONFIRM:
        return Reply()
    return Reply(200, {}, json.dumps({"challenge": request.event["data"]["challenge"]}).encode())


def confirmed(committed: Committed, hook: Receiver) -> str:
    secret = ask(committed, hook)
    allow(committed)
    hook.reply = give_back
    sweep()
    hook.requests.clear()
    return secret


def stand(own_engine: Engine) -> str | None:
    """Why nothing goes there; None where it does."""
    with Session(own_engine) as session:
        return own(session).disabled_because


def test_a_challenge_that_is_answered_with_gone_confirms_nothing(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    ask(committed, hook)
    allow(committed)
    hook.answer(410)
    sweep()
    assert len(hook.requests) == 1
    assert stand(own_engine) == Disabled.UNCONFIRMED
    resumed = committed(lambda session: own_webhooks.resume(session, own(session), by="anna"))
    assert (resumed, stand(own_engine)) == (False, Disabled.UNCONFIRMED)


def test_what_an_operator_switched_off_stays_off_when_the_receiver_says_gone(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    confirmed(committed, hook)

    def switched_off_meanwhile(_request: Request) -> Reply:
        committed(lambda session: addresses.disable(session, own(session), Disabled.OPERATOR))
        return Reply(410)

    hook.reply = switched_off_meanwhile
    committed(publish)
    sweep()
    assert len(hook.requests) == 1
    assert stand(own_engine) == Disabled.OPERATOR


def test_it_is_allowed_then_confirmed_then_told_of_its_own(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    secret = ask(committed, hook)
    committed(publish)
    sweep()
    assert (hook.requests, lines(own_engine)) == ([], [])  # nobody allowed it
    allow(committed)
    hook.reply = give_back
    sweep()
    (question,) = hook.requests
    assert Webhook(secret).verify(question.body, dict(question.headers)) == question.event
    assert question.event["type"] == CONFIRM
    assert stand(own_engine) is None
    committed(lambda session: publish(session, OFFER))
    committed(
        lambda session: record_event(
            session, "offer-published", actor="b", kvk=OTHER, subject=OFFER.replace("6f9c", "7f9c")
        )
    )
    sweep()
    assert [each.event["subject"] for each in hook.requests[1:]] == [OFFER.replace(":", "/")]
    with Session(own_engine) as session:
        trail = select(AuditEvent.action).where(AuditEvent.kvk == KVK).order_by(AuditEvent.at)
        told = [each for each in session.scalars(trail) if each.startswith("webhook")]
    assert told == ["webhook-added", "webhook-allowed", "webhook-confirmed"]


@ONE_DATABASE
@pytest.mark.parametrize(
    "answer",
    [
        lambda _request: Reply(204),
        lambda _request: Reply(200, {}, b"ok"),
        lambda request: Reply(200, {}, request.body),  # whatever comes is sent back
        lambda _request: Reply(200, {}, b'{"challenge": null}'),
        lambda _request: Reply(200, {}, b"\xff{"),
    ],
)
def test_another_answer_confirms_nothing(
    hook: Receiver, committed: Committed, own_engine: Engine, answer: Callable[[Request], Reply]
) -> None:
    ask(committed, hook)
    allow(committed)
    hook.reply = answer
    sweep()
    (line,) = lines(own_engine)
    assert (line.state, line.delivery.answer) == (State.SENDING, Trouble.UNCONFIRMED)
    assert stand(own_engine) == Disabled.UNCONFIRMED
    hook.reply = give_back
    forward(timedelta(minutes=2))
    sweep()
    assert stand(own_engine) is None


@ONE_DATABASE
def test_a_challenge_of_before_an_operator_changed_his_mind_confirms_nothing(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    ask(committed, hook)
    allow(committed)
    committed(lambda session: administration.disable(session, own(session), by="beheer"))
    hook.reply = give_back
    sweep()
    assert (hook.requests, stand(own_engine)) == ([], Disabled.OPERATOR)
    assert not committed(lambda session: own_webhooks.resume(session, own(session), by="anna"))


@ONE_DATABASE
def test_what_is_given_up_is_no_incident_and_pauses_what_does_not_answer(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    confirmed(committed, hook)
    hook.answer(500)
    committed(publish)
    sweep_until_given_up()
    assert len(hook.requests) == 12
    assert states(own_engine)[-1] is State.FAILED
    assert stand(own_engine) == Disabled.FAILING
    with Session(own_engine) as session:
        assert session.scalar(select(func.count()).select_from(Incident)) == 0
    hook.answer(204)
    committed(lambda session: own_webhooks.resume(session, own(session), by="anna"))
    count = committed(
        lambda session: administration.send_failed_again(session, own(session), by="anna")
    )
    assert (count, states(own_engine)[-1]) == (1, State.WAITING)
    sweep()
    assert states(own_engine)[-1] is State.DELIVERED
    assert hook.requests[-1].headers["webhook-id"] == hook.requests[0].headers["webhook-id"]


@ONE_DATABASE
def test_a_receiver_that_refuses_one_message_stays_on(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    confirmed(committed, hook)
    hook.answer(500)
    committed(publish)
    sweep()
    hook.answer(204)
    committed(lambda session: publish(session, OFFER.replace("6f9c", "7f9c")))
    sweep()
    hook.answer(500)
    sweep_until_given_up()
    assert states(own_engine)[1:] == [State.FAILED, State.DELIVERED]
    assert stand(own_engine) is None


def test_a_company_with_many_events_holds_up_nobody_and_gets_a_few_at_a_time(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    confirmed(committed, hook)
    subjects = [f"offer:{number:08d}" for number in range(30)]
    for subject in subjects:
        committed(partial(publish, subject=subject))
    committed(lambda session: addresses.add(session, "crm", hook.url, [PUBLISHED], by="b"))
    committed(lambda session: publish(session, "offer:last"))
    committed(lambda session: sending.start(session, 10))
    with Session(own_engine) as session:
        jobs = session.scalars(select(Job.id).where(Job.status == JobStatus.NEW)).all()
    by_address = [line.address for line in lines(own_engine) if line.job and line.job.id in jobs]
    assert sorted(by_address) == [*[f"{KVK} website"] * 4, "crm"]


@ONE_DATABASE
def test_a_diagram_does_not_find_the_webhook_of_a_company(
    hook: Receiver, committed: Committed
) -> None:
    confirmed(committed, hook)
    name = f"{KVK} website"
    with pytest.raises(RefusedError, match="Er is geen webhook-adres"):
        committed(lambda session: sending.step_message(session, UUID(int=1), name, "x", {}))


@ONE_DATABASE
def test_a_webhook_that_is_stopped_while_it_is_sent_breaks_nothing(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    confirmed(committed, hook)

    def stop(_request: Request) -> Reply:
        committed(lambda session: own_webhooks.end(session, own(session), by="anna"))
        return Reply()

    hook.reply = stop
    committed(publish)
    committed(publish)
    sweep()
    assert (len(hook.requests), stand(own_engine)) == (1, Disabled.ENDED)
    assert states(own_engine) == [State.DELIVERED, State.DELIVERED]
    assert not committed(lambda session: own_webhooks.resume(session, own(session), by="anna"))
    committed(lambda session: administration.disable(session, own(session), by="beheer"))
    assert stand(own_engine) == Disabled.ENDED


@ONE_DATABASE
def test_a_company_that_goes_to_another_number_asks_anew(
    hook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    confirmed(committed, hook)
    committed(lambda session: own_webhooks.hand_over(session, KVK, OTHER, by="register"))
    with Session(own_engine) as session:
        moved = own(session, OTHER)
        assert (moved.name, moved.enabled) == (f"{OTHER} website", False)
        assert moved.disabled_because == Disabled.ASKED
        assert webhook_log.counts(session, OTHER)
