"""What is of a whole company: for its administrators with a mandate for all of it (R54, R55)."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from flask import abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.tasks.open_task import ONBOARDING, SubmittedTask
from app.web.access import Role, current_kvk, current_user, needs, refuse_without
from app.web.db import db
from app.web.form_pages.company_facts import may_declare
from forms.registry import form_of
from processes.register.providers.people import Right
from processes.register.providers.providers import Provider, provider_of

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


def refuse_part_of_company(task: SubmittedTask) -> None:
    """What binds the whole company is for no branch (R55), and some for an administrator (R54)."""
    user = current_user()
    if Role.PROVIDER not in user.roles:
        return
    binds = form_of(task.form_key).binds
    if binds is not None:
        refuse_without(Right(binds.value), user)
    if (binds or task.process_key == ONBOARDING) and not may_declare(user):
        abort(make_response(render_template("tasks/branch_only.html"), HTTPStatus.FORBIDDEN))
