"""Notices that are refused while the onboarding itself waits for an address: each arrives once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.casework.mail import refused
from processes.casework.mail.refused import TO_REPAIRED, LostMail
from processes.engine.deployment.definitions import deploy
from processes.engine.execution.instances import (
    complete_user_task,
    open_user_tasks,
    start_process,
)
from processes.engine.execution.jobs import create_job
from processes.engine.store.models import Incident, Job, JobStatus, ProcessInstance, UserTask
from processes.platform.settings import Settings, use_settings
from processes.register.declarations import seed_requirements
from processes.register.mail import OutgoingMail
from processes.register.providers.providers import provider_of
from tests.app.onboarding import BPMN
from tests.benchmarks.onboarding import CONTACT, KVK, started, steps
from tests.workers.mail_server import MailServer, mail_server
from workers.bounced_mail import note
from workers.clients.bounces import Bounce
from workers.enqueue import open_session
from workers.handlers.mail import repeats
from workers.run_job import run
from workers.vocabulary import vocabulary

FORMER, REPAIRED, THIRD = CONTACT["email"], "balie@scholing.example", "info@scholing.example"
REFUSES, TAKES = "550 5.1.1 no such user", "250 OK"
ONBOARDING, BOUNCED = "provider_onboarding", "mail_bounced"
CONFIRMATION, NOTICE, LATER = "registration-confirmed", "provider-left", "contact-changed"
Committed = Callable[[Callable[[Session], Any]], Any]


@dataclass
class World:
    """An onboarding that is about to send its confirmation."""

    server: MailServer
    committed: Committed

    def work(self, *topics: str) -> None:
        """Perform the jobs of these topics that wait."""
        for topic in topics:
            query = select(Job.id).where(Job.topic == topic, Job.status == JobStatus.NEW)
            with open_session() as session:
                waiting = list(session.scalars(query))
            for job_id in waiting:
                run(job_id)

    def confirms(self, answer: str) -> None:
        self.server.recipient = answer
        self.work("send-confirmation")

    def tells(self, topic: str, answer: str) -> None:
        """A notice to the contact person that no process waits for."""
        self.server.recipient = answer

        def make(session: Session) -> None:
            provider = provider_of(session, KVK)
            assert provider is not None
            given = {"provider_id": str(provider.id)}
            create_job(session, topic, given, idempotency_key=topic, tenant=KVK)

        self.committed(make)
        self.work(topic)

    def comes_back(self, kind: str) -> None:
        def bounce(session: Session) -> None:
            mail = session.scalars(select(OutgoingMail).where(OutgoingMail.kind == kind)).one()
            assert note(session, Bounce(mail.message_id, "550 unknown"))

        self.committed(bounce)

    def asking(self) -> dict[str, UserTask]:
        """The open tasks to repair the address, by the process that asks."""
        with open_session() as session:
            return {
                session.get_one(ProcessInstance, task.instance_id).process_key: task
                for task in open_user_tasks(session, tenant=KVK, group="registrar")
                if task.form_key == "repair-address"
            }

    def repairs(self, process: str, email: str = REPAIRED, answer: str = TAKES) -> None:
        """A registrar completes the task of this process, and workers do what follows."""
        self.server.recipient = answer
        task = self.asking()[process]
        given = {"repaired_address": {"email": email, "note": None}, "actor": "registrar"}
        self.committed(
            lambda session: complete_user_task(
                session, task.id, completed_by="registrar", variables=given
            )
        )
        self.work("send-again", TO_REPAIRED, "send-confirmation")

    def arrived(self) -> list[str]:
        """The kinds of the mails that the server took, and at which address."""
        with open_session() as session:
            kinds = {mail.message_id: mail.kind for mail in session.scalars(select(OutgoingMail))}
        return sorted(
            f"{kinds[message['Message-ID']]} {recipients[0]}"
            for recipients, message in self.server.accepted
        )

    def incidents(self) -> list[Incident]:
        with open_session() as session:
            return list(session.scalars(select(Incident)))


@pytest.fixture
def world(worker_settings: Settings, committed: Committed) -> Iterator[World]:
    with mail_server() as server:
        use_settings(worker_settings.model_copy(update={"smtp_port": server.port}))
        committed(_register)
        yield World(server, committed)


def _register(session: Session) -> None:
    seed_requirements(session)
    for name in (ONBOARDING, BOUNCED):
        xml = (BPMN / f"{name}.bpmn").read_bytes()
        deploy(session, xml, vocabulary=vocabulary(), deployed_by="test", from_file=True)
    start_process(
        session,
        ONBOARDING,
        business_key=KVK,
        tenant=KVK,
        variables=started(KVK),
        started_by="medewerker 1",
    )
    for answers in steps().values():
        (task,) = open_user_tasks(session, tenant=KVK, group="provider")
        complete_user_task(session, task.id, completed_by="medewerker 1", variables=answers)


BOTH = sorted([f"{CONFIRMATION} {REPAIRED}", f"{NOTICE} {REPAIRED}"])


@pytest.mark.rule("R45b")
def test_a_notice_refused_while_the_onboarding_asks_goes_to_the_repaired_address(
    world: World,
) -> None:
    world.confirms(REFUSES)
    world.tells("send-left", REFUSES)
    assert list(world.asking()) == [ONBOARDING]  # one address is asked once
    world.repairs(ONBOARDING)
    assert world.arrived() == BOTH
    assert world.asking() == {}
    assert world.incidents() == []


def test_without_it_the_notice_is_lost(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The null of the test above."""
    monkeypatch.setattr(refused, "send_what_was_lost", lambda *_: None)
    world.confirms(REFUSES)
    world.tells("send-left", REFUSES)
    world.repairs(ONBOARDING)
    assert world.arrived() == [f"{CONFIRMATION} {REPAIRED}"]


