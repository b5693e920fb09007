"""Start and resume of a registration."""

from http import HTTPStatus

from flask import abort, current_app, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.tasks.blueprint import bp
from app.tasks.company.changing_number import other_number_page
from app.tasks.open_task import ONBOARDING, onboarding_of, open_step
from app.web.access import Role, current_kvk, current_user, requires
from app.web.db import db
from app.web.form_pages.company_facts import may_declare
from processes.engine.execution.instances import AlreadyRunningError, begin_process
from processes.engine.store.models import InstanceStatus
from processes.register.changes import record_event
from processes.register.legacy.staging import count_of, is_known
from processes.register.providers.providers import new_reference, provider_of
from processes.unit_of_work import unit_of_work
from workers.clients.legacy import legacy_register


@bp.get("/aanmelding")
@requires(Role.PROVIDER)
def onboarding() -> ResponseReturnValue:
    """The open step, the confirmation when done, or the welcome page."""
    kvk = current_kvk()
    if provider_of(db.session(), kvk) is not None:
        return redirect(url_for("tasks.confirmed"), 303)
    other = other_number_page(kvk)
    if other is not None:
        return other
    step = open_step(db.session(), kvk)
    if step is not None:
        return redirect(url_for("tasks.show", task_id=step.id), 303)
    running = onboarding_of(db.session(), kvk)
    if running is not None:
        is_held = running.status is InstanceStatus.SUSPENDED
        return render_template("tasks/busy.html", is_held=is_held)
    _refuse_branch()
    is_known_there, offers = _in_older_register(kvk)
    return render_template("tasks/welcome.html", is_known=is_known_there, offers=offers)


@bp.post("/aanmelding")
@requires(Role.PROVIDER)
def begin() -> ResponseReturnValue:
    kvk, user = current_kvk(), current_user()
    _refuse_branch()
    if provider_of(db.session(), kvk) is not None:
        return redirect(url_for("tasks.confirmed"), 303)
    if other_number_page(kvk) is not None:
        return redirect(url_for("tasks.onboarding"), 303)
    reference, unit = new_reference(), unit_of_work(db.session())
    try:
        with unit.gathering():
            begin_process(
                db.session(),
                ONBOARDING,
                business_key=kvk,
                tenant=kvk,
                variables={"kvk": kvk, "reference": reference},
                started_by=user.label,
                initiator=user.person.reference,
            )
            record_event(
                db.session(), "onboarding-started", actor=user.label, kvk=kvk, reference=reference
            )
    except AlreadyRunningError:
        db.session().rollback()  # a colleague began: join them (R2)
    else:
        unit.commit()
    return redirect(url_for("tasks.onboarding"), 303)


@bp.get("/aanmelding/bewaard")
@requires(Role.PROVIDER)
def later() -> ResponseReturnValue:
    """The page after "Later verdergaan"."""
    return render_template("tasks/later.html", step=open_step(db.session(), current_kvk()))


def _in_older_register(kvk: str) -> tuple[bool, int]:
    """Whether it knows the company, and with how many offers; it may be asked itself."""
    db.session().rollback()  # hold no transaction while somebody else's register answers
    offers = legacy_register(current_app.config["LOKET_SETTINGS"]).count_of(kvk)
    if offers is not None:
        return offers > 0, offers
    known = is_known(db.session(), kvk)
    return known, count_of(db.session(), kvk) if known else 0


def _refuse_branch() -> None:
    if not may_declare(current_user()):
        abort(make_response(render_template("tasks/branch_only.html"), HTTPStatus.FORBIDDEN))
