"""Fixtures: both databases, a broker, the app, a test client, settings."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from redis.exceptions import RedisError
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from app.setup.tables import all_tables
from app.web.db import db
from app.web.serving.template_cache import TemplateCache
from processes.base import set_clock, today
from processes.database import open_database
from processes.engine.checks import checker
from processes.engine.checks.findings import Finding, Vocabulary
from processes.engine.deployment import definitions
from processes.engine.execution.turns.verifying import verifying
from processes.platform.settings import Settings, use_settings
from tests import drawn, patience, prepared, servers, sizes
from tests.browser import Browser

pytest_plugins = ["tests.schedule", "tests.garbage", "tests.one_database"]
numbers = count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="the long forms of races, walks and chaos")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--long"):
        sizes.choose_long()
    # The same examples in each usual run: what lands does not hang on luck. `--long` draws anew.
    if not sizes.is_long():
        drawn.from_no_module()
    hypothesis.settings.register_profile(
        "loket",
        derandomize=not sizes.is_long(),
        deadline=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],  # a clock, on a busy machine
        database=None,
    )
    hypothesis.settings.load_profile("loket")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    with servers.postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def broker_url() -> Iterator[str]:
    """A real Valkey, started when the first test asks for it."""
    with servers.valkey() as url:
        yield url


@dataclass(frozen=True)
class Backend:
    """A kind of database, and where to make a new one of it."""

    name: str
    place: str
    kept: dict[str, str] = field(default_factory=dict, compare=False)

    def new_database(self) -> str:
        """Make an empty database; returns its URL."""
        name = f"database{next(numbers)}"
        if self.name == "sqlite":
            return f"sqlite:///{self.place}/{name}.db"
        _on_server(self.place, f"CREATE DATABASE {name}")
        return f"{self.place}/{name}"

    def database_with_tables(self, purpose: str) -> str:
        """The one database for this purpose, made when it is first asked for; its URL."""
        if purpose not in self.kept:
            self.kept[purpose] = self.new_database()
            _make_tables(self.kept[purpose])
        return self.kept[purpose]


@pytest.fixture(scope="session")
def backends() -> dict[str, Backend]:
    """Those that were used: a process of tests may go from one to the other many times."""
    return {}


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def backend(
    request: pytest.FixtureRequest,
    backends: dict[str, Backend],
    tmp_path_factory: pytest.TempPathFactory,
) -> Backend:
    if request.param not in backends:
        if request.param == "sqlite":
            place = str(tmp_path_factory.mktemp("databases"))
        else:
            place = request.getfixturevalue("postgresql_server")
        backends[request.param] = Backend(request.param, place)
    return backends[request.param]


def _make_tables(url: str) -> None:
    engine = open_database(url)
    all_tables().create_all(engine)
    engine.dispose()


def _on_server(server: str, statement: str) -> None:
    engine = sa.create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture(scope="session")
def database_url(backend: Backend) -> str:
    """A database with the tables, shared by all tests: nothing is ever committed to it."""
    return backend.database_with_tables("shared")


@pytest.fixture(scope="session")
def _emptied_database_url(backend: Backend) -> str:
    return backend.database_with_tables("emptied")


@pytest.fixture
def own_database_url(_emptied_database_url: str) -> Iterator[str]:
    """A database for this test alone, for tests that commit or start other processes."""
    yield _emptied_database_url
    engine = open_database(_emptied_database_url)
    with engine.begin() as connection:
        empty(connection)
    engine.dispose()


def empty(connection: sa.Connection) -> None:
    """Delete all rows of all tables, also those that triggers write meanwhile."""
    while filled := set(connection.scalars(_filled_tables())):
        for table in reversed(all_tables().sorted_tables):
            if table.name in filled:
                connection.execute(table.delete())


@cache
def _filled_tables() -> sa.CompoundSelect[str]:
    """The names of the tables that have rows: most tests fill a few of all."""
    return sa.union_all(
        *(
            sa.select(sa.literal(table.name)).where(sa.exists().select_from(table))
            for table in all_tables().sorted_tables
        )
    )


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def own_engine(own_database_url: str) -> Iterator[Engine]:
    engine = patience.wait_for_locks(open_database(own_database_url))
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """A session whose commits are undone at the end of the test."""
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        yield session


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Iterator[Settings]:
    """The settings of a demonstration whose broker is away."""
    named = sorted(os.environ.items())
    told = tuple((name, value) for name, value in named if name.startswith("LOKET_"))
    settings = _settings(database_url, told).model_copy(update={"var": tmp_path})
    use_settings(settings)
    yield settings
    use_settings(None)


@cache
def _settings(database_url: str, _told_by_the_environment: tuple[tuple[str, str], ...]) -> Settings:
    """Read once: to look in the environment for each setting takes as long as a small page."""
    return Settings(
        var=Path(os.devnull),  # where no demonstration keeps anything
        database_url=database_url,
        redis_url="redis://127.0.0.1:1/0",
        public_url="http://localhost",
        secret_key=SecretStr("only for tests, thirty-two characters"),
    )


@pytest.fixture(scope="session")
def folder_of_run(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """A folder that all processes of this run share, and no other run."""
    place = tmp_path_factory.getbasetemp()
    return place.parent if hasattr(pytestconfig, "workerinput") else place


@pytest.fixture(scope="session", autouse=True)
def _prepare_once(folder_of_run: Path) -> None:
    """The products of this run begin with a copy of a database that one of them prepared."""
    prepared.keep_in(folder_of_run / "prepared")


@pytest.fixture(scope="session")
def compiled_templates(folder_of_run: Path) -> TemplateCache:
    """What one app compiled, the next need not: compiling takes most of a small test's time.

    All processes of a run have one such folder; Jinja writes a file there in one go.
    """
    (folder_of_run / "templates").mkdir(mode=0o700, exist_ok=True)
    return TemplateCache(str(folder_of_run / "templates"))


@dataclass(frozen=True)
class MadeApp:
    """An app, and how it was when it was made."""

    app: Flask
    settings: Settings
    config: dict[str, Any]
    extensions: dict[str, Any]

    def as_made(self, settings: Settings) -> Flask:
        """The app without what tests changed of it."""
        self.app.config.clear()
        self.app.config.update(self.config | {"LOKET_SETTINGS": settings})
        self.app.extensions.clear()
        self.app.extensions.update(self.extensions)
        with suppress(RedisError):  # until a request found its broker away, nothing was counted
            self.extensions["rate_limits"].limiter.storage.reset()
        return self.app


@pytest.fixture(scope="session")
def made_apps() -> list[MadeApp]:
    """The apps of this process: to make one takes longer than a small test."""
    return []


@pytest.fixture
def app(
    settings: Settings,
    connection: Connection,
    made_apps: list[MadeApp],
    compiled_templates: TemplateCache,
) -> Flask:
    """The portal on the connection of `session`: what a request commits, the session sees."""
    alike = settings.model_copy(update={"var": Path()})
    made = next((each for each in made_apps if each.settings == alike), None)
    if made is None:
        new = _make_app(settings, compiled_templates)
        made = MadeApp(new, alike, dict(new.config), dict(new.extensions))
        made_apps.append(made)
    return _on_connection(made.as_made(settings), connection)


@pytest.fixture
def new_app(settings: Settings, connection: Connection, compiled_templates: TemplateCache) -> Flask:
    """The same, to which a test may add pages of its own."""
    return _on_connection(_make_app(settings, compiled_templates), connection)


def _make_app(settings: Settings, templates: TemplateCache) -> Flask:
    from app.factory import create_app  # late: most tests need no web

    app = create_app(settings)
    app.jinja_env.bytecode_cache = templates
    app.testing = True
    with app.app_context():
        db.engine.dispose()
    return app


def _on_connection(app: Flask, connection: Connection) -> Flask:
    with app.app_context():
        # Flask-SQLAlchemy's own recipe for tests: its sessions then work inside this transaction.
        cast("dict[str | None, Any]", db.engines)[None] = connection
    return app


Flask.test_client_class = Browser


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript, on http://localhost."""
    return app.test_client()


