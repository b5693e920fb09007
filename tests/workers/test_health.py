"""How the systems around Loket are is asked now and then, and kept for the pages."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.base import now, set_clock
from processes.platform.observed import HealthCheck
from processes.platform.settings import Settings, use_settings
from processes.register.legacy.staging import LegacyImport
from tests.workers.mail_server import mail_server
from workers import health
from workers.enqueue import open_session


class Issuer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"issuer": "x"}')

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def issuer() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Issuer) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/eherkenning/"
        server.shutdown()


def with_changes(settings: Settings, **changes: object) -> Settings:
    changed = settings.model_copy(update=changes)
    use_settings(changed)
    return changed


def kept(engine: Engine) -> dict[str, HealthCheck]:
    with Session(engine) as session:
        return {check.name: check for check in session.scalars(select(HealthCheck))}


def forward(**by: float) -> None:
    moment = now() + timedelta(**by)
    set_clock(lambda: moment)


def nowhere(settings: Settings) -> Settings:
    nothing = "http://127.0.0.1:1/x"
    issuers = {"oidc_eherkenning_issuer": nothing, "oidc_accounts_issuer": nothing}
    return with_changes(settings, smtp_port=1, **issuers)


def test_what_is_away_is_told_without_a_secret(worker_settings: Settings) -> None:
    answers = health.check_now(nowhere(worker_settings))
    well = {name: answer.is_well for name, answer in answers.items()}
    assert well == {
        "database": True,
        "broker": False,
        "mail": False,
        "legacy": False,
        "login": False,
    }
    assert "127.0.0.1" not in "".join(answer.detail for answer in answers.values())


def test_what_answers_is_well(worker_settings: Settings, issuer: str, broker_url: str) -> None:
    with open_session() as session, session.begin():
        session.add(LegacyImport(source="r", filename="r.csv", sha256="x", rows=0))
    with mail_server() as server:
        answers = health.check_now(
            with_changes(
                worker_settings,
                smtp_port=server.port,
                redis_url=broker_url,
                oidc_eherkenning_issuer=issuer,
                oidc_accounts_issuer=issuer,
            )
        )
    assert all(answer.is_well for answer in answers.values())


def test_one_asker_at_a_time_and_not_again_at_once(
    worker_settings: Settings, own_engine: Engine
) -> None:
    nowhere(worker_settings)
    assert set(health.check_all()) == set(health.CHECKS)
    assert health.check_all() == {}
    forward(seconds=31)
    assert set(health.check_all()) == set(health.CHECKS)
    assert set(kept(own_engine)) == set(health.CHECKS)


def test_since_when_it_is_so_changes_only_with_the_answer(
    worker_settings: Settings, own_engine: Engine, broker_url: str
) -> None:
    nowhere(worker_settings)
    health.check_all()
    first = kept(own_engine)["broker"]
    forward(minutes=1)
    health.check_all()
    second = kept(own_engine)["broker"]
    assert second.since == first.since
    assert second.checked_at > first.checked_at
    forward(minutes=1)
    with_changes(worker_settings, redis_url=broker_url, smtp_port=1)
    health.check_all()
    third = kept(own_engine)["broker"]
    assert third.is_well
    assert third.since > second.since


def test_an_answer_of_long_ago_is_not_fresh(worker_settings: Settings, own_engine: Engine) -> None:
    nowhere(worker_settings)
    health.check_all()
    assert kept(own_engine)["database"].is_fresh
    forward(minutes=4)
    assert not kept(own_engine)["database"].is_fresh
