"""./run bench outside: jobs of cases per second, by workers outside over HTTP and by Celery.

The same case in both: one service task, and its end. A worker outside does nothing but fetch and
complete; Celery's own path is `workers.run_job`. In turns, in one run.
"""

import json
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import click
from redis import Redis
from sqlalchemy import func, select

from processes.engine.execution.instances import start_process
from processes.engine.openings.clients import MOST_PER_MINUTE, Rights, make
from processes.engine.store.models import Job, JobStatus
from processes.platform import database as worker_database
from processes.platform.settings import Settings, use_settings
from processes.unit_of_work import unit_of_work
from tests import patience, servers
from tests.benchmarks import idle_topic, machine
from tests.benchmarks.databases import DATABASES
from tests.benchmarks.jobs import until
from tests.benchmarks.product import settings_for, web, worker
from tests.processes.engine.diagrams import define, job, process, straight
from workers.enqueue import open_session

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "outside.json"
LEAST = 1.0  # of Celery's own path
TOPIC = "bench-outside"
TOPICS = {"ours": idle_topic.TOPIC, "outside": TOPIC}
AT_A_TIME = 20  # tasks of one fetch
NO_CONTENT = 204


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    rounds: int
    jobs: int  # of each kind, in a round
    clients: int
    processes: int


@click.command()
@click.option("--rounds", default=8, show_default=True)
@click.option("--jobs", default=400, show_default=True, help="of each kind in a round")
@click.option("--clients", default=4, show_default=True, help="workers outside")
@click.option("--only", type=click.Choice(list(DATABASES)), help="one database; writes no file")
def main(rounds: int, jobs: int, clients: int, only: str | None) -> None:
    """Measure both kinds of workers and write bench/outside.json."""
    first = only is None and machine.go_first()
    sizes = Sizes(rounds, jobs, clients, processes=2)
    names = [only] if only else list(DATABASES)
    with servers.valkey() as broker:
        result: dict[str, Any] = {name: measure(name, broker, sizes) for name in names}
    result["target"] = LEAST
    result["worker"] = f"prefork, {sizes.processes} processes"
    result["server"] = f"gunicorn, {sizes.processes} workers of 4 threads"
    result["clients"] = f"{clients}, each fetches {AT_A_TIME} tasks and completes one by one"
    result["machine"] = machine.facts(first=first)
    for name in names:
        figures = result[name]
        click.echo(
            f"{name:<11} outside {figures['outside_per_second']}/s, Celery"
            f" {figures['celery_per_second']}/s: ratio {figures['ratio']:.2f} (at least {LEAST})"
        )
    if only is None:
        RESULTS.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
        click.echo(f"written: {RESULTS}")


def measure(name: str, broker: str, sizes: Sizes) -> dict[str, Any]:
    """Both up, and their work in turns."""
    with Redis.from_url(broker) as redis:
        redis.flushall()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        made = stack.enter_context(DATABASES[name]())
        settings = settings_for(made, folder, redis_url=broker)
        token = stack.enter_context(_prepared(settings))
        port = stack.enter_context(
            web(settings, "app.wsgi:app", workers=sizes.processes, threads=4)
        )
        stack.enter_context(
            worker(settings, "tests.benchmarks.idle_topic", concurrency=sizes.processes)
        )
        rates = [
            (_outside_rate(port, token, sizes), _celery_rate(sizes))
            for _ in range(sizes.rounds + 1)
        ][1:]  # the first warms up
    return {
        "outside_per_second": round(median(outside for outside, _ in rates)),
        "celery_per_second": round(median(ours for _, ours in rates)),
        "ratio": round(median(outside / ours for outside, ours in rates), 2),
        "rounds": sizes.rounds,
        "jobs": sizes.jobs,
    }


@contextmanager
def _prepared(settings: Settings) -> Iterator[str]:
    """This process as one of the product, with both diagrams; the token of an opening."""
    use_settings(settings)
    try:
        with open_session() as session:
            for key, topic in TOPICS.items():
                define(session, process(straight(job("do", topic), ids=("do",)), key), key)
            rights = Rights(topics=[TOPIC], per_minute=MOST_PER_MINUTE)
            _opening, token = make(session, "bench", rights, by="bench")
            session.commit()
        yield token
    finally:
        worker_database.close_databases()
        use_settings(None)


def _outside_rate(port: int, token: str, sizes: Sizes) -> float:
    """Jobs a second, from the first fetch until the last is completed."""
    _begin("outside", sizes.jobs, tell=False)
    clients = [
        threading.Thread(target=_work, args=(port, token, f"client{number}"))
        for number in range(sizes.clients)
    ]
    began = perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    seconds = perf_counter() - began
    if _left("outside"):
        message = "the workers outside did not do it all"
        raise RuntimeError(message)
    return sizes.jobs / seconds


def _celery_rate(sizes: Sizes) -> float:
    """Jobs a second, from the commit that wakes the workers until each is done."""
    began = _begin("ours", sizes.jobs, tell=True)
    until(lambda: not _left("ours"))
    return sizes.jobs / (perf_counter() - began)


def _begin(key: str, count: int, *, tell: bool) -> float:
    """So many cases that wait for their job; when their commit began."""
    with open_session() as session:
        for _ in range(count):
            start_process(session, key, started_by="bench")
        session.flush()
        began = perf_counter()
        if tell:
            unit_of_work(session).commit()
        else:
            session.commit()
        return began


def _left(key: str) -> int:
    is_left = Job.status.in_((JobStatus.NEW, JobStatus.LEASED))
    query = select(func.count()).where(Job.topic == TOPICS[key]).where(is_left)
    with worker_database.open_reading_session() as session:
        return session.scalar(query) or 0


def _work(port: int, token: str, name: str) -> None:
    """Fetch and complete until nothing is left."""
    connection = HTTPConnection("127.0.0.1", port, timeout=patience.SECONDS)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    asked = {
        "workerId": name,
        "maxTasks": AT_A_TIME,
        "topics": [{"topicName": TOPIC, "lockDuration": 60_000}],
    }

    def post(path: str, body: dict[str, Any]) -> tuple[int, bytes]:
        connection.request("POST", f"/engine-rest/external-task/{path}", json.dumps(body), headers)
        response = connection.getresponse()
        return response.status, response.read()

    while tasks := _tasks(*post("fetchAndLock", asked)):
        for task in tasks:
            status, text = post(f"{task['id']}/complete", {"workerId": name})
            if status != NO_CONTENT:
                message = f"a task was answered with {status}: {text!r}"
                raise RuntimeError(message)
    connection.close()


def _tasks(status: int, text: bytes) -> Sequence[dict[str, Any]]:
    found = json.loads(text)
    if not isinstance(found, list):
        message = f"a fetch was answered with {status}: {text!r}"
        raise RuntimeError(message)  # noqa: TRY004 - what the server said, not a type
    return found


if __name__ == "__main__":
    main()
