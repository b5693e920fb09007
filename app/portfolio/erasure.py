"""The page on which a teacher deletes everything that the portfolio holds of them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.portfolio.blueprint import bp, signed_in_teacher
from app.portfolio.own import drop_evidence
from app.web.access import Role, current_user, needs_recent_login, requires
from app.web.db import db
from forms.portfolio import EraseForm
from processes.casework.exports.asking import drop_exports_of
from processes.casework.retention.runs import terms_in_force
from processes.engine.tasks.directory import forget
from processes.register.portfolio.erasing import counted, erase
from processes.unit_of_work import unit_of_work


@bp.get("/gegevens-verwijderen")
@requires(Role.TEACHER)
def erasing() -> ResponseReturnValue:
    return _page(EraseForm())


@bp.post("/gegevens-verwijderen")
@requires(Role.TEACHER)
@needs_recent_login
def erase_all() -> ResponseReturnValue:
    form = EraseForm(request.form)
    if not form.validate():
        return _page(form), 422
    files = erase(db.session(), signed_in_teacher())
    forget(db.session(), current_user().person)
    drop_exports_of(db.session(), current_user().person)
    drop_evidence([{"id": each} for each in files])
    unit_of_work(db.session()).commit()
    flash("Uw gegevens zijn verwijderd.", "ok")
    return redirect(url_for("portfolio.index"), 303)


def _page(form: EraseForm) -> str:
    entries, evaluations = counted(db.session(), signed_in_teacher())
    terms, is_applied = terms_in_force(db.session())
    return render_template(
        "portfolio/erase.html",
        form=form,
        entries=entries,
        evaluations=evaluations,
        term=terms["portfolio_days"] if is_applied else None,
    )
