"""Benchmark of the catalogue: search beside the contains-search, and the cost of its index."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import mean, median, quantiles
from time import perf_counter
from typing import Any

import click
from sqlalchemy import Engine, Select, and_, create_engine, func, select
from sqlalchemy.orm import Session

from processes.database import open_database
from processes.register.catalogue.catalogue import PER_PAGE, CatalogueQuery, matches, search
from processes.register.offers.offers import Offer
from processes.register.offers.rules import visible_on
from processes.register.providers.providers import Provider
from processes.register.search import kept_counts
from processes.register.search_words import words
from tests.benchmarks import machine, register_writing
from tests.benchmarks.databases import DATABASES
from tests.benchmarks.register_offers import write
from tests.processes.register.search.library import DAY, NOON, Library, fill
from tests.processes.register.search.test_judged_questions import QUESTIONS, UNSEEN, judge

RESULTS = Path(__file__).parents[2] / "bench" / "register.json"
TARGETS = {  # how many times as fast as the contains-search, at 10^5
    "sqlite": {"times_before_1e5": 60, "times_before_p95_1e5": 40},
    "postgresql": {"times_before_1e5": 20, "times_before_p95_1e5": 12},
    "publish_times_bare": 1.5,
    "bulk_times_bare": 1.6,
    "recall_at_10": 0.9,
}
ROWS = 10  # of a file that is applied, for each offer that is published


@click.command()
@click.option("--offers", "sizes", multiple=True, type=int, default=(1_000, 10_000, 100_000))
@click.option("--rounds", default=3, show_default=True, help="of each question")
@click.option("--published", default=30, show_default=True, help="with and without an index")
@click.option("--only", type=click.Choice(list(DATABASES)), help="one database; writes no file")
@click.option("--filled", multiple=True, help="URL of a database that holds generated offers")
def main(
    sizes: tuple[int, ...], rounds: int, published: int, only: str | None, filled: tuple[str, ...]
) -> None:
    """Measure search at each number of offers; write bench/register.json."""
    first = only is None and machine.go_first()
    names = [only] if only else list(DATABASES)
    result: dict[str, Any] = {}
    for name in names:
        urls = [url for url in filled if url.startswith(name)]
        at_sizes = _at(urls, rounds) if urls else None
        result[name] = measure(name, sizes, rounds, published, at_sizes)
        click.echo(f"{name}: ratios and figures {json.dumps(result[name])}")
    if only is None:
        result["targets"] = TARGETS
        result["machine"] = machine.facts(first=first)
        RESULTS.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
        click.echo(f"written: {RESULTS}")


def measure(
    name: str,
    sizes: tuple[int, ...],
    rounds: int,
    published: int,
    at_sizes: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Quality on the judged questions, the times at each size, the cost of publishing, imports."""
    with DATABASES[name]() as database:
        engine = database.open()
        with Session(engine, expire_on_commit=False) as session:
            found = quality(fill(session))
            found |= at_sizes or at_each(session, sizes, rounds)
            write(session, sizes[0])  # most words of what is published are known
            provider = register_writing.world(session)
            for kind, cost in (
                ("publish_times_bare", register_writing.cost_of_publishing),
                ("bulk_times_bare", register_writing.cost_of_bulk),
            ):
                number = published if kind.startswith("publish") else max(1, published // 3)
                found[kind] = round(cost(session, provider, number), 2)
            rate = register_writing.import_rate(session, provider, ROWS * published)
            found["import_rows_per_s"] = round(rate)
        engine.dispose()
    return found


def quality(library: Library) -> dict[str, float]:
    """Of what is to be found: the part that is found at all, and among the first ten."""
    found = {}
    for suffix, questions in (("", QUESTIONS), ("_unseen", UNSEEN)):
        judged = [judge(library, text, topics) for text, topics in questions.items()]
        found[f"recall{suffix}"] = round(mean(whole for whole, _first in judged), 3)
        # Of the ten or fewer that are to be found, how many are among the first ten.
        found[f"recall_at_10{suffix}"] = round(mean(first for _whole, first in judged), 3)
    return found


def at_each(session: Session, sizes: tuple[int, ...], rounds: int) -> dict[str, Any]:
    """The times in one database that is filled up to each size."""
    found: dict[str, Any] = {}
    medians = []
    for size in sizes:
        write(session, size)
        while kept_counts.fold(session, kept_counts.waiting(session, NOON)):  # as a worker does
            session.commit()
        found |= figures(session, size, rounds)
        medians.append(found[f"median_ms_{size:.0e}".replace("e+0", "e")])
    return found | {"growth": round(medians[-1] / medians[0], 2)}


def _at(urls: list[str], rounds: int) -> dict[str, Any]:
    """The times in databases that were filled before: filling one takes long."""
    found: dict[str, Any] = {}
    medians = []
    for engine in map(open_database, urls):
        with _reading(engine) as session:
            size = session.scalar(select(func.count()).select_from(Offer)) or 0
            found |= (its := figures(session, size, rounds))
            medians.append(next(iter(its.values())))
        engine.dispose()
    growth = {"growth": round(medians[-1] / medians[0], 2)} if len(medians) > 1 else {}
    return found | growth


@contextmanager
def _reading(engine: Engine) -> Iterator[Session]:
    options = {"read_only": True, "postgresql_readonly": True}
    with (
        engine.connect().execution_options(**options) as connection,
        Session(connection, expire_on_commit=False) as session,
    ):
        yield session


def figures(session: Session, size: int, rounds: int) -> dict[str, float]:
    """Milliseconds, and how many times as fast as the contains-search."""
    ours, theirs = times(session, rounds)
    without_question = median(_timed(lambda: _search(session, "")) for _ in range(3))
    found = {
        "median_ms": median(ours) * 1000,
        "p95_ms": _p95(ours) * 1000,
        "no_question_ms": without_question * 1000,
        "times_before": median(theirs) / median(ours),
        "times_before_p95": _p95(theirs) / _p95(ours),
    }
    suffix = f"{size:.0e}".replace("e+0", "e")
    return {f"{name}_{suffix}": round(number, 1) for name, number in found.items()}


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1]


def times(session: Session, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of each question by the index with all facets, and by pieces of text, in turn."""
    ours, theirs = [], []
    before = create_engine(session.get_bind().engine.url)  # as it was opened: with no more pragmas
    with before.connect() as connection, Session(connection) as old:
        for _ in range(rounds):
            for text in QUESTIONS:
                ours.append(_timed(lambda: _search(session, text)))  # noqa: B023 - called at once
                theirs.append(_timed(lambda: contains(old, text, DAY)))  # noqa: B023 - so is this
    before.dispose()
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


if __name__ == "__main__":
    main()
