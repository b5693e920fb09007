"""Health checks of the systems around Loket: database, broker, mail, login, older register."""

import smtplib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import redis
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from processes.base import now
from processes.platform import room
from processes.platform.database import database as open_database
from processes.platform.database import missing_file, open_reading_session
from processes.platform.observed import HealthCheck
from processes.platform.settings import Settings, current_settings
from processes.reading.json_text import read_json
from processes.register.legacy.staging import LegacyImport, LegacyOffer
from workers.clients.legacy import legacy_register
from workers.enqueue import open_session

PATIENCE = 2.0  # seconds for each system
EVERY = timedelta(seconds=30)
OKAY = 250  # of a mail server
NOBODY = "00000000"  # a KvK number to ask about, when only the answering matters


@dataclass(frozen=True)
class Health:
    """The health of one system; `detail` is Dutch, for the operator."""

    is_well: bool
    detail: str


def check_all(*, only_due: bool = True) -> dict[str, Health]:
    """Check what is due and store the results; concurrent callers share the work."""
    settings, answers = current_settings(), {}
    for name, ask in CHECKS.items():
        if _is_my_turn(name) or not only_due:
            answers[name] = ask(settings)
            _keep(name, answers[name])
    return answers


def tell(name: str, ask: Callable[[], Health]) -> None:
    """Store what one worker sees of a thing that is not asked by all, when it is due."""
    if _is_my_turn(name):
        _keep(name, ask())


def check_now(settings: Settings) -> dict[str, Health]:
    """Check everything and store nothing: for the command line, also without a database."""
    return {name: ask(settings) for name, ask in CHECKS.items()}


def broker(settings: Settings) -> Health:
    """Whether Valkey or Redis answers."""
    client = redis.Redis.from_url(
        settings.redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
    )
    try:
        client.ping()
    except redis.RedisError as error:
        return Health(is_well=False, detail=_name(error))
    finally:
        client.close()
    return Health(is_well=True, detail="antwoordt")


def database(_settings: Settings) -> Health:
    """Whether the database answers; one that is not there is told, and not made."""
    if (missing := missing_file(open_database())) is not None:
        return Health(is_well=False, detail=f"{missing} is er niet")
    try:
        with open_reading_session() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return Health(is_well=False, detail=_name(error))
    if not room.can_write(open_database()):
        return Health(is_well=False, detail="kan niet schrijven: is de schijf vol?")
    nearly = room.is_nearly_full(open_database())
    return Health(
        is_well=True, detail="antwoordt; de schijf is bijna vol" if nearly else "antwoordt"
    )


def mail(settings: Settings) -> Health:
    """Whether the mail server answers; nothing is sent."""
    try:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=PATIENCE) as server:
            code, _ = server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Health(is_well=False, detail=_name(error))
    return Health(is_well=code == OKAY, detail=f"antwoordt met {code}")


def legacy(settings: Settings) -> Health:
    """Whether the older register answers, or an export of it was staged."""
    if settings.legacy_url is not None:
        answers = legacy_register(settings).count_of(NOBODY) is not None
        return Health(is_well=answers, detail="antwoordt" if answers else "geen antwoord")
    if missing_file(open_database()) is not None:
        return Health(is_well=False, detail="er is geen database")
    try:
        with open_reading_session() as session:
            read_in = session.scalar(select(func.max(LegacyImport.imported_at)))
            rows = session.scalar(select(func.count()).select_from(LegacyOffer)) or 0
    except SQLAlchemyError as error:
        return Health(is_well=False, detail=_name(error))
    if read_in is None:
        return Health(is_well=False, detail="er is nog geen export ingelezen")
    return Health(is_well=True, detail=f"{rows} regels, ingelezen op {read_in:%d-%m-%Y}")


def login(settings: Settings) -> Health:
    """Whether the OIDC providers that are used serve their discovery document.

    A broker for SAML serves nothing that can be asked without a login.
    """
    names = {"oidc_eherkenning": "eHerkenning", "oidc_accounts": "accounts"}
    issuers = {names[name]: getattr(settings, f"{name}_issuer") for name in settings.oidc_clients}
    silent = [name for name, issuer in issuers.items() if not _is_an_issuer(issuer)]
    if silent:
        return Health(is_well=False, detail=f"geen antwoord van {' en '.join(silent)}")
    return Health(is_well=True, detail="antwoordt")


CHECKS: Mapping[str, Callable[[Settings], Health]] = {
    "database": database,
    "broker": broker,
    "mail": mail,
    "legacy": legacy,
    "login": login,
}


def _is_an_issuer(issuer: str) -> bool:
    import requests

    address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        response = requests.get(address, timeout=PATIENCE, allow_redirects=False)
        return response.status_code == requests.codes.ok and "issuer" in read_json(response.content)
    except (requests.RequestException, ValueError):
        return False


def _is_my_turn(name: str) -> bool:
    """Claim the check in the database: of several workers, one asks."""
    due = update(HealthCheck).where(HealthCheck.name == name)
    due = due.where(HealthCheck.checked_at < now() - EVERY).values(checked_at=now())
    with open_reading_session() as session:
        checked_at = session.scalar(select(HealthCheck.checked_at).where(HealthCheck.name == name))
    if checked_at is None:
        return True
    if checked_at >= now() - EVERY:
        return False
    with open_session() as session, session.begin():
        return bool(session.execute(due).rowcount)  # type: ignore[attr-defined]


def _keep(name: str, health: Health) -> None:
    try:
        with open_session() as session, session.begin():
            known = session.get(HealthCheck, name, with_for_update=True)
            if known is None:
                session.add(HealthCheck(name=name, is_well=health.is_well, detail=health.detail))
                return
            if known.is_well is not health.is_well:
                known.since = now()
            known.is_well, known.detail, known.checked_at = health.is_well, health.detail, now()
    except IntegrityError:
        return  # another worker was first with the first answer


def _name(error: Exception) -> str:
    """The kind of failure: its text may hold addresses or passwords."""
    return f"geen antwoord ({type(error).__name__})"
