"""A whole journey with all that is logged: no name, address, number, token or code stands in it.

The log is that of production (JSON), of web and worker, from DEBUG on: more than is ever set. With
it go the spans of OpenTelemetry and the texts of incidents. The null is the same log as a developer
reads it, in which the texts of exceptions stand.
"""

import io
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import SecretStr
from sqlalchemy import select
from werkzeug.serving import make_server

from app.auth.sessions import cookie_name
from app.demo.login_simulator import create_login_simulator
from app.demo.saml_setup import prepared_saml
from app.factory import create_app
from app.operations.masks import without_texts
from app.web.db import db
from processes.engine.execution.jobs import create_job
from processes.engine.store.models import Incident, Job, JobStatus
from processes.platform import database, tracing
from processes.platform.logs import json_lines, lines_for_people
from processes.platform.running_demonstration import SAML_NAME
from processes.platform.settings import Settings, use_settings
from processes.register.portfolio.teachers import Teacher
from processes.register.providers.people import ProviderUser
from processes.register.providers.providers import provider_of
from tests import patience
from tests.app.api.programs import program
from tests.app.begin.complaints import KEY, STORY, SUBJECT, complaint, place
from tests.app.onboarding import Employee, chosen, prepare
from tests.app.onboarding import field as field_of
from tests.workers.conftest import talk_to
from tests.workers.mail_server import MailServer, mail_server
from workers.enqueue import open_session
from workers.run_job import run

KVK = "68750110"
TYPED = {
    "contact_name": "Zonneveldmark",
    "contact_email": "zonneveldmark@scholing.example",
    "contact_phone": "06 12345678",
    "contact_function": "Directeurmark",
}
WORDS = ("Zonneveldmark", "612345678", "Directeurmark", "Zoekmark", "Verhaalmark", "Lesmark")
TOLD = "451 try later, zonneveldmark@scholing.example, 0612345678"


@dataclass
class Journey:
    """What was logged, and what may not stand in it."""

    app: Flask
    server: MailServer
    settings: Settings
    spans: InMemorySpanExporter
    secrets: set[str] = field(default_factory=set)

    def perform(self) -> None:
        """The jobs that wait, as a worker does."""
        with open_session() as session:
            waiting = list(session.scalars(select(Job.id).where(Job.status == JobStatus.NEW)))
        for job_id in waiting:
            run(job_id)

    def secrets_of(self, client: FlaskClient) -> None:
        cookie = client.get_cookie(cookie_name(self.settings))
        assert cookie is not None
        self.secrets.add(cookie.value)

    def found_in(self, text: str) -> list[str]:
        return sorted(
            each for each in {*WORDS, *self.secrets} if each and each.casefold() in text.casefold()
        )


@contextmanager
def hearing(formatter: logging.Formatter) -> Iterator[io.StringIO]:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter)
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield written
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


