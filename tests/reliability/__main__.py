"""Runs all set-ups and writes bench/chaos.json.

./run chaos --onboardings 1000 --kills 500 [--seed 1] [--setup NAME] [--at-once]
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tests.benchmarks import machine
from tests.product import ROOT
from tests.reliability.outcome import Outcome
from tests.reliability.runs import begin
from tests.reliability.setups import SETUPS, Size

REPORT = ROOT / "bench" / "chaos.json"


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run chaos", description="Kill parts; count losses.")
    parser.add_argument("--onboardings", type=int, default=50)
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--setup", choices=SETUPS, action="append")
    parser.add_argument("--at-once", action="store_true", help="all set-ups at the same time")
    parser.add_argument("--minutes", type=float, default=1e9, help="begin nothing new after these")
    parser.add_argument("--into", type=Path, default=REPORT, help="file for the report")
    asked = parser.parse_args()
    size = Size(asked.onboardings, asked.kills, max(1, asked.kills // 25), asked.seed)
    size = replace(size, minutes=asked.minutes)
    together = len(SETUPS) if asked.at_once else 1
    before = machine.facts(first=False)
    found = []
    for outcome in outcomes(asked.setup or list(SETUPS), size, together=together):
        print(json.dumps(outcome.as_json()), flush=True)  # noqa: T201 - a program of its own
        found.append(outcome.as_json())
    report = {"seed": size.seed, "at_once": asked.at_once, "machine": before, "setups": found}
    asked.into.parent.mkdir(exist_ok=True)
    asked.into.write_text(json.dumps(report, indent=2) + "\n")


def outcomes(setups: Sequence[str], size: Size, *, together: int) -> Iterator[Outcome]:
    """Run these set-ups, so many at the same time."""
    with tempfile.TemporaryDirectory(prefix="loket-chaos-") as folder:
        for first in range(0, len(setups), together):
            names = setups[first : first + together]
            runs = [begin(name, size, Path(folder) / name) for name in names]
            for run in runs:
                yield run.outcome()


if __name__ == "__main__":
    main()
