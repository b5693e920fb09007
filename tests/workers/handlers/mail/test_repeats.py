"""What a contact person did not get is sent to the address that was repaired: that very notice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import today
from processes.casework.mail.refused import TO_REPAIRED, TO_SOMEBODY_ELSE
from processes.casework.retention.case_data import erase_case
from processes.casework.webhooks import own_webhooks
from processes.engine.deployment.definitions import deploy
from processes.engine.execution.instances import (
    complete_user_task,
    open_user_tasks,
    start_process,
)
from processes.engine.execution.jobs import create_job
from processes.engine.store.models import (
    Incident,
    InstanceStatus,
    Job,
    JobStatus,
    ProcessInstance,
    UserTask,
)
from processes.engine.store.start_models import BegunCase
from processes.platform.settings import Settings, use_settings
from processes.register.mail import MailStatus, OutgoingMail, is_refused
from processes.register.migration_report import MigrationOutcome, MigrationResult
from processes.register.offers.offers import set_end_date
from processes.register.providers.leaving import close, erase_contact
from processes.register.providers.providers import Provider, change_contact, reinstate, suspend
from processes.webhooks.events import PREFIX
from processes.webhooks.models import Disabled
from processes.webhooks.own_addresses import Wanted
from tests.app.offers.offer_world import BPMN, a_catalogue_offer, a_provider
from tests.workers.mail_server import MailServer, mail_server
from workers.bounced_mail import note
from workers.clients.bounces import Bounce
from workers.enqueue import open_session
from workers.registry import SERVICE_TASKS
from workers.run_job import run
from workers.vocabulary import vocabulary

KVK, OTHER = "68750110", "69599084"
FORMER, REPAIRED = "anna@leerkring.example", "balie@leerkring.example"
REFUSES, TAKES = "550 5.1.1 no such user", "250 OK"
TO_STAFF_AND_VISITORS = {
    "send-handed-over",
    "send-late-tasks",
    "send-public-confirmation",
    "send-search-digest",
    "send-security-notice",
    "send-task-digest",
}
Committed = Callable[[Callable[[Session], Any]], Any]


@dataclass
class World:
    """A provider, and what its letters are about."""

    server: MailServer
    committed: Committed
    ids: dict[str, str] = field(default_factory=dict)

    def sends(self, topic: str, **arguments: Any) -> UUID:
        """A job of this topic, performed; its id."""

        def make(session: Session) -> UUID:
            key = f"{topic}:{uuid4()}"
            given = {name: self.ids.get(str(value), value) for name, value in arguments.items()}
            return create_job(session, topic, given, idempotency_key=key, tenant=KVK).id

        job_id: UUID = self.committed(make)
        run(job_id)
        return job_id

    def reads(self, query: Any) -> list[Any]:
        with open_session() as session:
            return list(session.scalars(query))

    def mails(self, recipient: str) -> list[OutgoingMail]:
        query = select(OutgoingMail).where(OutgoingMail.recipient == recipient)
        return self.reads(query.order_by(OutgoingMail.created_at))

    def asked(self) -> list[UserTask]:
        """The open tasks to repair an address."""
        with open_session() as session:
            return list(open_user_tasks(session, tenant=KVK, group="registrar"))

    def repairs(self, email: str = REPAIRED) -> None:
        """A registrar completes the task with this address, and a worker does what follows."""
        (task,) = self.asked()
        given = {"repaired_address": {"email": email, "note": None}, "actor": "registrar"}
        self.committed(
            lambda session: complete_user_task(
                session, task.id, completed_by="registrar", variables=given
            )
        )
        self.work("send-again")

    def work(self, topic: str) -> None:
        for job in self.reads(select(Job).where(Job.topic == topic, Job.status == JobStatus.NEW)):
            run(job.id)


@pytest.fixture
def world(worker_settings: Settings, committed: Committed) -> Iterator[World]:
    with mail_server() as server:
        use_settings(worker_settings.model_copy(update={"smtp_port": server.port}))
        made = World(server, committed)
        committed(lambda session: _prepare(session, made.ids))
        yield made


def _prepare(session: Session, ids: dict[str, str]) -> None:
    for name in ("mail_bounced", "offer_claim"):
        xml = (BPMN / f"{name}.bpmn").read_bytes()
        deploy(session, xml, vocabulary=vocabulary(), deployed_by="test", from_file=True)
    provider = a_provider(session, KVK, contact={"email": FORMER})
    offer = a_catalogue_offer(session, provider, title="Rekenen")
    facts = {"provider_id": str(provider.id), "case_id": str(uuid4())}
    case = start_process(
        session,
        "offer_claim",
        business_key=KVK,
        tenant=KVK,
        variables=facts | {"kvk": KVK},
        started_by="test",
    )
    begun = BegunCase(
        submission_id=uuid4(),
        instance_id=case.id,
        reference="ZK-1",
        starter_id=uuid4(),
        mailed_to=FORMER,
    )
    wanted = Wanted("website", "https://hooks.leerkring.test/", [f"{PREFIX}offer.published"])
    address, _ = own_webhooks.ask(session, KVK, wanted, by="anna")
    address.enabled, address.disabled_because = False, Disabled.FAILING
    suspend(session, provider, "Wij kregen klachten.", by="registrar")
    reinstate(session, provider, by="registrar")
    set_end_date(session, offer.id, today() + timedelta(days=7), by="anna")
    session.add(begun)
    session.flush()
    ids |= {
        "the provider": str(provider.id),
        "the offer": str(offer.id),
        "today": today().isoformat(),
        "the case": str(begun.submission_id),
        "the webhook": str(address.id),
    }


OF_REPAIR = ProcessInstance.process_key == "mail_bounced"
CLAIM = {"what": "Drie cursussen", "accounts": []}
NOTICES: dict[str, dict[str, Any]] = {
    "send-claim-granted": {"provider_id": "the provider"},
    "send-claim-received": {"provider_id": "the provider", "claim": CLAIM},
    "send-claim-rejected": {"provider_id": "the provider", "claim_reason": "Niet van u."},
    "send-confirmation-again": {"provider_id": "the provider"},
    "send-contact-changed": {"provider_id": "the provider"},
    "send-declaration-request": {"provider_id": "the provider", "declare_until": "2030-03-01"},
    "send-leaving": {"provider_id": "the provider", "last_day": "2030-03-01"},
    "send-left": {"provider_id": "the provider"},
    "send-merged": {"kvk": OTHER, "new_kvk": KVK, "former_name": "De Oude"},
    "send-objection-received": {"provider_id": "the provider", "objection": "Dat klopt niet."},
    "send-objection-rejected": {"provider_id": "the provider", "objection_reason": "Zie hierboven"},
    "send-offer-correction": {"offer_id": "the offer", "corrections": {"cost": "Klopt dit?"}},
    "send-offer-hidden": {"offer_id": "the offer", "correction_remark": "Zie de kosten."},
    "send-offer-shown": {"offer_id": "the offer"},
    "send-provider-reminder": {
        "kvk": KVK,
        "day": "today",
        "end_days": [30, 7],
        "concept_days": 60,
        "onboarding_days": 14,
    },
    "send-receipt": {"submission_id": "the case"},
    "send-reinstated": {"provider_id": "the provider"},
    "send-suspended": {"provider_id": "the provider"},
    "send-transfer-asked": {
        "provider_id": "the provider",
        "new_kvk": OTHER,
        "consent_until": "2030-03-01",
    },
    "send-transfer-done": {"provider_id": "the provider", "kvk": OTHER},
    "send-transfer-stopped": {
        "provider_id": "the provider",
        "new_kvk": OTHER,
        "transfer_reason": "Geen akkoord.",
    },
    "send-webhook-off": {"address": "the webhook"},
}


def test_every_mail_is_known_to_go_again_or_not() -> None:
    mails = {topic for topic, task in SERVICE_TASKS.items() if task.queue == "mail"}
    repeats = {"send-again", TO_REPAIRED}
    alone = {"send-confirmation"}  # its own process repairs; what comes back later is tested below
    known = (set(NOTICES), TO_SOMEBODY_ELSE, TO_STAFF_AND_VISITORS, repeats, alone)
    assert mails == set().union(*known)
    assert len(mails) == sum(map(len, known))


@pytest.mark.rule("R45b")
@pytest.mark.parametrize("topic", sorted(NOTICES))
def test_the_very_notice_that_was_refused_goes_to_the_repaired_address(
    world: World, topic: str
) -> None:
    world.server.recipient = REFUSES
    world.sends(topic, **NOTICES[topic])
    (lost,) = world.mails(FORMER)
    assert lost.status is MailStatus.REFUSED
    world.server.recipient = TAKES
    world.repairs()
    (mail,) = world.mails(REPAIRED)
    assert (mail.kind, mail.subject, mail.kvk) == (lost.kind, lost.subject, KVK)
    assert mail.text.replace(REPAIRED, FORMER) == lost.text
    assert [recipients for recipients, _ in world.server.accepted] == [[REPAIRED]]
    assert [each.status for each in world.reads(select(ProcessInstance).where(OF_REPAIR))] == [
        InstanceStatus.COMPLETED
    ]


def test_a_confirmation_that_came_back_goes_again(world: World) -> None:
    world.sends("send-confirmation", provider_id="the provider")
    (lost,) = world.mails(FORMER)
    world.committed(lambda session: note(session, Bounce(lost.message_id, "550 unknown")))
    world.repairs()
    (mail,) = world.mails(REPAIRED)
    assert (mail.kind, mail.subject) == (lost.kind, lost.subject)


def test_each_notice_that_was_lost_goes_again_and_nothing_that_arrived(world: World) -> None:
    world.sends("send-reinstated", provider_id="the provider")
    world.server.recipient = REFUSES
    world.sends("send-leaving", provider_id="the provider", last_day="2030-03-01")
    world.sends("send-offer-shown", offer_id="the offer")
    assert len(world.asked()) == 1
    world.server.recipient = TAKES
    world.repairs()
    assert [mail.kind for mail in world.mails(REPAIRED)] == ["provider-leaving", "offer-shown"]


def test_a_repaired_address_that_is_refused_as_well_is_asked_again(world: World) -> None:
    world.server.recipient = REFUSES
    world.sends("send-offer-shown", offer_id="the offer")
    world.repairs("fout@leerkring.example")
    assert world.mails(REPAIRED) == []
    world.server.recipient = TAKES
    world.repairs()
    assert [mail.kind for mail in world.mails(REPAIRED)] == ["offer-shown"]
    assert world.asked() == []
    assert world.reads(select(Incident)) == []


def test_what_comes_back_after_the_repair_goes_to_the_new_address_without_a_task(
    world: World,
) -> None:
    world.sends("send-offer-shown", offer_id="the offer")
    (lost,) = world.mails(FORMER)
    world.committed(new_contact)
    world.committed(lambda session: note(session, Bounce(lost.message_id, "550 unknown")))
    assert world.asked() == []
    world.work(TO_REPAIRED)
    assert [mail.kind for mail in world.mails(REPAIRED)] == ["offer-shown"]


def new_contact(session: Session) -> None:
    provider = session.scalars(select(Provider).where(Provider.kvk == KVK)).one()
    contact = {"name": "Balie", "email": REPAIRED, "phone": None, "function": None, "public": False}
    change_contact(session, provider, contact, by="anna")


def test_the_notice_to_a_former_contact_person_goes_to_nobody_else(world: World) -> None:
    world.committed(new_contact)
    world.server.recipient = REFUSES
    world.sends("send-contact-notice", provider_id="the provider", recipient=FORMER)
    assert world.asked() == []
    assert world.reads(select(Job).where(Job.topic == TO_REPAIRED)) == []


def test_a_receipt_that_went_again_is_not_told_as_lost(world: World) -> None:
    world.server.recipient = REFUSES
    job_id = world.sends("send-receipt", submission_id="the case")
    (job,) = world.reads(select(Job).where(Job.id == job_id))
    with open_session() as session:
        assert is_refused(session, job.idempotency_key)
    world.server.recipient = TAKES
    world.repairs()
    with open_session() as session:
        assert not is_refused(session, job.idempotency_key)
    assert [case.mailed_to for case in world.reads(select(BegunCase))] == [REPAIRED]


def test_what_was_granted_is_counted_for_the_case_of_the_first_mail(world: World) -> None:
    world.server.recipient = REFUSES
    job_id = world.sends("send-claim-granted", provider_id="the provider")

    def give(session: Session) -> None:
        case = session.scalars(select(BegunCase.instance_id)).one()
        session.get_one(Job, job_id).instance_id = case
        session.add(
            MigrationResult(
                source="old",
                legacy_id="1",
                kvk=KVK,
                outcome=MigrationOutcome.CREATED,
                title="Rekenen",
                offer_id=None,
                notes=[],
            )
        )

    world.committed(give)
    world.server.recipient = TAKES
    world.repairs()
    (mail,) = world.mails(REPAIRED)
    assert mail.kind == "claim-granted"
    assert "uw overzicht: 1 activiteit." in " ".join(mail.text.split())


def test_a_mail_whose_arguments_are_gone_does_not_keep_the_others_from_it(world: World) -> None:
    """Retention empties the job of a case that ended (D6)."""
    world.server.recipient = REFUSES
    job_id = world.sends("send-offer-shown", offer_id="the offer")
    world.sends("send-reinstated", provider_id="the provider")

    def forget(session: Session) -> None:
        session.get_one(Job, job_id).arguments = {}

    world.committed(forget)
    world.server.recipient = TAKES
    world.repairs()
    assert [mail.kind for mail in world.mails(REPAIRED)] == ["provider-reinstated"]


def test_a_confirmation_whose_new_address_is_refused_as_well_is_asked_for(world: World) -> None:
    world.sends("send-confirmation", provider_id="the provider")
    (lost,) = world.mails(FORMER)
    world.committed(new_contact)
    world.committed(lambda session: note(session, Bounce(lost.message_id, "550 unknown")))
    world.server.recipient = REFUSES
    world.work(TO_REPAIRED)
    assert len(world.asked()) == 1
    assert world.reads(select(Incident)) == []
    world.server.recipient = TAKES
    world.repairs("info@leerkring.example")
    assert [mail.kind for mail in world.mails("info@leerkring.example")] == [
        "registration-confirmed"
    ]


def test_a_notice_about_what_is_gone_does_not_keep_the_others_from_it(world: World) -> None:
    """The case was erased, and the job that tells of it not yet (D6)."""
    world.server.recipient = REFUSES
    world.sends("send-receipt", submission_id="the case")
    world.sends("send-reinstated", provider_id="the provider")

    def forget(session: Session) -> None:
        erase_case(session, session.scalars(select(BegunCase.instance_id)).one())

    world.committed(forget)
    world.server.recipient = TAKES
    world.repairs()
    assert [mail.kind for mail in world.mails(REPAIRED)] == ["provider-reinstated"]
    assert world.reads(select(Incident)) == []


def test_what_comes_back_from_the_repaired_address_too_goes_to_the_next(world: World) -> None:
    world.server.recipient = REFUSES
    world.sends("send-offer-shown", offer_id="the offer")
    world.server.recipient = TAKES
    world.repairs()
    (again,) = world.mails(REPAIRED)
    for _ in range(2):  # a report may come twice
        world.committed(lambda session: note(session, Bounce(again.message_id, "550 unknown")))
    world.repairs("info@leerkring.example")
    assert [mail.kind for mail in world.mails("info@leerkring.example")] == ["offer-shown"]
    assert world.asked() == []


def test_a_contact_person_who_was_erased_meanwhile_gets_nothing(world: World) -> None:
    world.sends("send-offer-shown", offer_id="the offer")
    (lost,) = world.mails(FORMER)
    world.committed(new_contact)
    world.committed(lambda session: note(session, Bounce(lost.message_id, "550 unknown")))

    def leave(session: Session) -> None:
        provider = session.scalars(select(Provider).where(Provider.kvk == KVK)).one()
        close(session, provider, by="anna")
        erase_contact(session, provider, by="anna")

    world.committed(leave)
    world.work(TO_REPAIRED)
    assert world.mails("") == []
    assert world.reads(select(Incident)) == []
