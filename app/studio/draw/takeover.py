"""Takes over in a draft what another engine wrote, and undoes that."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.studio.draw.saving import keep
from app.web.access import Role, requires
from app.web.db import db
from app.web.pages import whole_number
from processes.engine.deployment import drafts
from processes.engine.deployment.drafts import ProcessDraft, StaleDraftError, UnknownDraftError
from processes.engine.deployment.takeover import TakenOver, take_over
from processes.unit_of_work import unit_of_work

bp = Blueprint("takeover", __name__, url_prefix="/processen/concepten")


@bp.post("/<uuid:draft_id>/overnemen")
@requires(Role.PROCESS_OWNER)
def begin(draft_id: UUID) -> ResponseReturnValue:
    """Put the words of another engine in ours; what has no counterpart becomes a to-do."""
    draft = _draft(draft_id)
    before = draft.xml
    done = take_over(before.encode())
    if not _saved(draft_id, done.xml):
        return _page(draft_id)
    saved = _draft(draft_id)
    saved.before_takeover, saved.takeover_version = before, saved.version
    unit_of_work(db.session()).commit()
    flash(_told(done), "ok")
    return _page(draft_id)


@bp.post("/<uuid:draft_id>/overnemen-terug")
@requires(Role.PROCESS_OWNER)
def undo(draft_id: UUID) -> ResponseReturnValue:
    """Put the draft back as it was before, if nobody drew in it since."""
    draft = _draft(draft_id)
    if draft.before_takeover is None or not draft.can_undo_takeover:
        flash("Er is intussen verder getekend. Terugdraaien kan daarom niet meer.", "warning")
        return _page(draft_id)
    if _saved(draft_id, draft.before_takeover.encode()):
        saved = _draft(draft_id)
        saved.before_takeover = saved.takeover_version = None
        unit_of_work(db.session()).commit()
        flash("Het overnemen is teruggedraaid. Het concept is weer zoals het was.", "ok")
    return _page(draft_id)


def _saved(draft_id: UUID, xml: bytes) -> bool:
    """Save this as the next version, unless somebody else saved since the page was made."""
    try:
        keep(xml, draft_id=draft_id, version=request.form.get("version", 0, type=whole_number))
    except StaleDraftError as error:
        flash(
            f"{error.theirs.saved_by} bewaarde dit concept intussen. Bekijk het eerst.", "warning"
        )
        return False
    return True


def _told(done: TakenOver) -> str:
    taken = f"Overgenomen: {len(done.taken)} instellingen."
    if not done.left:
        return taken
    return f"{taken} Nog te doen: {len(done.left)}; ze staan in de lijst hieronder."


def _draft(draft_id: UUID) -> ProcessDraft:
    try:
        return drafts.draft_of(db.session(), draft_id)
    except UnknownDraftError:
        abort(404)


def _page(draft_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("drafts.show", draft_id=draft_id))
