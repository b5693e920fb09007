"""Access control: every route declares its roles, or that it is public."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.web.db import db, separate_unit_of_work
from app.web.kept_forms import LONGEST_ADDRESS, form_page, named_address
from processes.engine.tasks.rights import Person
from processes.platform import roles
from processes.register.changes import record_event
from processes.register.providers.people import Right

View = TypeVar("View", bound=Callable[..., Any])

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


Role = roles.Role


class SessionGoneError(Exception):
    """A form came from who is not signed in, and no session is left to keep what it says (R17)."""


# Who may look at processes, drafts, differences and what runs; changing asks for one of them.
STUDIO_READERS = (Role.PROCESS_OWNER, Role.PROCESS_APPROVER, Role.PROCESS_DEPLOYER)


@dataclass(frozen=True)
class User:
    """The signed-in user. A provider's employee has no name: eHerkenning gives none (R3)."""

    id: UUID
    label: str
    roles: frozenset[Role]
    issuer: str
    subject: str
    kvk: str | None = None
    company: str | None = None  # its name, as eHerkenning gave it; not every broker does
    branch: str | None = None  # the mandate is limited to this branch (B10)
    loa: str | None = None
    intermediary: str | None = None  # acts for the provider under a chain mandate (R56)
    email: str | None = None  # known at the login alone, of staff and teachers
    rsin: str | None = None  # known at the login alone, of a legal person
    right: Right = Right.READER  # of a provider's employee: what they may do for the company
    authenticated_at: datetime | None = field(default=None, compare=False)  # as the provider says
    provider_session: str | None = field(default=None, compare=False)  # known at the login alone
    provider_subject: str | None = field(default=None, compare=False)  # likewise

    @property
    def is_staff(self) -> bool:
        """Whether they work for the register: no provider, and no teacher."""
        return not self.roles & {Role.PROVIDER, Role.TEACHER}

    @property
    def person(self) -> Person:
        """The user as the rule of tasks and cases knows them; a provider is of one company."""
        kind = next((each for each in (Role.PROVIDER, Role.TEACHER) if each in self.roles), "staff")
        if kind == Role.PROVIDER:
            groups: frozenset[str] = frozenset({Role.PROVIDER})
            return Person(f"{kind}:{self.id}", self.label, groups, self.kvk or "")
        return Person(f"{kind}:{self.id}", self.label, frozenset(map(str, self.roles)))

    def may(self, needed: str) -> bool:
        """Whether this is somebody of a company who may do what asks this right."""
        return Role.PROVIDER in self.roles and self.right.is_enough_for(Right(needed))

    def is_same_person(self, other: "User") -> bool:
        """Whether both are one identity: by issuer and subject, never by name."""
        mine = (self.issuer, self.subject, self.kvk, self.branch)
        return mine == (other.issuer, other.subject, other.kvk, other.branch)


def label_of(name: str, kvk: str | None, intermediary: str | None) -> str:
    """How the trail names somebody, with the office that acts for the company (R56)."""
    return f"{name} (KvK {intermediary} namens {kvk})" if intermediary else name


class UndeclaredAccessError(Exception):
    """A route declares neither its roles nor that it is public."""


def requires(*roles: Role) -> Callable[[View], View]:
    """Decorator: only these roles may use the view. Raises ValueError without roles."""
    if not roles:
        message = "name at least one role"
        raise ValueError(message)

    def declare(view: View) -> View:
        view.roles = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return declare


def needs(right: Right) -> Callable[[View], View]:
    """Decorator: of a company only who has this right may use the view; see `right_for`."""

    def declare(view: View) -> View:
        view.right = right  # type: ignore[attr-defined]
        return view

    return declare


def needs_recent_login(view: View) -> View:
    """Decorator: a change by this view asks a login of a short while ago; see `app.auth.step_up`.

    It stands above the decorators that wrap the view.
    """
    return needs_recent_login_when(lambda: True)(view)


def needs_recent_login_when(asks: Callable[[], bool]) -> Callable[[View], View]:
    """Decorator: likewise, for what the form of the request asks where this says so."""

    def declare(view: View) -> View:
        view.needs_recent_login = asks  # type: ignore[attr-defined]
        return view

    return declare


def is_no_try() -> bool:
    """Whether the form asks for more than trying out, which changes nothing."""
    return request.form.get("action") != "try"


