"""Pages for editing a decision table: draft, findings, review, deploy."""

import re
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.studio.deploy.people import current_person, four_eyes
from app.studio.draw.checking import findings_of
from app.studio.draw.uploads import sent_diagram
from app.studio.tables.askers import impact_of
from app.studio.tables.table_view import expressions_in, tables_in
from app.studio.tables.views import version_of
from app.web.access import (
    STUDIO_READERS,
    Role,
    current_user,
    needs_recent_login,
    needs_recent_login_when,
    requires,
)
from app.web.db import Begins, begins, db
from app.web.diagrams.files import diagram_file
from app.web.limits import Rate, limited
from app.web.pages import add_helpers, whole_number
from app.web.process_rights import keys_of_file, may_process, refuse_unless
from processes.dutch import moment_in_words
from processes.engine.deployment import drafts, reviews
from processes.engine.deployment.definitions import (
    DECISION,
    RejectedDeploymentError,
)
from processes.engine.deployment.drafts import ProcessDraft, StaleDraftError, UnknownDraftError
from processes.engine.deployment.table_drafts import (
    NotATableError,
    UnreadableDiagramError,
    blank_table,
    keep_table,
    key_in,
)
from processes.engine.diagram.xml import as_text
from processes.engine.store.permission_models import Right
from processes.reading import characters
from processes.tryout import deployment
from processes.tryout.deployment import HinderedError, Hindrance, Order
from processes.unit_of_work import unit_of_work
from workers.vocabulary import vocabulary

LONGEST_NOTE = 500
ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}", re.ASCII)
HINDRANCES = {
    Hindrance.NOT_APPROVED: "Een collega moet deze tabel eerst goedkeuren.",
    Hindrance.NO_NOTE: "Schrijf op wat er verandert en waarom.",
}
NO_TABLE = "In dit bestand staat geen beslistabel. Kies een DMN-bestand met een beslistabel."

bp = Blueprint("table_drafts", __name__, url_prefix="/processen/tabellen")
add_helpers(bp)


@bp.get("/nieuw")
@requires(Role.PROCESS_OWNER)
def new() -> ResponseReturnValue:
    return render_template("studio/table_new.html")


@bp.post("/nieuw")
@requires(Role.PROCESS_OWNER)
@limited(Rate.UPLOAD)
def create() -> ResponseReturnValue:
    """Create a draft from a blank table or an uploaded file."""
    if "upload" in request.form:
        xml = sent_diagram()
        problem = xml if isinstance(xml, str) else _problem_of(xml)
        if problem or isinstance(xml, str):
            return render_template("studio/table_new.html", problem=problem), 422
        return _kept(xml)
    name = characters.line(request.form.get("name", ""))[:100]
    key = characters.line(request.form.get("key", ""))
    problems = _problems(name, key)
    if problems:
        page = render_template("studio/table_new.html", problems=problems, name=name, key=key)
        return page, 422
    return _kept(blank_table(key, name))


@bp.post("/<key>/<int:number>/bewerken")
@requires(Role.PROCESS_OWNER)
def change(key: str, number: int) -> ResponseReturnValue:
    """Create a draft from this version."""
    return _kept(version_of(key, number).definition.xml.encode())


@bp.get("/concepten/<uuid:draft_id>")
@requires(*STUDIO_READERS)
def show(draft_id: UUID) -> ResponseReturnValue:
    return _page(draft_with(draft_id))


@bp.get("/concepten/<uuid:draft_id>/concept.dmn")
@requires(*STUDIO_READERS)
def file(draft_id: UUID) -> ResponseReturnValue:
    draft = draft_with(draft_id)
    # A draft of an earlier release may be of an earlier DMN than the editor reads.
    return diagram_file(as_text(draft.xml.encode()), f"{_key(draft)}-concept.dmn")