def test_a_notice_that_comes_back_while_the_onboarding_asks_goes_too(world: World) -> None:
    world.tells("send-left", TAKES)
    world.confirms(REFUSES)
    world.comes_back(NOTICE)
    world.repairs(ONBOARDING)
    assert world.arrived() == sorted([*BOTH, f"{NOTICE} {FORMER}"])


def test_a_notice_that_comes_back_after_the_repair_goes_once(world: World) -> None:
    world.tells("send-left", TAKES)
    world.confirms(REFUSES)
    world.tells("send-contact-changed", REFUSES)
    world.repairs(ONBOARDING)
    world.comes_back(NOTICE)
    world.work(TO_REPAIRED)
    assert world.arrived() == sorted([*BOTH, f"{NOTICE} {FORMER}", f"{LATER} {REPAIRED}"])
    assert world.asking() == {}


@pytest.mark.parametrize("first", [ONBOARDING, BOUNCED])
def test_where_both_ask_each_mail_arrives_once_whichever_is_answered_first(
    world: World, first: str
) -> None:
    world.tells("send-left", REFUSES)
    world.confirms(REFUSES)
    assert set(world.asking()) == {ONBOARDING, BOUNCED}
    world.repairs(first)
    assert f"{NOTICE} {REPAIRED}" in world.arrived()  # at once, whoever asked
    world.repairs(next(iter(world.asking())))
    assert world.arrived() == BOTH
    assert world.asking() == {}
    assert world.incidents() == []


def test_a_repaired_address_that_is_refused_too_is_repaired_once_more(world: World) -> None:
    world.confirms(REFUSES)
    world.tells("send-left", REFUSES)
    world.repairs(ONBOARDING, answer=REFUSES)
    assert world.arrived() == []
    while asked := world.asking():
        world.repairs(next(iter(asked)), THIRD)
    assert world.arrived() == sorted([f"{CONFIRMATION} {THIRD}", f"{NOTICE} {THIRD}"])
    assert world.incidents() == []


def test_two_jobs_that_found_the_same_send_it_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reports of one address come at once: each makes a job, and both look before either sends."""
    world.tells("send-left", TAKES)
    world.tells("send-contact-changed", TAKES)
    world.confirms(REFUSES)
    world.repairs(ONBOARDING)
    world.comes_back(NOTICE)
    world.comes_back(LATER)
    found: list[LostMail] = []

    def looked_before(session: Session, mail: OutgoingMail) -> list[LostMail]:
        found[:] = found or refused.lost_with(session, mail)
        return found

    monkeypatch.setattr(repeats, "lost_with", looked_before)
    with open_session() as session:
        assert len(list(session.scalars(select(Job).where(Job.topic == TO_REPAIRED)))) == 2
    world.work(TO_REPAIRED)
    to_repaired = [each for each in world.arrived() if each.endswith(REPAIRED)]
    assert to_repaired == sorted([*BOTH, f"{LATER} {REPAIRED}"])
