"""./run bench moving: older offers that are moved over and rows of a file, beside the bare rows.

With `--before CHECKOUT` an older build moves the same older offers, in turns, in one run.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

import click

from processes.engine.execution.bulk import CHUNK
from tests.benchmarks import machine
from tests.benchmarks.databases import DATABASES, Database
from tests.benchmarks.rows import Changes, Renamed, changes, listed, snapshot, writes

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "moving.json"
CODE = Path(__file__).with_name("moving_of_build.py")
OLDER, FILE = "older", "file"
TARGETS = {"times_before": 4, "older_ratio_bare": 6, "file_ratio_bare": 5}

Taken = Mapping[str, Any]  # seconds by the clock, and of the processor


class Measured:
    """A process with a worker of one checkout, on a database of its own."""

    def __init__(self, checkout: Path, name: str) -> None:
        python = checkout / ".venv" / "bin" / "python"
        self._process = subprocess.Popen(
            [str(python) if python.exists() else sys.executable, "-P", str(CODE), name],
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": str(checkout)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.database = Database(name, self._line(), "")

    def do(self, what: str, offers: int) -> Taken:
        """Have so many offers written, for a company of their own."""
        assert self._process.stdin
        self._process.stdin.write(f"{what} {offers}\n")
        self._process.stdin.flush()
        taken: Taken = json.loads(self._line())
        return taken

    def end(self) -> None:
        self._process.communicate()

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


class Limit:
    """The rows that one offer takes, written for many by the driver alone."""

    def __init__(self, build: Measured, what: str) -> None:
        self._database = build.database
        self._bare = build.database.bare()
        build.do(what, 1)  # what is written once is not of an offer
        kvk = str(build.do(what, 1)["kvk"])
        self.rows, self._known = self._rows_of(kvk, f"offer-{_word(what)}")

    def write(self, offers: int) -> Taken:
        """Write them, so many in a transaction as the job does."""
        mine = [self._renamed() for _ in range(offers)]
        began, worked = perf_counter(), process_time()
        for first in range(0, offers, CHUNK):
            self._bare.begin()
            for statements in mine[first : first + CHUNK]:
                for statement in statements:
                    self._bare.run(statement.sql, statement.parameters)
            self._bare.commit()
        return {"seconds": perf_counter() - began, "processor": process_time() - worked}

    def close(self) -> None:
        self._bare.close()

    def _renamed(self) -> list[Any]:
        kept = {id_: id_ for id_ in self._known}
        return writes(self._database, self.rows, Renamed("", "", kept))

    def _rows_of(self, kvk: str, action: str) -> tuple[Changes, set[UUID]]:
        """What stands there of the only offer of this company; ids that others have too."""
        mark = self._bare.mark
        ids = "SELECT o.id, p.id FROM offer o JOIN provider p ON p.id = o.provider_id"
        _names, ((offer, provider),) = self._bare.rows(f"{ids} WHERE p.kvk = {mark}", [kvk])
        case = f"SELECT id, definition_id FROM process_instance WHERE tenant = {mark}"  # noqa: S608
        _names, ((instance, definition),) = self._bare.rows(case, [kvk])
        owners = {"id": instance, "instance_id": instance, "id.offer": offer}
        found = snapshot(self._bare, {**owners, "kvk": kvk})
        events = found["audit_event"]
        found["audit_event"] = {
            id_: each for id_, each in events.items() if each["action"] == action
        }
        return changes({}, found), {UUID(str(each)) for each in (provider, definition)}


def _word(what: str) -> str:
    return {OLDER: "migrated", FILE: "created"}[what]


@click.command()
@click.option("--rounds", default=7, show_default=True)
@click.option("--offers", default=200, show_default=True, help="in each turn")
@click.option("--only", type=click.Choice(list(DATABASES)), help="one database; writes no file")
@click.option("--before", type=click.Path(exists=True, file_okay=False), help="an older checkout")
def main(rounds: int, offers: int, only: str | None, before: str | None) -> None:
    """Measure what moving older offers and applying files costs; write bench/moving.json."""
    first = only is None and before is not None and machine.go_first()
    result: dict[str, Any] = {}
    for name in [only] if only else list(DATABASES):
        older = Path(before).resolve() if before else None
        result[name] = measure(name, rounds, offers, older)
        click.echo(f"{name}: ratios and figures {json.dumps(result[name], indent=2)}")
    if only is None and before is not None:
        result |= {"targets": TARGETS, "rounds": rounds, "offers_a_turn": offers}
        result["machine"] = machine.facts(first=first)
        RESULTS.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
        click.echo(f"written: {RESULTS}")


def measure(name: str, rounds: int, offers: int, before: Path | None) -> dict[str, Any]:
    """All ratios on this kind of database, each the median of the rounds."""
    with ExitStack() as stack:
        ours = stack.enter_context(_running(ROOT, name))
        older = stack.enter_context(_running(before, name)) if before else None
        limits = {what: Limit(ours, what) for what in (OLDER, FILE)}
        turns: list[dict[str, Taken]] = []
        for _ in range(rounds):
            turn = {what: ours.do(what, offers) for what in limits}
            turn |= {f"bare {what}": limit.write(offers) for what, limit in limits.items()}
            turns.append(turn | ({"before": older.do(OLDER, offers)} if older else {}))
        for limit in limits.values():
            limit.close()
    return figures(turns, offers) | {
        f"{what}_rows": listed(limit.rows) for what, limit in limits.items()
    }


def figures(turns: list[dict[str, Taken]], offers: int) -> dict[str, Any]:
    """The ratios, by the clock and in processor time, and the medians in microseconds."""
    result: dict[str, Any] = {}
    for kind, suffix in (("seconds", ""), ("processor", "_processor")):

        def ratio(one: str, other: str, kind: str = kind) -> float:
            return round(float(median(turn[one][kind] / turn[other][kind] for turn in turns)), 2)

        result |= {
            f"{what}_ratio_bare{suffix}": ratio(what, f"bare {what}") for what in (OLDER, FILE)
        }
        if "before" in turns[0]:
            result[f"times_before{suffix}"] = ratio("before", OLDER)
        result[f"microseconds{suffix}"] = {
            name: round(median(turn[name][kind] for turn in turns) / offers * 1e6)
            for name in turns[0]
        }
    return result


@contextmanager
def _running(checkout: Path, name: str) -> Iterator[Measured]:
    build = Measured(checkout, name)
    try:
        yield build
    finally:
        build.end()


if __name__ == "__main__":
    main()
