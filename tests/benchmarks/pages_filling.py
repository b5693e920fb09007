"""Fills a database with cases, their history and jobs, providers and offers, as after years.

    python -m tests.benchmarks.pages_filling URL --cases 1000000 --offers-each 1

A million cases have ten million rows of history and five million of the audit trail, which the
workers of the product still have to seal; `loket figures rebuild` counts them. Then
`tests.benchmarks.pages --filled URL` takes what was filled. PostgreSQL needs 15 minutes and 7 GB
for them, 6 GB more while it writes, and the counts of a million providers need minutes more; begin
it with `fsync=off`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from time import perf_counter
from typing import Any
from uuid import UUID

import click
from sqlalchemy import Engine, insert, inspect, select
from sqlalchemy.orm import Session

from app.setup.tables import all_tables
from processes.base import new_id, now, today
from processes.database import open_database
from processes.engine.store.models import (
    ActivityInstance,
    Incident,
    IncidentStatus,
    InstanceStatus,
    Job,
    JobStatus,
    ProcessDefinition,
    ProcessInstance,
    TaskStatus,
    UserTask,
)
from processes.register.changes import AuditEvent
from processes.register.offers.rules import Offer
from processes.register.offers.search import indexing
from processes.register.offers.terms import OfferStatus
from processes.register.providers.providers import Provider
from processes.register.sample import phrases
from processes.register.search import kept_counts
from processes.webhooks.models import WebhookAddress, WebhookDelivery
from tests.benchmarks import copies, onboarding, visitors

BATCH = 500
WRITTEN = 1_000
FIRST_KVK = 50_000_000
OFFERS_EACH = 10  # of a provider: a page of the API is full at each size
RUNNING, STAFF, STUCK = 20, 80, 500  # one of so many cases runs, is for staff, has an incident
TOPIC = "send_confirmation"
STEPS = ("quality_requirements", "company_details", "review")
VISITS = (
    *("start", "quality_requirements", "all_requirements_met", "company_details", "company_done"),
    *("review", "confirmed", "register_provider", "send_confirmation", "registered"),
)
BEGINNING = 2  # visits of a case that has just begun
EVENTS = ("process-started", *["task-completed"] * 3, "mail-sent")
A_YEAR = timedelta(days=365)

Row = dict[str, Any]


@click.command()
@click.argument("url")
@click.option("--cases", "wanted", default=1_000_000, show_default=True, help="and as many offers")
@click.option("--offers-each", default=OFFERS_EACH, show_default=True, help="of a provider")
def main(url: str, wanted: int, offers_each: int) -> None:
    """Make the tables in an empty database and fill them."""
    engine = open_database(url)
    all_tables().create_all(engine)
    with Session(engine) as session:
        visitors.prepare(session)
    began = perf_counter()
    fill(engine, onboarding.KEY, wanted, offers_each)
    click.echo(f"{wanted} cases in {perf_counter() - began:.0f} s")


def fill(engine: Engine, key: str, wanted: int, offers_each: int = OFFERS_EACH) -> None:
    """Cases and offers of the newest version of this process, so many of each.

    The first are written one by one, the rest are copies of them.
    """
    some = min(wanted, WRITTEN)
    _write(engine, key, some, offers_each)
    if times := wanted // some - 1:
        copies.copy(engine, times, some)
    with Session(engine) as session:
        kept_counts.rebuild(session)
        session.commit()
    _analyze(engine)


def _write(engine: Engine, key: str, wanted: int, offers_each: int) -> None:
    with Session(engine) as session:
        newest = select(ProcessDefinition).where(ProcessDefinition.key == key)
        definition = session.scalars(newest.order_by(ProcessDefinition.version.desc())).first()
        assert definition is not None
        address = _address(session)
        for begin in range(0, wanted, BATCH):
            numbers = range(begin, min(begin + BATCH, wanted))
            cases = [_case(definition, number, wanted) for number in numbers]
            _insert(session, ProcessInstance, cases)
            of_cases = _rows_of(cases, numbers)
            for model, rows in of_cases.items():
                _insert(session, model, rows)
            providers = {one: new_id() for one in sorted({n // offers_each for n in numbers})}
            kvks = {one: str(FIRST_KVK + one * offers_each) for one in providers}
            new = [_provider(one, id_, kvks[one]) for one, id_ in providers.items()]
            _insert(session, Provider, new)
            offers = [_offer(number, providers[number // offers_each]) for number in numbers]
            _insert(session, Offer, offers)
            _insert(session, WebhookDelivery, [_delivery(address, job) for job in of_cases[Job]])
            session.commit()
        indexing.complete(session)
        session.commit()


def _insert(session: Session, model: Any, rows: Sequence[Row]) -> None:
    """Insert these rows; what they leave out is as in a new object of the model."""
    if rows:
        usual = model(**rows[0])
        names = [column.key for column in inspect(model).column_attrs]
        left_out = {name: getattr(usual, name) for name in names if name not in rows[0]}
        session.execute(insert(model), [left_out | row for row in rows])


def _analyze(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        is_sqlite = engine.dialect.name == "sqlite"
        connection.exec_driver_sql("ANALYZE" if is_sqlite else "VACUUM ANALYZE")
    engine.dispose()


def _case(definition: ProcessDefinition, number: int, wanted: int) -> Row:
    runs = number % RUNNING == 0
    began = now() - A_YEAR * (wanted - number) / wanted
    lately = now() - timedelta(hours=2)
    return {
        "id": new_id(),
        "definition_id": definition.id,
        "process_key": definition.key,
        "business_key": str(FIRST_KVK + number),
        "tenant": str(FIRST_KVK + number),
        "status": InstanceStatus.ACTIVE if runs else InstanceStatus.COMPLETED,
        "started_by": "medewerker 1",
        "started_at": began,
        "ended_at": None if runs else min(began + timedelta(days=number % 30 + 1), lately),
    }


def _rows_of(cases: Sequence[Row], numbers: Sequence[int]) -> Mapping[Any, list[Row]]:
    models = (ActivityInstance, UserTask, AuditEvent, Job, Incident)
    rows: Mapping[Any, list[Row]] = {model: [] for model in models}
    for case, number in zip(cases, numbers, strict=True):
        rows[ActivityInstance].extend(_visits(case))
        rows[UserTask].extend(_tasks(case, number))
        rows[AuditEvent].extend(_events(case))
        rows[Job].append(_job(case, number))
        if number % STUCK == 0:
            rows[Incident].append(_incident(case))
    return rows


def _visits(case: Row) -> Iterator[Row]:
    ended = case["ended_at"]
    for place, element in enumerate(VISITS if ended else VISITS[:BEGINNING]):
        yield {
            "id": new_id(),
            "instance_id": case["id"],
            "element_id": element,
            "element_type": "userTask" if element in STEPS else "serviceTask",
            "name": element.replace("_", " "),
            "entered_at": case["started_at"] + timedelta(hours=place),
            "left_at": case["started_at"] + timedelta(hours=place + 1) if ended else None,
            "result": "completed" if ended else None,
            "actor": "medewerker 1",
        }


def _events(case: Row) -> Iterator[Row]:
    for place, action in enumerate(EVENTS if case["ended_at"] else EVENTS[:1]):
        yield {
            "id": new_id(),
            "action": action,
            "actor": "medewerker 1",
            "kvk": case["tenant"],
            "details": {"process": case["process_key"]},
            "at": case["started_at"] + timedelta(hours=place),
        }


def _tasks(case: Row, number: int) -> Iterator[Row]:
    ended = case["ended_at"]
    for element in STEPS if ended else STEPS[:1]:
        yield {
            "id": new_id(),
            "instance_id": case["id"],
            "element_id": element,
            "name": element.replace("_", " "),
            "form_key": element,
            "lane": None,
            "candidate_group": "registrar" if number % STAFF == 0 else "provider",
            "tenant": case["tenant"],
            "status": TaskStatus.COMPLETED if ended else TaskStatus.OPEN,
            "opened_at": case["started_at"],
            "completed_at": ended,
        }


def _job(case: Row, number: int) -> Row:
    done = case["ended_at"] is not None
    return {
        "id": new_id(),
        "topic": TOPIC,
        "idempotency_key": f"benchmark {number}",
        "arguments": {"reference": f"AB-{number}"},
        "instance_id": case["id"],
        "element_id": "send_confirmation",
        "tenant": case["tenant"],
        "status": JobStatus.DONE if done else JobStatus.FAILED,
        "attempts": 1,
        "created_at": case["started_at"],
        "done_at": case["ended_at"],
    }


def _incident(case: Row) -> Row:
    return {
        "id": new_id(),
        "instance_id": case["id"],
        "job_id": None,
        "element_id": "send_confirmation",
        "kind": "job-failed",
        "message": "De mailserver antwoordt niet.",
        "status": IncidentStatus.OPEN,
        "created_at": case["started_at"],
    }


def _provider(number: int, id_: UUID, kvk: str) -> Row:
    return {
        "id": id_,
        "kvk": kvk,
        "reference": f"AB-2026-{number}",
        "name": f"Opleider {number}",
        "display_name": f"Opleider {number}",
        "company": {},
        "corrections": {},
        "company_known": True,
        "contact_name": "Noor de Wit",
        "contact_email": f"info@opleider-{number}.example",
        "contact_phone": None,
        "contact_function": None,
        "contact_public": False,
        "registered_by": "medewerker 1",
        "search_name": f"opleider {number}",
    }


def _offer(number: int, provider_id: UUID) -> Row:
    return {
        "id": new_id(),
        "provider_id": provider_id,
        "title": f"{phrases.TOPICS[number % len(phrases.TOPICS)].title} {number}",
        "subject": phrases.TOPICS[number % len(phrases.TOPICS)].subject,
        "status": OfferStatus.PUBLISHED,
        "contact_hours": Decimal(8),
        "end_date": today() + timedelta(days=100 + number % 500),
    }


def _address(session: Session) -> UUID:
    address = WebhookAddress(
        name="financien", url="https://hooks.example/loket", secret="", created_by="olga"
    )
    session.add(address)
    session.flush()
    return address.id


def _delivery(address_id: UUID, job: Row) -> Row:
    return {
        "event_id": new_id(),
        "address_id": address_id,
        "event_type": "case.started",
        "subject": f"case/{job['instance_id']}",
        "at": job["created_at"],
        "job_id": job["id"],
        "delivered_at": job["done_at"],
    }


if __name__ == "__main__":
    main()