@pytest.fixture(scope="session", autouse=True)
def _check_a_file_once() -> None:
    """Hundreds of tests deploy the same few files: what the check finds is kept, here alone."""
    own: Any = definitions
    own.checker = SimpleNamespace(check=CheckOnce().check)


class CheckOnce:
    """The check of files, of which each is looked at once with the same others deployed."""

    def __init__(self) -> None:
        self.known: dict[Any, tuple[Vocabulary, list[Finding]]] = {}

    def check(
        self, xml: bytes, vocabulary: Vocabulary, *, deployed: Mapping[str, bytes]
    ) -> list[Finding]:
        key = xml, frozenset(deployed.items()), today()
        known_for, findings = self.known.get(key, (None, []))
        if known_for != vocabulary:
            findings = checker.check(xml, vocabulary, deployed=deployed)
            self.known[key] = vocabulary, findings
        return list(findings)


@pytest.fixture(autouse=True)
def replays_differ(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """Every replay of a step is verified by the interpreter; True for each that differed: none."""
    differed: list[bool] = []
    monkeypatch.setattr(verifying, "share", 1.0)
    monkeypatch.setattr(verifying, "listeners", [lambda is_same: differed.append(not is_same)])
    yield differed
    assert not any(differed)


@pytest.fixture(autouse=True)
def _own_clock() -> Iterator[None]:
    """Whatever a test does to the clock ends with the test."""
    yield
    set_clock(None)
