"""./run bench http: completing a user task through gunicorn, against a POST that only commits."""

import json
import queue
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from uuid import uuid4

import click

from app.factory import create_app
from app.web.db import db
from processes.platform.settings import Settings, use_settings
from tests import patience
from tests.benchmarks import machine
from tests.benchmarks.databases import DATABASES
from tests.benchmarks.product import settings_for, web
from tests.benchmarks.visitors import (
    ANSWERS,
    Post,
    at_first_task,
    form_of,
    prepare,
    send,
    visitors,
)

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "http.json"
PLAIN = "/benchmark"  # of tests.benchmarks.http_app, which makes its app when it is imported
APP = "tests.benchmarks.http_app:app"
LEAST = 0.8
SEE_OTHER = 303


@dataclass(frozen=True)
class Sizes:
    """How much is sent."""

    rounds: int
    posts: int  # of each kind, in a round
    clients: int
    workers: int
    threads: int


@click.command()
@click.option("--rounds", default=15, show_default=True)
@click.option("--posts", default=40, show_default=True, help="of each kind in a round")
@click.option("--clients", default=4, show_default=True)
@click.option("--only", type=click.Choice(list(DATABASES)), help="one database; writes no file")
def main(rounds: int, posts: int, clients: int, only: str | None) -> None:
    """Measure the portal over HTTP and write bench/http.json."""
    first = only is None and machine.go_first()
    sizes = Sizes(rounds, posts, clients, workers=2, threads=4)
    names = [only] if only else list(DATABASES)
    result: dict[str, Any] = {name: measure(name, sizes) for name in names}
    result["target"] = LEAST
    result["server"] = f"gunicorn, {sizes.workers} workers of {sizes.threads} threads"
    result["clients"] = clients
    result["machine"] = machine.facts(first=first)
    for name in names:
        figures = result[name]
        click.echo(
            f"{name:<11} plain {figures['plain_per_second']:>6}/s"
            f"   complete {figures['complete_per_second']:>6}/s"
            f"   ratio {figures['ratio']:.2f} (at least {LEAST})"
        )
    if only is None:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
        click.echo(f"written: {RESULTS}")


def measure(name: str, sizes: Sizes) -> dict[str, Any]:
    """Rounds of plain posts and of completed tasks in turn, on one of the databases."""
    with DATABASES[name]() as database, tempfile.TemporaryDirectory() as folder:
        settings = settings_for(database, Path(folder))
        count = (sizes.rounds + 1) * sizes.posts
        plain, complete = _posts(settings, count)
        with web(settings, APP, workers=sizes.workers, threads=sizes.threads) as port:
            rounds = []
            for number in range(sizes.rounds + 1):
                part = slice(number * sizes.posts, (number + 1) * sizes.posts)
                taken = [_send(port, posts[part], sizes.clients) for posts in (plain, complete)]
                rounds.append((sizes.posts / taken[0], sizes.posts / taken[1]))
    del rounds[0]  # the first warms up
    return {
        "plain_per_second": round(median(each[0] for each in rounds)),
        "complete_per_second": round(median(each[1] for each in rounds)),
        "ratio": round(median(each[1] / each[0] for each in rounds), 2),
        "rounds": sizes.rounds,
        "posts": sizes.posts,
    }


def _posts(settings: Settings, count: int) -> tuple[list[Post], list[Post]]:
    """A company for each post: its employee is signed in, its onboarding is at the first step."""
    app = create_app(settings)
    plain, complete = [], []
    with app.app_context():
        prepare(db.session())
        kvks = [str(20_000_000 + number) for number in range(count)]
        for visitor in visitors(app, kvks):
            task_id = at_first_task(db.session(), visitor.kvk)
            plain.append(form_of(visitor, PLAIN, {}))
            answers = {"submission_id": str(uuid4()), **ANSWERS}
            complete.append(form_of(visitor, f"/taken/{task_id}", answers))
        db.engine.dispose()
    use_settings(None)
    return plain, complete


def _send(port: int, posts: Sequence[Post], clients: int) -> float:
    """How long these posts take together, sent by so many clients at once."""
    waiting: queue.SimpleQueue[Post] = queue.SimpleQueue()
    for post in posts:
        waiting.put(post)
    refused: list[str] = []
    threads = [
        threading.Thread(target=_client, args=(port, waiting, refused)) for _ in range(clients)
    ]
    began = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = perf_counter() - began
    if refused:
        message = f"{len(refused)} posts failed, the first with: {refused[0]}"
        raise RuntimeError(message)
    return took


def _client(port: int, waiting: queue.SimpleQueue[Post], refused: list[str]) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=patience.SECONDS)
    while True:
        try:
            post = waiting.get_nowait()
        except queue.Empty:
            connection.close()
            return
        response = send(connection, post)
        text = response.read()
        location = response.headers.get("Location") or ""
        if response.status != SEE_OTHER or "inloggen" in location:
            refused.append(f"{response.status} {location} {text[:300]!r}")


if __name__ == "__main__":
    main()
