"""Logins that were asked for anew: the provider must say that the user logged in since.

It tells the user at once that this provider does not: what is allowed does not hang on it, for a
browser may leave the field out. That hangs on the moment alone (`step_up.is_recent`).
"""

from datetime import datetime

from flask import session

from app.auth.attempts import LoginFaultError, keep_by_state, kept_by_state
from app.auth.issuers import LEEWAY
from app.web.access import User
from processes.base import now

ANEW = "opnieuw"  # the field of the form that begins such a login
_BEGAN = "login_anew"
_MOST = 4  # of one browser at a time


def remember_anew(state: str) -> None:
    """Note that the login in this state may not be one of before."""
    began = kept_by_state(session, _BEGAN)
    keep_by_state(session, _BEGAN, began | {state: now().timestamp()}, _MOST)


def is_anew(state: str) -> bool:
    """Whether the login in this state was asked for anew."""
    return state in kept_by_state(session, _BEGAN)


def check_anew(state: str, user: User) -> None:
    """Raises LoginFaultError where a login was asked for anew, and the user did not log in since.

    The moment is `auth_time`, which must be there where `max_age` was asked (OIDC Core §2), or
    AuthnInstant.
    """
    began = kept_by_state(session, _BEGAN).get(state)
    if began is None:
        return
    at = user.authenticated_at
    if at is None or at < datetime.fromtimestamp(began - LEEWAY, at.tzinfo):
        message = "the provider does not say that the user logged in anew"
        raise LoginFaultError(message)
