"""Camunda's own client for Python, unchanged, over HTTP: what it fetches goes on in the diagram."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from camunda.client.external_task_client import ExternalTaskClient
from camunda.external_task.external_task import ExternalTask, TaskResult
from camunda.external_task.external_task_worker import ExternalTaskWorker, NoExternalTaskFound
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from app.factory import create_app
from app.web.db import db
from processes.base import now, set_clock
from processes.engine.execution import incidents
from processes.engine.execution.instances import open_user_tasks, variables
from processes.engine.openings.clients import Rights, make
from processes.engine.store.models import ProcessInstance
from processes.platform.settings import Settings, use_settings
from tests.app.api.external.workers import CAUGHT, TOPIC, begin

DOCUMENT = Path(__file__).parents[4] / "docs" / "workers.md"


@pytest.fixture
def address(settings: Settings, own_database_url: str) -> Iterator[str]:
    """A portal that listens, on a database of its own."""
    app = create_app(settings.model_copy(update={"database_url": own_database_url}))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/engine-rest"
    server.shutdown()
    server.server_close()
    thread.join()
    with app.app_context():
        db.engine.dispose()
    use_settings(None)


Action = Callable[[ExternalTask], TaskResult]


@dataclass
class Program:
    """What an author of a worker writes: the client, its settings, and one function."""

    address: str
    token: str
    name: str = "python"

    def config(self) -> dict[str, Any]:
        return {
            "auth_bearer": {"access_token": self.token},
            "asyncResponseTimeout": 0,
            "lockDuration": 60_000,
        }

    def work(self, action: Action) -> None:
        """Fetch what is there, and do it; raises NoExternalTaskFound."""
        worker = ExternalTaskWorker(self.name, self.address, self.config())
        worker.fetch_and_execute(TOPIC, action)

    def fetch(self) -> list[dict[str, Any]]:
        """Only fetch, as a program that is slow."""
        client = ExternalTaskClient(self.name, self.address, self.config())
        tasks: list[dict[str, Any]] = client.fetch_and_lock(TOPIC)
        return tasks


@pytest.fixture
def program(address: str, own_engine: Engine) -> Program:
    with Session(own_engine) as session:
        _opening, token = make(session, "python", Rights(topics=[TOPIC]), by="test")
        session.commit()
    return Program(address, token)


def begun(engine: Engine, key: str, xml: bytes = CAUGHT, **variables: Any) -> UUID:
    with Session(engine) as session:
        return begin(session, xml, variables=variables, business_key=key).id


def waiting_at(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return sorted(task.element_id for task in open_user_tasks(session))


def variables_of(engine: Engine, case: UUID) -> dict[str, Any]:
    with Session(engine) as session:
        return variables(session, session.get_one(ProcessInstance, case))


def told(engine: Engine) -> list[tuple[str, str]]:
    with Session(engine) as session:
        return [(each.kind, each.details) for each in incidents.open_incidents(session)]


def test_it_completes_throws_and_fails(program: Program, own_engine: Engine) -> None:
    first = begun(own_engine, "a", phone="070", n=1)
    seen: dict[str, Any] = {}

    def call(task: ExternalTask) -> TaskResult:
        seen.update(task.get_variables(), key=task.get_business_key())
        return task.complete({"answer": {"value": {"at": [1]}}, "times": 2, "nobody": None})

    program.work(call)
    assert seen == {"phone": "070", "n": 1, "key": "a"}
    assert waiting_at(own_engine) == ["after"]
    answer = {"answer": {"at": [1]}, "times": 2, "nobody": None}
    assert variables_of(own_engine, first) == {"phone": "070", "n": 1, **answer}

    begun(own_engine, "b")
    program.work(lambda task: task.bpmn_error("niet-thuis", "niemand", {"tries": 3}))
    assert waiting_at(own_engine) == ["after", "letter"]

    begun(own_engine, "c")
    program.work(lambda task: task.failure("bezet", "trace", max_retries=1, retry_timeout=0))
    assert told(own_engine) == []
    program.work(lambda task: task.failure("bezet", "trace", max_retries=1, retry_timeout=0))
    assert told(own_engine) == [("worker-outside", "trace")]
    with pytest.raises(NoExternalTaskFound):
        program.work(lambda task: task.complete())


def test_it_hears_that_its_lock_was_lost_and_changes_nothing(
    program: Program, own_engine: Engine
) -> None:
    case = begun(own_engine, "a")
    (task,) = program.fetch()
    moment = now() + timedelta(seconds=61)
    set_clock(lambda: moment)
    other = Program(program.address, program.token, "another")
    (taken,) = other.fetch()
    assert taken["id"] == task["id"]
    late = ExternalTaskClient(program.name, program.address, program.config())
    with pytest.raises(Exception, match="received 400 : RestException"):
        late.complete(task["id"], {"late": True})
    assert ExternalTaskClient("another", program.address, other.config()).complete(task["id"], {})
    assert variables_of(own_engine, case) == {}
    with pytest.raises(Exception, match="received 404 : RestException"):
        late.complete(task["id"], {"late": True})


def test_an_object_with_a_key_value_is_wrapped_or_its_other_keys_are_refused(
    program: Program, own_engine: Engine
) -> None:
    """The client takes such an object for a variable with its type."""
    case = begun(own_engine, "a")
    (task,) = program.fetch()
    client = ExternalTaskClient(program.name, program.address, program.config())
    price = {"value": 450, "currency": "EUR"}
    with pytest.raises(Exception, match=r"received 400 : InvalidRequestException : .*price"):
        client.complete(task["id"], {"price": price})
    assert variables_of(own_engine, case) == {}
    assert client.complete(task["id"], {"price": {"value": price}})
    assert variables_of(own_engine, case) == {"price": price}


def test_the_example_of_the_documents_works(
    program: Program, own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    drawn = CAUGHT.replace(b"niet-thuis", b"geen-nummer")
    with_number = begun(own_engine, "a", drawn, phone="070")
    begun(own_engine, "b", drawn)

    def twice(worker: Any, topic: str, action: Action) -> None:
        worker.client.config["asyncResponseTimeout"] = 0
        for _ in range(2):
            worker.fetch_and_execute(topic, action)

    monkeypatch.setattr(ExternalTaskWorker, "subscribe", twice)
    monkeypatch.setenv("LOKET_ADDRESS", program.address)
    monkeypatch.setenv("LOKET_SECRET", program.token)
    exec(compile(example, str(DOCUMENT), "exec"), {})  # noqa: S102 - our own document
    assert variables_of(own_engine, with_number)["answer"] == "called 070"
    assert waiting_at(own_engine) == ["after", "letter"]
