"""./run bench language: a condition in FEEL, in the small language, and with feelin where it is.

Compiled once; microseconds of one evaluation, the best of many short turns. With
`--before COMMIT` the older language of that commit takes part. feelin has no compiled form: each of
its evaluations reads the text anew. It takes part where Node is and tests/feelin has its packages
(`npm ci` there).
"""

import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from tests.benchmarks import machine

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "language.json"
FEELIN = ROOT / "tests" / "feelin"
NODE = shutil.which("node")
FIRST_WITH_FEEL = "f42b7ee"  # the last build in which the small language had its own evaluator
OLDER, SMALL, FEEL, OTHER = "older", "small_language", "feel", "feelin"
TARGETS = {"times_older_at_most": 3.0, "times_faster_than_feelin": 20.0}
CONDITIONS = {OLDER: 'a > 3 and b == "x"', SMALL: 'a > 3 and b == "x"', FEEL: '= a > 3 and b = "x"'}
MEASURE = """
import sys, time, timeit
from processes.engine.language.expressions import compile_expression
condition, number = compile_expression(sys.argv[1]), int(sys.argv[2])
known = {"a": 5, "b": "x", "c": 1, "d": [1, 2]}
assert condition.evaluate(known) is True
once = lambda: condition.evaluate(known)
took = timeit.repeat(once, timer=time.process_time, number=number, repeat=50)
print(min(took) / number * 1e6)
"""
IN_NODE = """
import { evaluate } from 'feelin';
const known = { a: 5, b: 'x', c: 1, d: [1, 2] }, number = Number(process.argv[1]);
const once = () => {
  const began = performance.now();
  for (let at = 0; at < number; at += 1) evaluate('a > 3 and b = "x"', known);
  return (performance.now() - began) / number * 1000;
};
console.log(Math.min(...Array.from({ length: 50 }, once)));
"""
TOO_FEW = 1000  # evaluations, to write down what came of them


@click.command()
@click.option("--rounds", default=5, show_default=True)
@click.option("--number", default=2000, show_default=True, help="evaluations, fifty times")
@click.option("--before", default=FIRST_WITH_FEEL, show_default=True, help="an older commit")
def main(rounds: int, number: int, before: str) -> None:
    """Measure the languages and, of a full run, write bench/language.json."""
    took: dict[str, list[float]] = {}
    with build_of(before) as older:
        for _ in range(rounds):
            for name, microseconds in _round(older, number):
                took.setdefault(name, []).append(microseconds)
    result = report({name: min(each) for name, each in took.items()})
    click.echo(json.dumps(result, indent=2))
    if number >= TOO_FEW:
        result["machine"] = machine.facts(first=False)
        RESULTS.write_text(json.dumps(result, indent=2) + "\n", "utf-8")


@contextmanager
def build_of(commit: str) -> Iterator[Path | None]:
    """The code of a commit, in a folder that goes away; None where git does not have it."""
    command = ["git", "archive", commit, "processes"]
    archive = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
            files.extractall(folder, filter="data")
        yield Path(folder)


def _round(older: Path | None, number: int) -> Iterator[tuple[str, float]]:
    """One measurement of each, in turns."""
    places = {OLDER: older, SMALL: ROOT, FEEL: ROOT}
    for name, place in places.items():
        if place is not None:
            yield name, _seen([sys.executable, "-c", MEASURE, CONDITIONS[name], str(number)], place)
    if NODE is not None and (FEELIN / "node_modules" / "feelin").exists():
        script = [NODE, "--input-type=module", "-e", IN_NODE, str(max(1, number // 100))]
        yield OTHER, _seen(script, FEELIN)


def _seen(command: list[str], place: Path) -> float:
    return float(
        subprocess.run(command, cwd=place, capture_output=True, text=True, check=True).stdout
    )


def report(took: dict[str, float]) -> dict[str, Any]:
    """Microseconds of each, and the ratios that are asked of them; a missing one has none."""
    ratios = {f"ratio_{FEEL}_to_{SMALL}": round(took[FEEL] / took[SMALL], 2)}
    ratios |= {
        f"ratio_{name}_to_{OLDER}": round(took[name] / took[OLDER], 2)
        for name in (SMALL, FEEL)
        if OLDER in took
    }
    ratios |= {
        f"ratio_{OTHER}_to_{name}": round(took[OTHER] / took[name], 1)
        for name in (SMALL, FEEL)
        if OTHER in took
    }
    return {
        "microseconds": {name: round(each, 3) for name, each in took.items()},
        **ratios,
        "targets": TARGETS,
    }


if __name__ == "__main__":
    main()