def right_for(method: str, view: Any = None) -> Right:
    """The right that a request of a company asks: as declared, else an editor's to change."""
    declared: Right | None = getattr(view, "right", None)
    if declared is not None:
        return declared
    return Right.READER if method in SAFE_METHODS else Right.EDITOR


def public(view: View) -> View:
    """Decorator: everybody may use the view."""
    view.roles = frozenset()  # type: ignore[attr-defined]
    return view


def from_other_sites(view: View) -> View:
    """Decorator: forms of other sites may come here; the view itself knows whom it believes."""
    view.is_open_to_other_sites = True  # type: ignore[attr-defined]
    return view


def roles_of(app: Flask, endpoint: str) -> frozenset[Role] | None:
    """The roles of this endpoint, none for a public one; None when undeclared."""
    if endpoint == "static":
        return frozenset()
    roles: frozenset[Role] | None = getattr(app.view_functions[endpoint], "roles", None)
    return roles


def init_access(app: Flask) -> None:
    """Check every request before its view runs."""
    app.before_request(_refuse_other_sites)
    app.before_request(_check)
    app.context_processor(lambda: {"current_user": signed_in_user})


def _refuse_other_sites() -> None:
    """A form of another site is refused, whatever token it brings along (threat 6)."""
    origin = request.headers.get("Origin")
    if request.method in SAFE_METHODS or origin is None or _is_open_to_other_sites():
        return
    is_https = current_app.config["LOKET_SETTINGS"].is_https
    schemes = ("https",) if is_https else ("http", "https")
    # "null" too: a page without an origin of ours; and what another on the line made of http.
    if origin not in {f"{scheme}://{request.host}" for scheme in schemes}:
        abort(403)


def _is_open_to_other_sites() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "is_open_to_other_sites", False)


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such page: the 404 follows
    roles = roles_of(current_app, request.endpoint)
    if roles is None:
        raise UndeclaredAccessError(request.endpoint)
    if not roles:
        return None
    user = signed_in_user()
    if user is None:
        if request.method == "POST" and not g.get("session_expired"):
            raise SessionGoneError
        return to_login()
    if not roles & user.roles:
        abort(403)
    if Role.PROVIDER in user.roles:
        _check_right(user)
    return None


def _check_right(user: User) -> None:
    view = current_app.view_functions[request.endpoint or ""]
    refuse_without(right_for(request.method, view), user)


def refuse_without(needed: Right, user: User) -> None:
    """Abort with 403 where this employee of a company has not the right, and say who gives it."""
    if not user.right.is_enough_for(needed):
        page = render_template("errors/right.html", needed=needed, status=403)
        abort(make_response(page, 403))


def to_login() -> Response:
    """To the page where one logs in, and from there back to this one."""
    page = _requested_path()
    named = named_address(page)
    target = url_for(
        "auth.choose",
        next=named,
        afgelopen=g.get("session_expired") or None,
        ingekort=None if named == page else "ja",
    )
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": target})
    return redirect(target, 303)  # type: ignore[return-value]


def _requested_path() -> str:
    """The page to come back to: after a POST that of the form, for what was sent is kept there."""
    if request.method in SAFE_METHODS:
        return request.full_path.rstrip("?")
    return form_page()


def signed_in_user() -> User | None:
    """The user of this request, or None for a visitor."""
    user: User | None = g.get("user")
    return user


def current_user() -> User:
    """The user of this request, in a view that requires one."""
    return signed_in_user() or abort(401)


def current_kvk() -> str:
    """The KvK number that the provider's employee acts for."""
    return current_user().kvk or abort(403)


def not_theirs(subject: str) -> NoReturn:
    """Abort with 404 (R62); the attempt is an audit event (threat 1)."""
    user = current_user()
    db.session().rollback()  # SQLite has one writer, and this request might be it
    with separate_unit_of_work() as unit:
        record_event(unit.session, "access-denied", actor=user.label, kvk=user.kvk, subject=subject)
    abort(404)


def safe_next(address: str | None) -> str | None:
    """The address if it is a page of this site; else None (open redirect)."""
    if not address or len(address) > LONGEST_ADDRESS or not address.isprintable():
        return None
    if not address.startswith("/") or address.startswith(("//", "/\\")) or "\\" in address:
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc else address
