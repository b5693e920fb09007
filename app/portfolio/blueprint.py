"""The blueprint of the portfolio, and who asks."""

from flask import Blueprint, abort, flash, request

from app.web.access import current_user
from app.web.db import db
from app.web.pages import add_helpers
from processes.base import today
from processes.register.portfolio.entries import PortfolioEntry
from processes.register.portfolio.hours import Period, periods
from processes.register.portfolio.teachers import Teacher

bp = Blueprint("portfolio", __name__, url_prefix="/portfolio")
add_helpers(bp)


def signed_in_teacher() -> Teacher:
    """The teacher of this request."""
    return db.session().get(Teacher, current_user().id) or abort(403)


def warn_of_period(entry: PortfolioEntry) -> None:
    """A day before the teacher's four years is told, not refused (R36)."""
    current = periods(signed_in_teacher().period_start, on=today())[0]
    if entry.followed_on not in current:
        flash("Let op: deze dag valt buiten uw vier jaar. De uren tellen daarin niet mee.", "info")


def chosen(found: list[Period]) -> Period:
    """The period that the address names by its first day; else the current one."""
    named = request.args.get("periode", "")
    return next((each for each in found if each.first.isoformat() == named), found[0])
