"""Benchmark of the catalogue: search beside the contains-search, and the cost of its index."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random
from statistics import mean, median, quantiles
from time import perf_counter
from typing import Any
from uuid import UUID

import click
from sqlalchemy import Select, and_, event, func, select
from sqlalchemy.orm import Session

from processes.casework.offer_publication import Worker, take_step
from processes.register.catalogue import PER_PAGE, CatalogueQuery, matches, search
from processes.register.offers import indexing
from processes.register.offers.fields import put
from processes.register.offers.offers import Offer, OfferStatus
from processes.register.offers.rules import visible_on
from processes.register.offers.terms import OfferKind
from processes.register.providers import Provider
from processes.register.sample import phrases
from processes.register.search_words import words
from tests.app.offers.offer_world import a_provider, an_offer, deploy_offer_publication
from tests.benchmarks import machine
from tests.benchmarks.databases import DATABASES
from tests.processes.register.search.library import DAY, fill, runs_at_random
from tests.processes.register.search.test_judged_questions import QUESTIONS, judge

RESULTS = Path(__file__).parents[2] / "bench" / "register.json"
BATCH = 500
TARGETS = {  # how many times as fast as the contains-search, at 10^5
    "sqlite": {"median": 60, "p95": 40},
    "postgresql": {"median": 20, "p95": 12},
}
SMALLEST = 4  # letters of a word that is made part of another


@click.command()
@click.option("--offers", "sizes", multiple=True, type=int, default=(1_000, 10_000, 100_000))
@click.option("--rounds", default=3, show_default=True, help="of each question")
@click.option("--published", default=30, show_default=True, help="with and without an index")
@click.option("--only", type=click.Choice(list(DATABASES)), help="one database; writes no file")
def main(sizes: tuple[int, ...], rounds: int, published: int, only: str | None) -> None:
    """Measure search at each number of offers; write bench/register.json."""
    first = only is None and machine.go_first()
    names = [only] if only else list(DATABASES)
    result: dict[str, Any] = {name: measure(name, sizes, rounds, published) for name in names}
    for name in names:
        click.echo(f"{name}: ratios and figures {json.dumps(result[name])}")
    if only is None:
        result["targets"] = TARGETS
        result["machine"] = machine.facts(first=first)
        RESULTS.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
        click.echo(f"written: {RESULTS}")


def measure(name: str, sizes: tuple[int, ...], rounds: int, published: int) -> dict[str, Any]:
    """Quality on the judged questions, then the times at each size, then the cost of publishing."""
    with DATABASES[name]() as database:
        engine = database.open()
        with Session(engine, expire_on_commit=False) as session:
            library = fill(session)
            judged = [judge(library, text, topics) for text, topics in QUESTIONS.items()]
            found = {
                "recall": round(mean(whole for whole, _first in judged), 3),
                # Of the ten or fewer that are to be found, how many are among the first ten.
                "recall_at_10": round(mean(first for _whole, first in judged), 3),
            }
            medians = []
            for size in sizes:
                write(session, size)
                ours, theirs = times(session, rounds)
                medians.append(median(ours))
                suffix = f"{size:.0e}".replace("e+0", "e")
                found[f"median_ms_{suffix}"] = round(median(ours) * 1000, 2)
                found[f"times_before_{suffix}"] = round(median(theirs) / median(ours), 1)
                found[f"times_before_p95_{suffix}"] = round(_p95(theirs) / _p95(ours), 1)
            found["growth"] = round(medians[-1] / medians[0], 2)
            found["publish_times_bare"] = round(cost_of_publishing(session, published), 2)
        engine.dispose()
    return found


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1]


def write(session: Session, wanted: int) -> None:
    """Published offers up to this number, of many words."""
    there = session.scalar(select(func.count()).select_from(Offer)) or 0
    random, vocabulary = Random(there), _compounds()  # noqa: S311 - the same offers each time
    providers = list(session.scalars(select(Provider.id).order_by(Provider.kvk)))
    for begin in range(there, wanted, BATCH):
        number = min(BATCH, wanted - begin)
        session.add_all(_offer(random, providers, vocabulary) for _ in range(number))
        session.flush()
        session.commit()
        session.expunge_all()
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql("ANALYZE")
        session.commit()


def _compounds() -> list[str]:
    """Thousands of words: pairs of the words of the topics."""
    texts = " ".join(f"{topic.title} {topic.skill} {topic.subject}" for topic in phrases.TOPICS)
    long = {word for word in texts.lower().split() if len(word) >= SMALLEST and word.isalpha()}
    parts = sorted(long)
    return [first + second for first in parts[::9] for second in parts[1::9]]


def _offer(random: Random, providers: list[UUID], vocabulary: list[str]) -> Offer:
    topic = random.choice(phrases.TOPICS)
    lines = (phrases.OPENERS, phrases.PRACTICES, phrases.CLOSINGS)
    offer = Offer(
        id=UUID(int=random.getrandbits(128)),
        provider_id=random.choice(providers),
        status=OfferStatus.PUBLISHED,
    )
    content = [random.choice(line) for line in lines] + random.sample(vocabulary, 15)
    values = {
        "title": f"{topic.title}{random.choice(phrases.SUFFIXES)} {random.choice(vocabulary)}",
        "subject": topic.subject,
        "kind": random.choice(list(OfferKind)),
        "sectors": frozenset(topic.sectors.split("|")),
        "contribution": f"Na afloop kunt u {topic.skill}. {random.choice(phrases.EFFECTS)}",
        "content": " ".join(content),
        "audience": random.choice(phrases.AUDIENCES),
        "location": random.choice(phrases.PLACES),
        "runs": runs_at_random(random),
    }
    put(offer, values)
    return offer


def times(session: Session, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of each question by the index with all facets, and by pieces of text, in turn."""
    ours, theirs = [], []
    for _ in range(rounds):
        for text in QUESTIONS:
            ours.append(_timed(lambda: _search(session, text)))  # noqa: B023 - called at once
            theirs.append(_timed(lambda: contains(session, text, DAY)))  # noqa: B023 - so is this
    return ours, theirs


