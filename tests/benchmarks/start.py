"""./run bench start: from ./run to the first page, and the memory of all its processes.

Beside an older checkout when one is given, which needs a .venv of its own; the two take turns. Each
gets a folder of its own, is started once to fill its database, and from then on is warm. After the
last start a visitor and a signed-in provider ask for pages; then the proportional set size (PSS) of
all processes is added up.
"""

import json
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import Any

import click
import requests

from processes.platform.running_demonstration import OIDC_NAME
from tests import patience
from tests.benchmarks import machine
from tests.servers import end_with_parent, free_port

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "start.json"
MOST_MEMORY, MOST_TIME = 0.7, 0.5  # of the older build
FOR_ALL = ("/", "/catalogus", "/catalogus?zoek=rekenen", "/inloggen", "/toegankelijkheid")
FOR_PROVIDERS = ("/aanmelding", "/over", "/privacy")
PROVIDER = {"kvk": "68750110", "loa": "loa3", "subject": "medewerker-1", "outcome": "success"}
HIDDEN = re.compile(r'<input(?=[^>]*name="(?P<name>[^"]+)")(?=[^>]*value="(?P<value>[^"]*)")')
OK = 200
KB = 1024


@dataclass
class Build:
    """One checkout, what its starts took, and its memory in kB by process after the last."""

    checkout: Path
    folder: Path
    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    memory: dict[str, list[int]] = field(default_factory=dict)


