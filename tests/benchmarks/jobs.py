"""./run bench jobs: jobs per second from row to done, and how soon a mail follows its submit.

Beside bare Celery in the same run: tasks without a table, a lease or anything to lose.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from uuid import uuid4

import click
from redis import Redis
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.factory import create_app
from app.web.db import db
from processes.engine.execution.instances import complete_user_task, open_user_tasks
from processes.engine.execution.jobs import create_job
from processes.engine.store.models import Job, JobStatus
from processes.platform import database as worker_database
from processes.platform.settings import Settings, use_settings
from processes.register.providers.trade_register import FOUND, CompanyFacts, remember_extract
from processes.unit_of_work import unit_of_work
from tests import patience, servers
from tests.benchmarks import bare_celery, idle_topic, machine, onboarding
from tests.benchmarks.databases import DATABASES
from tests.benchmarks.mailbox import Mailbox
from tests.benchmarks.product import environment, running, settings_for, web, worker
from tests.benchmarks.visitors import (
    Post,
    Visitor,
    at_first_task,
    form_of,
    prepare,
    send,
    visitors,
)
from workers.enqueue import open_session

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "jobs.json"
LEAST_RATE = 0.7  # of bare Celery's
MOST_LATENCY = 150.0  # milliseconds, p95
PATIENCE = patience.SECONDS
SEE_OTHER = 303


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    rounds: int
    jobs: int  # of each kind, in a round
    mails: int
    processes: int


@click.command()
@click.option("--rounds", default=8, show_default=True)
@click.option("--jobs", default=400, show_default=True, help="of each kind in a round")
@click.option("--mails", default=60, show_default=True, help="submits of which the mail is timed")
@click.option("--only", type=click.Choice(list(DATABASES)), help="one database; writes no file")
def main(rounds: int, jobs: int, mails: int, only: str | None) -> None:
    """Measure the workers and write bench/jobs.json."""
    first = only is None and machine.go_first()
    sizes = Sizes(rounds, jobs, mails, processes=2)
    names = [only] if only else list(DATABASES)
    with servers.valkey() as broker:  # one for all: what sends keeps its connections
        result: dict[str, Any] = {name: measure(name, broker, sizes) for name in names}
    result["target"] = {"ratio": LEAST_RATE, "mail_p95_ms": MOST_LATENCY}
    result["worker"] = f"prefork, {sizes.processes} processes, for ours and for bare Celery"
    result["machine"] = machine.facts(first=first)
    for name in names:
        _tell(name, result[name])
    if only is None:
        RESULTS.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
        click.echo(f"written: {RESULTS}")


def _tell(name: str, figures: dict[str, Any]) -> None:
    click.echo(
        f"{name:<11} jobs {figures['jobs_per_second']}/s, bare Celery"
        f" {figures['bare_per_second']}/s: ratio {figures['ratio']:.2f} (at least {LEAST_RATE});"
        f" mail after p50 {figures['mail_ms']['p50']} p95 {figures['mail_ms']['p95']} ms"
        f" (at most {MOST_LATENCY:.0f}), bare Celery p95 {figures['bare_ms']['p95']} ms"
    )


def measure(name: str, broker: str, sizes: Sizes) -> dict[str, Any]:
    """Both workers up, and their work in turns; then one submit at a time."""
    mailbox = Mailbox()
    with Redis.from_url(broker) as redis:
        redis.flushall()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        made = stack.enter_context(DATABASES[name]())
        settings = settings_for(made, folder, redis_url=broker, smtp_port=mailbox.port)
        posts = _reviews(settings, sizes.mails + 1)
        stack.enter_context(_bare_worker(settings, sizes.processes))
        stack.enter_context(
            worker(settings, "tests.benchmarks.idle_topic", concurrency=sizes.processes)
        )
        stack.enter_context(_ready(settings))
        rates = _rates(broker, sizes)
        port = stack.enter_context(web(settings, "app.wsgi:app", workers=1, threads=4))
        stack.enter_context(mailbox.open())
        latencies = _mails(port, mailbox, posts)
        bare = _bare_latencies(broker, sizes.mails + 1)
    return {
        "jobs_per_second": round(median(ours for ours, _ in rates)),
        "bare_per_second": round(median(theirs for _, theirs in rates)),
        "ratio": round(median(ours / theirs for ours, theirs in rates), 2),
        "mail_ms": _spread([total for total, _ in latencies]),
        "answer_ms": _spread([answer for _, answer in latencies]),
        "bare_ms": _spread(bare),
        "rounds": sizes.rounds,
        "jobs": sizes.jobs,
        "mails": sizes.mails,
    }


def _reviews(settings: Settings, count: int) -> list[tuple[Post, str]]:
    """Onboardings that only need a confirmation: the form of it, and who then gets mail."""
    app = create_app(settings)
    with app.app_context():
        prepare(db.session())
        found = visitors(app, [str(20_000_000 + number) for number in range(count)])
        posts = [_at_review(db.session(), visitor) for visitor in found]
        db.engine.dispose()
    use_settings(None)
    return posts


def _at_review(session: Session, visitor: Visitor) -> tuple[Post, str]:
    at_first_task(session, visitor.kvk)
    recipient = f"noor@bedrijf{visitor.kvk}.example"
    facts = CompanyFacts(visitor.kvk, "Donald Nascholing")
    remember_extract(session, visitor.kvk, outcome=FOUND, facts=facts, source="benchmark")
    for given in list(onboarding.steps().values())[:2]:
        (task,) = open_user_tasks(session, tenant=visitor.kvk)
        answers = dict(given)
        if "contact" in answers:
            answers["contact"] = {**answers["contact"], "email": recipient}
        complete_user_task(session, task.id, completed_by=onboarding.ACTOR, variables=answers)
    (task,) = open_user_tasks(session, tenant=visitor.kvk)
    post = form_of(visitor, f"/taken/{task.id}", {"submission_id": str(uuid4())})
    session.commit()
    return post, recipient


@contextmanager
def _bare_worker(settings: Settings, processes: int) -> Iterator[None]:
    given = {**environment(settings), bare_celery.BROKER: settings.redis_url}
    command = ["-m", "tests.benchmarks.bare_celery", str(processes)]
    with running([sys.executable, *command], given):
        yield


@contextmanager
def _ready(settings: Settings) -> Iterator[None]:
    """This process as one of the product: it makes jobs; both workers have done one."""
    use_settings(settings)
    bare_celery.bare.conf.update(broker_url=settings.redis_url)
    try:
        _our_seconds(1)
        _bare_seconds(settings.redis_url, 1)
        yield
    finally:
        worker_database.close_databases()
        use_settings(None)


def _rates(broker: str, sizes: Sizes) -> list[tuple[float, float]]:
    rounds = []
    for _ in range(sizes.rounds + 1):
        ours = sizes.jobs / _our_seconds(sizes.jobs)
        rounds.append((ours, sizes.jobs / _bare_seconds(broker, sizes.jobs)))
    return rounds[1:]  # the first warms up


def _our_seconds(count: int) -> float:
    """From the commit of so many jobs until each is done, by what the table says."""
    with open_session() as session:
        session.execute(delete(Job).where(Job.topic == idle_topic.TOPIC))
        for _ in range(count):
            create_job(session, idle_topic.TOPIC, {}, idempotency_key=str(uuid4()))
        session.flush()
        began = perf_counter()
        unit_of_work(session).commit()
    until(lambda: _count_done() == count)
    return perf_counter() - began


def _count_done() -> int:
    is_done = Job.status == JobStatus.DONE
    query = select(func.count()).where(Job.topic == idle_topic.TOPIC).where(is_done)
    with worker_database.open_reading_session() as session:
        return session.scalar(query) or 0


def _bare_seconds(broker: str, count: int) -> float:
    """From sending so many tasks until each was performed."""
    with Redis.from_url(broker) as redis:
        redis.delete(bare_celery.DONE)
        began = perf_counter()
        for _ in range(count):
            bare_celery.bare.send_task("nothing")
        until(lambda: redis.llen(bare_celery.DONE) == count)
        return perf_counter() - began


def until(is_so: Any) -> None:
    """Wait until it is so. Raises TimeoutError."""
    deadline = perf_counter() + PATIENCE
    while not is_so():
        if perf_counter() > deadline:
            message = "the workers did not do it all"
            raise TimeoutError(message)
        time.sleep(0.03)


def _mails(
    port: int, mailbox: Mailbox, posts: Sequence[tuple[Post, str]]
) -> list[tuple[float, float]]:
    """Milliseconds from sending the last form to its mail, and to its answer; one at a time."""
    connection = HTTPConnection("127.0.0.1", port, timeout=patience.SECONDS)
    taken = []
    for post, recipient in posts:
        began = perf_counter()
        response = send(connection, post)
        response.read()
        answered = perf_counter()
        connection.close()  # the mail may take longer than the server keeps it open
        if response.status != SEE_OTHER:
            message = f"the review was answered with {response.status}"
            raise RuntimeError(message)
        came = mailbox.wait_for(recipient)
        taken.append(((came - began) * 1000, (answered - began) * 1000))
        time.sleep(0.25)  # the other jobs of this onboarding end, and all is idle
    return taken[1:]


def _bare_latencies(broker: str, count: int) -> list[float]:
    """Milliseconds from sending a task until it was performed; one at a time."""
    taken = []
    with Redis.from_url(broker) as redis:
        redis.delete(bare_celery.DONE)
        for _ in range(count):
            began = perf_counter()
            bare_celery.bare.send_task("nothing")
            redis.blpop([bare_celery.DONE], timeout=PATIENCE)
            taken.append((perf_counter() - began) * 1000)
            time.sleep(0.05)
    return taken[1:]


def _spread(values: Sequence[float]) -> dict[str, float]:
    cuts = quantiles(values, n=20, method="inclusive") if len(values) > 1 else [values[0]] * 19
    return {"p50": round(median(values), 1), "p95": round(cuts[18], 1)}


if __name__ == "__main__":
    main()
