"""Benchmark of the catalogue: search beside the contains-search, and the cost of its index."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import mean, median, quantiles
from time import perf_counter
from typing import Any
from unittest.mock import patch

import click
from sqlalchemy import Engine, Select, and_, create_engine, func, select
from sqlalchemy.orm import Session

from processes.database import open_database
from processes.register.catalogue.catalogue import PER_PAGE, CatalogueQuery, matches, search
from processes.register.offers.offers import Offer
from processes.register.offers.rules import visible_on
from processes.register.providers.providers import Provider
from processes.register.search import answers
from processes.register.search_words import words
from tests.benchmarks import machine, register_writing
from tests.benchmarks.databases import DATABASES
from tests.benchmarks.register_filling import fill_up
from tests.benchmarks.register_pages import memory, pages
from tests.processes.register.search.library import DAY, Library, fill
from tests.processes.register.search.test_judged_questions import QUESTIONS, UNSEEN, judge

RESULTS = Path(__file__).parents[2] / "bench" / "register.json"
SIZES = (1_000, 10_000, 100_000, 1_000_000)
KNOWN = 1_000  # offers that are there when others are published
MOST_BEFORE = 100_000
TARGETS = {  # how many times as fast as the contains-search, at 10^5
    "sqlite": {"times_before_1e5": 60, "times_before_p95_1e5": 40, "growth_1e6": 8},
    "postgresql": {"times_before_1e5": 20, "times_before_p95_1e5": 12, "growth_1e6": 10},
    "publish_times_bare": 1.5,
    "bulk_times_bare": 1.6,
    "recall_at_10": 0.9,
}
ROWS = 10  # of a file that is applied, for each offer that is published


@click.command()
@click.option("--offers", "sizes", multiple=True, type=int, default=SIZES, help="least first")
@click.option("--rounds", default=3, show_default=True, help="of each question")
@click.option("--published", default=30, show_default=True, help="with and without an index")
@click.option("--only", type=click.Choice(list(DATABASES)), help="one database; writes no file")
@click.option("--filled", multiple=True, help="URL of a database of `register_filling`, in order")
@click.option("--search-only", is_flag=True, help="no quality, publication or file; with --only")
def main(
    sizes: tuple[int, ...],
    rounds: int,
    published: int,
    only: str | None,
    filled: tuple[str, ...],
    search_only: bool,
) -> None:
    """Measure search and pages at each number of offers; write bench/register.json.

    Beside the contains-search up to 100,000 offers: at a million one pass would take half an hour.
    """
    first = only is None and machine.go_first()
    names = [only] if only else list(DATABASES)
    result: dict[str, Any] = {}
    for name in names:
        urls = [url for url in filled if url.startswith(name)]
        at_sizes = _at(urls, rounds) if urls else _at_each(name, sizes, rounds)
        rest = {} if search_only else measure(name, published)
        result[name] = rest | at_sizes
        click.echo(f"{name}: ratios and figures {json.dumps(result[name])}")
    if only is None:
        result["targets"] = TARGETS
        result["machine"] = machine.facts(first=first)
        RESULTS.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
        click.echo(f"written: {RESULTS}")


def measure(name: str, published: int) -> dict[str, Any]:
    """Quality on the judged questions, the cost of publishing, imports."""
    with DATABASES[name]() as database:
        engine = database.open()
        with Session(engine, expire_on_commit=False) as session:
            found: dict[str, Any] = quality(fill(session))
            session.rollback()  # another connection fills
            fill_up(engine, KNOWN)  # most words of what is published are known
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


def _at_each(name: str, sizes: Sequence[int], rounds: int) -> dict[str, Any]:
    """The times in databases of these sizes, each made, measured, and thrown away."""
    found: dict[str, Any] = {}
    for size in sizes:
        with DATABASES[name]() as database:
            engine = database.open()
            began = perf_counter()
            fill_up(engine, size)
            click.echo(f"{name}: {size} offers in {perf_counter() - began:.0f} s")
            found |= _figures(name, engine, rounds)
            engine.dispose()
    return found | _growth(found)


def _at(urls: Sequence[str], rounds: int) -> dict[str, Any]:
    """The same in databases that were filled before."""
    found: dict[str, Any] = {}
    for engine in map(open_database, urls):
        found |= _figures(engine.dialect.name, engine, rounds)
        engine.dispose()
    return found | _growth(found)


def _figures(name: str, engine: Engine, rounds: int) -> dict[str, Any]:
    with _reading(engine) as session:
        size = session.scalar(select(func.count()).select_from(Offer)) or 0
        found: dict[str, Any] = dict(figures(session, size, rounds))
    found[f"pages_{_short(size)}"] = pages(engine, 3 * rounds)
    found[f"memory_mb_{_short(size)}"] = memory()
    click.echo(f"{name}: {size} offers {json.dumps(found)}")
    return found


def _short(size: int) -> str:
    return f"{size:.0e}".replace("e+0", "e")


def _growth(found: Mapping[str, Any]) -> dict[str, float]:
    """How many times as long a search takes with a hundred and with ten times as many offers."""
    sizes = (("growth", "1e5", "1e3"), ("growth_1e6", "1e6", "1e5"))
    return {
        name + suffix: round(found[kind + many] / found[kind + few], 2)
        for suffix, kind in (("", "alone_ms_"), ("_again", "again_ms_"))
        for name, many, few in sizes
        if kind + many in found and kind + few in found
    }


@contextmanager
def _reading(engine: Engine) -> Iterator[Session]:
    options = {"read_only": True, "postgresql_readonly": True}
    with (
        engine.connect().execution_options(**options) as connection,
        Session(connection, expire_on_commit=False) as session,
    ):
        yield session


def figures(session: Session, size: int, rounds: int) -> dict[str, float]:
    """Milliseconds; and how many times as fast as the contains-search, where that is asked.

    Alone as nobody asked it before, and again.
    """
    with patch.object(answers, "MOST", 0):
        alone = _asked(session, rounds)
    again = _asked(session, rounds)
    without_question = median(_timed(lambda: _search(session, "")) for _ in range(3))
    found = {
        "alone_ms": median(alone) * 1000,
        "alone_p95_ms": _p95(alone) * 1000,
        "again_ms": median(again) * 1000,
        "no_question_ms": without_question * 1000,
    }
    if size <= MOST_BEFORE:
        with patch.object(answers, "MOST", 0):
            ours, theirs = times(session, rounds)
        found |= {
            "median_ms": median(ours) * 1000,
            "p95_ms": _p95(ours) * 1000,
            "times_before": median(theirs) / median(ours),
            "times_before_p95": _p95(theirs) / _p95(ours),
        }
    return {f"{name}_{_short(size)}": round(number, 1) for name, number in found.items()}


def _asked(session: Session, rounds: int) -> list[float]:
    """Seconds of each question, without the first round."""
    every = [
        _timed(lambda: _search(session, text))  # noqa: B023 - called at once
        for _ in range(rounds + 1)
        for text in QUESTIONS
    ]
    return every[len(QUESTIONS) :]


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
