"""Moves older offers over and applies files, for `moving.py`, by whatever build is imported.

It runs in an older checkout too, so it uses only what that has, wherever it stood. Its one argument
is `sqlite` or `postgresql`; its first line the address of its database. It reads lines of what to
do and for how many offers, and answers each with a line of JSON: the company, and the seconds by
the clock and of this process's processor.
"""

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from itertools import count, cycle, islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Any
from uuid import UUID, uuid4

from pydantic import SecretStr
from sqlalchemy.orm import Session

from processes.register.sample import generator
from tests.benchmarks.databases import DATABASES, Database
from workers import run_job

FIRST_COMPANY = 10_000_000
WARMING_UP = 25


def either(*names: str) -> Any:
    """The first of these modules that the checkout has: they moved since 24 November."""
    for name in names:
        with suppress(ImportError):
            module = import_module(name)
            if Path(str(module.__file__)).is_relative_to(Path.cwd()):  # not what Python has besides
                return module
    raise ImportError(*names)


settings = either("processes.platform.settings", "workers.settings")
databases = either("processes.platform.database", "workers.database")
staging = either("processes.register.legacy.staging", "processes.register.legacy")
files = either("processes.register.legacy.files", "processes.register.legacy_files")
jobs = either("processes.engine.execution.jobs", "processes.engine.jobs")
world = either("tests.app.offers.offer_world", "tests.app.offer_world")


class Build:
    """A worker on a database with rows of the older register."""

    def __init__(self, database: Database) -> None:
        self._companies = count(FIRST_COMPANY)
        chosen = settings.Settings(
            var=Path(tempfile.gettempdir()),
            database_url=database.url,
            redis_url="redis://127.0.0.1:1/0",  # nobody is woken
            secret_key=SecretStr("only for benchmarks, thirty-two characters"),
        )
        settings.use_settings(chosen)
        self._source = chosen.legacy_source
        with Session(databases.database(), expire_on_commit=False) as session:
            world.deploy_offer_publication(session)
            session.commit()
        self._rows = cycle([row for row in generator.rows() if row["activiteit_id"]])

    def older(self, offers: int) -> dict[str, Any]:
        """Move so many older offers of a new company over, by the job that does it."""
        kvk = self._company()
        rows = [files.LegacyRow(*row) for row in enumerate(self._of_company(kvk, offers), 2)]
        with Session(databases.database()) as session:
            staging.stage_rows(session, rows, source=self._source, kvk=kvk)
            session.commit()
        job_id = self._job("migrate-offers", {"kvk": kvk}, kvk)
        return {"kvk": kvk, **_timed(job_id), "offers": self._count(kvk)}

    def file(self, offers: int) -> dict[str, Any]:
        """Apply a file with so many new offers for a new company, by the job that does it."""
        from tests.benchmarks.register_writing import an_import

        kvk = self._company()
        with Session(databases.database(), expire_on_commit=False) as session:
            found = an_import(session, kvk, offers)
        job_id = self._job("apply-offer-import", {"import_id": str(found)}, kvk)
        return {"kvk": kvk, **_timed(job_id), "offers": self._count(kvk)}

    def _company(self) -> str:
        kvk = str(next(self._companies))
        with Session(databases.database(), expire_on_commit=False) as session:
            world.a_provider(session, kvk)
        return kvk

    def _of_company(self, kvk: str, offers: int) -> Iterator[Mapping[str, str]]:
        """Rows of the sample, numbered by ids: whoever writes them again renames these."""
        for row in islice(self._rows, offers):
            mine = {"kvknummer": kvk, "account": f"account-{kvk}", "vestigingsnummer": ""}
            yield row | mine | {"activiteit_id": str(uuid4())}

    def _job(self, topic: str, arguments: dict[str, Any], kvk: str) -> UUID:
        with Session(databases.database(), expire_on_commit=False) as session:
            job = jobs.create_job(
                session, topic, arguments, idempotency_key=str(uuid4()), tenant=kvk
            )
            session.commit()
            found: UUID = job.id
        return found

    def _count(self, kvk: str) -> int:
        """How many offers there are now: a company that was new has those that were written."""
        sql = "SELECT count(*) FROM offer JOIN provider p ON p.id = provider_id WHERE p.kvk = :kvk"
        with databases.database().connect() as connection:
            return int(connection.exec_driver_sql(sql.replace(":kvk", f"'{kvk}'")).scalar_one())


def _timed(job_id: UUID) -> dict[str, float]:
    began, worked = perf_counter(), process_time()
    done = run_job.run(job_id)
    taken = {"seconds": perf_counter() - began, "processor": process_time() - worked}
    if not done:
        message = f"the job {job_id} was not done"
        raise RuntimeError(message)
    return taken


def main() -> None:
    with DATABASES[sys.argv[1]]() as database:
        build = Build(database)
        build.older(WARMING_UP)
        _say(database.url)
        for line in sys.stdin:
            what, offers = line.split()
            _say(json.dumps(getattr(build, what)(int(offers))))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