@bp.post("/concepten/<uuid:draft_id>")
@requires(Role.PROCESS_OWNER)
@limited(Rate.AUTOSAVE)
def save(draft_id: UUID) -> ResponseReturnValue:
    """Autosave of the editor; returns the findings."""
    draft, xml = _found(draft_id), sent_diagram()
    if draft is None:
        return _gone()
    problem = xml if isinstance(xml, str) else _problem_of(xml)
    if problem or isinstance(xml, str):
        return jsonify(message=problem), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        _keep(xml, draft_id=draft_id, version=_version())
    except StaleDraftError as error:
        theirs = error.theirs
        when = moment_in_words(theirs.saved_at)
        message = f"{theirs.saved_by} bewaarde deze tabel op {when}. Uw versie is niet bewaard."
        return jsonify(message=message, version=theirs.version), HTTPStatus.CONFLICT
    except UnknownDraftError:
        return _gone()
    unit_of_work(db.session()).commit()
    found = render_template("studio/table_findings.html", findings=drafts.todo(draft))
    saved = f"Bewaard op {moment_in_words(draft.saved_at)}."
    return jsonify(version=draft.version, message=saved, findings=found, name=draft.name)


@bp.post("/concepten/<uuid:draft_id>/vervangen")
@requires(Role.PROCESS_OWNER)
@limited(Rate.UPLOAD)
def replace(draft_id: UUID) -> ResponseReturnValue:
    """Replace the draft by a file, unless another user just did."""
    draft, xml = draft_with(draft_id), sent_diagram()
    problem = xml if isinstance(xml, str) else _problem_of(xml)
    if problem or isinstance(xml, str):
        return _page(draft, problem=problem), 422
    try:
        return _kept(xml, draft_id=draft_id, version=_version())
    except StaleDraftError as error:
        return _page(error.theirs, is_stale=True), 409


@bp.post("/concepten/<uuid:draft_id>/controle")
@requires(*STUDIO_READERS)
@needs_recent_login_when(lambda: request.form.get("do") == "approve")
@limited(Rate.UPLOAD)
def review(draft_id: UUID) -> ResponseReturnValue:
    """Submit the draft, or approve a colleague's (four eyes)."""
    draft, person = draft_with(draft_id), current_person()
    try:
        if request.form.get("do") == "approve" and may_process(Right.APPROVE, draft.key):
            reviews.approve(db.session(), draft, person)
        elif may_process(Right.EDIT, draft.key):
            reviews.submit(db.session(), draft, person)
    except reviews.OwnWorkError:
        return _page(draft, problem="U kunt uw eigen werk niet goedkeuren. Vraag een collega."), 422
    except reviews.NotInReviewError:
        return _page(draft, is_stale=True), 409
    unit_of_work(db.session()).commit()
    return redirect(url_for("table_drafts.show", draft_id=draft_id), 303)


@bp.post("/concepten/<uuid:draft_id>/plaatsen")
@requires(Role.PROCESS_DEPLOYER)
@needs_recent_login
@begins(Begins.WHEN_WRITING)
def deploy(draft_id: UUID) -> ResponseReturnValue:
    """Put the table in use: every process that asks it gets the new rules from now on."""
    draft = draft_with(draft_id)
    note = characters.line(request.form.get("note", ""))[:LONGEST_NOTE]
    order = Order(current_person(), note, vocabulary(), four_eyes())
    if hindrance := deployment.hindrance_of(db.session(), draft, order):
        return _page(draft, problem=HINDRANCES[hindrance], note=note), 422
    if failing := deployment.judge(db.session(), draft):
        return _page(draft_with(draft_id), failing=failing, note=note), 422
    unit_of_work(db.session()).begin_writing()
    return _placed(draft_id, order)


