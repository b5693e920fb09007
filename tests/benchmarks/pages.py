"""./run bench pages: lists and dashboards as the tables behind them grow, beside an older build."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import click
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.factory import create_app
from app.web.db import db
from processes.platform.database import close_databases
from processes.platform.settings import use_settings
from tests.benchmarks import machine, onboarding
from tests.benchmarks.databases import DATABASES, Database
from tests.benchmarks.pages_asked import (
    A_CHANGE,
    AFTER_A_CHANGE,
    PAGES,
    WORK,
    signed_in,
    things,
)
from tests.benchmarks.pages_filling import fill
from tests.benchmarks.product import settings_for
from tests.benchmarks.visitors import prepare
from workers.schedule import sweep

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "pages.json"
HAVE = (1_000, 10_000, 100_000)
OK, NOT_THERE = 200, 404
A_SECOND = 1_000_000_000  # nanoseconds
SWEEPS, A_SWEEP = 3, 5_000  # cases that one folds
ASKED = (*PAGES, *WORK)
SERVERS = text(
    "SELECT pid FROM pg_stat_activity"
    " WHERE datname = current_database() AND backend_type = 'client backend'"
)


@dataclass(frozen=True)
class Took:
    """Seconds of one request: by the clock, and of the processor with that of PostgreSQL."""

    clock: float
    processor: float


@click.command()
@click.option("--have", multiple=True, type=int, default=HAVE, help="cases and offers, in tens")
@click.option("--rounds", default=9, show_default=True)
@click.option("--only", type=click.Choice(list(DATABASES)), help="one database; writes no file")
@click.option("--before", type=click.Path(exists=True, file_okay=False), help="an older checkout")
@click.option(
    "--filled", multiple=True, help="URL of a database that was filled and counted, least first"
)
@click.option("--page", "asked", multiple=True, type=click.Choice(ASKED), help="only these")
@click.option("--as-json", is_flag=True, hidden=True)
def main(
    have: tuple[int, ...],
    rounds: int,
    only: str | None,
    before: str | None,
    filled: tuple[str, ...],
    asked: tuple[str, ...],
    as_json: bool,
) -> None:
    """Measure pages at each size and write bench/pages.json."""
    names = [only] if only else list(DATABASES)
    took = {
        name: measure(
            *(name, have, rounds), [url for url in filled if url.startswith(name)], asked or ASKED
        )
        for name in names
    }
    if as_json:
        click.echo(json.dumps(took))
        return
    older = _older(before, have, rounds, names) if before else {}
    result = {page: _page(took, older, page, have) for page in asked or ASKED}
    for page, figures in result.items():
        for name, figure in figures.items():
            click.echo(f"{page:<28} {name:<11} {json.dumps(figure)}")
    if only is None and not asked:
        facts = {"machine": machine.facts(first=False), "have": have, "rounds": rounds}
        RESULTS.write_text(json.dumps({**result, **facts}, indent=2) + "\n", "utf-8")
        click.echo(f"written: {RESULTS}")


def measure(
    name: str, have: Sequence[int], rounds: int, filled: Sequence[str], asked: Sequence[str]
) -> dict[str, dict[str, dict[str, float]]]:
    """The medians of each page in ms at each size, on one of the databases; sizes take turns."""
    with ExitStack() as stack:
        there: list[Database | None] = [Database(name, url, "") for url in filled]
        there = there or [None] * len(have)
        sites = {
            wanted: _Site(stack, name, wanted, database)
            for wanted, database in zip(have, there, strict=True)
        }
        found = {page: _turns(sites, page, rounds) for page in asked}
    use_settings(None)
    return found


class _Site:
    """A portal with so many cases and offers, and somebody of each role who is signed in."""

    def __init__(
        self, stack: ExitStack, name: str, wanted: int, filled: Database | None = None
    ) -> None:
        database = filled or stack.enter_context(DATABASES[name]())
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        self._app = create_app(settings_for(database, Path(folder)))
        if filled is None:
            with self.entered():
                prepare(db.session())
            fill(database.open(), onboarding.KEY, wanted)
        with self.entered():
            for _ in range(SWEEPS + (0 if filled else wanted // A_SWEEP)):
                sweep()
            self._things = things(db.session())
            db.session().rollback()
            roles = {role for _path, role in PAGES.values()}
            kvk = self._things["kvk"]
            self._people = {role: signed_in(self._app, role, kvk) for role in roles}
        stack.callback(self._close)

    @contextmanager
    def entered(self) -> Iterator[None]:
        use_settings(self._app.config["LOKET_SETTINGS"])
        with self._app.app_context():
            yield

    def sweep(self) -> None:
        """What a worker does every second."""
        with self.entered():
            sweep()

    def change(self) -> None:
        """Change an entry of the search index, as others do."""
        with self.entered():
            db.session().execute(A_CHANGE)
            db.session().commit()

    def _servers(self) -> list[Path]:
        """Where the system counts what PostgreSQL's processes for this database did."""
        with self.entered():
            is_postgresql = db.engine.dialect.name == "postgresql"
            pids = db.session().scalars(SERVERS).all() if is_postgresql else []
            db.session().rollback()
        return [each for pid in pids if (each := Path(f"/proc/{pid}/schedstat")).exists()]

    def get(self, page: str) -> Took | None:
        """What the page or the work took; None where there is no such page."""
        if page in WORK:
            return self._work(WORK[page])
        path, role = PAGES[page]
        client = self._app.test_client(use_cookies=False)
        cookie = {"Cookie": self._people[role]}
        path = path.format(**self._things)
        if page == AFTER_A_CHANGE:
            self.change()
        servers = self._servers()
        use_settings(self._app.config["LOKET_SETTINGS"])
        begin = _Begin(servers)
        response = client.get(path, headers=cookie, base_url="http://127.0.0.1")
        size = len(response.data)
        took = begin.took()
        if response.status_code == NOT_THERE:
            return None
        if response.status_code != OK or not size:
            message = f"{path}: {response.status_code}"
            raise RuntimeError(message)
        return took

    def _work(self, work: Callable[[Session], object]) -> Took:
        servers = self._servers()
        with self.entered():
            begin = _Begin(servers)
            work(db.session())
            return begin.took()

    def _close(self) -> None:
        with self._app.app_context():
            db.engine.dispose()
        close_databases()