@click.command()
@click.option("--before", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--rounds", default=5, show_default=True, help="warm starts of each")
@click.option("--requests", "number", default=1_000, show_default=True)
@click.option("--tiny", is_flag=True, help="starts cold, writes no file")
def main(before: Path | None, rounds: int, number: int, *, tiny: bool) -> None:
    """Measure, and write bench/start.json."""
    first = not tiny and machine.go_first()  # what is started inherits it
    with ExitStack() as stack:
        checkouts = {"before": before, "now": ROOT}
        builds = {
            name: Build(checkout, Path(stack.enter_context(tempfile.TemporaryDirectory())))
            for name, checkout in checkouts.items()
            if checkout
        }
        if not tiny:
            _fill(builds)
        _measure(builds, rounds, number)
    result: dict[str, Any] = {name: _figures(build) for name, build in builds.items()}
    if before:
        result["ratios"] = _ratios(result["before"], result["now"])
    for name, figures in result.items():
        click.echo(f"{name:<8} {json.dumps(figures)}")
    click.echo(f"ratio wanted: at most {MOST_MEMORY} of the memory, {MOST_TIME} of the time")
    if not tiny:
        facts = {"rounds": rounds, "requests": number, "machine": machine.facts(first=first)}
        RESULTS.write_text(json.dumps({**result, **facts}, indent=2) + "\n", "utf-8")
        click.echo(f"written: {RESULTS}")


def _fill(builds: Mapping[str, Build]) -> None:
    """The first start makes the database; it does not count."""
    for build in builds.values():
        with _running(build):
            pass


def _measure(builds: Mapping[str, Build], rounds: int, number: int) -> None:
    for left in reversed(range(rounds)):
        for build in builds.values():
            with _running(build) as (process, port, took):
                build.seconds.append(took)
                build.processor.append(_processor_time(process))
                if not left:
                    _visit(f"http://127.0.0.1:{port}", number)
                    build.memory = _memory(process)


@contextmanager
def _running(build: Build) -> Iterator[tuple[int, int, float]]:
    """The demonstration: its process id, its port, and the seconds until its first page."""
    port = free_port()
    given = {**os.environ, "PORT": str(port), "LOKET_VAR": str(build.folder)}
    given.pop("PYTHONPATH", None)
    log = (build.folder / "run.log").open("ab")
    began = perf_counter()
    with (
        log,
        subprocess.Popen(
            ["./run"],
            cwd=build.checkout,
            env=given,
            stdout=log,
            stderr=log,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - no threads yet
        ) as process,
    ):
        try:
            _wait_for_page(process, port)
            took = perf_counter() - began
            _wait_until_ready(build.folder / "run.log")
            yield process.pid, port, took
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(patience.SECONDS)
            (build.folder / "run.log").unlink()


def _wait_for_page(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = perf_counter() + patience.SECONDS
    while True:
        try:
            found = requests.get(f"http://127.0.0.1:{port}/", timeout=patience.SECONDS)
        except requests.ConnectionError:
            if process.poll() is not None or perf_counter() > deadline:
                raise
            sleep(0.01)
            continue
        found.raise_for_status()
        return


def _wait_until_ready(log: Path) -> None:
    deadline = perf_counter() + patience.SECONDS
    while "Loket is ready" not in log.read_text("utf-8"):
        if perf_counter() > deadline:
            raise TimeoutError(log.read_text("utf-8"))
        sleep(0.05)


def _visit(url: str, number: int) -> None:
    """So many pages, three of five for a visitor and two for a provider."""
    with requests.Session() as visitor, requests.Session() as provider:
        _sign_in(provider, url)
        turns = cycle([visitor, visitor, visitor, provider, provider])
        paths = {visitor: cycle(FOR_ALL), provider: cycle(FOR_PROVIDERS)}
        for browser in islice(turns, number):
            found = browser.get(url + next(paths[browser]), timeout=patience.SECONDS)
            if found.status_code != OK:
                message = f"{found.url}: {found.status_code}"
                raise RuntimeError(message)


def _sign_in(browser: requests.Session, url: str) -> None:
    page = browser.get(f"{url}/inloggen", timeout=patience.SECONDS)
    chosen = {"via": "eherkenning", "makelaar": OIDC_NAME, "next": ""}
    asked = browser.post(page.url, data={**_fields(page.text), **chosen}, timeout=patience.SECONDS)
    there = browser.post(
        asked.url, data={**_fields(asked.text), **PROVIDER}, timeout=patience.SECONDS
    )
    there.raise_for_status()
    if not there.url.startswith(url) or "inloggen" in there.url:
        message = f"not signed in: {there.url}"
        raise RuntimeError(message)


def _fields(page: str) -> dict[str, str]:
    return {found["name"]: found["value"] for found in HIDDEN.finditer(page)}


def _family(process: int) -> list[int]:
    """This process and all that descend from it."""
    found = [process]
    for each in found:
        for tasks in Path(f"/proc/{each}/task").glob("*/children"):
            found += map(int, tasks.read_text().split())
    return found


def _memory(process: int) -> dict[str, list[int]]:
    """The PSS in kB of each process, by what it is called."""
    sizes: dict[str, list[int]] = {}
    for each in _family(process):
        rollup = Path(f"/proc/{each}/smaps_rollup").read_text()
        command = Path(f"/proc/{each}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        size = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
        sizes.setdefault(_name(command), []).append(int(size[1]) if size else 0)
    return sizes


def _name(command: str) -> str:
    """The part of the demonstration, without the paths and options of its command line."""
    words = [Path(word).name for word in command.split() if not word.startswith("-")]
    known = [word for word in words if not word.startswith("python") and not word.isdigit()]
    return " ".join(known[:2])


def _processor_time(process: int) -> float:
    """Seconds of the processor, of all its processes and those that ended."""
    ticks = 0
    for each in _family(process):
        after_name = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, after_name[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _figures(build: Build) -> dict[str, Any]:
    total = sum(sum(sizes) for sizes in build.memory.values())
    return {
        "first_page_s": round(median(build.seconds), 2),
        "processor_s": round(median(build.processor), 2),
        "pss_mb": round(total / KB, 1),
        "pss_mb_of": {
            name: [round(size / KB, 1) for size in sizes] for name, sizes in build.memory.items()
        },
    }


def _ratios(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, float]:
    names: Sequence[str] = ("first_page_s", "processor_s", "pss_mb")
    return {name: round(now[name] / before[name], 2) for name in names}


if __name__ == "__main__":
    main()
