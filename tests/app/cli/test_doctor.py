"""`loket doctor`, as an operator runs it: on what is well, and on each thing that is not."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import redis
from click.testing import CliRunner
from pydantic import SecretStr
from sqlalchemy.orm import Session

from app.cli.main import main
from app.setup.preparation import deploy_folder, import_legacy_file, upgrade_database
from app.setup.schema import upgrade
from processes.base import now, set_clock
from processes.database import open_database
from processes.platform import settings
from processes.platform.observed import WorkerHeartbeat
from processes.platform.settings import Settings, use_settings
from tests.uploaded import scanner
from tests.workers.mail_server import mail_server

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "processes" / "register" / "sample" / "registerleraar.csv"
Found = Callable[..., dict[str, tuple[str, str]]]


class Discovery(BaseHTTPRequestHandler):
    """An issuer at every path, but for `/silent`."""

    def do_GET(self) -> None:
        issuer = f"http://{self.headers['Host']}{self.path.split('/.well-known')[0]}"
        known = {"issuer": issuer.replace("/other", "/one")}
        self.send_response(404 if "/silent" in self.path else 200)
        self.end_headers()
        self.wfile.write(json.dumps(known).encode())

    def log_message(self, *_facts: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Discovery)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def prepared_url(backend: Any) -> str:
    """A database with all that must be in it."""
    url: str = backend.new_database()
    engine = open_database(url)
    with Session(engine) as session:
        upgrade_database(session)
        deploy_folder(session, ROOT / "bpmn")
        import_legacy_file(session, SAMPLE, "registerleraar")
    engine.dispose()
    return url


@pytest.fixture
def healthy(
    prepared_url: str, broker_url: str, issuer: str, tmp_path: Path
) -> Iterator[dict[str, Any]]:
    """Settings with which nothing is wrong."""
    with mail_server() as server:
        yield {
            "var": tmp_path,
            "database_url": prepared_url,
            "redis_url": broker_url,
            "smtp_port": server.port,
            "secret_key": SecretStr("only for tests, thirty-two characters"),
            "oidc_eherkenning_issuer": f"{issuer}/eherkenning",
            "oidc_accounts_issuer": f"{issuer}/accounts",
        }
    use_settings(None)


@pytest.fixture
def found(healthy: dict[str, Any]) -> Found:
    """What the doctor finds with these settings: its worst state and all it says, by check."""

    def examine(**changed: Any) -> dict[str, tuple[str, str]]:
        use_settings(Settings(**{**healthy, **changed}))
        ended = CliRunner().invoke(main, ["doctor", "--json"])
        report = json.loads(ended.output)
        assert report["well"] is (ended.exit_code == 0)
        order = ["well", "warning", "wrong"]
        answers: dict[str, tuple[str, str]] = {}
        for check in report["checks"]:
            state, says = answers.get(check["check"], ("well", ""))
            worst = max(state, check["state"], key=order.index)
            answers[check["check"]] = worst, f"{says} {check['says']} {check['mend']}"
        return answers

    return examine


def forget_environment() -> None:
    """As in a process that starts now."""
    settings._from_environment.cache_clear()  # noqa: SLF001 - a real process would have no cache


def wrong(answers: dict[str, tuple[str, str]]) -> set[str]:
    return {check for check, (state, _) in answers.items() if state == "wrong"}


def test_nothing_is_wrong_with_a_healthy_configuration(found: Found) -> None:
    answers = found()
    assert wrong(answers) == set(), answers
    assert {"database", "tables", "processes", "mail", "disk"} <= set(answers)
    assert answers["profile"][0] == "warning"


def test_the_virus_scanner_is_given_something_to_look_at(found: Found) -> None:
    assert "virus scanner" not in found()
    with scanner() as (address, given):
        assert found(clamd_address=address)["virus scanner"][0] == "well"
    assert given == [b"Loket"]


def test_people_read_sentences(healthy: dict[str, Any]) -> None:
    use_settings(Settings(**{**healthy, "redis_url": "redis://:geheim@127.0.0.1:1/0"}))
    ended = CliRunner().invoke(main, ["doctor"])
    assert ended.exit_code == 1
    assert "wrong    broker: no answer from 127.0.0.1:1" in ended.output
    assert "geheim" not in ended.output


@pytest.mark.parametrize(
    ("changed", "check", "says"),
    [
        ({"redis_url": "redis://127.0.0.1:1/0"}, "broker", "no answer"),
        ({"smtp_port": 1}, "mail", "no answer"),
        ({"smtp_starttls": True}, "mail", "no STARTTLS"),
        ({"database_url": "postgresql+psycopg://x:geheim@127.0.0.1:1/y"}, "database", "no answer"),
        ({"database_url": "sqlite:////tmp/loket-is-not-here.db"}, "database", "loket db upgrade"),
        ({"clamd_address": "127.0.0.1:1"}, "virus scanner", "no file is taken"),
        ({"database_url": "nonsense"}, "database", "postgresql+psycopg://"),
    ],
)
def test_what_is_wrong_is_named(
    found: Found, changed: dict[str, Any], check: str, says: str
) -> None:
    answers = found(**changed)
    assert wrong(answers) == {check}
    assert says in answers[check][1]
    assert "geheim" not in str(answers)


def test_a_login_provider_must_speak_for_itself(found: Found, issuer: str) -> None:
    answers = found(oidc_accounts_issuer=f"{issuer}/other")
    assert answers["login accounts"][0] == "wrong"
    answers = found(oidc_eherkenning_issuer=f"{issuer}/silent")
    assert wrong(answers) == {"login eherkenning"}


def test_a_broker_that_may_forget_is_a_warning(found: Found, broker_url: str) -> None:
    client = redis.Redis.from_url(broker_url)
    client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        state, says = found()["broker"]
        assert state == "warning"
        assert "allkeys-lru" in says
        assert "appendonly" in says
    finally:
        client.config_set("maxmemory-policy", "noeviction")
        client.close()


def test_an_empty_database_needs_an_upgrade(found: Found, backend: Any) -> None:
    url = backend.new_database()
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).touch()
    answers = found(database_url=url)
    assert wrong(answers) == {"tables"}
    assert "loket db upgrade" in answers["tables"][1]


def test_a_database_without_diagrams_and_requirements_is_not_ready(
    found: Found, backend: Any
) -> None:
    url = backend.new_database()
    engine = open_database(url)
    upgrade(engine)
    engine.dispose()
    answers = found(database_url=url)
    assert wrong(answers) == {"processes", "quality requirements"}
    assert answers["older register"][0] == "warning"


def test_workers_are_counted_while_they_live(found: Found, prepared_url: str) -> None:
    assert found()["workers"][0] == "warning"
    engine = open_database(prepared_url)
    with Session(engine) as session:
        session.add(WorkerHeartbeat(id="one", host="host1", pid=1))
        session.commit()
    engine.dispose()
    state, says = found()["workers"]
    assert state == "well"
    assert "1 processes on 1 host" in says
    set_clock(lambda: datetime(2126, 1, 1, tzinfo=UTC))
    assert found()["workers"][0] == "warning"


def test_a_clock_that_is_off_is_noticed(found: Found, prepared_url: str) -> None:
    later = now() + timedelta(minutes=5)
    set_clock(lambda: later)
    answers = found()
    assert ("clock" in wrong(answers)) is prepared_url.startswith("postgresql")


def test_a_forgetful_postgresql_is_named(found: Found, prepared_url: str) -> None:
    state, says = found()["durability"]
    if prepared_url.startswith("postgresql"):
        assert state == "warning"  # wrong in production: test_production.py
        assert "synchronous_commit=off" in says
    else:
        assert state == "well"


def test_a_configuration_that_production_refuses_can_still_be_examined(
    healthy: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOKET_PROFILE", "production")
    monkeypatch.setenv("LOKET_VAR", str(healthy["var"]))
    monkeypatch.setenv("LOKET_DATABASE_URL", healthy["database_url"])
    monkeypatch.setenv("LOKET_REDIS_URL", healthy["redis_url"])
    monkeypatch.setenv("LOKET_HOSTS", "2")
    forget_environment()
    use_settings(None)
    ended = CliRunner().invoke(main, ["doctor"])
    forget_environment()
    assert ended.exit_code == 1
    assert "LOKET_SECRET_KEY is needed" in ended.output
    assert "LOKET_PUBLIC_URL" in ended.output
    assert "LOKET_MAIL_FROM is the example's" in ended.output
    assert "LOKET_SECURITY_CONTACT is the example's" in ended.output
    assert "well     database" in ended.output
    assert ("LOKET_HOSTS says 2" in ended.output) is healthy["database_url"].startswith("sqlite")


def test_a_setting_that_is_no_setting_is_named(
    healthy: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOKET_VAR", str(healthy["var"]))
    monkeypatch.setenv("LOKET_SMTP_PORT", "mail")
    forget_environment()
    use_settings(None)
    ended = CliRunner().invoke(main, ["doctor"])
    forget_environment()
    assert ended.exit_code == 1
    assert "LOKET_SMTP_PORT" in ended.output
