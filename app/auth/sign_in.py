"""Maps a verified login to a user, or refuses it; both are audit events (R61)."""

from typing import Any

from sqlalchemy.orm import Session

from app.auth import claims
from app.auth.attempts import Answer
from app.web.access import Role, User, label_of
from processes.engine.tasks.directory import remember
from processes.platform import levels
from processes.platform.roles import staff_id
from processes.platform.settings import Settings
from processes.register.changes import record_event
from processes.register.portfolio.teachers import known_teacher
from processes.register.providers.people import known_user


class LevelTooLowError(Exception):
    """The level of assurance is below the minimum (R8)."""

    def __init__(self, level: str | None, minimum: str) -> None:
        super().__init__(f"{level} is below {minimum}")
        self.level = level
        self.minimum = minimum


class StaffLevelError(Exception):
    """The login of staff has no level of `staff_acr`, or no method of `staff_amr`."""


class NoRoleError(Exception):
    """The account has no role here."""


def employee_from(session: Session, answer: Answer, settings: Settings) -> User:
    """The provider's employee of a login with eHerkenning, by whatever protocol.

    Raises OddClaimsError, NoKvkNumberError, LevelTooLowError, AccessEndedError.
    """
    ours = {
        claims.SERVICE_ID: settings.eherkenning_service_id,
        claims.SERVICE_UUID: settings.eherkenning_service_uuid,
    }
    claims.check_service(answer.claims, ours)
    acting = claims.acting_employee(answer.claims)
    minimum = settings.minimum_loa
    if not levels.is_enough(acting.level, minimum):
        raise LevelTooLowError(acting.level, minimum)
    known = known_user(
        session,
        issuer=answer.issuer,
        kvk=acting.kvk,
        subject=acting.subject,
        branch=acting.branch,
    )
    label = label_of(known.shown_name, acting.kvk, acting.intermediary)
    return User(
        id=known.id,
        label=label,
        roles=frozenset({Role.PROVIDER}),
        issuer=answer.issuer,
        subject=acting.subject,
        kvk=acting.kvk,
        company=acting.company,
        branch=acting.branch,
        loa=acting.level,
        intermediary=acting.intermediary,
        rsin=acting.rsin,
        right=known.right,
        authenticated_at=claims.authenticated_at(answer.claims),
        provider_session=claims.short_text(answer.claims, "sid"),
        provider_subject=claims.short_text(answer.claims, "sub"),
    )


def account_from(session: Session, answer: Answer, settings: Settings) -> User:
    """The teacher or member of staff of a login.

    Raises OddClaimsError, StaffLevelError, NoRoleError.
    """
    account = claims.account(answer.claims)
    if not account.roles:
        raise NoRoleError
    if account.roles != {Role.TEACHER}:
        _check_strength(answer.claims, settings)
    user_id = staff_id(answer.issuer, account.subject)
    if Role.TEACHER in account.roles:
        teacher = known_teacher(
            session, issuer=answer.issuer, subject=account.subject, name=account.name
        )
        user_id = teacher.id
    return User(
        id=user_id,
        label=account.name,
        roles=account.roles,
        issuer=answer.issuer,
        subject=account.subject,
        email=account.email,
        authenticated_at=claims.authenticated_at(answer.claims),
        provider_session=claims.short_text(answer.claims, "sid"),
        provider_subject=claims.short_text(answer.claims, "sub"),
    )


def _check_strength(told: dict[str, Any], settings: Settings) -> None:
    """The level and the methods of a login of staff. Raises StaffLevelError.

    `amr` is a list of methods (RFC 8176), of which one that was asked must be there.
    """
    levels_asked, methods_asked = settings.staff_levels, settings.staff_methods
    if levels_asked and told.get("acr") not in levels_asked:
        raise StaffLevelError
    methods = told.get("amr")
    used = {each for each in methods if isinstance(each, str)} if isinstance(methods, list) else ()
    if methods_asked and not set(methods_asked) & set(used):
        raise StaffLevelError


def record_login(session: Session, user: User) -> None:
    """Audit event of a login (B14b); colleagues can hand tasks over to who has signed in."""
    remember(session, user.person, user.email)
    record_event(
        session,
        "login",
        actor=user.label,
        kvk=user.kvk,
        source=user.issuer,
        roles=sorted(user.roles),
        levelOfAssurance=user.loa,
        authorizee={"legalSubject": _legal_subject(user), "actingSubject": user.subject},
    )


def _legal_subject(user: User) -> dict[str, Any] | None:
    if user.kvk is None:
        return None
    return {
        "identifierType": "kvkNr",
        "identifier": user.kvk,
        "branchNumber": user.branch,
        "intermediary": user.intermediary,
        **({"rsin": user.rsin} if user.rsin else {}),
    }


def record_refusal(session: Session, reason: str, **details: Any) -> None:
    """Audit event of a refused login, and why."""
    record_event(session, "login-refused", actor="loket", reason=reason, **details)
