"""POST, redirect, GET: a page that answers a form is kept, so that Back and reload find it again.

A browser stores no page of ours (`no-store`), and would have to send the form once more to show its
answer. So the answer is kept here for who sent the form, and shown at an address of its own.
"""

import logging
import secrets
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Flask, Response, g, redirect, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.web.access import signed_in_user
from app.web.db import db, separate_unit_of_work
from app.web.limits import is_refused_by_limit
from processes.base import Record, now

log = logging.getLogger(__name__)

PARAMETER = "antwoord"
KEPT_FOR = timedelta(days=1)
MOST = 20  # pages of one browser
LARGEST = 500_000  # bytes, compressed
NEVER = frozenset({400, 401, 404, 405, 413, 503})
"""What came of a request that was no form of ours, or that the database could not answer."""


OF_LOGIN = frozenset({"auth", "saml"})  # other systems bring somebody there; nothing is typed


class KeptPage(Record):
    """The answer to a form that somebody sent, as its page was."""

    __tablename__ = "kept_page"

    id: Mapped[str] = mapped_column(primary_key=True)  # random
    owner: Mapped[str] = mapped_column(index=True)  # the hash of what only this browser has
    status: Mapped[int]
    page: Mapped[bytes]  # compressed
    kept_at: Mapped[datetime] = mapped_column(default_factory=now, index=True)


def init_kept_pages(app: Flask) -> None:
    """Keep the pages that answer forms, and show them; after the sessions are there."""
    app.before_request(_show)
    app.after_request(_keep)


def shown_once() -> None:
    """Keep nothing of this answer: a secret, or what is shown for a recorded reason."""
    g.is_shown_once = True


def drop_expired(session: Session) -> None:
    """Delete what was kept for longer than a day."""
    session.execute(delete(KeptPage).where(KeptPage.kept_at <= now() - KEPT_FOR))


def _show() -> ResponseReturnValue | None:
    id_ = request.args.get(PARAMETER)
    if id_ is None or request.method not in {"GET", "HEAD"}:
        return None
    kept, owner = db.session().get(KeptPage, id_), _owner()
    if kept is not None and owner is not None and kept.owner == owner:
        return Response(zlib.decompress(kept.page), kept.status, mimetype="text/html")
    if request.routing_exception is not None:  # nothing is shown there otherwise
        return None
    return redirect(_address({}), 303)


def _keep(response: Response) -> Response:
    """Answer with the address of the page in place of the page itself."""
    owner = _owner() if _is_page_of_form(response) else None
    if owner is None:
        return response
    page = zlib.compress(response.get_data(), 1)
    if len(page) > LARGEST:
        return response
    id_ = secrets.token_urlsafe(16)
    kept = KeptPage(id=id_, owner=owner, status=response.status_code, page=page)
    db.session().rollback()  # its view has ended; SQLite has one writer
    try:
        with separate_unit_of_work() as unit:
            _forget_old(unit.session, owner)
            unit.session.add(kept)
    except OperationalError:
        log.exception("the answer to a form is shown, not kept")
        return response
    response.set_data(b"")
    response.status_code = HTTPStatus.SEE_OTHER
    response.headers["Location"] = _address({PARAMETER: id_})
    return response


def _is_page_of_form(response: Response) -> bool:
    """Whether a whole page answers a form that a person sent."""
    if request.method != "POST" or response.mimetype != "text/html" or response.is_streamed:
        return False
    if response.status_code in NEVER or "Location" in response.headers:
        return False
    if "is_shown_once" in g or request.blueprint in OF_LOGIN or is_refused_by_limit():
        return False
    of_browser = (request.headers.get(f"Sec-Fetch-{each}", "") for each in ("Mode", "Dest"))
    is_navigation = all(each in {"", "navigate", "document"} for each in of_browser)
    return is_navigation and response.get_data().lstrip()[:9].lower() == b"<!doctype"


def _forget_old(session: Session, owner: str) -> None:
    drop_expired(session)
    newest = select(KeptPage.id).where(KeptPage.owner == owner).order_by(KeptPage.kept_at.desc())
    old = session.scalars(newest.offset(MOST - 1)).all()
    if old:
        session.execute(delete(KeptPage).where(KeptPage.id.in_(old)))


def _owner() -> str | None:
    """Whose page it is: of a login session, else of the browser that has this form token."""
    if signed_in_user() is not None:
        return f"login {g.session_id}" if "session_id" in g else None
    token = session.get("csrf_token")
    return f"visitor {sha256(str(token).encode()).hexdigest()}" if token else None


def _address(more: Mapping[str, str]) -> str:
    """The address of this request, with another kept page."""
    asked = [pair for pair in request.args.items(multi=True) if pair[0] != PARAMETER]
    query = urlencode([*asked, *more.items()])
    return f"{request.path}?{query}" if query else request.path
