"""./run bench decisions: a table of 1,000 rules and 5 inputs, by its index and rule by rule.

In turns, in one run: this build; the same table with every rule tried; and, with `--before`, the
build of another commit, in a process of its own. Compiled once in each.
"""

import io
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import click
from lxml import etree

from processes.engine.decisions.index import index_of
from processes.engine.decisions.tables import compile_table
from tests.benchmarks import machine
from tests.processes.engine.tables import column, dmn, wide_rule, wide_table

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "decisions.json"
LEAST = 20.0  # times as fast as rule by rule
NAMES = "abcde"
MEASURE = """
import json, sys
from time import perf_counter
from lxml import etree
from processes.engine.decisions.tables import compile_table
xml, asked, rounds = json.load(sys.stdin)
table = compile_table(etree.fromstring(xml.encode())[0])
outcomes = [table.evaluate(each) for each in asked]
spent = []
for _ in range(rounds):
    began = perf_counter()
    for each in asked:
        table.evaluate(each)
    spent.append((perf_counter() - began) / len(asked))
print(json.dumps([spent, outcomes]))
"""


@click.command()
@click.option("--rounds", default=10, show_default=True)
@click.option("--rules", default=1000, show_default=True)
@click.option("--asked", default=50, show_default=True, help="decisions of a round")
@click.option("--before", help="a commit to measure beside it; writes bench/decisions.json")
def main(rounds: int, rules: int, asked: int, before: str | None) -> None:
    """Measure the decisions of one large table."""
    first = before is not None and machine.go_first()
    xml, questions = drawn(rules), [question(at * rules // asked) for at in range(asked)]
    table = compile_table(etree.fromstring(xml)[0])
    plain = every_rule_tried(table)
    if [table.evaluate(each) for each in questions] != [plain.evaluate(e) for e in questions]:
        message = "the index decides otherwise"
        raise click.ClickException(message)
    spent: dict[str, list[float]] = {"index": [], "every_rule": []}
    for _ in range(rounds):
        spent["index"].append(seconds(table, questions))
        spent["every_rule"].append(seconds(plain, questions))
    if before:
        spent["before"] = seconds_before(before, xml.decode(), questions, rounds)
    told = {name: round(median(each) * 1e6, 1) for name, each in spent.items()}
    slow = told["before"] if before else told["every_rule"]
    result = {"rules": rules, "inputs": len(NAMES), "microseconds": told}
    result |= {
        "ratio": round(slow / told["index"], 1),
        "least": LEAST,
        **machine.facts(first=first),
    }
    click.echo(json.dumps(result, indent=2))
    if before:
        RESULTS.write_text(json.dumps(result, indent=2) + "\n")


def drawn(rules: int) -> bytes:
    """Rules of equalities, intervals, lists and cells that take anything."""
    columns = [column(name, "number") for name in NAMES]
    rows = [
        wide_rule(f"[{at}..{at + 1})", str(at % 10), f"< {at + 5}", f"{at % 7}, {at % 7 + 1}", "-",
                  to=str(at))
        for at in range(rules)
    ]  # fmt: skip
    return dmn(wide_table(columns, *rows, policy="FIRST"))


def question(at: int) -> dict[str, Any]:
    return {"a": at, "b": at % 10, "c": at, "d": at % 7, "e": 1}


def every_rule_tried(table: Any) -> Any:
    """The same table without its index."""
    width = len(table.inputs)
    return replace(table, index=index_of([[None] * width] * len(table.rows), width))


def seconds(table: Any, questions: list[dict[str, Any]]) -> float:
    """The time of one decision."""
    began = perf_counter()
    for each in questions:
        table.evaluate(each)
    return (perf_counter() - began) / len(questions)


def seconds_before(
    commit: str, xml: str, questions: list[dict[str, Any]], rounds: int
) -> list[float]:
    """The times of one decision by the build of a commit."""
    archive = subprocess.run(
        ["git", "archive", commit, "processes"],  # noqa: S607 - the git of whoever measures
        cwd=ROOT, capture_output=True, check=True,
    ).stdout  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        ran = subprocess.run(
            [sys.executable, "-c", MEASURE],
            input=json.dumps([xml, questions, rounds]),
            cwd=folder, env={"PYTHONPATH": folder}, capture_output=True, text=True, check=True,
        )  # fmt: skip
    spent, _outcomes = json.loads(ran.stdout)
    return list(spent)


if __name__ == "__main__":
    main()
