"""The operator's commands do what the pages do, and their exit code tells the truth."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.cli.main import main
from processes.engine.execution.instances import start_process
from processes.engine.execution.jobs import claim, create_job, fail
from processes.engine.sentences.catalogue import say
from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    InstanceStatus,
    Job,
    ProcessInstance,
)
from processes.platform import database
from processes.platform.settings import Settings, use_settings
from tests.app.offers.offer_world import deploy_offer_publication


@pytest.fixture(autouse=True)
def command_settings(settings: Settings, own_database_url: str) -> Iterator[Settings]:
    away = {"smtp_port": 1, "oidc_eherkenning_issuer": "http://127.0.0.1:1/e"}
    away |= {"oidc_accounts_issuer": "http://127.0.0.1:1/a"}
    chosen = settings.model_copy(update={"database_url": own_database_url, **away})
    use_settings(chosen)
    yield chosen
    database.close_databases()


@pytest.fixture
def own(own_engine: Engine) -> Iterator[Session]:
    with Session(own_engine, expire_on_commit=False) as session:
        yield session


def loket(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def an_instance(session: Session) -> ProcessInstance:
    deploy_offer_publication(session)
    started = start_process(
        session,
        "offer_publication",
        business_key="zaak-1",
        variables={"offer_id": "x"},
        started_by="test",
    )
    session.commit()
    return started


def a_stopped_job(session: Session, key: str = "1") -> Job:
    job = create_job(session, "bulk-publish", {}, idempotency_key=key, max_attempts=1)
    claim(session, job.id, owner="w", lease=timedelta(minutes=1))
    fail(session, job.id, "w", 1, ConnectionError("weg"))
    session.commit()
    return job


def test_incidents_are_listed_by_cause(own: Session) -> None:
    assert loket("incidents", "list").output.strip() == "no open incidents"
    a_stopped_job(own)
    a_stopped_job(own, "2")
    [row] = json.loads(loket("incidents", "list", "--json").output)
    told = say("incidents.unavailable", element="deze taak")
    assert (row["count"], row["message"]) == (2, told)
    assert row["cause"] in loket("incidents", "list").output


def test_what_nobody_performs_has_not_succeeded(own: Session) -> None:
    a_stopped_job(own)
    a_stopped_job(own, "2")
    cause = own.scalars(select(Incident.cause)).first()
    own.commit()
    tried = loket("incidents", "retry", cause, "--wait", "0")
    assert tried.exit_code == 1
    assert [line.split()[0] for line in tried.output.splitlines()] == ["trying", "waiting"]


def test_one_incident_or_job_is_tried_by_its_id(own: Session) -> None:
    job = a_stopped_job(own)
    incident = own.scalars(select(Incident.id)).one()
    own.commit()
    assert loket("incidents", "retry", incident, "--wait", "0").output.startswith("trying")
    assert loket("jobs", "retry", job.id, "--wait", "0").exit_code == 1
    assert own.query(Incident).filter_by(status=IncidentStatus.OPEN).count() == 0


def test_what_is_not_there_is_said(own: Session) -> None:
    assert own
    unknown = "3d5c2a6e-62c5-4a5c-8c0f-8a3c9f0f1f11"
    for command in (
        ("incidents", "retry", "onzin"),
        ("incidents", "retry", unknown),
        ("jobs", "retry", unknown),
        ("instances", "show", unknown),
    ):
        answer = loket(*command)
        assert answer.exit_code == 1
        assert "no such thing" in answer.stderr


def test_instances_are_listed_and_shown(own: Session) -> None:
    instance = an_instance(own)
    for words in (
        (),
        ("--process", "offer_publication"),
        ("--find", "zaak-1"),
        ("--find", "\u200bzaak-1\u00a0"),
    ):
        assert str(instance.id) in loket("instances", "list", *words).output
    assert str(instance.id) not in loket("instances", "list", "--status", "completed").output
    shown = loket("instances", "show", instance.id).output
    assert "offer_publication  zaak-1  active" in shown
    assert "Wacht sinds" in shown


def test_instances_are_suspended_resumed_and_cancelled(own: Session) -> None:
    instance = an_instance(own)
    for missing in ((), ("--reason", ""), ("--reason", "\u200b\u00a0")):
        assert loket("instances", "cancel", instance.id, *missing).exit_code == 2
    for command, status in (
        ("suspend", InstanceStatus.SUSPENDED),
        ("resume", InstanceStatus.ACTIVE),
        ("cancel", InstanceStatus.CANCELLED),
    ):
        done = loket("instances", command, instance.id, "--reason", "proef")
        assert done.output == f"done  {instance.id}  is {status}\n"
    again = loket("instances", "cancel", instance.id, "--reason", "proef")
    assert (again.exit_code, again.output.split()[0]) == (1, "refused")


def test_jobs_are_listed(own: Session) -> None:
    job = a_stopped_job(own)
    [row] = json.loads(loket("jobs", "list", "--status", "failed", "--json").output)
    assert (row["id"], row["attempts"]) == (str(job.id), "1/1")
    assert loket("jobs", "list", "--topic", "niets").output.strip() == "no jobs"


def test_health_names_what_is_away_and_fails(own: Session) -> None:
    assert own
    asked = loket("health", "--json")
    assert asked.exit_code == 1
    assert {row["system"]: row["well"] for row in json.loads(asked.output)}["database"] is True
    assert {row["system"]: row["well"] for row in json.loads(asked.output)}["mail"] is False


def test_health_makes_nothing_and_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is not there, such as a mistyped one: an empty database would answer."""
    folder = tmp_path / "weg"
    monkeypatch.delenv("LOKET_DATABASE_URL", raising=False)
    monkeypatch.setenv("LOKET_VAR", str(folder))
    use_settings(None)
    asked = loket("health", "--json")
    assert asked.exit_code == 1
    told = {row["system"]: (row["well"], row["detail"]) for row in json.loads(asked.output)}
    assert told["database"] == (False, f"{folder / 'loket.db'} is er niet")
    assert told["legacy"] == (False, "er is geen database")
    assert not folder.exists()
