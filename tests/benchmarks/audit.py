"""./run bench audit: what the hash chain of the audit trail costs a step.

The same onboardings in two databases, in turns: one without the chain, one with its triggers and
with the sealing that a worker does, whose whole time is added to the steps that it sealed.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import click
from sqlalchemy.orm import Session

from processes.register.audit import sealing
from processes.register.audit.protection import protect
from tests.benchmarks import machine
from tests.benchmarks.contestants import Ours
from tests.benchmarks.databases import DATABASES, Database, several, sqlite

RESULTS = Path(__file__).parents[2] / "bench" / "audit.json"
TARGETS = {"ratio_at_most": 1.05}


@click.command()
@click.option("--rounds", default=25, show_default=True)
@click.option("--onboardings", default=25, show_default=True, help="of each, between two sealings")
@click.option("--only", type=click.Choice(list(DATABASES)), help="one database alone")
def main(rounds: int, onboardings: int, only: str | None) -> None:
    """Measure, and write bench/audit.json after a whole run."""
    first = only is None and machine.go_first()
    names = [only] if only else list(DATABASES)
    result: dict[str, Any] = {name: _measure(name, rounds, onboardings) for name in names}
    for name in names:
        click.echo(f"{name}: ratio {result[name]['ratio']}, {result[name]}")
    if only is None:
        result |= {"machine": machine.facts(first=first), "targets": TARGETS}
        RESULTS.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
        click.echo(f"written: {RESULTS}")


def _measure(name: str, rounds: int, onboardings: int) -> dict[str, Any]:
    with _pair(name) as (without, with_chain):
        plain, chained = Ours(without), Ours(with_chain)
        engine = with_chain.open()
        with engine.begin() as connection:
            protect(connection)
        taken = []
        for number in range(rounds + 1):
            steps: dict[Ours, list[float]] = {plain: [], chained: []}
            for _ in range(onboardings):
                for each, seconds in steps.items():
                    seconds.extend(each.run().values())
            with Session(engine) as session:
                began = perf_counter()
                sealed = sealing.seal(session)
                session.commit()
                sealing_took = perf_counter() - began
            if number:  # the first is to warm up
                taken.append((median(steps[plain]), median(steps[chained]), sealing_took / sealed))
        engine.dispose()
    alone, beside, link = (median(each) for each in zip(*taken, strict=True))
    return {
        "ratio": round(median((b + each) / a for a, b, each in taken), 3),
        "ratio_of_the_step_itself": round(median(b / a for a, b, _ in taken), 3),
        "microseconds": {
            "step_without": round(alone * 1e6),
            "step_with": round(beside * 1e6),
            "sealing_an_event": round(link * 1e6),
        },
    }


@contextmanager
def _pair(name: str) -> Iterator[list[Database]]:
    with ExitStack() as stack:
        if name == "sqlite":
            yield [stack.enter_context(sqlite()) for _ in range(2)]
        else:
            yield stack.enter_context(several(["without", "with_chain"]))


if __name__ == "__main__":
    main()
