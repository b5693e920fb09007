"""./run bench threads: eight threads that complete steps on SQLite, beside one thread.

With `--before CHECKOUT` an older build does the same, in turns, in one run, and both do it in two
processes of four threads as well.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import click

from tests.benchmarks import machine

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "threads.json"
CODE = Path(__file__).with_name("threads_of_build.py")
ONE, MANY, TWO = "1_thread", "8_threads", "2_processes_of_4"

Figures = dict[str, float]
Turn = dict[str, Figures]  # how many threads → what came out


class Measured:
    """Processes that complete steps on one file by the code of one checkout."""

    def __init__(self, checkout: Path, processes: int) -> None:
        first = _begin(checkout)
        url = _line_of(first)
        self._processes = [first, *(_begin(checkout, url) for _ in range(processes - 1))]
        for other in self._processes[1:]:
            _line_of(other)

    def turn(self, onboardings: int) -> Turn:
        """One thread, many, and as many in two processes where there are two."""
        first = self._processes[:1]
        turn = {ONE: _ask(first, onboardings, 1), MANY: _ask(first, onboardings, 8)}
        if len(self._processes) > 1:
            turn[TWO] = _ask(self._processes, onboardings // 2, 4)
        return turn

    def end(self) -> None:
        """End them; the first, which ends last, removes the file."""
        for process in reversed(self._processes):
            process.communicate()


def _ask(processes: "Sequence[subprocess.Popen[str]]", onboardings: int, threads: int) -> Figures:
    """What they do together: their steps a second, and the longer of their times."""
    for process in processes:
        assert process.stdin
        process.stdin.write(f"{onboardings} {threads}\n")
        process.stdin.flush()
    found: list[Figures] = [json.loads(_line_of(process)) for process in processes]
    return {
        "per_second": sum(each["per_second"] for each in found),
        "p50_ms": max(each["p50_ms"] for each in found),
        "p95_ms": max(each["p95_ms"] for each in found),
    }


def _line_of(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline().strip()


@click.command()
@click.option("--rounds", default=15, show_default=True)
@click.option("--onboardings", default=24, show_default=True, help="in each turn; each three steps")
@click.option("--before", type=click.Path(exists=True, file_okay=False), help="an older checkout")
def main(rounds: int, onboardings: int, before: str | None) -> None:
    """Measure threads on SQLite; with --before write bench/threads.json."""
    first = before is not None and machine.go_first()
    checkouts = {"ours": ROOT, **({"before": Path(before).resolve()} if before else {})}
    turns: dict[str, list[Turn]] = {name: [] for name in checkouts}
    with _running(checkouts) as builds:
        for _ in range(rounds):
            for name, build in builds.items():
                turns[name].append(build.turn(onboardings))
    result = figures(turns)
    click.echo(json.dumps(result, indent=2))
    if before:
        facts = {"machine": machine.facts(first=first), "rounds": rounds}
        size = {"steps_a_turn": onboardings * 3}
        RESULTS.write_text(json.dumps({**result, **size, **facts}, indent=2) + "\n", "utf-8")
        click.echo(f"written: {RESULTS}")


def figures(turns: dict[str, list[Turn]]) -> dict[str, Any]:
    """The medians of all turns, and the ratios, each the median of the turns."""
    ours = turns["ours"]
    result: dict[str, Any] = {
        name: {threads: _medians(of_build, threads) for threads in of_build[0]}
        for name, of_build in turns.items()
    }
    result["ratio_many_to_one"] = _ratio(ours, "per_second", ours)
    result["ratio_p95_many_to_one"] = _ratio(ours, "p95_ms", ours)
    if older := turns.get("before"):
        result["ratio_many_to_one_before"] = _ratio(older, "per_second", older)
        result["ratio_p95_many_to_one_before"] = _ratio(older, "p95_ms", older)
        for threads in (ONE, MANY, TWO):
            both = zip(ours, older, strict=True)
            times = [our[threads]["per_second"] / old[threads]["per_second"] for our, old in both]
            result[f"ratio_{threads}_to_before"] = round(median(times), 2)
    return result


def _medians(turns: list[Turn], threads: str) -> Figures:
    names = turns[0][threads]
    return {name: round(median(turn[threads][name] for turn in turns), 2) for name in names}


def _ratio(turns: list[Turn], figure: str, others: list[Turn]) -> float:
    """Of many threads to one, of the same build or another."""
    both = zip(turns, others, strict=True)
    return round(median(turn[MANY][figure] / other[ONE][figure] for turn, other in both), 2)


@contextmanager
def _running(checkouts: dict[str, Path]) -> Iterator[dict[str, Measured]]:
    """The processes of each build; they wait while another is measured."""
    builds: dict[str, Measured] = {}
    try:
        for name, checkout in checkouts.items():
            builds[name] = Measured(checkout, processes=len(checkouts))
        yield builds
    finally:
        for build in builds.values():
            build.end()


def _begin(checkout: Path, *url: str) -> "subprocess.Popen[str]":
    python = checkout / ".venv" / "bin" / "python"
    return subprocess.Popen(
        [str(python) if python.exists() else sys.executable, "-P", str(CODE), *url],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


if __name__ == "__main__":
    main()
