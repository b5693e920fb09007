"""Diagnoses the database: durability, version, tables, clock, required content."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, func, make_url, select, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session

from app.cli.doctor.audit import audit_database_findings
from app.cli.doctor.findings import Finding, warning, well, wrong
from app.setup import schema
from processes.base import now
from processes.database import READ_ONLY, open_database
from processes.engine.deployment.definitions import definitions
from processes.platform.database import missing_file
from processes.platform.observed import WorkerHeartbeat
from processes.platform.production import durability_faults
from processes.platform.settings import Profile, Settings
from processes.register.declarations import NoRequirementsError, current_requirements
from processes.register.legacy.staging import LegacyImport, LegacyOffer

NEEDED = {"provider_onboarding", "offer_publication"}
SECONDS_APART = 2.0
ON_THIS_MACHINE = {None, "", "localhost", "127.0.0.1", "::1"}


def database_findings(settings: Settings) -> Iterator[Finding]:
    """All findings about the database; an unreachable one is one finding."""
    try:
        engine = open_database(settings.database_url)
    except (ArgumentError, ImportError) as error:
        says = f"LOKET_DATABASE_URL is no address of a database ({type(error).__name__})"
        yield wrong("database", says, "postgresql+psycopg://user:password@host/loket")
        return
    if (missing := missing_file(engine)) is not None:
        yield wrong("database", f"{missing} is not there", "loket db upgrade makes it")
        return
    try:
        with engine.execution_options(**READ_ONLY).connect() as connection:
            yield from _server(connection, settings)
        yield from _contents(engine, settings)
    except SQLAlchemyError as error:
        says = f"no answer from {_place(settings.database_url)} ({type(error).__name__})"
        yield wrong("database", says, "start it, or mend LOKET_DATABASE_URL")
    finally:
        engine.dispose()


def _server(connection: Connection, settings: Settings) -> Iterator[Finding]:
    version = ".".join(str(part) for part in connection.dialect.server_version_info or ())
    yield well("database", f"{connection.dialect.name} {version} answers")
    tell = wrong if settings.profile is Profile.PRODUCTION else warning
    faults = durability_faults(connection)
    for fault in faults:
        yield tell("durability", fault, "postgresql.conf, or ALTER DATABASE/ROLE … SET")
    if not faults:
        yield well("durability", "what is confirmed is on the disk")
    if connection.dialect.name == "postgresql":
        yield from _way_to_it(connection, settings)
        yield _clock(connection)


def _way_to_it(connection: Connection, settings: Settings) -> Iterator[Finding]:
    if make_url(settings.database_url).host in ON_THIS_MACHINE:
        return
    asked = text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    if not connection.execute(asked).scalar():
        says = "the connection is not encrypted"
        yield warning("database", says, "?sslmode=verify-full at the end of LOKET_DATABASE_URL")


def _clock(connection: Connection) -> Finding:
    """Leases and timers are written by this machine, and read by others."""
    before = now()
    theirs = connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one()
    ours = before + (now() - before) / 2
    apart = abs((datetime.fromtimestamp(float(theirs), UTC) - ours).total_seconds())
    if apart > SECONDS_APART:
        says = f"this machine and the database are {apart:.0f} seconds apart"
        return wrong("clock", says, "NTP (chrony or systemd-timesyncd) on both")
    return well("clock", f"{apart:.1f} seconds from the database")


def _contents(engine: Engine, settings: Settings) -> Iterator[Finding]:
    version = schema.current_version(engine)
    if version != schema.newest_version():
        says = (
            f"the tables are at {version or 'nothing'}, this code needs {schema.newest_version()}"
        )
        yield wrong("tables", says, "loket db upgrade (docs/operate/upgrade.md)")
        return
    yield well("tables", f"at {version}")
    with Session(engine.execution_options(**READ_ONLY)) as session:
        yield from audit_database_findings(session.connection())
        yield _definitions(session)
        yield _requirements(session)
        yield _legacy(session, settings)
        yield _workers(session)


def _definitions(session: Session) -> Finding:
    deployed = {definition.key: definition.version for definition in definitions(session)}
    if missing := sorted(NEEDED - set(deployed)):
        return wrong("processes", f"not deployed: {', '.join(missing)}", "loket processes deploy")
    return well("processes", ", ".join(f"{key} {number}" for key, number in deployed.items()))


def _requirements(session: Session) -> Finding:
    try:
        current = current_requirements(session)
    except NoRequirementsError:
        says = "there are no quality requirements to answer"
        return wrong("quality requirements", says, "loket db upgrade puts the example set there")
    return well("quality requirements", f"version {current.version}")


def _legacy(session: Session, settings: Settings) -> Finding:
    if settings.legacy_url is not None:
        return well("older register", "read from its own database, LOKET_LEGACY_URL")
    if session.scalar(select(LegacyImport.id).limit(1)) is None:
        says = "nothing is staged: providers will find no offers of the older register"
        return warning("older register", says, "loket legacy import FILE")
    rows = session.scalar(select(func.count()).select_from(LegacyOffer))
    return well("older register", f"{rows} offers staged")


def _workers(session: Session) -> Finding:
    alive = [worker for worker in session.scalars(select(WorkerHeartbeat)) if worker.is_alive]
    if not alive:
        says = "none was heard of lately: jobs wait"
        return warning("workers", says, "systemctl start loket-worker, on one host at least")
    hosts = len({worker.host for worker in alive})
    return well("workers", f"{len(alive)} processes on {hosts} host{'s' if hosts > 1 else ''}")


def _place(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)
