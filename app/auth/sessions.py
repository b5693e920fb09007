"""Server-side web sessions: the browser holds a random token, the table its hash and the rest."""

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, current_app, g, request
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.auth.devices import device_in_words
from app.web import kept_forms
from app.web.access import Role, User, init_access, label_of, roles_of
from app.web.db import db, separate_unit_of_work
from app.web.kept_forms import KeptForm
from app.web.kept_pages import drop_expired
from processes.base import Record, now
from processes.platform.settings import Settings
from processes.register.providers.people import ProviderUser
from processes.register.providers.web_sessions import (
    KnownSession,
    WebSession,
    digest,
    ends_at,
    has_ended,
    known_session,
)

SEEN_EVERY = timedelta(minutes=1)  # a click within a minute of another writes nothing
KEEP_ENDED = timedelta(days=1)  # what was typed too late can come back for so long


class LoginAttempt(Record):
    """A login that was started and not finished: state, nonce and PKCE verifier."""

    __tablename__ = "login_attempt"

    key: Mapped[str] = mapped_column(primary_key=True)  # hash of the state
    data: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(index=True)


def user_of(row: WebSession | KnownSession) -> User:
    """Who is signed in with this session."""
    return User(
        id=row.user_id,
        label=row.label,
        roles=frozenset(Role(role) for role in row.roles),
        issuer=row.issuer,
        subject=row.subject,
        kvk=row.kvk,
        company=row.company,
        branch=row.branch,
        loa=row.loa,
        intermediary=row.intermediary,
        right=row.right,
    )


def init_sessions(app: Flask) -> None:
    """Load the user before each request, and set the cookie after it."""
    app.before_request(_load)
    app.after_request(_set_cookie)
    app.context_processor(lambda: {"session_ends": _ends})
    init_access(app)


def _ends() -> tuple[int, str] | None:
    """After how many minutes without activity this session ends, and its last moment."""
    if "session_ends_at" not in g:
        return None
    settings: Settings = current_app.config["LOKET_SETTINGS"]
    return settings.session_idle_minutes, g.session_ends_at.isoformat(timespec="seconds")


def cookie_name(settings: Settings) -> str:
    """The name with the __Host- prefix, which browsers allow with HTTPS only."""
    return "__Host-loket-login" if settings.is_https else "loket-login"


def start(session: Session, user: User, *, account_ends_at: datetime | None = None) -> bool:
    """Sign the user in with a new token; the old session of this browser ends.

    True when that was the same user's: their other tabs may continue.
    """
    purge(session)
    former = session.get(WebSession, digest(_token()))
    token = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            id=digest(token),
            user_id=user.id,
            label=user.label,
            roles=user.roles,
            issuer=user.issuer,
            subject=user.subject,
            kvk=user.kvk,
            company=user.company,
            branch=user.branch,
            loa=user.loa,
            intermediary=user.intermediary,
            device=device_in_words(request.user_agent.string),
            right=user.right,
            kept=_kept_for(former, user),
            account_ends_at=account_ends_at,
            authenticated_at=user.authenticated_at,
            provider_session=user.provider_session,
            provider_subject=user.provider_subject,
        )
    )
    if former is not None:
        session.delete(former)
    g.new_token = token
    return former is not None and user_of(former).is_same_person(user)


def end(session: Session) -> None:
    """Sign out: the token is invalid from now on, also as a copy."""
    session.execute(delete(WebSession).where(WebSession.id == digest(_token())))
    g.new_token = ""


def sessions_of(session: Session, user: User) -> list[WebSession]:
    """Where this user is signed in, last used first."""
    query = select(WebSession).where(WebSession.user_id == user.id)
    return running(session.scalars(query))


def sessions_of_company(session: Session, kvk: str) -> list[WebSession]:
    """Where somebody of this company is signed in, last used first."""
    return running(session.scalars(select(WebSession).where(WebSession.kvk == kvk)))


def running(rows: Iterable[WebSession]) -> list[WebSession]:
    """Those that did not end, last used first."""
    settings: Settings = current_app.config["LOKET_SETTINGS"]
    running = (row for row in rows if not has_ended(row, settings))
    return sorted(running, key=lambda row: row.seen_at, reverse=True)


def is_this_one(row: WebSession) -> bool:
    """Whether it is the session of this request."""
    return row.id == digest(_token())


