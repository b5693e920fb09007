"""Refuses to start in production with unsafe settings or an unsafe database, naming all faults."""

import logging
import os

from pydantic import ValidationError
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from processes.platform.settings import Profile, Settings, current_settings

log = logging.getLogger(__name__)

OLDEST_POSTGRESQL = 15
DURABLE = {
    "synchronous_commit": "an answer that Loket confirmed may be lost when the server stops",
    "fsync": "the whole database may be lost when the server stops",
    "full_page_writes": "pages of the database may be damaged when the server stops",
}
PATIENCE = 5  # seconds to get through to the database


class UnsafeProductionError(Exception):
    """The settings or the database are unsafe for production: `faults`."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def startable_settings() -> Settings:
    """The settings for a part that starts. Raises UnsafeProductionError."""
    try:
        settings = current_settings()
    except ValidationError as error:
        raise UnsafeProductionError([*sentences(error), *_database_in_environment()]) from error
    if settings.profile is Profile.PRODUCTION and (found := database_faults(settings.database_url)):
        raise UnsafeProductionError(found)
    return settings


def sentences(error: ValidationError) -> list[str]:
    """The faults that pydantic found, a line each, with the variable."""
    return [
        "".join(f"LOKET_{name}: ".upper() for name in fault["loc"]) + line
        for fault in error.errors()
        for line in fault["msg"].removeprefix("Value error, ").splitlines()
    ]


def database_faults(url: str) -> list[str]:
    """Why this database is unsafe for production; empty when it cannot be reached."""
    try:
        if make_url(url).get_backend_name() != "postgresql":
            return []
        engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": PATIENCE})
        with engine.connect() as connection:
            return durability_faults(connection)
    except SQLAlchemyError:
        # A database that is being restarted must not keep the portal from starting.
        log.warning("the database cannot be reached: whether it is safe was not checked")
        return []


def durability_faults(connection: Connection) -> list[str]:
    """The durability settings with which this PostgreSQL could lose commits."""
    if connection.dialect.name != "postgresql":
        return []
    server = connection.execute(text("SHOW server_version_num")).scalar_one()
    version = int(server) // 10_000
    found = []
    if version < OLDEST_POSTGRESQL:
        found.append(f"PostgreSQL {version} is too old: {OLDEST_POSTGRESQL} or newer is needed")
    for name, loss in DURABLE.items():
        if connection.execute(text(f"SHOW {name}")).scalar_one() == "off":
            found.append(f"PostgreSQL has {name}=off, so {loss}: set it to on")
    return found


def _database_in_environment() -> list[str]:
    """Also with other faults, the database is asked: the operator reads all of them at once."""
    url = os.environ.get("LOKET_DATABASE_URL")
    is_production = os.environ.get("LOKET_PROFILE") == Profile.PRODUCTION
    try:
        return database_faults(url) if url and is_production else []
    except ImportError:  # a driver that is not installed
        return []
