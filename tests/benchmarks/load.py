"""./run bench load: many providers register at once, also with a full database."""

import json
import queue
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, sleep
from typing import Any

import click
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.factory import create_app
from app.web.db import db
from processes.engine.store.models import InstanceStatus, ProcessInstance
from processes.platform.settings import Settings, use_settings
from processes.register.providers.trade_register import FOUND, CompanyFacts, remember_extract
from tests import patience, servers
from tests.benchmarks import machine
from tests.benchmarks.browser import NAME, Browser
from tests.benchmarks.databases import Database, several
from tests.benchmarks.filling import fill
from tests.benchmarks.mailbox import Mailbox
from tests.benchmarks.product import settings_for, web, worker
from tests.benchmarks.visitors import Visitor, prepare, visitors

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "load.json"
HAVE = (1_000, 10_000, 100_000)  # instances in the database
TEMPLATES = 5
HALFWAY = 2  # of the templates are left where they are, the others are finished
PATIENCE = patience.SECONDS


@dataclass(frozen=True)
class Sizes:
    """How much is sent."""

    have: Sequence[int]
    rounds: int
    onboardings: int  # in a round, to each of the databases
    clients: int


@dataclass
class Site:
    """One product with its database, and who is still to register there."""

    have: int
    port: int
    waiting: list[Visitor]
    took: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    rates: list[float] = field(default_factory=list)


@click.command()
@click.option("--rounds", default=8, show_default=True)
@click.option("--onboardings", default=32, show_default=True, help="in a round, at each database")
@click.option("--clients", default=8, show_default=True)
@click.option("--have", multiple=True, type=int, help="instances beforehand; writes no file")
def main(rounds: int, onboardings: int, clients: int, have: tuple[int, ...]) -> None:
    """Measure whole onboardings over HTTP and write bench/load.json."""
    first = not have and machine.go_first()
    sizes = Sizes(have or HAVE, rounds, onboardings, clients)
    result = {**measure(sizes), "machine": machine.facts(first=first)}
    for number in sizes.have:
        figures = result["instances"][str(number)]
        whole = figures["steps"]["whole onboarding"]
        click.echo(
            f"{number:>7} instances: {figures['onboardings_per_second']} onboardings/s,"
            f" each p50 {whole['p50']} p95 {whole['p95']} p99 {whole['p99']} ms"
        )
    click.echo(f"ratio of the last to the first, median of the steps: {result['growth']['median']}")
    if not have:
        RESULTS.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
        click.echo(f"written: {RESULTS}")


def measure(sizes: Sizes) -> dict[str, Any]:
    """A product for each size, and rounds of onboardings at each of them in turns."""
    with ExitStack() as stack:
        names = [f"have_{number}" for number in sizes.have]
        databases = stack.enter_context(several(names))
        broker = stack.enter_context(servers.valkey()).removesuffix("/0")
        mailbox = Mailbox()
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        made = [
            settings_for(each, folder, redis_url=f"{broker}/{number}", smtp_port=mailbox.port)
            for number, each in enumerate(databases)
        ]
        # Threads only after the last process was started.
        sites = [
            stack.enter_context(_site(settings, sizes, have))
            for settings, have in zip(made, sizes.have, strict=True)
        ]
        stack.enter_context(mailbox.open())
        for site, each in zip(sites, databases, strict=True):
            _fill(site, each)
        for number in range(sizes.rounds + 1):
            for site in sites:
                _round(site, sizes, counts=number > 0)  # the first warms up
    return _result(sites, sizes)


@contextmanager
def _site(settings: Settings, sizes: Sizes, have: int) -> Iterator[Site]:
    count = TEMPLATES + (sizes.rounds + 1) * sizes.onboardings
    waiting = _signed_in(settings, [str(20_000_000 + number) for number in range(count)])
    with (
        worker(settings, "app.cli", concurrency=1),
        web(settings, "app.wsgi:app", workers=2, threads=4) as port,
    ):
        yield Site(have, port, waiting)


