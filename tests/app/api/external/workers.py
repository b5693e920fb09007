"""Test helper: a worker outside, with the token of an opening, and diagrams with its tasks."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from processes.engine.execution.instances import start_process
from processes.engine.openings.clients import Rights, make
from processes.engine.store.models import ProcessInstance
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    error,
    job,
    node,
    process,
    straight,
    user,
)

TOPIC = "bel-de-klant"
CALLS = process(straight(job("call", TOPIC), user("after"), ids=("call", "after")))
CAUGHT = process(
    straight(job("call", TOPIC), user("after"), ids=("call", "after"))
    + boundary("away", "call", error("niet-thuis"))
    + user("letter")
    + node("endEvent", "sent")
    + chain("away", "letter", "sent"),
    errors=("niet-thuis",),
)
numbers = count(1)


@dataclass
class Worker:
    """A program in any language, as its requests look."""

    client: FlaskClient
    token: str
    name: str = "w1"

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        given = {"Authorization": f"Bearer {self.token}", **headers}
        sent = {"workerId": self.name, **(body or {})}
        return self.client.post(f"/engine-rest/external-task/{path}", json=sent, headers=given)

    def ask(self, most: int = 1, topic: str = TOPIC, **more: Any) -> TestResponse:
        """The answer to a fetch of one topic; `more` is about the topic."""
        asked = {"topicName": topic, "lockDuration": 60_000, **more}
        return self.post("fetchAndLock", {"maxTasks": most, "topics": [asked]})

    def fetch(self, most: int = 1, **more: Any) -> list[dict[str, Any]]:
        """The tasks of a fetch, which must succeed."""
        answer = self.ask(most, **more)
        assert answer.status_code == 200, answer.text
        tasks: list[dict[str, Any]] = answer.json or []
        return tasks

    def get(self, address: str) -> TestResponse:
        return self.client.get(address, headers={"Authorization": f"Bearer {self.token}"})

    def held(self) -> list[dict[str, Any]]:
        """What this worker is told that it has."""
        answer = self.get(f"/engine-rest/external-task?workerId={self.name}")
        assert answer.status_code == 200, answer.text
        tasks: list[dict[str, Any]] = answer.json or []
        return tasks

    def complete(self, task_id: str, **more: Any) -> TestResponse:
        return self.post(f"{task_id}/complete", more)


def worker(client: FlaskClient, session: Session, *, name: str = "w1", **rights: Any) -> Worker:
    """A worker whose opening has these rights; by default the one topic of these diagrams."""
    given = Rights(**{"topics": [TOPIC], **rights})
    _opening, token = make(session, f"opening {next(numbers)}", given, by="test")
    session.commit()
    return Worker(client, token, name)


def begin(session: Session, xml: bytes = CALLS, **given: Any) -> ProcessInstance:
    """A case of this diagram; its variables, business key and tenant by name."""
    define(session, xml)
    instance = start_process(session, "p", started_by="test", **given)
    session.commit()
    return instance
