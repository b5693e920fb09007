"""What deploy/backup.sh writes, deploy/restore.sh puts back: an onboarding goes on from there."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.sessions import cookie_name
from app.factory import create_app
from app.setup.schema import upgrade
from app.web.access import Role
from app.web.db import db
from processes.database import open_database
from processes.engine.execution.jobs import due_jobs
from processes.engine.store.models import InstanceStatus, Job, JobStatus, ProcessInstance
from processes.platform import database
from processes.platform.settings import Settings, use_settings
from processes.register.changes import events_of
from processes.register.providers.providers import Provider
from tests.app.onboarding import CONTACT, Employee, chosen, heading, prepare
from tests.app.signing_in import KVK, sign_in
from tests.servers import postgresql_programs
from tests.workers.mail_server import mail_server
from workers.enqueue import open_session
from workers.run_job import run

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "deploy"
OTHER_KVK = "69599084"


@dataclass(frozen=True)
class Site:
    """The portal on one database."""

    app: Flask
    settings: Settings

    @contextmanager
    def session(self) -> Iterator[Session]:
        engine = open_database(self.settings.database_url)
        with Session(engine) as session:
            yield session
        engine.dispose()


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[Any]:
    """Makes the portal on a database, with one secret and one mail server for all of them."""
    made: list[Site] = []
    with mail_server() as server:

        def site(url: str) -> Site:
            settings = Settings(
                var=tmp_path,
                database_url=url,
                redis_url="redis://127.0.0.1:1/0",
                public_url="http://localhost",
                secret_key=SecretStr("only for tests, thirty-two characters"),
                smtp_port=server.port,
            )
            made.append(Site(create_app(settings), settings))
            return made[-1]

        yield site
    for each in made:
        with each.app.app_context():
            db.engine.dispose()
    database.close_databases()
    use_settings(None)


def run_script(name: str, file: Path, url: str) -> subprocess.CompletedProcess[str]:
    own = {
        "PATH": f"{postgresql_programs()}:{os.environ['PATH']}",
        "LOKET_DATABASE_URL": url,
        "LOKET_PYTHON": sys.executable,
    }
    command = [str(SCRIPTS / name), str(file)]
    return subprocess.run(
        command, env={**os.environ, **own}, capture_output=True, text=True, check=False
    )


def fill(site: Site) -> Employee:
    """One company halfway, and one that registered, whose e-mail was not sent yet."""
    engine = open_database(site.settings.database_url)
    upgrade(engine)
    with Session(engine) as session:
        prepare(session)
    engine.dispose()
    halfway, registered = site.app.test_client(), site.app.test_client()
    sign_in(site.app, registered, Role.PROVIDER, kvk=OTHER_KVK)
    page = Employee(registered).register()
    assert heading(page) == "Uw aanmelding is bevestigd"
    sign_in(site.app, halfway, Role.PROVIDER)
    assert heading(Employee(halfway).to_company()) == "Bedrijfsgegevens en contactpersoon"
    return Employee(halfway)


def same_browser(employee: Employee, site: Site) -> Employee:
    """The visitor's browser, with the cookie that it has, at the restored portal."""
    browser = site.app.test_client()
    name = cookie_name(site.settings)
    cookie = employee.client.get_cookie(name)
    assert cookie is not None
    browser.set_cookie(name, cookie.value)
    return Employee(browser)


def perform_all() -> None:
    """What a worker does until nothing is due."""
    while True:
        with open_session() as session:
            due = due_jobs(session, 50)
        if not due:
            return
        for job_id in due:
            run(job_id)


def test_an_onboarding_that_was_halfway_at_the_backup_is_completed_after_the_restore(
    backend: Any, sites: Any, tmp_path: Path
) -> None:
    before = sites(backend.new_database())
    employee = fill(before)
    file = tmp_path / "backup"
    made = run_script("backup.sh", file, before.settings.database_url)
    assert made.returncode == 0, made.stderr
    employee.open("/aanmelding")  # life goes on after the backup; it is what a restore loses

    after_url = backend.new_database()
    restored = run_script("restore.sh", file, after_url)
    assert restored.returncode == 0, restored.stderr
    after = sites(after_url)
    employee = same_browser(employee, after)
    page = employee.open("/aanmelding")
    assert heading(page) == "Bedrijfsgegevens en contactpersoon"
    page = employee.answer(page, {**chosen(page), **CONTACT, "next": "review"})
    assert heading(employee.answer(page, {})) == "Uw aanmelding is bevestigd"
    perform_all()

    with after.session() as session:
        assert set(session.scalars(select(Provider.kvk))) == {KVK, OTHER_KVK}
        statuses = set(session.scalars(select(ProcessInstance.status)))
        assert statuses == {InstanceStatus.COMPLETED}
        assert set(session.scalars(select(Job.status))) == {JobStatus.DONE}
        assert {event.action for event in events_of(session, KVK)} >= {"onboarding-started"}


def test_every_instance_comes_back_as_it_was(backend: Any, sites: Any, tmp_path: Path) -> None:
    before = sites(backend.new_database())
    fill(before)
    file, after_url = tmp_path / "backup", backend.new_database()
    assert run_script("backup.sh", file, before.settings.database_url).returncode == 0
    assert run_script("restore.sh", file, after_url).returncode == 0
    after = sites(after_url)
    query = select(ProcessInstance.id, ProcessInstance.state).order_by(ProcessInstance.id)
    with before.session() as old, after.session() as new:
        instances = old.execute(query).all()
        assert len(instances) == 2
        assert instances == new.execute(query).all()


def test_a_restore_does_not_overwrite_what_is_there(
    backend: Any, sites: Any, tmp_path: Path
) -> None:
    site = sites(backend.new_database())
    fill(site)
    file = tmp_path / "backup"
    assert run_script("backup.sh", file, site.settings.database_url).returncode == 0
    assert run_script("restore.sh", file, site.settings.database_url).returncode != 0
    with site.session() as session:
        assert session.scalars(select(ProcessInstance.id)).all()


def test_a_backup_of_nothing_is_no_backup(tmp_path: Path) -> None:
    file = tmp_path / "backup"
    assert run_script("backup.sh", file, f"sqlite:///{tmp_path}/none.db").returncode != 0
    assert not file.exists()
