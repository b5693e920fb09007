"""The service tasks, each run as a real job, with a real mail server where they send."""

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from processes.base import now, set_clock
from processes.engine.deployment.definitions import deploy
from processes.engine.store.models import Incident, InstanceStatus, Job, JobStatus, ProcessInstance
from processes.platform.settings import Settings, use_settings
from processes.register.changes import AuditEvent
from processes.register.declarations import freeze, record_answers, seed_requirements
from processes.register.legacy import staging as legacy
from processes.register.legacy.migration import Progress, progress_of
from processes.register.legacy.staging import LegacyImport, LegacyOffer, LegacyProvider
from processes.register.mail import MailStatus, OutgoingMail
from processes.register.migration_report import MigrationResult
from processes.register.offers.offers import Offer
from processes.register.providers.providers import Provider, register, suspend
from tests.app.onboarding import BPMN
from tests.workers.mail_server import MailServer, mail_server
from workers import run_job
from workers.handlers import migration
from workers.run_job import run
from workers.vocabulary import vocabulary

KVK = "68750110"

MakeJob = Callable[..., UUID]
ReadJob = Callable[[UUID], Job]


@pytest.fixture
def server(worker_settings: Settings) -> Iterator[MailServer]:
    with mail_server() as server:
        use_settings(worker_settings.model_copy(update={"smtp_port": server.port}))
        yield server


@pytest.fixture
def provider(worker_settings: Settings, own_engine: Engine) -> UUID:
    """A registered provider, in the database of the worker."""
    assert worker_settings
    with Session(own_engine) as session:
        seed_requirements(session)
        record_answers(
            session,
            kvk=KVK,
            set_version=1,
            answers=dict.fromkeys("1234", "ja"),
            complaints_url="https://scholing.example/klachten",
            by="medewerker 1",
        )
        freeze(session, KVK, on=now())
        provider = register(
            session,
            kvk=KVK,
            reference="AB-2026-TESTTT",
            company={},
            corrections={"name": "Zelf <Getypt>", "street": "Dam", "house_number": "1"},
            display_name="Zelf <Getypt>",
            company_known=False,
            contact={"name": "Noor de Wit", "email": "noor@bücher.example", "phone": None},
            registered_by="medewerker 1",
        )
        session.commit()
        return provider.id


def only_mail(engine: Engine) -> OutgoingMail:
    with Session(engine, expire_on_commit=False) as session:
        return session.scalars(select(OutgoingMail)).one()


def at(moment: datetime) -> None:
    set_clock(lambda: moment)


def later(hours: int) -> None:
    at(now() + timedelta(hours=hours))


@pytest.mark.rule("R45")
def test_the_confirmation_goes_to_the_contact_person_with_a_copy_of_all(
    server: MailServer, provider: UUID, make_job: MakeJob, own_engine: Engine
) -> None:
    assert run(make_job("send-confirmation", provider_id=str(provider)))
    ((recipients, message),) = server.accepted
    assert recipients == ["noor@xn--bcher-kva.example"]
    assert message["Subject"] == "Uw aanmelding AB-2026-TESTTT is bevestigd"
    assert message["To"] == "noor@xn--bcher-kva.example"
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    html = message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    for part in (text, html):
        for fact in ("AB-2026-TESTTT", KVK, "Noor de Wit", "scholing.example/klachten", "/aanbod"):
            assert fact in part
        assert "geen bericht van de overheid" in part
    assert "Zelf <Getypt>" in text
    assert "Zelf &lt;Getypt&gt;" in html
    mail = only_mail(own_engine)
    assert mail.status is MailStatus.SENT
    assert mail.sent_at is not None
    assert message["Message-ID"] == mail.message_id


@pytest.mark.rule("R44")
def test_a_second_run_of_a_sent_mail_sends_nothing(
    server: MailServer, provider: UUID, make_job: MakeJob, own_engine: Engine
) -> None:
    job_id = make_job("send-confirmation", provider_id=str(provider))
    run(job_id)
    with Session(own_engine) as session:  # as if the worker died before it could report
        job = session.get_one(Job, job_id)
        job.status, job.done_at = JobStatus.NEW, None
        session.commit()
    run(job_id)
    assert len(server.accepted) == 1