def end_others(session: Session, user: User, handles: Collection[str] | None = None) -> int:
    """Sign this user out in other browsers: in those with these handles, or in all; how many."""
    others = [each for each in sessions_of(session, user) if not is_this_one(each)]
    chosen = [each for each in others if handles is None or each.handle in handles]
    for each in chosen:
        session.delete(each)
    session.flush()
    return len(chosen)


def follow(session: Session, person: ProviderUser) -> None:
    """The sessions of this person get their name and right, or end with their access."""
    for row in session.scalars(select(WebSession).where(WebSession.user_id == person.id)):
        if person.ended_at is not None:
            session.delete(row)
            continue
        row.right = person.right
        row.label = label_of(person.shown_name, row.kvk, row.intermediary)


def keep_sent() -> bool:
    """Keep what this request sent with its session: it comes back on the page of the form.

    False where that is too much to keep, and nothing of it comes back.
    """
    changes = _sent(kept_forms.all_kept())
    if changes:
        with separate_unit_of_work() as unit:
            unit.session.execute(update(WebSession).where(WebSession.id == g.session_id), changes)
    return KeptForm.sent().is_small


def purge(session: Session) -> None:
    """Delete sessions that ended long ago, and old pages."""
    drop_expired(session)
    settings: Settings = current_app.config["LOKET_SETTINGS"]
    idle = timedelta(minutes=settings.session_idle_minutes)
    session.execute(delete(WebSession).where(WebSession.seen_at < now() - idle - KEEP_ENDED))


def _kept_for(former: WebSession | None, user: User) -> dict[str, Any] | None:
    """What this browser's former session kept, for the same person alone."""
    if former is None or not user_of(former).is_same_person(user):
        return None
    return former.kept


def _load() -> None:
    token = _token()
    if not token or request.endpoint == "static":
        return
    # Read along with the view; only what must be written takes the one writer of SQLite.
    row = known_session(db.session(), digest(token))
    changes = _use(row) if row else {}
    if changes or not _needs_login():
        db.session().rollback()  # the view begins its own reading; it may go out first
    if changes:
        with separate_unit_of_work() as unit:
            unit.session.execute(update(WebSession).where(WebSession.id == digest(token)), changes)


def _use(row: KnownSession) -> dict[str, Any]:
    """Know the user of this session; what is to be written of it, if anything."""
    if has_ended(row, current_app.config["LOKET_SETTINGS"]):
        g.session_expired = True
        kept = kept_forms.read(row.kept)
        return _sent(kept) if request.method == "POST" and _needs_login() else {}
    g.user, g.session_id, g.authenticated_at = user_of(row), row.id, row.authenticated_at
    g.session_ends_at = ends_at(row, current_app.config["LOKET_SETTINGS"])
    changes: dict[str, Any] = {"seen_at": now()} if now() - row.seen_at >= SEEN_EVERY else {}
    g.kept_forms = kept_forms.read(row.kept)
    if request.method == "POST" and row.kept:
        left = kept_forms.without_sent(g.kept_forms)
        if len(left) < len(g.kept_forms):  # sent again, so it need not come back once more
            g.kept_forms, changes["kept"] = left, kept_forms.written(left)
    return changes


def _needs_login() -> bool:
    """The form of the login itself must not take the place of what was kept."""
    return bool(request.endpoint and roles_of(current_app, request.endpoint))


def _sent(kept: Iterable[KeptForm]) -> dict[str, Any]:
    """What was sent too late, to be kept with the session beside what that keeps."""
    form = KeptForm.sent()
    if not form.fields:
        return {}
    return {"kept": kept_forms.written([*kept_forms.without_sent(kept), form])}


def _set_cookie(response: Response) -> Response:
    token: str | None = g.get("new_token")
    if token is None:
        return response
    settings: Settings = current_app.config["LOKET_SETTINGS"]
    name = cookie_name(settings)
    if token:
        response.set_cookie(
            name, token, httponly=True, secure=settings.is_https, samesite="Lax", path="/"
        )
    else:
        response.delete_cookie(name, path="/", secure=settings.is_https, httponly=True)
    return response


def _token() -> str:
    return request.cookies.get(cookie_name(current_app.config["LOKET_SETTINGS"]), "")