@contextmanager
def simulator(folder: Path) -> Iterator[Settings]:
    """The login simulator, listening; its own log is none of the portal's."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    settings = Settings(
        var=folder,
        public_url="http://localhost",
        oidc_eherkenning_issuer=f"{url}/eherkenning",
        oidc_accounts_issuer=f"{url}/accounts",
        secret_key=SecretStr("only for tests, thirty-two characters"),
        **prepared_saml(folder, url),
    )
    server.app = create_login_simulator(settings)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield settings
    server.shutdown()
    thread.join()
    server.server_close()
    logging.getLogger("werkzeug").setLevel(logging.NOTSET)


@pytest.fixture
def journey(own_database_url: str, tmp_path: Path) -> Iterator[Journey]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with mail_server() as server, simulator(tmp_path) as of_simulator:
        more = {"database_url": own_database_url, "smtp_port": server.port}
        settings = of_simulator.model_copy(update=more | {"redis_url": "redis://127.0.0.1:1/0"})
        use_settings(settings)
        talk_to(settings.redis_url)
        app = create_app(settings)
        app.testing = True
        with open_session() as session:
            prepare(session)
            place(session, complaint(SUBJECT, STORY, groups="registrar"))
        tracing.use(provider)
        yield Journey(app, server, settings, exporter)
        tracing.use(None)
        with app.app_context():
            db.engine.dispose()
        database.close_databases()
        use_settings(None)


def form_in(page: str) -> tuple[str, dict[str, str]]:
    form = etree.HTML(page).find(".//form")
    assert form is not None
    fields = {each.get("name") or "": each.get("value") or "" for each in form.iter("input")}
    return form.get("action") or "", fields


def logs_in_by_saml(journey: Journey, client: FlaskClient) -> None:
    token = field_of(client.get("/inloggen"), "csrf_token")
    sent = {"csrf_token": token, "via": "eherkenning", "makelaar": SAML_NAME}
    address, fields = form_in(client.post("/inloggen", data=sent).text)
    asked = requests.post(address, data=fields, timeout=patience.SECONDS)
    who = {"kvk": KVK, "loa": "loa3", "subject": "medewerker-1", "outcome": "success"}
    chosen_ = form_in(asked.text)[1] | who | {"binding": "artifact", "oddity": "none"}
    answer = requests.post(address, data=chosen_, timeout=patience.SECONDS, allow_redirects=False)
    back = answer.headers["Location"].removeprefix("http://localhost")
    journey.secrets |= {token, fields["RelayState"], *parameters(back)}
    assert client.get(back).status_code == 303
    journey.secrets_of(client)
    with open_session() as session:
        journey.secrets |= {each.subject for each in session.scalars(select(ProviderUser))}


def logs_in_by_oidc(journey: Journey, client: FlaskClient) -> None:
    token = field_of(client.get("/inloggen"), "csrf_token")
    begun = client.post("/inloggen", data={"csrf_token": token, "via": "accounts"})
    answer = requests.post(
        begun.location, data={"outcome": "success"}, timeout=patience.SECONDS, allow_redirects=False
    )
    back = answer.headers["Location"].removeprefix("http://localhost")
    journey.secrets |= {*parameters(begun.location), *parameters(back)}
    client.get(back)
    journey.secrets_of(client)
    with open_session() as session:
        for each in session.scalars(select(Teacher)):
            journey.secrets |= {each.subject, each.name}


def parameters(address: str) -> set[str]:
    """The codes and states in an address; not what is short, or known to everybody."""
    parts = dict(each.partition("=")[::2] for each in address.partition("?")[2].split("&"))
    names = {"code", "state", "nonce", "code_challenge", "SAMLart", "RelayState"}
    return {text for name, text in parts.items() if name in names}


def registers(journey: Journey, client: FlaskClient) -> None:
    employee = Employee(client)
    page = employee.to_company()
    wrong = {**chosen(page), **TYPED, "contact_email": "zonneveldmark", "next": "review"}
    assert "Zonneveldmark" in employee.answer(page, wrong).text
    page = employee.answer(page, {**chosen(page), **TYPED, "next": "review"})
    assert "Zonneveldmark" in page.text
    employee.answer(page, {})
    journey.perform()
    assert any(to == ["zonneveldmark@scholing.example"] for to, _ in journey.server.accepted)


def fails(journey: Journey) -> None:
    """A mail that the server does not take, at its last attempt."""
    journey.server.content = TOLD
    with open_session() as session, session.begin():
        provider = provider_of(session, KVK)
        assert provider is not None
        given = {"provider_id": str(provider.id)}
        job = create_job(session, "send-left", given, idempotency_key="last", max_attempts=1)
        job.tenant = KVK
    journey.perform()
    journey.server.content = "250 OK"


def asks_over_the_api(journey: Journey) -> None:
    client = journey.app.test_client()
    with open_session() as session:
        sender = program(client, session, groups=["registrar"], processes=[KEY])
    journey.secrets.add(sender.token)
    answers = {"onderwerp": "Verhaalmark", "verhaal": "Zonneveldmark"}
    assert sender.post(f"processen/{KEY}", {"variables": answers}).status_code == 200
    refused = sender.post(f"processen/{KEY}", {"variables": {"onderwerp": ["Verhaalmark"]}})
    assert refused.status_code == 400
    client.post("/api/v1/token", data={"client_secret": "Verhaalmark", "client_id": "x"})


def searches_and_erases(journey: Journey) -> None:
    client = journey.app.test_client()
    logs_in_by_oidc(journey, client)
    assert client.get("/catalogus?zoek=Zoekmark").status_code == 200
    client.get("/Zoekmark?naam=Zonneveldmark")
    client.post("/portfolio/zoekopdrachten", data={"zoek": "Zoekmark"})  # without its token
    page = client.get("/portfolio/eigen")
    typed = {"csrf_token": field_of(page, "csrf_token"), "title": "Lesmark"}
    client.post("/portfolio/eigen", data=typed)
    page = client.get("/portfolio/gegevens-verwijderen")
    sure = {"csrf_token": field_of(page, "csrf_token"), "confirmation": "VERWIJDEREN"}
    assert client.post("/portfolio/gegevens-verwijderen", data=sure).status_code == 303
    journey.perform()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_whole_journey_leaves_nothing_of_a_person_in_the_log(journey: Journey) -> None:
    with hearing(json_lines()) as logged, hearing(lines_for_people()) as to_people:
        client = journey.app.test_client()
        logs_in_by_saml(journey, client)
        registers(journey, client)
        fails(journey)
        asks_over_the_api(journey)
        searches_and_erases(journey)
    assert len(journey.secrets) > 8

    with open_session() as session:
        incidents = list(session.scalars(select(Incident)))
        errors = [job.last_error or "" for job in session.scalars(select(Job))]
    assert incidents
    told = [each.message for each in incidents] + [
        without_texts(each.details) for each in incidents
    ]
    written = logged.getvalue()
    assert '"logger": "workers.run_job"' in written
    assert '"logger": "app' in written
    assert '"level": "DEBUG"' in written
    spans = " ".join(each.to_json() for each in journey.spans.get_finished_spans())
    assert "POST tasks.submit" in spans
    assert "job send-left" in spans
    for text in (written, spans, *told, *errors):
        assert journey.found_in(text) == []
    # The null: for people, with the texts of exceptions, it is another log.
    assert "Zonneveldmark" in journey.found_in(to_people.getvalue())