def _search(session: Session, text: str) -> None:
    search(session, on=DAY, query=CatalogueQuery(text=text))
    session.expunge_all()


def contains(session: Session, text: str, on: date) -> None:
    """The search before there was an index: the number, a page, the providers to choose from."""
    query: Select[Any] = select(Offer).join(Provider).where(visible_on(on))
    query = query.where(and_(*map(matches, words(text))))
    session.scalar(query.with_only_columns(func.count()))
    page = query.order_by(func.lower(Offer.title), Offer.id).limit(PER_PAGE)
    list(session.scalars(page))
    having = select(Offer.provider_id).where(visible_on(on))
    list(session.scalars(select(Provider).where(Provider.id.in_(having))))
    session.expunge_all()


def _timed(work: Callable[[], None]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def cost_of_publishing(session: Session, published: int) -> float:
    """How many times as long publishing takes, process and commit included, as without an index."""
    random, vocabulary = Random(0), _compounds()  # noqa: S311 - the same offers each time
    deploy_offer_publication(session)
    provider = a_provider(session)
    with_index, without = [], []
    for _ in range(published):
        made = [_offer(random, [provider.id], vocabulary) for _ in range(2)]
        first, second = (
            an_offer(session, provider, title=o.title, content=o.content) for o in made
        )
        with_index.append(_timed(lambda: _publish(session, first)))  # noqa: B023 - called at once
        with _no_index():
            without.append(_timed(lambda: _publish(session, second)))  # noqa: B023 - so is this
    return median(with_index) / median(without)


def _publish(session: Session, offer: Offer) -> None:
    by = Worker(offer.provider.kvk, None, "benchmark")
    take_step(session, offer, {"action": "publish"}, by=by)
    session.commit()


@contextmanager
def _no_index() -> Iterator[None]:
    event.remove(Session, "after_flush", indexing._keep_index)  # noqa: SLF001 - to do without it
    try:
        yield
    finally:
        event.listen(Session, "after_flush", indexing._keep_index)  # noqa: SLF001 - as it was


if __name__ == "__main__":
    main()
