"""What writing offers costs: publishing with and without the search index, applying a file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from statistics import median
from time import perf_counter
from unittest.mock import patch
from uuid import UUID, uuid4

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from processes.casework.offers.bulk_publication import publish_all
from processes.casework.offers.publication import Worker, take_step
from processes.engine.execution.bulk import CHUNK
from processes.register.offers.fields import READ, as_json
from processes.register.offers.offers import Offer
from processes.register.offers.search import indexing
from processes.register.providers.providers import Provider
from processes.register.sheets.imports import OfferImport, dry_run
from processes.register.sheets.reading import SheetRow
from tests.app.offers.offer_world import a_provider, an_offer, deploy_offer_publication
from tests.benchmarks.register_offers import compounds, new_offer
from workers.handlers.offers.imports import next_rows

KVK = "68750110"
BY = Worker(KVK, None, "benchmark")
TIMES_AS_LONG = 6  # the text of a row of a file, as the sentences of one offer


def world(session: Session) -> Provider:
    """A provider, and the process of an offer."""
    deploy_offer_publication(session)
    known = session.scalar(select(Provider).where(Provider.kvk == KVK))
    return known or a_provider(session, KVK)


def cost_of_publishing(session: Session, provider: Provider, number: int) -> float:
    """How many times as long publishing takes, process and commit included, as without an index."""
    return _ratio(session, provider, number, lambda offers: _publish(session, offers[0]), 1)


def cost_of_bulk(session: Session, provider: Provider, number: int) -> float:
    """The same of a chunk as the job that publishes in the background publishes it."""
    return _ratio(session, provider, number, lambda offers: _publish_all(session, offers), CHUNK)


def import_rate(session: Session, provider: Provider, rows: int) -> float:
    """New rows of a file that are applied in a second, by the clock, in the worker's chunks."""
    import_id = an_import(session, provider.kvk, rows)
    began = perf_counter()
    while next_rows(session, import_id, provider.kvk):
        session.commit()
        session.expunge_all()
    return rows / (perf_counter() - began)


def an_import(session: Session, kvk: str, rows: int) -> UUID:
    """A file of so many new offers of this company, after its dry run; its id."""
    provider = session.scalars(select(Provider).where(Provider.kvk == kvk)).one()
    found = OfferImport(
        id=uuid4(), provider_id=provider.id, by=BY.label, name="aanbod.csv", content=None
    )
    session.add(found)
    session.flush()
    session.add_all(dry_run(found.id, _rows(rows, provider.id), {}))
    session.commit()
    return found.id


def _rows(number: int, provider_id: UUID) -> list[SheetRow]:
    random, vocabulary = Random(1), compounds()  # noqa: S311 - the same rows each time
    return [_row(place, new_offer(random, [provider_id], vocabulary)) for place in range(number)]


def _row(place: int, offer: Offer) -> SheetRow:
    given = {name: as_json(getattr(offer, name)) for name in READ if name not in {"areas", "runs"}}
    long = f"<p>{offer.content * TIMES_AS_LONG}</p>"
    more = {"content": long, "sectors": dict.fromkeys(offer.sectors, True), "contact_hours": "12"}
    return SheetRow(number=place + 2, offer_id=None, changes=given | more, errors=[])


def _ratio(
    session: Session,
    provider: Provider,
    number: int,
    publish: Callable[[list[Offer]], None],
    together: int,
) -> float:
    random, vocabulary = Random(0), compounds()  # noqa: S311 - the same offers each time
    with_index, without = [], []
    for _ in range(number):
        made = [new_offer(random, [provider.id], vocabulary) for _ in range(2 * together)]
        ready = [an_offer(session, provider, title=o.title, content=o.content) for o in made]
        began = perf_counter()
        publish(ready[:together])
        with_index.append(perf_counter() - began)
        with _no_index():
            began = perf_counter()
            publish(ready[together:])
            without.append(perf_counter() - began)
    return median(with_index) / median(without)


def _publish(session: Session, offer: Offer) -> None:
    take_step(session, offer, {"action": "publish"}, by=BY)
    session.commit()


def _publish_all(session: Session, offers: list[Offer]) -> None:
    publish_all(session, [offer.id for offer in offers], by=BY)
    session.commit()


@contextmanager
def _no_index() -> Iterator[None]:
    event.remove(Session, "after_flush", indexing._keep_index)  # noqa: SLF001 - to do without it
    try:
        with patch.object(indexing, "put_published"):  # of a chunk
            yield
    finally:
        event.listen(Session, "after_flush", indexing._keep_index)  # noqa: SLF001 - as it was
