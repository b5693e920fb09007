"""The signed-in process owner as the engine's `Person`, and the four-eyes setting."""

from flask import current_app

from app.web.access import current_user
from processes.engine.deployment.reviews import Person


def current_person() -> Person:
    """The signed-in user."""
    user = current_user()
    return Person(user.label, user.issuer, user.subject)


def four_eyes() -> bool:
    """Whether deployment needs the approval of a second person."""
    return bool(current_app.config["LOKET_SETTINGS"].four_eyes)
