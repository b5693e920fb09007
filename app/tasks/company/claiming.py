"""A provider claims offers of the older register that its KvK number did not match (R6)."""

from http import HTTPStatus

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.tasks.blueprint import bp
from app.tasks.whole_company import for_whole_company
from app.web.access import Role, current_user, requires
from app.web.db import db
from processes.casework.providers import claims
from processes.engine.execution.instances import AlreadyRunningError
from processes.register.providers.providers import Provider
from processes.unit_of_work import unit_of_work


@bp.get("/bedrijf/ouder-aanbod")
@requires(Role.PROVIDER)
@for_whole_company
def older_offers(provider: Provider) -> ResponseReturnValue:
    """How to ask for older offers, and how far that is."""
    return _page(provider)


@bp.post("/bedrijf/ouder-aanbod")
@requires(Role.PROVIDER)
@for_whole_company
def begin_claim(provider: Provider) -> ResponseReturnValue:
    """Begin; a second click finds what the first one began."""
    if provider.is_closed:
        return _page(provider), HTTPStatus.CONFLICT
    user = current_user()
    try:
        claims.begin(db.session(), provider, by=user.label, initiator=user.person.reference)
    except AlreadyRunningError:
        db.session().rollback()
    else:
        unit_of_work(db.session()).commit()
    task = claims.claim_task(db.session(), provider.kvk)
    if task is not None:
        return redirect(url_for("tasks.show", task_id=task.id), 303)
    return redirect(url_for("tasks.older_offers"), 303)


def _page(provider: Provider) -> str:
    return render_template(
        "tasks/older_offers.html",
        provider=provider,
        task=claims.claim_task(db.session(), provider.kvk),
        claim=claims.claim_of(db.session(), provider.kvk),
        refusal=claims.latest_refusal(db.session(), provider.kvk),
    )
