"""Pages for an activity that a teacher writes down, with files as evidence."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.portfolio.blueprint import bp, signed_in_teacher, warn_of_period
from app.web.access import Role, current_user, requires
from app.web.db import Begins, begins, db
from app.web.form_pages.uploads import form_sent
from app.web.limits import Rate, limited
from app.web.pages import form_submission_id, submission_id_in_address
from app.web.serving.request_size import takes_files
from forms.portfolio import OwnActivityForm
from processes.engine.tasks.files import (
    FileGoneError,
    Place,
    delete_outside_cases,
    keep_outside_cases,
)
from processes.reading.file_kinds import MEGABYTE
from processes.register.offers.terms import OfferKind
from processes.register.portfolio.entries import PortfolioEntry
from processes.register.portfolio.own import (
    OwnActivity,
    add_own,
    change_own,
    own_entry,
    submitted_own,
)
from processes.unit_of_work import unit_of_work

QUOTA = 100 * MEGABYTE  # of the evidence of one teacher
GONE = "Een bestand is er niet meer. Voeg het opnieuw toe."


@bp.get("/eigen")
@requires(Role.TEACHER)
def own() -> ResponseReturnValue:
    """The token of the form stands in the address: who comes back finds what was made (R15)."""
    token = submission_id_in_address()
    made = submitted_own(db.session(), signed_in_teacher(), token) if token else None
    if made is not None:
        flash("U hebt deze activiteit al opgeslagen. U kunt haar hier wijzigen.", "info")
        return redirect(url_for("portfolio.own_again", entry_id=made.id))
    return _page(OwnActivityForm(), None)


@bp.post("/eigen")
@requires(Role.TEACHER)
@limited(Rate.UPLOAD)
@takes_files
@begins(Begins.WHEN_WRITING)
def add_own_activity() -> ResponseReturnValue:
    return _save(None)


@bp.get("/eigen/<uuid:entry_id>")
@requires(Role.TEACHER)
def own_again(entry_id: UUID) -> ResponseReturnValue:
    entry = own_entry(db.session(), signed_in_teacher(), entry_id)
    return _page(OwnActivityForm(obj=entry), entry_id)


@bp.post("/eigen/<uuid:entry_id>")
@requires(Role.TEACHER)
@limited(Rate.UPLOAD)
@takes_files
@begins(Begins.WHEN_WRITING)
def change_own_activity(entry_id: UUID) -> ResponseReturnValue:
    own_entry(db.session(), signed_in_teacher(), entry_id)
    return _save(entry_id)


def drop_evidence(references: Sequence[Any]) -> None:
    """Delete the files of an entry that is gone."""
    ids = [UUID(each["id"]) for each in references]
    delete_outside_cases(db.session(), current_user().person.reference, ids)


def _save(entry_id: UUID | None) -> ResponseReturnValue:
    place = Place(current_user().person.reference, quota=QUOTA)
    form = OwnActivityForm(form_sent(OwnActivityForm, place))
    if not form.validate():
        return _page(form, entry_id), 422
    session = db.session()
    unit_of_work(session).begin_writing()
    try:
        keep_outside_cases(session, place, {UUID(each["id"]) for each in form.evidence.data})
    except FileGoneError:
        form.evidence.errors = [GONE]
        return _page(form, entry_id), 422
    entry = _written(form, entry_id)
    unit_of_work(session).commit()
    flash(f"{entry.title} staat in uw portfolio.", "ok")
    warn_of_period(entry)
    return redirect(url_for("portfolio.index"), 303)


def _written(form: OwnActivityForm, entry_id: UUID | None) -> PortfolioEntry:
    values = form.values()
    activity = OwnActivity(**values | {"kind": OfferKind(values["kind"])})
    session, teacher = db.session(), signed_in_teacher()
    if entry_id is not None:
        entry = own_entry(session, teacher, entry_id)
    else:
        session.refresh(teacher, with_for_update=True)  # a double click waits for the first one
        submission_id = form_submission_id()
        made = submitted_own(session, teacher, submission_id)
        if made is None:
            return add_own(session, teacher, activity, submission_id)
        entry = made
        activity = replace(activity, evidence=activity.evidence or entry.evidence)
    kept = {each["id"] for each in activity.evidence}
    drop_evidence([each for each in entry.evidence if each["id"] not in kept])
    change_own(session, entry, activity)
    return entry


def _page(form: OwnActivityForm, entry_id: UUID | None) -> str:
    return render_template(
        "portfolio/own.html",
        form=form,
        entry_id=entry_id,
        submission_id=submission_id_in_address() or uuid4(),
    )
