"""Pages of drafts: list, save, show to-do list, replace, delete."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.studio.draw.editor import merge_page
from app.studio.draw.saving import keep
from app.studio.draw.uploads import sent_diagram
from app.web.access import STUDIO_READERS, Role, requires
from app.web.db import db
from app.web.diagrams.files import diagram_file
from app.web.limits import Rate, limited
from app.web.pages import add_helpers, whole_number
from app.web.process_rights import seen
from processes.engine.checks.findings import Finding
from processes.engine.deployment import drafts
from processes.engine.deployment.definitions import DECISION, RejectedDeploymentError
from processes.engine.deployment.drafts import ProcessDraft, StaleDraftError, UnknownDraftError
from processes.engine.diagram.xml import as_text
from processes.unit_of_work import unit_of_work

bp = Blueprint("drafts", __name__, url_prefix="/processen/concepten")
add_helpers(bp)


@bp.get("")
@requires(*STUDIO_READERS)
def index() -> ResponseReturnValue:
    found = [(draft, drafts.todo(draft)) for draft in seen(drafts.drafts(db.session()))]
    return render_template("studio/drafts.html", drafts=found)


@bp.post("")
@requires(Role.PROCESS_OWNER)
@limited(Rate.UPLOAD)
def save() -> ResponseReturnValue:
    """Save a file, or a drawing, as a new draft with its findings."""
    xml = sent_diagram()
    if isinstance(xml, str):
        return render_template("studio/new.html", problem=xml), 422
    return _kept(xml, lambda error: _rejected(None, error.findings))


@bp.get("/<uuid:draft_id>")
@requires(*STUDIO_READERS)
def show(draft_id: UUID) -> ResponseReturnValue:
    draft = _draft(draft_id)
    if draft.key.startswith(DECISION):
        return redirect(url_for("table_drafts.show", draft_id=draft_id))
    return _page(draft)


@bp.get("/<uuid:draft_id>/concept.bpmn")
@requires(*STUDIO_READERS)
def diagram(draft_id: UUID) -> ResponseReturnValue:
    """The file as a download, never as a page: it may hold anything (threat 18)."""
    draft = _draft(draft_id)
    # A draft of an earlier release may write booleans and references otherwise than the editor.
    return diagram_file(as_text(draft.xml.encode()), f"{draft.key}-concept.bpmn")


@bp.post("/<uuid:draft_id>/vervangen")
@requires(Role.PROCESS_OWNER)
@limited(Rate.UPLOAD)
def replace(draft_id: UUID) -> ResponseReturnValue:
    """Replace the draft by a file, unless another user just did."""
    draft, xml = _draft(draft_id), sent_diagram()
    if isinstance(xml, str):
        return _page(draft, problem=xml), 422
    given = {"draft_id": draft_id, "version": _version()}
    return _kept(xml, lambda error: _rejected(draft, error.findings), **given)


@bp.post("/<uuid:draft_id>/weggooien")
@requires(Role.PROCESS_OWNER)
def delete(draft_id: UUID) -> ResponseReturnValue:
    try:
        drafts.delete_draft(db.session(), draft_id, version=_version())
    except UnknownDraftError:
        pass  # it is gone already
    except StaleDraftError as error:
        return _stale(error)
    unit_of_work(db.session()).commit()
    flash("Het concept is weggegooid.", "ok")
    return redirect(url_for("drafts.index"))


def _kept(
    xml: bytes, rejected: Callable[[RejectedDeploymentError], ResponseReturnValue], **given: Any
) -> ResponseReturnValue:
    try:
        draft = keep(xml, **given)
    except RejectedDeploymentError as error:
        return rejected(error)
    except StaleDraftError as error:
        return _stale(error)
    except UnknownDraftError:
        abort(404)
    if request.form.get("then") == "draw":
        return redirect(url_for("editor.show", draft_id=draft.id, opnieuw=1))
    flash("Het concept is bewaard.", "ok")
    return redirect(url_for("drafts.show", draft_id=draft.id))


def _draft(draft_id: UUID) -> ProcessDraft:
    try:
        return drafts.draft_of(db.session(), draft_id)
    except UnknownDraftError:
        abort(404)


def _version() -> int:
    return request.form.get("version", 0, type=whole_number)


def _page(draft: ProcessDraft, **more: Any) -> str:
    given = {"findings": drafts.todo(draft), **more}
    return render_template("studio/draft.html", draft=draft, **given)


def _rejected(draft: ProcessDraft | None, findings: list[Finding]) -> ResponseReturnValue:
    """The file that was sent cannot even be a draft; the draft stays as it was."""
    if draft is None:
        return render_template("studio/new.html", findings=findings), 422
    return _page(draft, rejected=findings), 422


def _stale(error: StaleDraftError) -> ResponseReturnValue:
    """Somebody else was first: nothing is saved, and nothing that was sent is lost."""
    if error.yours:
        return merge_page(error.theirs, error.yours.encode()), 409
    return _page(error.theirs, is_stale=True), 409
