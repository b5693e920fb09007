"""The choice of mail about tasks: one's own, or of a provider that of the company."""

from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.tasks.blueprint import bp
from app.web.access import Role, current_user, requires
from app.web.db import db
from forms.work import CompanyNoticeForm, NoticeForm
from processes.casework.mail.notices import choice_of, choose, company_reference
from processes.engine.store.work_models import NoticeChoice
from processes.engine.tasks.rights import Person
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work


@bp.route("/taken/berichten", methods=["GET", "POST"])
@requires(*Role)
def notices() -> ResponseReturnValue:
    person = _whose()
    form_class = NoticeForm if person.tenant is None else CompanyNoticeForm
    if request.method == "POST":
        form = form_class(request.form)
        if form.validate():
            return _choose(person, NoticeChoice(form.choice.data))
        page = render_template("tasks/notices.html", form=form)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    chosen = choice_of(db.session(), person.reference)
    if person.tenant is not None and chosen is NoticeChoice.DIRECT:
        chosen = NoticeChoice.DAILY
    return render_template("tasks/notices.html", form=form_class(None, data={"choice": chosen}))


def _whose() -> Person:
    """Whose mail it is: the employees of a provider have no address of their own."""
    person = current_user().person
    if person.tenant is None:
        return person
    name = current_user().company or person.name
    return Person(company_reference(person.tenant), name, person.groups, person.tenant)


def _choose(person: Person, choice: NoticeChoice) -> ResponseReturnValue:
    session, user = db.session(), current_user()
    choose(session, person, choice)
    record_event(session, "notices-chosen", actor=user.label, kvk=user.kvk, choice=choice.value)
    unit_of_work(session).commit()
    flash("Uw keuze is bewaard.", "ok")
    return redirect(url_for("tasks.notices"), 303)
