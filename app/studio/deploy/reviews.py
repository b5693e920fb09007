"""Pages for four-eyes review of a draft: submit, approve, send back."""

from uuid import UUID

from flask import Blueprint, abort, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.studio.deploy.people import current_person
from app.web.access import Role, needs_recent_login, requires
from app.web.db import db
from app.web.pages import add_helpers
from forms.owners.deployment import NoteForm, RemarkForm
from processes.engine.deployment import drafts, reviews
from processes.engine.deployment.drafts import ProcessDraft, UnknownDraftError
from processes.engine.deployment.reviews import DraftAction, NotInReviewError, OwnWorkError
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work

bp = Blueprint("reviews", __name__, url_prefix="/processen/concepten/<uuid:draft_id>")
add_helpers(bp)

CHANGED = "Dit concept is intussen gewijzigd. Kijk het opnieuw na."
OWN = "U werkte zelf aan dit concept. Iemand anders keurt het goed."


@bp.post("/aanbieden")
@requires(Role.PROCESS_OWNER)
def submit(draft_id: UUID) -> ResponseReturnValue:
    draft, form = _draft(draft_id), RemarkForm(request.form)
    if not form.validate() or not draft.is_deployable:
        flash("Dit concept is nog niet klaar om te beoordelen.", "error")
        return _back(draft_id)
    reviews.submit(db.session(), draft, current_person(), form.note.data or "")
    _record(draft, DraftAction.SUBMITTED, form.note.data or "")
    flash("Aangeboden. Een collega kan het concept nu goedkeuren.", "ok")
    return _back(draft_id)


@bp.post("/goedkeuren")
@requires(Role.PROCESS_APPROVER)
@needs_recent_login
def approve(draft_id: UUID) -> ResponseReturnValue:
    draft, form = _draft(draft_id), RemarkForm(request.form)
    note = (form.note.data or "") if form.validate() else ""
    try:
        reviews.approve(db.session(), draft, current_person(), note)
    except (NotInReviewError, OwnWorkError) as error:
        return _refused(draft_id, error)
    _record(draft, DraftAction.APPROVED, note)
    flash("Goedgekeurd. Het concept kan nu in gebruik.", "ok")
    return _back(draft_id)


@bp.post("/terugsturen")
@requires(Role.PROCESS_APPROVER)
def send_back(draft_id: UUID) -> ResponseReturnValue:
    draft, form = _draft(draft_id), NoteForm(request.form)
    if not form.validate():
        flash("Schrijf op wat er nog anders moet.", "error")
        return _back(draft_id)
    try:
        reviews.send_back(db.session(), draft, current_person(), form.note.data or "")
    except (NotInReviewError, OwnWorkError) as error:
        return _refused(draft_id, error)
    _record(draft, DraftAction.RETURNED, form.note.data or "")
    flash("Teruggestuurd met uw opmerking.", "ok")
    return _back(draft_id)


def _draft(draft_id: UUID) -> ProcessDraft:
    """The draft, if it is still what was looked at."""
    try:
        draft = drafts.draft_of(db.session(), draft_id)
    except UnknownDraftError:
        abort(404)
    if request.form.get("content") != reviews.content_of(draft):
        flash(CHANGED, "error")
        abort(make_response(_back(draft_id)))
    return draft


def _record(draft: ProcessDraft, action: DraftAction, note: str) -> None:
    record_event(
        db.session(),
        f"process-draft-{action}",
        actor=current_person().label,
        subject=f"process:{draft.key}",
        draft=str(draft.id),
        note=note,
    )
    unit_of_work(db.session()).commit()


def _refused(draft_id: UUID, error: Exception) -> ResponseReturnValue:
    flash(OWN if isinstance(error, OwnWorkError) else CHANGED, "error")
    return _back(draft_id)


def _back(draft_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("deployment.prepare", draft_id=draft_id, _anchor="beoordeling"))
