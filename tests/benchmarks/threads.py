"""./run bench threads: eight threads that complete steps on SQLite, beside one.

With `--before CHECKOUT` an older build does the same, in turns, in one run.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import click

from tests.benchmarks import machine

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "threads.json"
CODE = Path(__file__).with_name("threads_of_build.py")
ONE, MANY = 1, 8

Turn = dict[int, dict[str, float]]  # threads → what came out


class Measured:
    """A process that completes steps by the code of one checkout."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def turn(self, onboardings: int) -> Turn:
        """One thread, and then many."""
        return {threads: self._ask(onboardings, threads) for threads in (ONE, MANY)}

    def _ask(self, onboardings: int, threads: int) -> dict[str, float]:
        process = self._process
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{onboardings} {threads}\n")
        process.stdin.flush()
        found: dict[str, float] = json.loads(process.stdout.readline())
        return found


@click.command()
@click.option("--rounds", default=15, show_default=True)
@click.option("--onboardings", default=24, show_default=True, help="in each turn; each three steps")
@click.option("--before", type=click.Path(exists=True, file_okay=False), help="an older checkout")
def main(rounds: int, onboardings: int, before: str | None) -> None:
    """Measure threads on SQLite; with --before write bench/threads.json."""
    first = machine.go_first()
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
        name: {f"{threads}_threads": _medians(of_build, threads) for threads in (ONE, MANY)}
        for name, of_build in turns.items()
    }
    result["ratio_many_to_one"] = _ratio(ours, "per_second", ours)
    result["ratio_p95_many_to_one"] = _ratio(ours, "p95_ms", ours)
    if older := turns.get("before"):
        result["ratio_many_to_one_before"] = _ratio(older, "per_second", older)
        result["ratio_p95_many_to_one_before"] = _ratio(older, "p95_ms", older)
        result["ratio_many_to_before"] = _ratio(ours, "per_second", older, MANY)
        ones = zip(ours, older, strict=True)
        result["ratio_one_to_before"] = round(
            median(our[ONE]["per_second"] / old[ONE]["per_second"] for our, old in ones), 2
        )
    return result


def _medians(turns: list[Turn], threads: int) -> dict[str, float]:
    names = turns[0][threads]
    return {name: round(median(turn[threads][name] for turn in turns), 2) for name in names}


def _ratio(turns: list[Turn], figure: str, others: list[Turn], threads: int = ONE) -> float:
    """Of many threads to this number of them, of the same build or another."""
    both = zip(turns, others, strict=True)
    return round(median(turn[MANY][figure] / other[threads][figure] for turn, other in both), 2)


@contextmanager
def _running(checkouts: dict[str, Path]) -> Iterator[dict[str, Measured]]:
    """A process for each build; each waits while another is measured."""
    processes = {name: _begin(checkout) for name, checkout in checkouts.items()}
    try:
        yield {name: Measured(process) for name, process in processes.items()}
    finally:
        for process in processes.values():
            process.communicate()


def _begin(checkout: Path) -> "subprocess.Popen[str]":
    python = checkout / ".venv" / "bin" / "python"
    return subprocess.Popen(
        [str(python) if python.exists() else sys.executable, "-P", str(CODE)],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


if __name__ == "__main__":
    main()