@pytest.mark.rule("R45c")
def test_a_mail_server_that_is_away_costs_time_and_no_mail(
    server: MailServer, provider: UUID, make_job: MakeJob, read_job: ReadJob, own_engine: Engine
) -> None:
    server.recipient = "451 later"
    job_id = make_job("send-confirmation", provider_id=str(provider))
    identities = set()
    for _ in range(3):
        run(job_id)
        assert read_job(job_id).status is JobStatus.NEW
        assert only_mail(own_engine).status is MailStatus.WAITING
        identities.add(only_mail(own_engine).message_id)
        later(hours=7)
    server.recipient = "250 OK"
    run(job_id)
    assert read_job(job_id).status is JobStatus.DONE
    assert len(server.accepted) == 1
    assert {server.accepted[0][1]["Message-ID"]} == identities
    assert only_mail(own_engine).attempts == 4


def test_an_answer_of_the_mail_server_is_kept_without_what_nobody_sees(
    server: MailServer, provider: UUID, make_job: MakeJob, own_engine: Engine
) -> None:
    server.content = "250 OK\x00 as 4\x07711"
    run(make_job("send-confirmation", provider_id=str(provider)))
    mail = only_mail(own_engine)
    assert (mail.status, mail.last_answer) == (MailStatus.SENT, "250 OK as 4711")


@pytest.mark.rule("R45c")
def test_mail_is_tried_for_two_days(
    worker_settings: Settings, provider: UUID, make_job: MakeJob, read_job: ReadJob
) -> None:
    use_settings(worker_settings.model_copy(update={"smtp_port": 1}))
    job_id = make_job("send-confirmation", provider_id=str(provider))
    began = now()
    while read_job(job_id).status is JobStatus.NEW:
        at(read_job(job_id).due_at)
        run(job_id)
    assert read_job(job_id).status is JobStatus.FAILED
    assert now() - began >= timedelta(hours=38)


@pytest.mark.rule("R45b")
def test_an_address_that_is_refused_for_good_is_a_business_outcome(
    server: MailServer,
    provider: UUID,
    make_job: MakeJob,
    own_engine: Engine,
    read_incidents: Callable[[], list[Incident]],
) -> None:
    server.recipient = "550 no such user"
    run(make_job("send-confirmation-again", provider_id=str(provider)))
    mail = only_mail(own_engine)
    assert mail.status is MailStatus.REFUSED
    assert mail.last_answer == "550 no such user"
    assert read_incidents() == []
    with Session(own_engine) as session:
        assert session.scalars(select(AuditEvent).filter_by(action="mail-refused")).one()


@pytest.mark.rule("R45b")
def test_an_address_that_can_never_be_written_is_refused_at_once(
    server: MailServer, provider: UUID, make_job: MakeJob, own_engine: Engine
) -> None:
    """Rows of before the form judged as the mailer does."""
    with Session(own_engine) as session, session.begin():
        session.get_one(Provider, provider).contact_email = "=?utf-8?q?noor?=@scholing.example"
    run(make_job("send-confirmation-again", provider_id=str(provider)))
    mail = only_mail(own_engine)
    assert (mail.status, mail.attempts) == (MailStatus.REFUSED, 1)
    assert server.accepted == []


def test_a_contents_that_is_refused_is_tried_again(
    server: MailServer, provider: UUID, make_job: MakeJob, read_job: ReadJob
) -> None:
    server.content = "554 looks like spam"
    job_id = make_job("send-confirmation", provider_id=str(provider))
    run(job_id)
    assert read_job(job_id).status is JobStatus.NEW


@pytest.mark.rule("R45d")
def test_a_changed_contact_is_told_at_both_addresses(
    server: MailServer, provider: UUID, make_job: MakeJob
) -> None:
    run(make_job("send-contact-changed", provider_id=str(provider)))
    run(
        make_job("send-contact-notice", provider_id=str(provider), recipient="oud@scholing.example")
    )
    assert [recipients for recipients, _message in server.accepted] == [
        ["noor@xn--bcher-kva.example"],
        ["oud@scholing.example"],
    ]


