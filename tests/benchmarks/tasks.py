"""./run bench tasks: the list of tasks as tasks grow, and starting a process over the API."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from uuid import uuid4

import click
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.factory import create_app
from app.web.db import db
from processes.base import now
from processes.engine.deployment.definitions import deploy
from processes.engine.openings import access
from processes.engine.openings.clients import Rights, make
from processes.engine.store.models import (
    InstanceStatus,
    ProcessDefinition,
    ProcessInstance,
    TaskStatus,
    UserTask,
)
from processes.platform.settings import Settings, use_settings
from tests.app.begin.complaints import KEY, STORY, SUBJECT, complaint
from tests.benchmarks import machine
from tests.benchmarks.databases import DATABASES
from tests.benchmarks.product import settings_for, web
from tests.benchmarks.visitors import Visitor, prepare, visitors
from tests.servers import free_port, valkey_on
from workers.vocabulary import vocabulary

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "tasks.json"
APP = "tests.benchmarks.tasks_app:app"
LIST, PLAIN = "/benchmark/taken", "/benchmark/plain"  # of tests.benchmarks.tasks_app
OURS = "/taken?lijst=groep"
EACH = 100  # open tasks of a company or a group
MOST, FLAT, LEAST = 3.0, 1.5, 0.7
BATCH = 2000
OK = 200


@dataclass(frozen=True)
class Sizes:
    """How much there is, and how much is asked."""

    tasks: tuple[int, ...]  # open at once, from few to many
    visitors: int
    rounds: int  # of one page of each kind for each visitor; and of a post of each kind
    posts: int


@click.command()
@click.option("--tasks", "tasks", multiple=True, default=(1_000, 10_000, 100_000))
@click.option("--visitors", "people", default=5, show_default=True)  # of companies with tasks
@click.option("--rounds", default=15, show_default=True)
@click.option("--posts", default=20, show_default=True, help="of each kind in a round")
@click.option("--only", type=click.Choice(list(DATABASES)), help="one database; writes no file")
def main(tasks: tuple[int, ...], people: int, rounds: int, posts: int, only: str | None) -> None:
    """Measure the list of tasks and the start of a process; write bench/tasks.json."""
    first = only is None and machine.go_first()
    sizes = Sizes(tasks, people, rounds, posts)
    names = [only] if only else list(DATABASES)
    result: dict[str, Any] = {name: measure(name, sizes) for name in names}
    result["targets"] = {"list": MOST, "flat": FLAT, "start": LEAST}
    result["machine"] = machine.facts(first=first)
    for name in names:
        _say(name, result[name])
    if only is None:
        RESULTS.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
        click.echo(f"written: {RESULTS}")


def _say(name: str, figures: dict[str, Any]) -> None:
    for each in figures["lists"]:
        click.echo(
            f"{name:<11} {each['tasks']:>7} tasks   bare {each['bare_p95_ms']:>6} ms"
            f"   /taken {each['ours_p95_ms']:>6} ms   ratio {each['ratio']:.2f} (at most {MOST})"
        )
    click.echo(f"{name:<11} most to fewest tasks   ratio {figures['growth']} (at most {FLAT})")
    click.echo(f"{name:<11} start to plain post    ratio {figures['start']} (at least {LEAST})")


def measure(name: str, sizes: Sizes) -> dict[str, Any]:
    """The list at each number of tasks, then the posts, on one of the databases.

    With a broker, as in production: it counts the requests of programs.
    """
    broker = free_port()
    with (
        DATABASES[name]() as database,
        tempfile.TemporaryDirectory() as folder,
        valkey_on(broker),
    ):
        redis_url = f"redis://127.0.0.1:{broker}/0"
        settings = settings_for(database, Path(folder), redis_url=redis_url)
        people, token = _prepared(settings, sizes)
        lists, there = [], 0
        for wanted in sizes.tasks:
            _fill(database.open(), there, wanted)
            there = wanted
            with web(settings, APP, workers=1, threads=2) as port:
                lists.append({"tasks": wanted, **_lists(port, people, sizes.rounds)})
        with web(settings, APP, workers=1, threads=2) as port:
            start = _starts(port, token, sizes)
    # Beside the bare list: what else the machine does meanwhile is in both.
    growth = lists[-1]["ratio"] / lists[0]["ratio"]
    return {"lists": lists, "growth": round(growth, 2), "start": start, "rounds": sizes.rounds}


def _prepared(settings: Settings, sizes: Sizes) -> tuple[list[Visitor], str]:
    """Employees who are signed in, and a program that may start the process."""
    app = create_app(settings)
    with app.app_context():
        session = db.session()
        prepare(session)
        xml = complaint(SUBJECT, STORY)
        deploy(session, xml, vocabulary=vocabulary(), deployed_by="benchmark")
        rights = Rights(processes=[KEY], per_minute=100_000)
        opening, _secret = make(session, "benchmark", rights, by="benchmark")
        token = access.issue(session, opening)
        session.commit()
        people = visitors(app, [_kvk(number) for number in range(sizes.visitors)])
        db.engine.dispose()
    use_settings(None)
    return people, token


def _kvk(number: int) -> str:
    return str(20_000_000 + number)


def _fill(engine: Any, there: int, wanted: int) -> None:
    """More open tasks: half of companies, half of groups, a hundred for each."""
    with Session(engine) as session, session.begin():
        definition = session.query(ProcessDefinition).filter_by(key=KEY).one()
        for begin in range(there, wanted, BATCH):
            numbers = range(begin, min(begin + BATCH, wanted))
            cases = [_case(definition, number) for number in numbers]
            session.execute(insert(ProcessInstance), cases)
            session.execute(insert(UserTask), list(map(_task, cases, numbers)))
    engine.dispose()


def _case(definition: ProcessDefinition, number: int) -> dict[str, Any]:
    is_of_company = number % (2 * EACH) < EACH
    return {
        "id": uuid4(),
        "definition_id": definition.id,
        "process_key": KEY,
        "business_key": f"zaak {number}",
        "tenant": _kvk(number // (2 * EACH)) if is_of_company else None,
        "status": InstanceStatus.ACTIVE,
        "started_by": "benchmark",
        "started_at": now(),
    }


def _task(case: dict[str, Any], number: int) -> dict[str, Any]:
    group = "provider" if case["tenant"] else f"group-{number // (2 * EACH)}"
    return {
        "id": uuid4(),
        "instance_id": case["id"],
        "element_id": "beoordelen",
        "name": "Klacht beoordelen",
        "candidate_group": group,
        "tenant": case["tenant"],
        "status": TaskStatus.OPEN,
        "opened_at": now() - timedelta(minutes=number % 5000),
        "due_at": now() + timedelta(days=number % 30),
    }


def _lists(port: int, people: Sequence[Visitor], rounds: int) -> dict[str, float]:
    """How long each kind of page takes, in turn, so that both meet the same machine."""
    took: dict[str, list[float]] = {LIST: [], OURS: []}
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    for number in range(rounds + 1):
        for person in people:
            for path, times in took.items():
                seconds = _get(connection, path, person)
                if number:  # the first round warms up
                    times.append(seconds)
    bare, ours = (quantiles(times, n=20)[-1] * 1000 for times in took.values())
    return {
        "bare_p95_ms": round(bare, 1),
        "ours_p95_ms": round(ours, 1),
        "ratio": round(ours / bare, 2),
    }


def _get(connection: HTTPConnection, path: str, person: Visitor) -> float:
    began = perf_counter()
    connection.request("GET", path, headers={"Cookie": person.cookie})
    response = connection.getresponse()
    text = response.read()
    took = perf_counter() - began
    if response.status != OK or text.count(b"Klacht b") < EACH // 4:
        message = f"{path}: {response.status} {text[:300]!r}"
        raise RuntimeError(message)
    return took


def _starts(port: int, token: str, sizes: Sizes) -> float:
    """Rounds of plain posts and of started processes in turn; the median of their ratios."""
    body = json.dumps({"variables": {"onderwerp": "De deur was dicht", "verhaal": "x" * 200}})
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    rounds = []
    for _round in range(sizes.rounds + 1):
        plain, ours = (
            sum(_post(connection, path, token, body) for _post_number in range(sizes.posts))
            for path in (PLAIN, f"/api/v1/processen/{KEY}")
        )
        rounds.append(plain / ours)
    return round(median(rounds[1:]), 2)


def _post(connection: HTTPConnection, path: str, token: str, body: str) -> float:
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Message-Id": str(uuid4()),
    }
    began = perf_counter()
    connection.request("POST", path, body, headers)
    response = connection.getresponse()
    text = response.read()
    took = perf_counter() - began
    if response.status != OK:
        message = f"{path}: {response.status} {text[:300]!r}"
        raise RuntimeError(message)
    return took


if __name__ == "__main__":
    main()
