"""The accounts: made by the command line for a while, locked after wrong attempts, told loudly."""

import secrets
from base64 import b32encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from werkzeug.security import check_password_hash, generate_password_hash

from processes.base import Record, StringSet, now
from processes.casework.mail.security_notices import tell_staff
from processes.platform.encryption import UnreadableSecretError, decrypted, encrypted
from processes.platform.roles import COMPANIES, PERSONAL, Role
from processes.register.changes import record_event
from processes.register.providers.web_sessions import WebSession, end_where

PURPOSE = "break-glass"
ISSUER = "noodtoegang"
STEP = 30  # seconds of one code
DIGITS = 6
ATTEMPTS = 5
LOCKED_FOR = timedelta(minutes=15)
STAFF_ROLES = frozenset(Role) - PERSONAL - COMPANIES
# Of no password; to compare with it takes as long as with a real one. A test holds the method.
_NOBODY = f"scrypt:32768:8:1${'0' * 16}${'0' * 128}"


class BreakGlassAccount(Record):
    """One account; kept after it expired, until it is made anew or ended."""

    __tablename__ = "break_glass_account"

    name: Mapped[str] = mapped_column(primary_key=True)
    password_hash: Mapped[str] = mapped_column(repr=False)
    totp_key: Mapped[str] = mapped_column(repr=False)  # encrypted
    roles: Mapped[frozenset[str]] = mapped_column(StringSet)
    made_by: Mapped[str]
    expires_at: Mapped[datetime]
    last_step: Mapped[int] = mapped_column(default=0)  # of the last code: none counts twice
    wrong: Mapped[int] = mapped_column(default=0)  # attempts since the last right one
    wrong_at: Mapped[datetime | None] = mapped_column(default=None)
    made_at: Mapped[datetime] = mapped_column(default_factory=now)

    @property
    def is_locked(self) -> bool:
        is_recent = self.wrong_at is not None and now() < self.wrong_at + LOCKED_FOR
        return self.wrong >= ATTEMPTS and is_recent


class BreakGlassKey(Record):
    """A passkey of an account; it goes with the account."""

    __tablename__ = "break_glass_key"

    id: Mapped[str] = mapped_column(primary_key=True)  # hash of the credential's id
    account: Mapped[str] = mapped_column(index=True)
    label: Mapped[str]
    credential: Mapped[str] = mapped_column(repr=False)  # id and public key (§6.5.1), base64
    counter: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(default_factory=now)
    used_at: Mapped[datetime | None] = mapped_column(default=None)


@dataclass(frozen=True)
class Made:
    """What is shown once, and kept nowhere as it is."""

    password: str
    key: str  # base32, to type into an authenticator
    address: str  # otpauth://…


def make(  # noqa: PLR0913 - each is a fact about the account, given by name
    session: Session, name: str, roles: Collection[Role], *, lasts: timedelta, by: str, reason: str
) -> Made:
    """Make the account, or make it anew; staff are told. Raises ValueError for other roles."""
    if not roles or not STAFF_ROLES.issuperset(roles):
        message = f"roles of staff: {', '.join(sorted(STAFF_ROLES))}"
        raise ValueError(message)
    _sign_out(session, name)
    password, key = secrets.token_urlsafe(18), secrets.token_bytes(20)
    session.execute(delete(BreakGlassAccount).where(BreakGlassAccount.name == name))
    session.add(
        BreakGlassAccount(
            name=name,
            password_hash=generate_password_hash(password),
            totp_key=encrypted(PURPOSE, key),
            roles=frozenset(map(str, roles)),
            made_by=by,
            expires_at=now() + lasts,
        )
    )
    session.flush()
    named = sorted(map(str, roles))
    subject = f"break-glass:{name}"
    record_event(session, "break-glass-made", actor=by, subject=subject, reason=reason, roles=named)
    tell_staff(session, f"{by} heeft noodtoegang gemaakt voor “{name}”: {reason}")
    address = _totp(key).get_provisioning_uri(name, "Loket noodtoegang")
    return Made(password, b32encode(key).decode(), address)


