"""./run bench engine: stock SpiffWorkflow, our engine and the bare database, interleaved."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import starmap
from pathlib import Path
from statistics import median
from typing import Any

import click

from tests.benchmarks import bulk, growth, machine
from tests.benchmarks.contestants import START, Contestant, Limit, Naive, Ours, Seconds, Trace
from tests.benchmarks.databases import DATABASES, Database
from tests.benchmarks.rows import listed

RESULTS = Path(__file__).parents[2] / "bench" / "engine.json"
LEAST = {
    "sqlite": {"ratio_naive": 5.0, "ratio_limit": 0.5, "ratio_naive_start": 1.5},
    "postgresql": {"ratio_naive": 4.5, "ratio_limit": 0.8, "ratio_naive_start": 1.5},
}
MOST = {
    "sqlite": {
        "state_bytes": 1200,
        "loop_ratio": 1.2,
        "multi_instance_ratio": 3.0,
        "bulk_ratio": 3.0,
    },
    "postgresql": {
        "state_bytes": 1200,
        "loop_ratio": 1.2,
        "multi_instance_ratio": 3.0,
        "bulk_ratio": 1.2,
    },
}

Round = dict[str, Seconds]  # contestant → median seconds of each step


@dataclass(frozen=True)
class Sizes:
    """How much is run."""

    rounds: int
    instances: int  # of each contestant, in a round
    loop: int
    multi: int
    pairs: int
    offers: int


FULL = Sizes(rounds=25, instances=8, loop=1000, multi=1000, pairs=60, offers=1000)
TINY = Sizes(rounds=1, instances=1, loop=5, multi=5, pairs=2, offers=2)


@click.command()
@click.option("--rounds", default=FULL.rounds, show_default=True)
@click.option("--only", type=click.Choice(list(DATABASES)), help="one database alone")
@click.option("--tiny", is_flag=True, help="a little of everything, to see that it works")
def main(rounds: int, only: str | None, *, tiny: bool) -> None:
    """Measure the engine and write bench/engine.json."""
    first = not tiny and machine.go_first()
    sizes = TINY if tiny else replace(FULL, rounds=rounds)
    result = measure(sizes, [only] if only else list(DATABASES))
    result["machine"] = machine.facts(first=first)
    print_table(result)
    if only is None and not tiny:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
        click.echo(f"\nwritten: {RESULTS}")


def measure(sizes: Sizes, names: Sequence[str]) -> dict[str, Any]:
    """All figures, of each of these databases and together."""
    result: dict[str, Any] = {}
    for name in names:
        with DATABASES[name]() as database:
            result[name] = _compare(database, sizes)
            result[name] |= _growth(database, sizes) | bulk.measure(database, sizes.offers)
    for figure in MOST[names[0]]:
        result[figure] = max(result[name][figure] for name in names)
    result["targets"] = {name: LEAST[name] | MOST[name] for name in names}
    return result


def _growth(database: Database, sizes: Sizes) -> dict[str, float]:
    instances = growth.Instances(database)
    loop = growth.loop_ratio(instances, early=10, late=sizes.loop, pairs=sizes.pairs)
    multi = growth.multi_instance_ratio(instances, few=10, many=sizes.multi, pairs=sizes.pairs)
    return {"loop_ratio": round(loop, 2), "multi_instance_ratio": round(multi, 2)}


def _compare(database: Database, sizes: Sizes) -> dict[str, Any]:
    ours = Ours(database)
    trace = Trace(database, ours)
    naive = Naive(database, trace)
    contestants: dict[str, Contestant] = {
        "naive": naive,
        "ours": ours,
        "limit": Limit(database, trace),
    }
    _round(contestants, sizes.instances)  # to warm up
    rounds = [_round(contestants, sizes.instances) for _ in range(sizes.rounds)]
    return {
        "version": database.version,
        "ratio_naive": _ratio(rounds, "naive"),
        "ratio_limit": _ratio(rounds, "limit"),
        "ratio_naive_start": _ratio(rounds, "naive", [START]),
        "ratio_limit_start": _ratio(rounds, "limit", [START]),
        "microseconds": {name: _medians(rounds, name) for name in contestants},
        "state_bytes": max(trace.state_bytes.values()),
        "state_bytes_by_step": trace.state_bytes,
        "state_bytes_naive": naive.state_bytes,
        "rows": {step: listed(done) for step, done in trace.steps.items()},
        "rounds": sizes.rounds,
        "completions": sizes.rounds * sizes.instances * (len(trace.steps) - 1),
    }


def _round(contestants: dict[str, Contestant], instances: int) -> Round:
    """One onboarding of each in turn, so that a slow moment of the machine hits all alike."""
    taken: dict[str, list[Seconds]] = {name: [] for name in contestants}
    for _ in range(instances):
        for name, contestant in contestants.items():
            taken[name].append(contestant.run())
    return {name: _step_medians(runs) for name, runs in taken.items()}


def _step_medians(runs: list[Seconds]) -> Seconds:
    return {step: median(run[step] for run in runs) for step in runs[0]}


def _ratio(rounds: list[Round], other: str, steps: Sequence[str] | None = None) -> float:
    """How many times the other's time is ours, over these steps: the median of the rounds."""
    chosen = steps or [step for step in rounds[0]["ours"] if step != START]

    def total(name: str, each: Round) -> float:
        return sum(each[name][step] for step in chosen)

    return round(median(total(other, each) / total("ours", each) for each in rounds), 2)


def _medians(rounds: list[Round], name: str) -> dict[str, int]:
    return {
        step: round(median(each[name][step] for each in rounds) * 1e6) for step in rounds[0][name]
    }


def print_table(result: dict[str, Any]) -> None:
    """The figures for a reader at a terminal."""
    for name in (name for name in DATABASES if name in result):
        _print_database(name, result[name])


def _print_database(name: str, figures: dict[str, Any]) -> None:
    steps = list(figures["rows"])
    click.echo(f"\n{name} {figures['version']}: microseconds a step, medians")
    click.echo(_line("", steps))
    for contestant, taken in figures["microseconds"].items():
        click.echo(_line(contestant, [str(taken[step]) for step in steps]))
    click.echo(_line("bytes, naive", list(map(str, figures["state_bytes_naive"].values()))))
    click.echo(_line("bytes, ours", list(map(str, figures["state_bytes_by_step"].values()))))
    for step in steps:
        rows = "; ".join(starmap("{}: {}".format, figures["rows"][step].items()))
        click.echo(f"rows of {step}: {rows}")
    bulk_rows = "; ".join(starmap("{}: {}".format, figures["bulk_rows"].items()))
    click.echo(f"rows of one published offer: {bulk_rows}")
    click.echo(f"microseconds an offer: {figures['bulk_microseconds']}")
    for figure, least in LEAST[name].items():
        click.echo(f"{figure:<22}{_number(figures[figure]):>8}   at least {least}")
    for figure, most in MOST[name].items():
        click.echo(f"{figure:<22}{_number(figures[figure]):>8}   at most {most}")


def _line(first: str, others: Sequence[str]) -> str:
    return f"{first:<14}" + "".join(f"{other:>22}" for other in others)


def _number(value: float) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
