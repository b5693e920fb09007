"""Publishing many offers at once, against writing the same rows bare in as many commits."""

from collections.abc import Sequence
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.casework.offers.bulk_publication import publish_all
from processes.casework.offers.publication import Worker
from processes.engine.execution.bulk import CHUNK, chunks
from processes.engine.store.models import ProcessInstance, TaskStatus, UserTask
from tests.app.offers.offer_world import BY, a_provider, an_offer, deploy_offer_publication
from tests.benchmarks.databases import Bare, Database
from tests.benchmarks.rows import Changes, Renamed, changes, listed, snapshot, writes

KVK = "68750110"


class Concept(NamedTuple):
    """An offer that can be published: its id, and those of its process and of its open task."""

    offer_id: UUID
    instance_id: UUID
    task_id: UUID


def measure(database: Database, offers: int) -> dict[str, Any]:
    """Chunk after chunk, one published and one written bare: the median of their ratios."""
    engine, bare = database.open(), database.bare()
    first, *concepts = _concepts(engine, 2 * offers + 1)
    step = _published(engine, bare, first)
    pairs = zip(chunks(concepts[:offers]), chunks(concepts[offers:]), strict=True)
    taken = [
        (_publish(engine, ours), _write(database, bare, step, first, theirs))
        for ours, theirs in pairs
    ]
    bare.close()
    engine.dispose()
    return {
        "bulk_ratio": round(median(ours / limit for ours, limit in taken), 2),
        "bulk_microseconds": {
            "ours": round(sum(ours for ours, _ in taken) / offers * 1e6),
            "limit": round(sum(limit for _, limit in taken) / offers * 1e6),
        },
        "bulk_rows": listed(step),
        "bulk_offers": offers,
        "bulk_chunk": CHUNK,
    }


def _concepts(engine: Engine, count: int) -> list[Concept]:
    with Session(engine) as session:
        deploy_offer_publication(session)
        provider = a_provider(session, KVK)
        keys = {str(an_offer(session, provider).id) for _ in range(count)}
        query = (
            select(ProcessInstance.business_key, ProcessInstance.id, UserTask.id)
            .join(UserTask, UserTask.instance_id == ProcessInstance.id)
            .where(UserTask.status == TaskStatus.OPEN, ProcessInstance.tenant == KVK)
        )
        found = session.execute(query).all()
    return [
        Concept(UUID(key), instance_id, task_id)
        for key, instance_id, task_id in found
        if key in keys
    ]


def _publish(engine: Engine, concepts: Sequence[Concept]) -> float:
    """As the job that publishes in the background does with a chunk."""
    ids = [concept.offer_id for concept in concepts]
    began = perf_counter()
    with Session(engine) as session:
        published = publish_all(session, ids, by=Worker(KVK, None, BY))
        session.commit()
    took = perf_counter() - began
    if not all(outcome.done for outcome in published.outcomes):
        message = f"not published: {published.outcomes}"
        raise RuntimeError(message)
    return took


def _published(engine: Engine, bare: Bare, concept: Concept) -> Changes:
    """The rows that the publication of one offer writes."""
    instance, offer = concept.instance_id, concept.offer_id
    owners: dict[str, Any] = {
        "id": instance.hex if bare.is_sqlite else instance,
        "instance_id": instance.hex if bare.is_sqlite else instance,
        "id.offer": offer.hex if bare.is_sqlite else offer,
        "kvk": KVK,
    }
    before = snapshot(bare, owners)
    _publish(engine, [concept])
    return changes(before, snapshot(bare, owners))


def _write(
    database: Database, bare: Bare, step: Changes, first: Concept, concepts: Sequence[Concept]
) -> float:
    """The same rows for these offers, in one transaction of the bare driver."""
    statements = [
        statement
        for concept in concepts
        for statement in writes(
            database, step, Renamed(KVK, KVK, dict(zip(first, concept, strict=True)))
        )
    ]
    began = perf_counter()
    bare.begin()
    for statement in statements:
        bare.run(statement.sql, statement.parameters)
    bare.commit()
    return perf_counter() - began