def _signed_in(settings: Settings, kvks: list[str]) -> list[Visitor]:
    """Employees of companies that the trade register was asked about already."""
    app = create_app(settings)
    with app.app_context():
        prepare(db.session())
        found = visitors(app, kvks)
        for kvk in kvks:
            facts = CompanyFacts(kvk, NAME)
            remember_extract(db.session(), kvk, outcome=FOUND, facts=facts, source="benchmark")
        db.session().commit()
        db.engine.dispose()
    use_settings(None)
    return found


def _fill(site: Site, database: Database) -> None:
    """A few real onboardings, finished and not, and copies of them."""
    connection = HTTPConnection("127.0.0.1", site.port, timeout=patience.SECONDS)
    templates = [site.waiting.pop() for _ in range(TEMPLATES)]
    for number, visitor in enumerate(templates):
        browser = Browser(visitor, connection)
        browser.begin() if number < HALFWAY else browser.register()
    connection.close()
    engine = database.open()
    _wait_until_finished(engine, TEMPLATES - HALFWAY)
    fill(engine, [each.kvk for each in templates], already=TEMPLATES, until=site.have)
    engine.dispose()


def _wait_until_finished(engine: Engine, count: int) -> None:
    deadline = perf_counter() + PATIENCE
    finished = select(func.count()).where(ProcessInstance.status == InstanceStatus.COMPLETED)
    while perf_counter() < deadline:
        with Session(engine) as session:
            if session.scalar(finished) == count:
                return
        sleep(0.2)
    message = "the worker did not finish the first onboardings"
    raise TimeoutError(message)


def _round(site: Site, sizes: Sizes, *, counts: bool) -> None:
    waiting: queue.SimpleQueue[Visitor] = queue.SimpleQueue()
    for _ in range(sizes.onboardings):
        waiting.put(site.waiting.pop())
    done: list[Browser] = []
    failed: list[Exception] = []
    threads = [
        threading.Thread(target=_client, args=(site.port, waiting, done, failed))
        for _ in range(sizes.clients)
    ]
    began = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = perf_counter() - began
    if failed:
        raise failed[0]
    if counts:
        site.rates.append(sizes.onboardings / took)
        for browser in done:
            for step, milliseconds in browser.took.items():
                site.took[step].append(milliseconds)


def _client(
    port: int,
    waiting: queue.SimpleQueue[Visitor],
    done: list[Browser],
    failed: list[Exception],
) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=patience.SECONDS)
    try:
        while True:
            browser = Browser(waiting.get_nowait(), connection)
            browser.register()
            done.append(browser)
    except queue.Empty:
        connection.close()
    except Exception as error:  # noqa: BLE001 - told by the thread that waits
        failed.append(error)


def _result(sites: Sequence[Site], sizes: Sizes) -> dict[str, Any]:
    first, last = sites[0], sites[-1]
    growth = {
        step: round(median(last.took[step]) / median(first.took[step]), 2) for step in first.took
    }
    rates = [before / after for before, after in zip(first.rates, last.rates, strict=True)]
    return {
        "instances": {
            str(site.have): {
                "onboardings_per_second": round(median(site.rates), 1),
                "steps": {step: _spread(values) for step, values in site.took.items()},
            }
            for site in sites
        },
        "growth": {"median": median(growth.values()), "rate": round(median(rates), 2), **growth},
        "server": "gunicorn, 2 workers of 4 threads; a worker with 1 process; PostgreSQL; one host",
        "clients": sizes.clients,
        "rounds": sizes.rounds,
        "onboardings": sizes.onboardings,
    }


def _spread(values: Sequence[float]) -> dict[str, float]:
    cuts = quantiles(values, n=100, method="inclusive") if len(values) > 1 else [values[0]] * 99
    return {"p50": round(cuts[49], 1), "p95": round(cuts[94], 1), "p99": round(cuts[98], 1)}


if __name__ == "__main__":
    main()