def test_a_suspension_is_told_with_its_reason_its_term_and_how_to_object(
    server: MailServer, provider: UUID, make_job: MakeJob, own_engine: Engine
) -> None:
    set_clock(lambda: datetime(2026, 11, 23, 23, 30, tzinfo=UTC))  # 24 November in Amsterdam
    with Session(own_engine) as session:
        suspend(session, session.get_one(Provider, provider), "Geen klachtenregeling.", by="Ria")
        session.commit()
    run(make_job("send-suspended", provider_id=str(provider)))
    mail = only_mail(own_engine)
    assert server.accepted
    for text in (mail.text, mail.html):
        assert "Geen klachtenregeling." in text
        assert "05-01-2027" in text
        assert "/bezwaar" in text
        assert "24-11-2026 om 00.30 uur" in text


def test_a_suspension_is_told_also_where_its_process_is_not_deployed(
    server: MailServer, provider: UUID, make_job: MakeJob, own_engine: Engine
) -> None:
    with Session(own_engine) as session:
        suspend(session, session.get_one(Provider, provider), "Klachten.", by="Ria")
        session.commit()
    run(make_job("begin-suspension", provider_id=str(provider)))
    with Session(own_engine) as session:
        mail = session.scalars(select(Job).filter_by(topic="send-suspended")).one()
        assert mail.arguments == {"provider_id": str(provider)}
    assert server.accepted == []


def test_the_end_of_a_suspension_is_told(
    server: MailServer, provider: UUID, make_job: MakeJob, own_engine: Engine
) -> None:
    run(make_job("send-reinstated", provider_id=str(provider)))
    assert server.accepted
    assert "niet meer geschorst" in only_mail(own_engine).subject


# Migration


def stage(engine: Engine, titles: list[str]) -> None:
    with Session(engine) as session:
        batch = LegacyImport(source="registerleraar", filename="x.csv", sha256="0", rows=2)
        session.add(batch)
        session.flush()
        session.add(
            LegacyProvider(
                import_id=batch.id, source=batch.source, account="a", kvk=KVK, name="Donald"
            )
        )
        for number, title in enumerate(titles, start=1):
            raw = {"titel": title, "contacturen": "3,5"}
            session.add(
                LegacyOffer(
                    import_id=batch.id,
                    source=batch.source,
                    legacy_id=str(number),
                    kvk=KVK,
                    account="a",
                    row_number=number,
                    raw=raw,
                    checksum=legacy.checksum(raw),
                )
            )
        xml = (BPMN / "offer_publication.bpmn").read_bytes()
        deploy(session, xml, vocabulary=vocabulary(), deployed_by="test")
        session.commit()


def raw_of(engine: Engine, number: int, raw: dict[str, Any]) -> None:
    """The older register has this of a row now."""
    with Session(engine) as session:
        row = session.scalars(select(LegacyOffer).filter_by(legacy_id=str(number))).one()
        row.raw, row.checksum = raw, str(raw)
        session.commit()


def count(engine: Engine, table: type) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.rule("R47")
def test_each_older_offer_becomes_a_concept_with_a_process_of_its_own(
    provider: UUID, make_job: MakeJob, read_job: ReadJob, own_engine: Engine
) -> None:
    assert provider
    stage(own_engine, [f"Cursus {number}" for number in range(1, 8)])
    job_id = make_job("migrate-offers", kvk=KVK)
    run(job_id)
    assert read_job(job_id).status is JobStatus.DONE
    assert read_job(job_id).progress == {"done": 7, "total": 7}
    with Session(own_engine) as session:
        offers = session.scalars(select(Offer)).all()
        assert {offer.status.value for offer in offers} == {"concept"}
        keys = session.scalars(select(ProcessInstance.business_key)).all()
        assert set(keys) == {str(offer.id) for offer in offers}


