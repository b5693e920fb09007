"""One submission is one trace, through web, database, broker, job and mail; with nobody's data."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from pydantic import SecretStr
from sqlalchemy import select

from app.factory import create_app
from app.web.access import Role
from app.web.db import db
from processes.engine.store.models import Job
from processes.platform import database, tracing
from processes.platform.settings import Settings, use_settings
from processes.register.mail import OutgoingMail
from tests.app.onboarding import CONTACT, Employee, prepare
from tests.app.signing_in import sign_in
from tests.workers.conftest import talk_to
from tests.workers.mail_server import MailServer, mail_server
from workers.enqueue import open_session
from workers.run_job import run


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def employee(
    own_database_url: str, broker_url: str, server: MailServer, tmp_path: Path
) -> Iterator[Employee]:
    settings = Settings(
        var=tmp_path,
        database_url=own_database_url,
        redis_url=broker_url,
        public_url="http://localhost",
        smtp_port=server.port,
        secret_key=SecretStr("only for tests, thirty-two characters"),
    )
    talk_to(broker_url)
    app = create_app(settings)
    app.testing = True
    client = app.test_client()
    with open_session() as session:
        prepare(session)
    sign_in(app, client, Role.PROVIDER)
    yield Employee(client)
    with app.app_context():
        db.engine.dispose()
    database.close_databases()
    use_settings(None)


@pytest.fixture
def exporter() -> Iterator[InMemorySpanExporter]:
    """Where the spans of this process go."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.use(provider)
    yield exporter
    tracing.use(None)


@pytest.fixture
def trace(employee: Employee, exporter: InMemorySpanExporter) -> list[ReadableSpan]:
    """The spans of the submission that registers, and of the mail that it leads to."""
    page = employee.to_review()
    exporter.clear()
    employee.answer(page, {})
    with open_session() as session:
        job = session.scalars(select(Job).filter_by(topic="send-confirmation")).one()
    assert run(job.id)
    mail = next(each for each in exporter.get_finished_spans() if each.name == "smtp send")
    return [
        each
        for each in exporter.get_finished_spans()
        if each.context and mail.context and each.context.trace_id == mail.context.trace_id
    ]


def test_a_submission_is_followed_to_its_mail(trace: list[ReadableSpan]) -> None:
    names = {each.name for each in trace}
    assert {
        "POST tasks.submit",
        "celery send run_job",
        "job send-confirmation",
        "smtp send",
    } <= names
    assert {"SELECT", "UPDATE"} & names
    beginnings = [each.name for each in trace if each.parent is None]
    assert beginnings == ["POST tasks.submit"]


def test_no_span_knows_a_person(trace: list[ReadableSpan]) -> None:
    written = " ".join(each.to_json() for each in trace)
    for personal in (*CONTACT.values(), "scholing.example", "noor"):
        assert personal not in written


def test_a_failure_is_told_by_its_kind(
    employee: Employee, exporter: InMemorySpanExporter, server: MailServer
) -> None:
    server.content = "451 not now, noor@scholing.example"
    employee.register()
    with open_session() as session:
        job = session.scalars(select(Job).filter_by(topic="send-confirmation")).one()
    run(job.id)
    mail = next(each for each in exporter.get_finished_spans() if each.name == "smtp send")
    assert mail.status.status_code is StatusCode.ERROR
    assert mail.status.description == "MailNotSentError"
    assert "noor" not in mail.to_json()
    with open_session() as session:
        assert session.scalars(select(OutgoingMail)).one().attempts == 1


@pytest.mark.parametrize(
    ("environment", "asked"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"}, True),
        (
            {
                "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318",
                "OTEL_SDK_DISABLED": "true",
            },
            False,
        ),
        (
            {
                "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318",
                "OTEL_TRACES_EXPORTER": "none",
            },
            False,
        ),
    ],
)
def test_spans_are_sent_when_the_environment_names_a_collector(
    environment: dict[str, str], *, asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (*tracing.ENDPOINTS, "OTEL_SDK_DISABLED", "OTEL_TRACES_EXPORTER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert tracing.is_asked_for() is asked


def test_without_a_collector_a_job_has_no_trace(employee: Employee) -> None:
    employee.register()
    with open_session() as session:
        assert set(session.scalars(select(Job.traceparent))) == {None}
