"""The older register's own database: an SQLite file plays it, and a server that never answers."""

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import deploy
from processes.engine.store.models import Job, JobStatus, ProcessInstance
from processes.platform.settings import Settings, use_settings
from processes.register.legacy.staging import LegacyOffer, LegacyProvider
from processes.register.offers.rules import Offer
from processes.register.providers import providers
from tests.product import ROOT
from workers import health
from workers.clients import legacy
from workers.clients.legacy import (
    Breaker,
    Columns,
    LegacyUnavailableError,
    RemoteDatabase,
    StagedImport,
    legacy_register,
)
from workers.run_job import run
from workers.vocabulary import vocabulary

KVK = "68750110"
COLUMNS = Columns("activiteiten", "activiteit_id", "kvknummer")


@pytest.fixture
def older_register(tmp_path: Path) -> str:
    """A database with 25 offers of our company, and one of another."""
    url = f"sqlite:///{tmp_path}/older.db"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE activiteiten "
            "(activiteit_id INTEGER PRIMARY KEY, kvknummer INTEGER, titel TEXT, contacturen REAL,"
            " gewijzigd BLOB)"
        )
        rows: list[tuple[object, ...]] = [
            (number, int(KVK), f"Cursus {number}", 4.5, b"\xff\x00") for number in range(25)
        ]
        rows.append((99, 90001354, "Van een ander", 1, None))
        connection.exec_driver_sql("INSERT INTO activiteiten VALUES (?, ?, ?, ?, ?)", rows)
    engine.dispose()
    return url


@dataclass
class SilentServer:
    """Accepts, and never says a word."""

    listener: socket.socket
    asked: list[socket.socket] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://loket:geheim@127.0.0.1:{self.listener.getsockname()[1]}/older"

    def times_asked(self) -> int:
        """How many connections were made until now."""
        with suppress(BlockingIOError):
            while True:
                self.asked.append(self.listener.accept()[0])
        return len(self.asked)


@pytest.fixture
def silent_server() -> Iterator[SilentServer]:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        silent.settimeout(0)
        server = SilentServer(silent)
        yield server
        for connection in server.asked:
            connection.close()


def test_without_a_database_of_its_own_the_staged_export_is_all(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path, secret_key=SecretStr("x" * 40))
    register = legacy_register(settings)
    assert isinstance(register, StagedImport)
    assert list(register.pages(KVK)) == []
    assert register.count_of(KVK) is None


def test_the_rows_of_one_company_come_page_by_page(older_register: str) -> None:
    register = RemoteDatabase(older_register, COLUMNS, page=10)
    pages = list(register.pages(KVK))
    assert [len(page) for page in pages] == [10, 10, 5]
    assert [row.number for page in pages for row in page] == list(range(2, 27))
    titles = {row.values["titel"] for page in pages for row in page}
    assert titles == {f"Cursus {number}" for number in range(25)}
    assert pages[0][1].values["contacturen"] == "4.5"
    assert register.count_of(KVK) == 25
    assert register.count_of("12345678") == 0


def test_it_is_only_read(older_register: str) -> None:
    register = RemoteDatabase(older_register, COLUMNS)
    with (
        register.engine.connect() as connection,
        pytest.raises(sa.exc.OperationalError, match="readonly"),
    ):
        connection.exec_driver_sql("DELETE FROM activiteiten")


def test_a_server_that_hangs_is_not_waited_for_and_soon_not_asked(
    silent_server: SilentServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert legacy.SOON * legacy.MOST_FAILURES < 10  # seconds that people wait in all
    monkeypatch.setattr(legacy, "SOON", 0.2)
    register = RemoteDatabase(silent_server.url, COLUMNS)
    for asked in range(1, legacy.MOST_FAILURES + 1):
        assert register.count_of(KVK) is None
        assert silent_server.times_asked() == asked
    with pytest.raises(LegacyUnavailableError, match="did not answer lately") as refused:
        list(register.pages(KVK))
    assert silent_server.times_asked() == legacy.MOST_FAILURES
    assert "geheim" not in str(refused.value)


def test_after_a_while_one_may_try_and_an_answer_ends_it() -> None:
    breaker, asked = Breaker(most=1, closed_for=0.0), []

    def fail() -> None:
        asked.append("failed")
        raise LegacyUnavailableError

    with pytest.raises(LegacyUnavailableError):
        breaker.call(fail)
    assert breaker.call(lambda: "answer") == "answer"
    assert breaker.call(lambda: "again") == "again"
    assert asked == ["failed"]


@pytest.fixture
def asks_itself(
    worker_settings: Settings, own_engine: Engine, older_register: str
) -> Iterator[Callable[[], None]]:
    """A registered company, and settings with the older register's own database."""
    use_settings(worker_settings.model_copy(update={"legacy_url": SecretStr(older_register)}))
    with Session(own_engine) as session:
        providers.register(
            session,
            kvk=KVK,
            reference=providers.new_reference(),
            company={"kvk": KVK, "name": "Test BV Donald"},
            corrections={},
            display_name="Test BV Donald",
            company_known=True,
            contact={"name": "Noor de Wit", "email": "noor@scholing.example"},
            registered_by="medewerker 1",
        )
        diagram = (ROOT / "bpmn" / "offer_publication.bpmn").read_bytes()
        deploy(session, diagram, vocabulary=vocabulary(), deployed_by="test")
        session.commit()
    yield lambda: None
    use_settings(worker_settings)


@pytest.mark.usefixtures("asks_itself")
def test_a_migration_reads_the_older_register_itself_and_twice_makes_no_doubles(
    make_job: Callable[..., UUID], read_job: Callable[[UUID], Job], own_engine: Engine
) -> None:
    for _ in range(2):
        job_id = make_job("migrate-offers", kvk=KVK)
        run(job_id)
        job = read_job(job_id)
        assert (job.status, job.progress) == (JobStatus.DONE, {"done": 25, "total": 25}), job
    with Session(own_engine) as session:
        assert len(session.scalars(select(LegacyOffer)).all()) == 25
        assert len(session.scalars(select(LegacyProvider)).all()) == 1
        assert len(session.scalars(select(Offer)).all()) == 25
        assert len(session.scalars(select(ProcessInstance)).all()) == 25


def test_an_older_register_that_hangs_is_asked_again_later(
    worker_settings: Settings,
    silent_server: SilentServer,
    make_job: Callable[..., UUID],
    read_job: Callable[[UUID], Job],
) -> None:
    url = SecretStr(silent_server.url)
    use_settings(worker_settings.model_copy(update={"legacy_url": url}))
    job_id = make_job("migrate-offers", kvk=KVK)
    run(job_id)
    use_settings(worker_settings)
    job = read_job(job_id)
    assert job.status is JobStatus.NEW
    assert "LegacyUnavailableError" in (job.last_error or "")


def test_its_health_is_whether_it_answers(
    worker_settings: Settings, older_register: str, silent_server: SilentServer
) -> None:
    for url, is_well in ((older_register, True), (silent_server.url, False)):
        asked = worker_settings.model_copy(update={"legacy_url": SecretStr(url)})
        assert health.legacy(asked).is_well is is_well
