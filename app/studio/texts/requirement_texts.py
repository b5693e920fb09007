"""Pages for editing the quality requirements; earlier declarations are unaffected."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from app.studio.deploy.versions import running_per_key
from app.studio.texts.texts import bp
from app.web.access import Role, current_user, needs_recent_login, requires
from app.web.db import db
from app.web.pages import whole_number
from forms.owners.texts import MOST_REQUIREMENTS, RequirementsForm
from processes.register.declarations import (
    Requirement,
    RequirementSet,
    UnknownRequirementsError,
    current_requirements,
    declared_per_set,
    publish_requirements,
    requirement_sets,
    requirements_of_version,
)
from processes.unit_of_work import unit_of_work

ONBOARDING = "provider_onboarding"
PARTS = ("number", "title", "explanation", "advice", "asks_url")


@bp.get("/kwaliteitseisen")
@requires(Role.PROCESS_OWNER)
def requirements() -> ResponseReturnValue:
    """The current set, or another version as a start (versie=)."""
    current = current_requirements(db.session())
    wanted = request.args.get("versie", current.version, type=whole_number)
    try:
        shown = requirements_of_version(db.session(), wanted)
    except UnknownRequirementsError:
        abort(404)
    given = [_parts(each) for each in shown.requirements]
    form = RequirementsForm(data={"requirements": given, "is_example": shown.is_example})
    form.based_on.data = str(current.version)
    return _page(form, current, shown)


@bp.post("/kwaliteitseisen")
@requires(Role.PROCESS_OWNER)
@needs_recent_login
def publish() -> ResponseReturnValue:
    """Publish a new version, with optimistic locking; or add a row (wat=erbij)."""
    current = current_requirements(db.session())
    form = RequirementsForm(request.form)
    if request.form.get("wat") == "erbij":
        if len(form.requirements) < MOST_REQUIREMENTS:
            form.requirements.append_entry()
        return _page(form, current, current)
    if not form.validate():
        return _page(form, current, current), HTTPStatus.UNPROCESSABLE_ENTITY
    if form.based_on.data != str(current.version):
        return _stale(form, current)
    given = [Requirement(**each) for each in form.filled]
    by, is_example = current_user().label, bool(form.is_example.data)
    try:
        with db.session().begin_nested():
            made = publish_requirements(db.session(), given, by=by, is_example=is_example)
    except IntegrityError:  # at the very same moment
        return _stale(form, current_requirements(db.session()))
    unit_of_work(db.session()).commit()
    flash(f"Versie {made.version} van de kwaliteitseisen geldt vanaf nu.", "ok")
    return redirect(url_for("texts.requirements"), 303)


def _stale(form: RequirementsForm, current: RequirementSet) -> ResponseReturnValue:
    form.based_on.data = str(current.version)
    return _page(form, current, current, is_stale=True), HTTPStatus.CONFLICT


def _page(
    form: RequirementsForm,
    current: RequirementSet,
    shown: RequirementSet,
    *,
    is_stale: bool = False,
) -> str:
    return render_template(
        "studio/requirements.html",
        form=form,
        current=current,
        shown=shown,
        is_stale=is_stale,
        sets=requirement_sets(db.session()),
        declared=declared_per_set(db.session()),
        running=running_per_key(db.session()).get(ONBOARDING, 0),
    )


def _parts(requirement: Requirement) -> Mapping[str, Any]:
    return {name: getattr(requirement, name) for name in PARTS}
