"""Decorator of pages about a whole company: for its administrators with a mandate for all of it."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.web.access import current_kvk, current_user, needs
from app.web.company_facts import may_declare
from app.web.db import db
from processes.register.people import Right
from processes.register.providers import Provider, provider_of

View = Callable[[Provider], ResponseReturnValue]


def for_whole_company(view: View) -> Callable[[], ResponseReturnValue]:
    """An administrator with a mandate for the whole company (R54, R55)."""

    @needs(Right.ADMINISTRATOR)
    @wraps(view)
    def checked() -> ResponseReturnValue:
        provider = provider_of(db.session(), current_kvk())
        if provider is None:
            flash("Meld uw organisatie eerst aan.", "info")
            return redirect(url_for("tasks.onboarding"), 303)
        if not may_declare(current_user()):
            return render_template("tasks/branch_only.html"), HTTPStatus.FORBIDDEN
        return view(provider_of(db.session(), provider.kvk) or provider)

    return checked
