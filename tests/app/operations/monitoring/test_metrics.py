"""Prometheus gets its numbers; nobody else does."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.execution.instances import start_process
from processes.engine.execution.jobs import claim, create_job, fail, finish
from processes.engine.insight import counts
from processes.engine.store.models import InstanceStatus
from processes.platform.observed import HealthCheck, WorkerHeartbeat
from processes.platform.settings import Settings, use_settings
from tests.app.offers.offer_world import deploy_offer_publication

AWAY = {"REMOTE_ADDR": "192.0.2.7"}


def metrics(client: FlaskClient) -> dict[tuple[str, frozenset[str]], float]:
    text = client.get("/metrics").text
    return {
        (sample.name, frozenset(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_jobs_incidents_instances_sweeps_and_systems_are_counted(
    client: FlaskClient, session: Session
) -> None:
    deploy_offer_publication(session)
    start_process(session, "offer_publication", variables={"offer_id": "1"}, started_by="t")
    waiting, stopped, done = (
        create_job(session, "bulk-publish", {}, idempotency_key=key, max_attempts=1)
        for key in "123"
    )
    waiting.created_at = now() - timedelta(minutes=2)
    for job in (stopped, done):
        claim(session, job.id, owner="w", lease=timedelta(minutes=1))
    fail(session, stopped.id, "w", 1, ConnectionError("weg"))
    finish(session, done.id, "w", 1)
    session.add(WorkerHeartbeat(id="w1", host="a", pid=1, sweeps=5, failed_sweeps=2))
    session.add(HealthCheck(name="mail", is_well=False))
    session.commit()
    found = metrics(client)
    assert found["loket_jobs", frozenset({"bulk-publish", "new"})] == 1
    assert found["loket_jobs", frozenset({"bulk-publish", "failed"})] == 1
    assert found["loket_job_oldest_seconds", frozenset({"bulk-publish"})] >= 120
    assert found["loket_job_latency_seconds", frozenset({"bulk-publish", "0.95"})] >= 0
    assert found["loket_incidents_open", frozenset({"job-failed"})] == 1
    assert found["loket_instances", frozenset({"offer_publication", "active"})] == 1
    assert found["loket_steps_total", frozenset({"offer_publication"})] >= 1
    assert found["loket_workers_alive", frozenset()] == 1
    assert found["loket_sweeps_total", frozenset({"w1", "ok"})] == 3
    assert found["loket_system_up", frozenset({"mail"})] == 0


def test_a_version_that_comes_into_use_while_cases_are_counted_is_counted_under_its_key(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    count_cases = counts.cases

    def deployed_before(counting: Session) -> Mapping[UUID, dict[InstanceStatus, int]]:
        """On PostgreSQL each statement sees what was committed until it begins."""
        deploy_offer_publication(session)
        start_process(session, "offer_publication", variables={"offer_id": "1"}, started_by="t")
        session.commit()
        return count_cases(counting)

    monkeypatch.setattr(counts, "cases", deployed_before)
    found = metrics(client)
    assert found["loket_instances", frozenset({"offer_publication", "active"})] == 1


def test_requests_are_counted_by_endpoint_and_what_does_not_exist_as_one(
    client: FlaskClient,
) -> None:
    labels = frozenset({"none", "GET", "404"})
    before = metrics(client).get(("loket_requests_total", labels), 0)
    for page in ("/bestaat-niet", "/bestaat-ook-niet"):
        assert client.get(page).status_code == 404
    assert metrics(client)["loket_requests_total", labels] == before + 2


def test_from_elsewhere_or_through_a_proxy_there_is_no_such_page(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", environ_overrides=AWAY).status_code == 404
    through = {"X-Forwarded-For": "127.0.0.1"}
    assert client.get("/metrics", headers=through).status_code == 404
    for name in (
        *("X-Forwarded-Host", "X-Forwarded-Port", "X-Original-Forwarded-For", "X-Client-IP"),
        *("CF-Connecting-IP", "True-Client-IP", "Fastly-Client-IP", "X-Envoy-External-Address"),
    ):
        assert client.get("/metrics", headers={name: "203.0.113.9"}).status_code == 404, name
    for address in ("", "unix:", "0"):  # a server that listens at a socket, for its proxy
        asked = client.get("/metrics", environ_overrides={"REMOTE_ADDR": address})
        assert asked.status_code == 404, address


@pytest.mark.parametrize(("token", "status"), [("geheim", 200), ("anders", 404), ("", 404)])
def test_with_a_token_only_the_token_counts(
    app: Flask, client: FlaskClient, settings: Settings, token: str, status: int
) -> None:
    assert app
    use_settings(settings.model_copy(update={"metrics_token": SecretStr("geheim")}))
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    asked = client.get("/metrics", headers=headers, environ_overrides=AWAY)
    assert asked.status_code == status


def test_every_answer_names_its_own_request(client: FlaskClient) -> None:
    first, second = (client.get("/").headers["X-Request-ID"] for _ in range(2))
    assert first != second
