"""Follows each recipe of CONTRIBUTING.md: its code is registered as it stands there, and used."""

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import ChoiceLoader, DictLoader
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from forms.registry import FORMS
from processes.engine import registry
from processes.engine.checks.checker import check
from processes.engine.checks.rules.rule import BPMN_RULES
from processes.engine.deployment.definitions import deploy
from processes.engine.execution import instances
from processes.engine.sentences.catalogue import room
from processes.engine.store.models import Job, JobStatus, ProcessInstance, UserTask
from processes.platform import database
from processes.platform.settings import Settings, use_settings
from processes.register.changes import AuditEvent
from tests.app.onboarding import Employee
from tests.app.signing_in import KVK, sign_in
from tests.processes.engine.diagrams import process, straight
from workers.enqueue import open_session
from workers.registry import SERVICE_TASKS
from workers.run_job import run
from workers.vocabulary import vocabulary

GUIDE = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text("utf-8")
REGISTRIES: list[dict[Any, Any]] = [
    SERVICE_TASKS,
    registry.TOPICS,
    registry.DELEGATES,
    FORMS,
    BPMN_RULES,
]


@pytest.fixture(autouse=True)
def _registries_as_they_were() -> Iterator[None]:
    before = [dict(each) for each in REGISTRIES]
    yield
    for each, kept in zip(REGISTRIES, before, strict=True):
        each.clear()
        each.update(kept)


def block(heading: str, language: str) -> str:
    """The code of a recipe in this language."""
    recipe = re.split(rf"^## {heading}$", GUIDE, flags=re.MULTILINE)[1].split("\n## ")[0]
    found = re.search(rf"```{language}\n(.*?)```", recipe, re.DOTALL)
    assert found, heading
    return found[1]


def follow(heading: str) -> dict[str, Any]:
    """Run the Python of a recipe; what it defines."""
    defined: dict[str, Any] = {"__name__": "recipe"}
    exec(block(heading, "python"), defined)  # noqa: S102 - the recipe is the test
    return defined


def drawn(heading: str, id_: str) -> bytes:
    """A process with the element of a recipe between its start and its end."""
    return process(straight(block(heading, "xml"), ids=(id_,)))


def begin(session: Session, xml: bytes, **variables: Any) -> ProcessInstance:
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="test")
    return instances.start_process(
        session, "p", business_key=KVK, tenant=KVK, variables=variables, started_by="test"
    )


@pytest.fixture
def worker(own_database_url: str, tmp_path: Path) -> Iterator[Callable[[UUID], bool]]:
    """Performs a job on a database where commits stay."""
    secret = SecretStr("only for tests, thirty-two characters")
    use_settings(Settings(var=tmp_path, database_url=own_database_url, secret_key=secret))
    yield run
    database.close_databases()
    use_settings(None)


def test_a_service_task(worker: Callable[[UUID], bool]) -> None:
    heading = "A service task that calls another system"
    follow(heading)
    assert vocabulary().topic_errors["send-greeting"] == {"name-missing"}
    with open_session() as session:
        instance_id = begin(session, drawn(heading, "greet"), contact_name="Noor").id
        job_id = session.scalars(select(Job.id)).one()
        session.commit()
    assert worker(job_id)
    with open_session() as session:
        assert session.get_one(Job, job_id).status is JobStatus.DONE
        instance = session.get_one(ProcessInstance, instance_id)
        assert instance.status == "completed"
        said = instances.variables(session, instance)["greeting"]
        assert said.startswith("Goedendag Noor (")


def test_a_delegate(session: Session) -> None:
    heading = "A service task that changes our register"
    follow(heading)
    instance = begin(session, drawn(heading, "note"), kvk=KVK, remark="Fijn")
    assert instance.status == "completed"
    assert instances.variables(session, instance)["remark"] is None
    event = session.scalars(select(AuditEvent).filter_by(action="remark-noted")).one()
    assert (event.kvk, event.details) == (KVK, {"remark": "Fijn"})


def test_a_form(app: Flask, client: FlaskClient, session: Session) -> None:
    follow("A form")
    instance = begin(session, drawn("A form", "feedback"))
    task = session.scalars(select(UserTask)).one()
    session.commit()
    sign_in(app, client, Role.PROVIDER)
    employee = Employee(client)
    page = employee.open(f"/taken/{task.id}")
    assert "Bent u tevreden?" in page.text
    refused = employee.press(page, f"/taken/{task.id}", {"remark": "Langer open"})
    assert refused.status_code == 422
    assert "Langer open" in refused.text
    employee.press(refused, f"/taken/{task.id}", {"satisfied": "ja", "remark": "Langer open"})
    session.refresh(instance)
    assert instance.status == "completed"
    answer = {"satisfied": "ja", "remark": "Langer open"}
    assert instances.variables(session, instance)["feedback"] == answer


def test_a_check(monkeypatch: pytest.MonkeyPatch) -> None:
    heading = "A check of diagrams"
    for name, sentence in tomllib.loads(block(heading, "toml")).items():
        monkeypatch.setitem(room("checks"), name, sentence)
    follow(heading)
    bad = drawn("A form", "feedback")
    good = bad.replace(
        b'candidateGroups="provider" />',
        b'candidateGroups="provider"><bpmn:documentation>Kort</bpmn:documentation></bpmn:userTask>',
    )
    assert [
        each.element for each in check(bad, vocabulary()) if each.rule == "task-documented"
    ] == ["feedback"]
    assert not [each for each in check(good, vocabulary()) if each.rule == "task-documented"]


def test_a_page(new_app: Flask) -> None:
    app, client = new_app, new_app.test_client()
    app.register_blueprint(follow("A page")["bp"])
    template = DictLoader({"figures/index.html": block("A page", "jinja")})
    ours = app.jinja_env.loader
    assert ours
    app.jinja_env.loader = ChoiceLoader([template, ours])
    assert client.get("/cijfers").status_code == 303
    sign_in(app, client, Role.OPERATOR)
    assert "Er zijn 0 zaken." in client.get("/cijfers").text
    sign_in(app, client, Role.TEACHER)
    assert client.get("/cijfers").status_code == 403


def test_a_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    body = block("A setting", "python").replace("\n", "\n    ")
    defined: dict[str, Any] = {"Settings": Settings}
    exec(f"class Extended(Settings):\n    {body}", defined)  # noqa: S102 - the recipe is the test
    monkeypatch.setenv("LOKET_REMINDER_DAYS", "7")
    assert defined["Extended"](var=tmp_path).reminder_days == 7
    monkeypatch.setenv("LOKET_REMINDER_DAYS", "0")
    with pytest.raises(ValueError, match="reminder_days"):
        defined["Extended"](var=tmp_path)


def test_every_recipe_is_followed() -> None:
    source = Path(__file__).read_text("utf-8")
    assert [
        each for each in re.findall(r"^## (.+)$", GUIDE, re.MULTILINE) if each not in source
    ] == []
