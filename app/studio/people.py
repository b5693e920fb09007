"""Who works in the studio, as the engine remembers it, and what the rules of the house ask."""

from flask import current_app

from app.web.access import current_user
from processes.engine.deployment.reviews import Person


def current_person() -> Person:
    """Whoever is signed in."""
    user = current_user()
    return Person(user.label, user.issuer, user.subject)


def four_eyes() -> bool:
    """Whether a second person must approve what is deployed."""
    return bool(current_app.config["LOKET_SETTINGS"].four_eyes)
