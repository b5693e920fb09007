"""./run bench http: completing a user task through gunicorn, against a POST that only commits."""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import click
from flask import Flask, g, session
from flask_wtf.csrf import generate_csrf
from pydantic import SecretStr
from sqlalchemy.orm import Session

from app.access import Role, User
from app.auth import sessions
from app.db import db
from app.factory import create_app
from processes.engine.definitions import deploy
from processes.engine.instances import open_user_tasks, start_process
from processes.register.declarations import seed_requirements
from processes.register.providers import known_user, new_reference
from tests.benchmarks import machine, onboarding
from tests.benchmarks.databases import DATABASES, Database
from tests.servers import free_port, wait_for_port
from workers.settings import Settings, use_settings
from workers.vocabulary import vocabulary

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "http.json"
PLAIN = "/benchmark"  # of tests.benchmarks.http_app, which makes its app when it is imported
ISSUER = "https://eherkenning.test"
ANSWERS = {
    **{f"requirement_{number}": "ja" for number in range(1, 5)},
    "complaints_url": "https://www.scholing.example/klachten",
}
LEAST = 0.7
SEE_OTHER = 303
SECRET = "only for benchmarks, thirty-two characters"


@dataclass(frozen=True)
class Post:
    """One request of one signed-in employee."""

    path: str
    cookie: str
    body: str


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
        settings = _settings(database, Path(folder))
        count = (sizes.rounds + 1) * sizes.posts
        plain, complete = _posts(settings, count)
        with _server(settings, sizes) as port:
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


def _settings(database: Database, folder: Path) -> Settings:
    return Settings(
        var=folder,
        database_url=database.url,
        redis_url="redis://127.0.0.1:1/0",
        public_url="http://127.0.0.1",
        secret_key=SecretStr(SECRET),
    )


def _posts(settings: Settings, count: int) -> tuple[list[Post], list[Post]]:
    """A company for each post: its employee is signed in, its onboarding is at the first step."""
    app = create_app(settings)
    plain, complete = [], []
    with app.app_context():
        _prepare(db.session())
        csrf, cookie = _csrf(app)
        for number in range(count):
            kvk = str(20_000_000 + number)
            cookies = f"{cookie}; {_signed_in(app, kvk)}"
            task_id = _at_first_task(db.session(), kvk)
            plain.append(Post(PLAIN, cookies, urlencode({"csrf_token": csrf})))
            hidden = {"csrf_token": csrf, "submission_id": str(uuid4())}
            complete.append(Post(f"/taken/{task_id}", cookies, urlencode({**hidden, **ANSWERS})))
        db.engine.dispose()
    use_settings(None)
    return plain, complete


def _prepare(database: Session) -> None:
    seed_requirements(database)
    xml = (ROOT / "bpmn" / f"{onboarding.KEY}.bpmn").read_bytes()
    deploy(database, xml, vocabulary=vocabulary(), deployed_by="benchmark", from_file=True)
    database.commit()


def _csrf(app: Flask) -> tuple[str, str]:
    """A token for forms, and the cookie that it belongs to."""
    with app.test_request_context():
        token: str = generate_csrf()
        signer: Any = app.session_interface
        value = signer.get_signing_serializer(app).dumps(dict(session))
    return token, f"{app.config['SESSION_COOKIE_NAME']}={value}"


def _signed_in(app: Flask, kvk: str) -> str:
    with app.test_request_context(method="POST"):
        known = known_user(db.session(), issuer=ISSUER, kvk=kvk, subject="a" * 64)
        roles = frozenset({Role.PROVIDER})
        user = User(known.id, known.label, roles, ISSUER, "a" * 64, kvk=kvk, loa="loa3")
        sessions.start(db.session(), user)
        db.session().commit()
        return f"{sessions.cookie_name(app.config['LOKET_SETTINGS'])}={g.new_token}"


def _at_first_task(database: Session, kvk: str) -> str:
    variables = {"kvk": kvk, "reference": new_reference()}
    start_process(
        database,
        onboarding.KEY,
        business_key=kvk,
        tenant=kvk,
        variables=variables,
        started_by=onboarding.ACTOR,
    )
    (task,) = open_user_tasks(database, tenant=kvk)
    task_id = str(task.id)
    database.commit()
    return task_id


@contextmanager
def _server(settings: Settings, sizes: Sizes) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "tests.benchmarks.http_app:app"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", str(sizes.workers)]
    command += ["--threads", str(sizes.threads), "--log-level", "warning"]
    environment = {
        **os.environ,
        "LOKET_VAR": str(settings.var),
        "LOKET_DATABASE_URL": settings.database_url,
        "LOKET_REDIS_URL": settings.redis_url,
        "LOKET_PUBLIC_URL": settings.public_url,
        "LOKET_SECRET_KEY": SECRET,
    }
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            wait_for_port(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(20)


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
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    while True:
        try:
            post = waiting.get_nowait()
        except queue.Empty:
            connection.close()
            return
        headers = {"Cookie": post.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", post.path, post.body, headers)
        response = connection.getresponse()
        text = response.read()
        location = response.headers.get("Location") or ""
        if response.status != SEE_OTHER or "inloggen" in location:
            refused.append(f"{response.status} {location} {text[:300]!r}")


if __name__ == "__main__":
    main()
