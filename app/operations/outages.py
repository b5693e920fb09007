"""Tell an outage on every page, from a moment until another, and end that (D5, Awb 2:13)."""

from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.operations.blueprint import bp
from app.web.access import Role, current_user, requires
from app.web.db import db
from app.web.outages import read_anew
from app.web.pages import form_submission_id
from forms.operators.outages import OutageForm
from processes.base import now
from processes.platform.outages import OutageNotice, end, over, tell, to_tell
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work


@bp.get("/beheer/storingen")
@requires(Role.OPERATOR)
def outages_page() -> ResponseReturnValue:
    """What is told, and the form for another; it opens with the coming two hours."""
    begin = now()
    return _page(OutageForm(None, data={"starts_at": begin, "ends_at": begin + timedelta(hours=2)}))


@bp.post("/beheer/storingen")
@requires(Role.OPERATOR)
def tell_outage() -> ResponseReturnValue:
    form, by = OutageForm(request.form), current_user().label
    if not form.validate():
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    notice = OutageNotice(
        id=form_submission_id(),
        text=form.text.data or "",
        starts_at=form.starts_at.data,
        ends_at=form.ends_at.data,
        made_by=by,
    )
    if tell(db.session(), notice):
        _commit("outage-told", notice.id, reason=notice.text)
    flash("De melding staat klaar. Binnen een minuut staat zij op alle pagina's.", "ok")
    return redirect(url_for("operations.outages_page"), 303)


@bp.post("/beheer/storingen/<uuid:notice_id>/beeindigen")
@requires(Role.OPERATOR)
def end_outage(notice_id: UUID) -> ResponseReturnValue:
    if end(db.session(), notice_id) is not None:
        _commit("outage-ended", notice_id)
    flash("De melding is weg. Binnen een minuut is zij van alle pagina's af.", "ok")
    return redirect(url_for("operations.outages_page"), 303)


def _commit(action: str, notice_id: UUID, **details: str) -> None:
    session, by = db.session(), current_user().label
    record_event(session, action, actor=by, subject=f"outage:{notice_id}", **details)
    unit_of_work(session).commit()
    read_anew()


def _page(form: OutageForm) -> str:
    session = db.session()
    return render_template(
        "operations/outages.html", form=form, coming=to_tell(session), over=over(session), on=now()
    )