class _Begin:
    """When a measurement began."""

    def __init__(self, servers: Sequence[Path]) -> None:
        self._servers = servers
        self._worked, self._began = self._processor(), perf_counter()

    def took(self) -> Took:
        """What it took since."""
        clock = perf_counter() - self._began
        return Took(clock, self._processor() - self._worked)

    def _processor(self) -> float:
        """Seconds of this process and of these."""
        served = sum(int(each.read_text("utf-8").split()[0]) for each in self._servers)
        return process_time() + served / A_SECOND


def _turns(sites: Mapping[int, _Site], page: str, rounds: int) -> dict[str, dict[str, float]]:
    times: dict[int, list[Took]] = {wanted: [] for wanted in sites}
    for site in sites.values():
        site.sweep()
    for _ in range(rounds + 1):
        for wanted, site in sites.items():
            if (took := site.get(page)) is not None:
                times[wanted].append(took)
    found = {
        kind: {
            str(wanted): round(median(getattr(took, kind) for took in of_one[1:]) * 1000, 1)
            for wanted, of_one in times.items()
            if of_one
        }
        for kind in ("clock", "processor")
    }
    click.echo(f"{page}: {found}", err=True)
    return found


def _older(
    checkout: str, have: Sequence[int], rounds: int, names: Sequence[str]
) -> Mapping[str, Any]:
    """The same measurement by the code of an older checkout, which has these files in it."""
    found: dict[str, Any] = {}
    for name in names:
        command = [sys.executable, "-m", "tests.benchmarks.pages", "--as-json", "--only", name]
        command += [f"--rounds={rounds}", *(f"--have={number}" for number in have)]
        answer = subprocess.run(
            command,
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": checkout},
            check=True,
            capture_output=True,
            text=True,
        )
        found |= json.loads(answer.stdout.splitlines()[-1])
    return found


def _page(
    took: Mapping[str, Any], older: Mapping[str, Any], page: str, have: Sequence[int]
) -> dict[str, Any]:
    few, many = str(have[0]), str(have[-1])
    found: dict[str, Any] = {}
    for name, pages in took.items():
        ours, clock = pages[page]["processor"], pages[page]["clock"]
        grown = {size: round(ours[str(size)] / ours[few], 2) for size in have[1:]}
        found[name] = {f"growth_{size:.0e}".replace("e+0", "e"): by for size, by in grown.items()}
        found[name] |= {"processor_ms": ours, "ms": clock}
        before = older.get(name, {}).get(page)
        if before:
            found[name] |= {
                "times_before": round(before["processor"][many] / ours[many], 1),
                "ms_before": before["clock"],
            }
    return found


if __name__ == "__main__":
    main()
