"""A company whose KvK number was, or will be, that of a provider (R59)."""

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.tasks.blueprint import bp
from app.web.access import Role, current_kvk, current_user, needs, needs_recent_login, requires
from app.web.db import db
from app.web.form_pages.company_facts import may_declare
from processes.base import today
from processes.casework.providers import transfers
from processes.register.providers.former_numbers import former_number, provider_now
from processes.register.providers.people import Right
from processes.register.providers.providers import provider_of
from processes.unit_of_work import unit_of_work


def other_number_page(kvk: str) -> Response | None:
    """For who has no registration: where it is now, or the question to agree; else None."""
    moved, now = former_number(db.session(), kvk), provider_now(db.session(), kvk)
    if moved is not None and now is not None:
        return make_response(render_template("tasks/moved.html", moved=moved, provider=now))
    transfer = transfers.transfer_to(db.session(), kvk)
    provider = provider_of(db.session(), transfer.tenant or "") if transfer else None
    if transfer is None or provider is None:
        return None
    last_day = transfers.last_day(db.session(), transfer)
    page = render_template(
        "tasks/agree.html",
        provider=provider,
        has_agreed=transfers.has_agreed(db.session(), transfer),
        last_day=last_day,
        is_late=today() > last_day,
        may_agree=current_user().may(Right.ADMINISTRATOR) and may_declare(current_user()),
    )
    return make_response(page)


@bp.post("/aanmelding/akkoord")
@requires(Role.PROVIDER)
@needs_recent_login
@needs(Right.ADMINISTRATOR)
def agree_to_transfer() -> ResponseReturnValue:
    """The company with the new number agrees, once and in time; else its page says how it is."""
    session, user = db.session(), current_user()
    if may_declare(user) and (transfer := transfers.transfer_to(session, current_kvk())):
        transfers.agree(session, transfer, by=user.label)
        unit_of_work(session).commit()
    return redirect(url_for("tasks.onboarding"), 303)
