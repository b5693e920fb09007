"""Many activities in the background: each gets its due, and a worker knows what it needs."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Dialect, Engine, event, select, update
from sqlalchemy.orm import Session

from processes.casework.offers import publication
from processes.casework.offers.bulk_publication import publish_all
from processes.casework.offers.publication import Worker, publish_if_possible
from processes.engine.deployment.definitions import deploy
from processes.engine.execution.jobs import create_job
from processes.engine.store.models import Incident, InstanceStatus, Job, JobStatus, ProcessInstance
from processes.platform.settings import Settings
from processes.register.offers.offers import Offer, OfferStatus, create, edit, offer_of
from processes.register.providers.providers import Provider
from processes.statements import Statement
from tests.app.offers.offer_world import BPMN, COMPLETE, a_provider, an_offer
from workers.run_job import run
from workers.vocabulary import vocabulary

ReadJob = Callable[[UUID], Job]


@pytest.fixture
def session(own_engine: Engine, worker_settings: Settings) -> Iterator[Session]:
    assert worker_settings
    with Session(own_engine, expire_on_commit=False) as session:
        for name in ("offer_publication", "provider_onboarding"):
            xml = (BPMN / f"{name}.bpmn").read_bytes()
            deploy(session, xml, vocabulary=vocabulary(), deployed_by="test")
        session.commit()
        yield session


def a_bulk_job(session: Session, topic: str, ids: list[UUID], **more: str) -> UUID:
    arguments = {"offer_ids": [str(one) for one in ids], "actor": "medewerker 1"} | more
    key = str(uuid4())
    job = create_job(session, topic, arguments, idempotency_key=key, tenant="68750110")
    session.commit()
    return job.id


def a_concept_without_process(session: Session, provider: Provider, **fields: Any) -> UUID:
    offer = create(session, provider, by="medewerker 1")
    edit(session, offer.id, COMPLETE | fields, based_on=offer.version, by="medewerker 1")
    session.commit()
    return offer.id


def statuses(session: Session) -> list[OfferStatus]:
    session.expire_all()
    found = list(session.scalars(select(Offer.status).order_by(Offer.title)))
    session.commit()
    return found


def test_each_complete_activity_is_published_and_the_others_are_left(
    session: Session, read_job: ReadJob
) -> None:
    provider = a_provider(session)
    whole = an_offer(session, provider, title="A")
    half = an_offer(session, provider, title="B", areas=[])
    theirs = an_offer(session, a_provider(session, "69599084"), title="C")
    job_id = a_bulk_job(session, "bulk-publish", [whole.id, half.id, theirs.id, uuid4()])
    assert run(job_id)
    job = read_job(job_id)
    assert (job.status, job.progress) == (JobStatus.DONE, {"done": 4, "total": 4})
    assert statuses(session) == [
        OfferStatus.PUBLISHED,
        OfferStatus.CONCEPT,
        OfferStatus.CONCEPT,
    ]


def test_one_that_fails_does_not_keep_the_others_waiting(
    session: Session, read_job: ReadJob
) -> None:
    provider = a_provider(session)
    broken, whole = an_offer(session, provider, title="A"), an_offer(session, provider, title="B")
    job_id = a_bulk_job(session, "bulk-publish", [broken.id, whole.id])
    stop = update(ProcessInstance).where(ProcessInstance.business_key == str(broken.id))
    session.execute(stop.values(status=InstanceStatus.SUSPENDED))
    session.commit()
    run(job_id)
    assert statuses(session) == [OfferStatus.CONCEPT, OfferStatus.PUBLISHED]
    assert read_job(job_id).status is JobStatus.DONE


def test_an_offer_that_a_colleague_published_meanwhile_is_published_once(
    session: Session, own_engine: Engine
) -> None:
    offer = an_offer(session, a_provider(session))
    by = Worker("68750110", None, "medewerker 1")
    session.commit()
    with Session(own_engine, expire_on_commit=False) as other:
        read_before = offer_of(other, offer.id, kvk=by.kvk)
        other.commit()
        assert publish_if_possible(session, offer.id, by=by).done
        session.commit()
        assert publish_if_possible(other, offer.id, by=by).done
        other.commit()
    assert read_before.status is OfferStatus.PUBLISHED
    assert session.scalars(select(Incident)).all() == []


def test_a_process_that_a_colleague_began_at_the_same_moment_is_gone_on_with(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = an_offer(session, a_provider(session))
    monkeypatch.setattr(publication, "open_instance", lambda *_: None)  # looked just before
    by = Worker("68750110", None, "medewerker 1")
    assert publish_if_possible(session, offer.id, by=by).done
    assert session.scalars(select(ProcessInstance.business_key)).all() == [str(offer.id)]


def test_in_a_chunk_too_what_a_colleague_published_meanwhile_is_published_once(
    session: Session, own_engine: Engine
) -> None:
    provider = a_provider(session)
    offers = [an_offer(session, provider, title=title) for title in "AB"]
    ids = [offer.id for offer in offers]
    by = Worker("68750110", None, "medewerker 1")
    session.commit()
    with Session(own_engine, expire_on_commit=False) as other:
        kept = [offer_of(other, id_, kvk=by.kvk) for id_ in ids]
        other.commit()
        assert publish_if_possible(session, ids[0], by=by).done
        session.commit()
        published = publish_all(other, ids, by=by)
        other.commit()
    assert [outcome.done for outcome in published.outcomes] == [True, True]
    assert published.failures == []
    assert [offer.status for offer in kept] == [OfferStatus.PUBLISHED] * 2
    assert session.scalars(select(Incident)).all() == []


def test_a_chunk_reads_its_offers_and_their_processes_once(
    session: Session, own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = a_provider(session)
    ids = [an_offer(session, provider, title=title).id for title in "ABCDE"]
    sent: list[str] = []

    def remember(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    for name in ("first", "all"):  # what the driver sends, past the events of the connection
        ask = getattr(Statement, name)

        def asked(its: Statement, to: Connection, given: Any, ask: Any = ask) -> Any:
            sent.append(str(its.compiled(to.dialect).sql))
            return ask(its, to, given)

        monkeypatch.setattr(Statement, name, asked)
    send = Statement.send

    def seen(its: Statement, cursor: Any, dialect: Dialect, rows: Any) -> int:
        sent.append(str(its.compiled(dialect).sql))
        return send(its, cursor, dialect, rows)

    monkeypatch.setattr(Statement, "send", seen)
    with Session(own_engine) as other:
        event.listen(own_engine, "before_cursor_execute", remember)
        published = publish_all(other, ids, by=Worker("68750110", None, "medewerker 1"))
        event.remove(own_engine, "before_cursor_execute", remember)
        other.commit()
    assert all(outcome.done for outcome in published.outcomes)
    tables = ("offer", "process_instance", "user_task", "provider")
    reads = [text for text in sent if any(f"FROM {table}" in text for table in tables)]
    assert len([text for text in reads if "FROM offer" in text]) == 1
    assert len([text for text in reads if "FROM process_instance" in text]) == 1
    assert len(reads) == 3  # their company too, in one exchange with them


def test_of_a_chunk_the_process_that_does_not_run_yet_is_started(
    session: Session, own_engine: Engine
) -> None:
    provider = a_provider(session)
    ids = [an_offer(session, provider, title=title).id for title in "AB"]
    lacking = a_concept_without_process(session, provider)
    half = a_concept_without_process(session, provider, areas=[])
    by = Worker("68750110", None, "medewerker 1")
    with Session(own_engine) as other:
        published = publish_all(other, [ids[0], lacking, half, ids[1]], by=by)
        other.commit()
    assert [outcome.done for outcome in published.outcomes] == [True, True, False, True]
    keys = select(ProcessInstance.business_key).where(
        ProcessInstance.process_key == "offer_publication"
    )
    assert {UUID(str(key)) for key in session.scalars(keys)} == {*ids, lacking}
    session.commit()


@pytest.mark.rule("R53")
def test_many_get_the_last_day_of_their_old_validation(session: Session, read_job: ReadJob) -> None:
    provider = a_provider(session)
    ended = date(2018, 9, 1)
    old = an_offer(session, provider, title="A", legacy_valid_until=ended)
    never = an_offer(session, provider, title="B")
    job_id = a_bulk_job(session, "bulk-end-date", [old.id, never.id])
    run(job_id)
    assert read_job(job_id).status is JobStatus.DONE
    session.expire_all()
    days = list(session.scalars(select(Offer.end_date).order_by(Offer.title)))
    session.commit()
    assert days == [ended, None]


@pytest.mark.parametrize(
    "begins",
    [
        "from workers.celery import celery; celery.loader.import_default_modules();",
        "import app.cli.sessions, app.cli.outside.starting;",
    ],
    ids=["a worker", "the command line"],
)
def test_whatever_moves_a_case_knows_every_topic_and_delegate(begins: str) -> None:
    program = (
        f"{begins}"
        "from processes.engine.registry import DELEGATES;"
        "from workers.registry import SERVICE_TASKS;"
        "print(*DELEGATES, *SERVICE_TASKS)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    known = set(answer.stdout.split())
    assert {"publish_offer", "register_provider", "migrate-offers", "bulk-publish"} <= known
