"""Pages on which a teacher evaluates an activity that they followed (R37)."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.portfolio.blueprint import bp, signed_in_teacher
from app.web.access import Role, requires
from app.web.db import db
from forms.portfolio import EvaluationForm
from processes.register.offers.evaluations import LEAST
from processes.register.portfolio.evaluating import entry_to_evaluate, evaluate, evaluation_by
from processes.unit_of_work import unit_of_work


@bp.get("/beoordelen/<uuid:offer_id>")
@requires(Role.TEACHER)
def evaluation(offer_id: UUID) -> ResponseReturnValue:
    kept = evaluation_by(db.session(), signed_in_teacher(), offer_id)
    return _page(EvaluationForm(obj=kept), offer_id)


@bp.post("/beoordelen/<uuid:offer_id>")
@requires(Role.TEACHER)
def give_evaluation(offer_id: UUID) -> ResponseReturnValue:
    form = EvaluationForm(request.form)
    if not form.validate():
        return _page(form, offer_id), 422
    evaluate(db.session(), signed_in_teacher(), offer_id, form.answers())
    unit_of_work(db.session()).commit()
    flash("Uw beoordeling is bewaard. U kunt haar altijd wijzigen.", "ok")
    return redirect(url_for("portfolio.index"), 303)


def _page(form: EvaluationForm, offer_id: UUID) -> str:
    entry = entry_to_evaluate(db.session(), signed_in_teacher(), offer_id)
    return render_template("portfolio/evaluation.html", form=form, entry=entry, least=LEAST)