def _placed(draft_id: UUID, order: Order) -> ResponseReturnValue:
    session, draft = db.session(), draft_with(draft_id)
    try:
        (latest, *_) = deployment.deploy_draft(session, draft, _version(), order)
    except HinderedError as error:
        return _page(draft, problem=HINDRANCES[error.hindrance], note=order.note), 422
    except RejectedDeploymentError as error:
        return _page(draft, findings=error.findings, note=order.note), 422
    except StaleDraftError as error:
        return _page(error.theirs, is_stale=True), 409
    unit_of_work(session).commit()
    flash("De tabel is in gebruik. Elke nieuwe beslissing gaat volgens deze versie.", "ok")
    key = latest.key.removeprefix(DECISION)
    return redirect(url_for("tables.version", key=key, number=latest.version), 303)


@bp.post("/concepten/<uuid:draft_id>/weggooien")
@requires(Role.PROCESS_OWNER)
def delete(draft_id: UUID) -> ResponseReturnValue:
    try:
        drafts.delete_draft(db.session(), draft_id, version=_version())
    except UnknownDraftError:
        pass  # it is gone already
    except StaleDraftError as error:
        return _page(error.theirs, is_stale=True), 409
    unit_of_work(db.session()).commit()
    flash("Het concept is weggegooid.", "ok")
    return redirect(url_for("tables.index"), 303)


def _kept(xml: bytes, **given: Any) -> ResponseReturnValue:
    draft = _keep(xml, **given)
    unit_of_work(db.session()).commit()
    return redirect(url_for("table_drafts.show", draft_id=draft.id), 303)


def _keep(xml: bytes, **given: Any) -> ProcessDraft:
    refuse_unless(Right.EDIT, keys_of_file(xml))
    draft = keep_table(db.session(), xml, findings_of(xml), by=current_user().label, **given)
    reviews.note_saved(db.session(), draft, current_person())
    return draft


def _problem_of(xml: bytes) -> str:
    """In Dutch why this file cannot even be a draft; "" where it can."""
    try:
        key_in(xml)
    except NotATableError:
        return NO_TABLE
    except UnreadableDiagramError as reason:
        return str(reason)
    return ""


def _problems(name: str, key: str) -> list[tuple[str, str]]:
    problems = [] if characters.is_visible(name) else [("#name", "Vul de naam van de tabel in.")]
    if not ID.fullmatch(key):
        message = "Vul een id in zonder spaties, die begint met een letter."
        problems.append(("#key", message))
    return problems


def draft_with(draft_id: UUID) -> ProcessDraft:
    """The draft of a table with this id, or 404."""
    return _found(draft_id) or abort(404)


def _found(draft_id: UUID) -> ProcessDraft | None:
    try:
        draft = drafts.draft_of(db.session(), draft_id)
    except UnknownDraftError:
        return None
    return draft if draft.key.startswith(DECISION) else None


def _gone() -> ResponseReturnValue:
    message = "Niet bewaard: dit concept is er niet meer. Wat u wijzigde, staat nog op dit scherm."
    return jsonify(message=message), HTTPStatus.NOT_FOUND


def _page(draft: ProcessDraft, **more: Any) -> str:
    session = db.session()
    given = {
        "findings": drafts.todo(draft),
        "tables": tables_in(draft.xml),
        "expressions": expressions_in(draft.xml),
        "key": _key(draft),
        "may_edit": may_process(Right.EDIT, draft.key),
        "may_draw": may_process(Right.EDIT, draft.key) and "bekijken" not in request.args,
        "may_deploy": may_process(Right.DEPLOY, draft.key),
        "needs_four_eyes": four_eyes(),
        "state": reviews.state_of(session, draft).value,
        "scenarios": len(deployment.scenarios_for(session, draft)),
        "impact": impact_of(session, draft),
        "failing": (),
        "note": "",
        "may_approve": may_process(Right.APPROVE, draft.key)
        and not reviews.is_own_work(session, draft, current_person()),
    }
    return render_template("studio/table_draft.html", draft=draft, **(given | more))


def _key(draft: ProcessDraft) -> str:
    return draft.key.removeprefix(DECISION)


def _version() -> int:
    return request.form.get("version", 0, type=whole_number)