def test_a_long_migration_goes_on_in_turns_where_it_was(
    provider: UUID,
    make_job: MakeJob,
    read_job: ReadJob,
    own_engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert provider
    monkeypatch.setattr(run_job, "TURN", -1.0)  # seconds: every turn is over after some offers
    stage(own_engine, [f"Cursus {number}" for number in range(35)])
    job_id = make_job("migrate-offers", kvk=KVK)
    far = []
    while run(job_id):
        far.append((read_job(job_id).progress or {})["done"])
    assert len(far) > 2
    assert far == sorted(far)
    job = read_job(job_id)
    assert (job.status, job.attempts) == (JobStatus.DONE, 1)
    assert job.progress == {"done": 35, "total": 35}
    assert count(own_engine, Offer) == count(own_engine, ProcessInstance) == 35


def test_how_far_a_migration_is_is_counted_of_all_rows_at_its_ends_alone(
    provider: UUID,
    make_job: MakeJob,
    read_job: ReadJob,
    own_engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With a row that failed before and now succeeds, one that fails again, and one that is newer.

    Counting all for each chunk made the time grow with the square of their number.
    """
    assert provider
    monkeypatch.setattr(migration, "CHUNK", 2)
    stage(own_engine, [f"Cursus {number}" for number in range(10)])
    raw_of(own_engine, 2, {"titel": "Stuk", "inhoud": ["geen", "tekst"]})
    raw_of(own_engine, 5, {"titel": "Stuk", "inhoud": ["geen", "tekst"]})
    run(make_job("migrate-offers", kvk=KVK))
    raw_of(own_engine, 2, {"titel": "Hersteld"})
    raw_of(own_engine, 7, {"titel": "Nieuwer"})
    of_all, after_each = [], []
    migrate = migration._migrate  # noqa: SLF001 - how far it is after a chunk

    def counted(session: Session, kvk: str, row_ids: Collection[UUID] | None = None) -> Progress:
        progress = progress_of(session, kvk, row_ids)
        if row_ids is None:
            of_all.append(progress)
        return progress

    def migrated(*given: Any) -> Progress:
        after_each.append(migrate(*given))
        return after_each[-1]

    monkeypatch.setattr(migration, "progress_of", counted)
    monkeypatch.setattr(migration, "_migrate", migrated)
    job_id = make_job("migrate-offers", kvk=KVK)
    run(job_id)

    assert read_job(job_id).progress == {"done": 9, "total": 10}
    assert after_each == [Progress(9, 10, 1)] * 2
    assert of_all == [Progress(8, 10, 2), Progress(9, 10, 1)]


@pytest.mark.rule("R49")
def test_migrating_again_makes_no_doubles(
    provider: UUID, make_job: MakeJob, own_engine: Engine
) -> None:
    assert provider
    stage(own_engine, ["Een", "Twee"])
    run(make_job("migrate-offers", kvk=KVK))
    run(make_job("migrate-offers", kvk=KVK))
    assert count(own_engine, Offer) == 2
    assert count(own_engine, ProcessInstance) == 2


@pytest.mark.rule("R6", "R57")
def test_a_provider_that_the_older_register_does_not_know_is_a_business_outcome(
    provider: UUID,
    make_job: MakeJob,
    own_engine: Engine,
    read_incidents: Callable[[], list[Incident]],
) -> None:
    assert provider
    run(make_job("migrate-offers", kvk=KVK))
    (incident,) = read_incidents()  # without a diagram there is no boundary event to go to
    assert "provider-unknown" in incident.message or "oude register" in incident.message
    assert count(own_engine, Offer) == 0


@pytest.mark.rule("R48")
def test_an_offer_that_cannot_be_migrated_holds_up_no_other(
    provider: UUID, make_job: MakeJob, read_job: ReadJob, own_engine: Engine
) -> None:
    assert provider
    stage(own_engine, ["Een", "Twee", "Drie"])
    with Session(own_engine) as session:
        broken = session.scalars(select(LegacyOffer).filter_by(legacy_id="2")).one()
        broken.raw = {"titel": "Stuk", "inhoud": ["geen", "tekst"]}  # what the staging never writes
        session.commit()
    job_id = make_job("migrate-offers", kvk=KVK)
    run(job_id)
    assert read_job(job_id).status is JobStatus.DONE
    assert count(own_engine, Offer) == 2
    assert count(own_engine, MigrationResult) == 3


def test_rows_that_fail_are_met_once_in_however_many_turns(
    provider: UUID,
    make_job: MakeJob,
    read_job: ReadJob,
    own_engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert provider
    monkeypatch.setattr(migration, "CHUNK", 5)
    monkeypatch.setattr(run_job, "TURN", -1.0)
    stage(own_engine, [f"Cursus {number}" for number in range(25)])
    with Session(own_engine) as session:
        for broken in session.scalars(select(LegacyOffer).where(LegacyOffer.row_number < 15)):
            broken.raw = {"titel": "Stuk", "inhoud": ["geen", "tekst"]}
        number = session.query(LegacyOffer).where(LegacyOffer.row_number < 15).count()
        session.commit()
    job_id = make_job("migrate-offers", kvk=KVK)
    turns = 0
    while run(job_id):
        turns += 1
        assert turns < 10
    assert turns > 2
    assert read_job(job_id).status is JobStatus.DONE
    assert count(own_engine, Offer) == 25 - number
    assert number > 10
    run(make_job("migrate-offers", kvk=KVK))  # a new job tries them again


@pytest.mark.parametrize(
    ("topic", "arguments"),
    [
        ("send-confirmation", {"provider_id": "geen id"}),
        ("send-contact-notice", {"provider_id": "", "recipient": "anna@a.test"}),
        ("bulk-publish", {"offer_ids": ["1"], "actor": "Anna"}),
        ("bulk-end-date", {"offer_ids": [], "actor": "Anna", "end_date": "31-12-2026"}),
    ],
)
def test_an_argument_that_is_no_id_or_date_is_an_incident_at_once(
    topic: str, arguments: dict[str, object], make_job: MakeJob, read_job: ReadJob
) -> None:
    job_id = make_job(topic, **arguments)
    run(job_id)
    job = read_job(job_id)
    assert (job.status, job.attempts) == (JobStatus.FAILED, 1)
    assert "BadDataError" in (job.last_error or "")


# Instances


def test_very_many_instances_are_changed_each_once_with_progress(
    provider: UUID,
    make_job: MakeJob,
    read_job: ReadJob,
    own_engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert provider
    stage(own_engine, [f"Cursus {number}" for number in range(5)])
    run(make_job("migrate-offers", kvk=KVK))
    with Session(own_engine) as session:
        ids = [str(each) for each in session.scalars(select(ProcessInstance.id))]
    monkeypatch.setattr(run_job, "TURN", -1.0)
    given = {"change": "stoppen", "instance_ids": [*ids, ids[0]], "actor": "Anna", "reason": "x"}
    job_id = make_job("change-instances", **given)
    turns = 0
    while run(job_id):
        turns += 1
    assert turns > 3
    job = read_job(job_id)
    far = {"done": 6, "total": 6, "passed_by": 1}  # the one that comes a second time
    assert (job.status, job.progress) == (JobStatus.DONE, far)
    with Session(own_engine) as session:
        found = session.scalars(select(ProcessInstance.status)).all()
        told = session.scalars(select(AuditEvent).filter_by(action="instance-cancelled")).all()
        all_told = select(AuditEvent).filter_by(action="instance-cancelled-in-bulk")
        details = session.scalars(all_told).one().details
    assert set(found) == {InstanceStatus.CANCELLED}
    assert len(told) == 5
    assert (details["number"], details["passed_by"]) == (5, 1)


# Trade register


def test_a_company_that_was_typed_by_hand_gets_its_facts_later(
    provider: UUID, make_job: MakeJob, read_job: ReadJob, own_engine: Engine
) -> None:
    job_id = make_job("check-trade-register", provider_id=str(provider), kvk=KVK)
    run(job_id)
    assert read_job(job_id).status is JobStatus.DONE
    with Session(own_engine) as session:
        found = session.get_one(Provider, provider)
        assert found.company_known
        assert found.name == "Test BV Donald"
        assert found.corrections["name"] == "Zelf <Getypt>"


def test_a_trade_register_that_is_away_is_asked_again(
    worker_settings: Settings, provider: UUID, make_job: MakeJob, read_job: ReadJob
) -> None:
    use_settings(worker_settings.model_copy(update={"kvk_api_url": "http://127.0.0.1:1"}))
    job_id = make_job("check-trade-register", provider_id=str(provider), kvk=KVK)
    run(job_id)
    assert read_job(job_id).status is JobStatus.NEW


def test_an_unknown_company_is_a_business_outcome(
    provider: UUID, make_job: MakeJob, read_incidents: Callable[[], list[Incident]]
) -> None:
    run(make_job("check-trade-register", provider_id=str(provider), kvk="90004973"))
    (incident,) = read_incidents()
    assert "handelsregister" in incident.message