def end(session: Session, name: str, *, by: str, reason: str) -> bool:
    """Delete the account and end its sessions; False where there is none."""
    query = delete(BreakGlassAccount).where(BreakGlassAccount.name == name)
    if session.scalar(query.returning(BreakGlassAccount.name)) is None:
        return False
    _sign_out(session, name)
    subject = f"break-glass:{name}"
    record_event(session, "break-glass-ended", actor=by, subject=subject, reason=reason)
    return True


def _sign_out(session: Session, name: str) -> None:
    """Who is logged in with an account that is no more, or is made anew, is so no longer.

    Its passkeys go too.
    """
    session.execute(delete(BreakGlassKey).where(BreakGlassKey.account == name))
    end_where(session, WebSession.issuer == ISSUER, WebSession.subject == name)


def accounts(session: Session) -> list[BreakGlassAccount]:
    """Every account, also those that expired."""
    return list(session.scalars(select(BreakGlassAccount).order_by(BreakGlassAccount.name)))


def is_open(session: Session) -> bool:
    """Whether there is an account that did not expire."""
    query = select(BreakGlassAccount.name).where(BreakGlassAccount.expires_at > now())
    return session.scalar(query.limit(1)) is not None


def enter(
    session: Session, name: str, password: str, code: str, *, renewed: str = ""
) -> BreakGlassAccount | None:
    """The account, where all three are right; None else, and the attempt counts.

    `renewed` names the account of the session that this login continues: staff were told of it.
    The caller commits in both cases. Who is locked out learns nothing about what was typed.
    """
    account = session.get(BreakGlassAccount, name, with_for_update=True)
    is_right = check_password_hash(account.password_hash if account else _NOBODY, password)
    if account is None or account.expires_at <= now():
        _refused(session, name)
        return None
    if account.is_locked:
        _refused(session, name)
        return None
    step = _step_of(account, code) if is_right else None
    if step is None:
        _count(session, account)
        return None
    account.last_step, account.wrong, account.wrong_at = step, 0, None
    let_in(session, account, is_renewed=name == renewed)
    return account


def let_in(session: Session, account: BreakGlassAccount, *, is_renewed: bool) -> None:
    """Tell the trail that somebody is in, and all staff unless their session only goes on."""
    name = account.name
    subject = f"break-glass:{name}"
    record_event(session, "break-glass-used", actor=f"Noodtoegang {name}", subject=subject)
    if not is_renewed:
        tell_staff(session, f"Iemand is ingelogd met de noodtoegang “{name}”.")


def record_refused_key(session: Session) -> None:
    """Audit event of a passkey that opened nothing."""
    _refused(session, "")


def _count(session: Session, account: BreakGlassAccount) -> None:
    """One more wrong attempt; old ones are forgotten. The one that locks it is told to all."""
    is_old = account.wrong_at is None or now() >= account.wrong_at + LOCKED_FOR
    account.wrong = 1 if is_old else account.wrong + 1
    account.wrong_at = now()
    _refused(session, account.name)
    if account.is_locked:
        tell_staff(
            session, f"Vijf keer een fout wachtwoord of een foute code bij “{account.name}”."
        )


def _refused(session: Session, name: str) -> None:
    subject = f"break-glass:{name[:100]}"
    record_event(session, "login-refused", actor="loket", subject=subject, reason="noodtoegang")


def _totp(key: bytes) -> TOTP:
    return TOTP(key, DIGITS, SHA1(), STEP)  # noqa: S303 - as authenticators do (RFC 6238)


def _step_of(account: BreakGlassAccount, code: str) -> int | None:
    """The step of a right code that was not used before: of now, or of just before or after."""
    try:
        totp = _totp(decrypted(PURPOSE, account.totp_key))
    except UnreadableSecretError:
        return None
    this = int(now().timestamp()) // STEP
    for step in (this - 1, this, this + 1):
        try:
            totp.verify(code.encode(), step * STEP)
        except InvalidToken:
            continue
        return step if step > account.last_step else None
    return None
