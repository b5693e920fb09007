"""What a login leads to, whatever its protocol: a session, or a page that says why not."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.auth import attempts, claims, sessions, sign_in
from app.auth.anew import ANEW, check_anew, is_anew
from app.auth.attempts import ATTEMPT, ORDER
from app.web.access import Role, User, safe_next, signed_in_user
from app.web.db import db
from app.web.kept_forms import named_address
from app.web.limits import keeps_refused_login
from processes.platform import levels
from processes.register.mail import refused_address
from processes.register.providers.people import AccessEndedError
from processes.register.providers.providers import provider_of
from processes.unit_of_work import unit_of_work

log = logging.getLogger(__name__)

NEXT = "login_next"
MOST_LOGINS = 5
MOST_IN_COOKIE = 500  # characters of each address: a browser keeps no cookie of more than 4 KB
LONG = "long"  # in place of an address that the server keeps
LASTS = int(attempts.ATTEMPT_LASTS.total_seconds())
FORM_TOKEN = "csrf_token"  # noqa: S105 - the name under which Flask-WTF keeps it
HOMES = {
    Role.PROVIDER: "/aanmelding",
    Role.TEACHER: "/portfolio",
    Role.REGISTRAR: "/register",
    Role.PROCESS_OWNER: "/processen",
    Role.PROCESS_APPROVER: "/processen",
    Role.PROCESS_DEPLOYER: "/processen",
    Role.OPERATOR: "/beheer",
}
REFUSALS: dict[type[Exception], tuple[str, str, HTTPStatus]] = {
    attempts.UnknownAttemptError: ("onbekende-poging", "unknown", HTTPStatus.BAD_REQUEST),
    claims.NoKvkNumberError: ("geen-kvk-nummer", "no_kvk", HTTPStatus.FORBIDDEN),
    sign_in.StaffLevelError: ("niveau-medewerker-te-laag", "staff_level", HTTPStatus.FORBIDDEN),
    AccessEndedError: ("toegang-beeindigd", "access_ended", HTTPStatus.FORBIDDEN),
    sign_in.NoRoleError: ("geen-rol", "no_role", HTTPStatus.FORBIDDEN),
}


def outcome(login: Callable[[], tuple[str, User]]) -> ResponseReturnValue:
    """The answer to a login that is finished by this function, or is refused there.

    The function gives the state of the login, which knows where it leads to, and who logged in.
    """
    try:
        state, user = login()
        check_anew(state, user)
    except tuple(REFUSALS) as refused:
        return _refused(*REFUSALS[type(refused)])
    except attempts.LoginRefusedError as refused:
        return _cancelled() if refused.is_cancelled else fault(refused)
    except (attempts.LoginFaultError, claims.OddClaimsError) as error:
        return fault(error)
    except sign_in.LevelTooLowError as low:
        return _level_too_low(low)
    return _signed_in(user, state)


def remember_next(state: str, address: str | None) -> None:
    """Where each login that this browser began leads to: two tabs do not mix theirs up."""
    pages, address = attempts.kept_by_state(session, NEXT), safe_next(address)
    if address is not None and len(address) > MOST_IN_COOKIE:
        attempts.OneTimeStates().set(_long_name(state), address, LASTS)
        address = LONG
    attempts.keep_by_state(session, NEXT, pages | {state: address}, MOST_LOGINS)


def fault(error: Exception) -> ResponseReturnValue:
    """The page for what is not the user's doing; the log says what it was."""
    log.error("login failed", exc_info=error)
    _record("storing", fault=type(error).__name__)
    return _page("fault"), HTTPStatus.BAD_GATEWAY


def _signed_in(user: User, state: str) -> ResponseReturnValue:
    pages = attempts.kept_by_state(session, NEXT)
    address = _page_of(state)
    pages.pop(state, None)
    form_token, is_asked = session.get(FORM_TOKEN), is_anew(state)
    others = {name: session[name] for name in session if name.startswith((ATTEMPT, ORDER))}
    session.clear()
    session.update(others)  # a login in another tab goes on by itself
    attempts.keep_by_state(session, NEXT, pages, MOST_LOGINS)
    is_same = sessions.start(db.session(), user)
    if is_same and form_token:
        session[FORM_TOKEN] = form_token  # a form in another tab of theirs can still be sent (R17)
    sign_in.record_login(db.session(), user)
    home = _home(user)
    unit_of_work(db.session()).commit()
    if is_asked and not is_same:
        flash(f"U bent nu ingelogd als {user.label}. Daarom is er niets gewijzigd.", "warning")
        return redirect(home, 303)  # the page was that of somebody else
    return redirect(address or home, 303)


def _page_of(state: str) -> str | None:
    """Where the login in this state leads to."""
    address: str | None = attempts.kept_by_state(session, NEXT).get(state)
    if address == LONG:
        address = attempts.OneTimeStates().read(_long_name(state))
    return safe_next(address)


def _long_name(state: str) -> str:
    return f"{NEXT} {state}"


def _home(user: User) -> str:
    """Where this user's work is; who has registered lands on the overview (R12)."""
    provider = provider_of(db.session(), user.kvk) if user.kvk else None
    if provider is None:
        return next(address for role, address in HOMES.items() if role in user.roles)
    if refused_address(db.session(), provider):
        flash(
            f"Onze e-mail naar {provider.contact_email} kwam niet aan. "
            "Wijzig het e-mailadres bij Bedrijf.",
            "warning",
        )
    return "/aanbod"


def _cancelled() -> ResponseReturnValue:
    log.info("login cancelled")
    _record("afgebroken")
    return _page("cancelled")


def _refused(reason: str, template: str, status: HTTPStatus) -> ResponseReturnValue:
    log.warning("login refused", extra={"reason": reason})
    _record(reason)
    return _page(template), status


def _level_too_low(low: sign_in.LevelTooLowError) -> ResponseReturnValue:
    _record("niveau-te-laag", level=low.level, minimum=low.minimum)
    return _page(
        "level_too_low",
        used=levels.name_of(low.level),
        needed=levels.name_of(low.minimum),
    ), HTTPStatus.FORBIDDEN


def _page(template: str, **about: Any) -> str:
    """Why there is no login, and the way on: back to where this login was to lead to.

    Who was logged in still is; a login that was asked anew begins at the page that asked it.
    """
    state = request.values.get("state") or request.values.get("RelayState") or ""
    address = _page_of(state) or safe_next(request.form.get("next"))
    is_in = signed_in_user() is not None
    is_asked = is_in and (is_anew(state) or ANEW in request.form)
    again = url_for(
        "auth.step_up" if is_asked else "auth.choose", next=named_address(address or "") or None
    )
    return render_template(
        f"auth/{template}.html", again=again, address=address, is_in=is_in, **about
    )


def _record(reason: str, **details: Any) -> None:
    """Audit event, unless this address has filled the trail with them already (A2)."""
    if not keeps_refused_login():
        return
    db.session().rollback()
    sign_in.record_refusal(db.session(), reason, **details)
    unit_of_work(db.session()).commit()
