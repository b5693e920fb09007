"""A company is mailed when a webhook of its own turned itself off, if it wants mail."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.casework.mail.notices import choose, company_reference
from processes.casework.webhooks import own_webhooks
from processes.engine.store.models import Job
from processes.engine.store.work_models import NoticeChoice
from processes.engine.tasks.rights import Person
from processes.register.mail import OutgoingMail
from processes.webhooks import addresses
from processes.webhooks.events import PREFIX
from processes.webhooks.models import WebhookAddress
from processes.webhooks.own_addresses import Wanted
from tests.app.offers.offer_world import a_provider
from tests.workers.webhook_receiver import Receiver
from tests.workers.webhook_rows import publish, sweep, sweep_until_given_up
from workers.handlers.mail.webhook_mail import letter

KVK = "68750110"
COMPANY = Person(company_reference(KVK), "Donald", frozenset({"provider"}), KVK)
PUBLISHED = f"{PREFIX}offer.published"

Committed = Callable[[Callable[[Session], Any]], Any]


def own(session: Session) -> WebhookAddress:
    return session.scalars(select(WebhookAddress).where(WebhookAddress.tenant == KVK)).one()


@pytest.fixture
def webhook(hook: Receiver, committed: Committed) -> Receiver:
    """A webhook of a registered company that is on."""

    def make(session: Session) -> None:
        a_provider(session, KVK)
        wanted = Wanted("website", hook.url, [PUBLISHED])
        address, _ = own_webhooks.ask(session, KVK, wanted, by="anna")
        addresses.enable(session, address)

    committed(make)
    return hook


def mails(own_engine: Engine) -> list[OutgoingMail]:
    with Session(own_engine, expire_on_commit=False) as session:
        return list(session.scalars(select(OutgoingMail).filter_by(kind="webhook-off")))


def test_what_turned_itself_off_is_told_once_with_the_name_and_the_page(
    webhook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    webhook.answer(500)
    committed(publish)
    sweep()
    assert mails(own_engine) == []  # an attempt that fails is nothing to be told of yet
    committed(publish)
    sweep_until_given_up()
    (mail,) = mails(own_engine)
    with Session(own_engine) as session:
        address = own(session)
        assert f"/koppelingen/webhooks/{address.id}" in mail.text
    assert mail.kvk == KVK
    assert "“website”" in mail.subject
    assert webhook.url not in mail.text + mail.html
    assert "/taken/berichten" in mail.text


def test_an_address_that_is_gone_is_told_at_once(
    webhook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    webhook.answer(410)
    committed(publish)
    sweep()
    assert len(mails(own_engine)) == 1


def test_a_company_that_wants_no_mail_gets_none(
    webhook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    committed(lambda session: choose(session, COMPANY, NoticeChoice.NONE))
    webhook.answer(410)
    committed(publish)
    sweep()
    with Session(own_engine) as session:
        assert list(session.scalars(select(Job).filter_by(topic="send-webhook-off"))) == []
    assert mails(own_engine) == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_what_changed_before_the_mail_is_written_is_kept_to(
    webhook: Receiver, committed: Committed
) -> None:
    """On again, paused by the company, or no mail wanted any more: nothing to tell."""
    webhook.answer(410)
    committed(publish)
    sweep()

    def write(session: Session) -> Any:
        return letter(session, own(session).id)

    assert committed(write) is not None
    committed(lambda session: choose(session, COMPANY, NoticeChoice.NONE))
    assert committed(write) is None
    committed(lambda session: choose(session, COMPANY, NoticeChoice.DIRECT))
    committed(lambda session: own_webhooks.resume(session, own(session), by="anna"))
    assert committed(write) is None
    committed(lambda session: own_webhooks.pause(session, own(session), by="anna"))
    assert committed(write) is None


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_an_operators_address_that_is_gone_mails_nobody(
    webhook: Receiver, committed: Committed, own_engine: Engine
) -> None:
    committed(lambda session: own_webhooks.end(session, own(session), by="anna"))
    committed(lambda session: addresses.add(session, "crm", webhook.url, [PUBLISHED], by="b"))
    webhook.answer(410)
    committed(publish)
    sweep()
    assert len(webhook.requests) == 1
    assert mails(own_engine) == []
