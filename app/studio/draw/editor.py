"""The diagram editor: create a draft, autosave, resolve concurrent edits."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.studio.deploy.versions import versions_of
from app.studio.draw.checking import findings_of
from app.studio.draw.compare import SYMBOLS, marks_of
from app.studio.draw.completion import functions
from app.studio.draw.element_templates import (
    deployed_templates,
    element_templates,
    with_addresses,
)
from app.studio.draw.saving import keep
from app.studio.draw.uploads import LARGEST_DIAGRAM, sent_diagram
from app.web.access import Role, requires
from app.web.db import db
from app.web.limits import Rate, limited
from app.web.pages import add_helpers, whole_number
from app.web.process_rights import seen
from processes.dutch import moment_in_words
from processes.engine.checks.findings import Finding
from processes.engine.checks.known_names import known_names
from processes.engine.deployment.definitions import (
    DECISION,
    RejectedDeploymentError,
    definitions,
    tables,
)
from processes.engine.deployment.diff import Kind, differences
from processes.engine.deployment.drafts import (
    ProcessDraft,
    StaleDraftError,
    UnknownDraftError,
    draft_of,
    drafts,
    todo,
)
from processes.engine.deployment.new_diagram import free_key, new_diagram
from processes.engine.diagram.graph import UnreadableDiagramError, read
from processes.engine.language.expressions import ExpressionError
from processes.engine.language.functions import FUNCTIONS
from processes.engine.language.to_feel import as_feel
from processes.engine.words.who_begins import who_begins
from processes.reading import characters
from processes.reading.json_text import TooDeepError, read_json
from processes.webhooks.addresses import addresses as webhook_addresses
from workers.vocabulary import vocabulary

LONGEST_NAME = 100

bp = Blueprint("editor", __name__, url_prefix="/processen")
add_helpers(bp)


@bp.post("/concepten/nieuw")
@requires(Role.PROCESS_OWNER)
@limited(Rate.UPLOAD)
def begin() -> ResponseReturnValue:
    """Create a draft from a name."""
    name = characters.line(request.form.get("name", ""))[:LONGEST_NAME]
    if not characters.is_visible(name):
        page = render_template("studio/drafts.html", drafts=_listed(), problem=NAMELESS)
        return page, 422
    draft = keep(new_diagram(free_key(db.session(), name), name))
    return redirect(url_for("editor.show", draft_id=draft.id))


NAMELESS = "Vul in hoe het proces heet."


@bp.post("/<key>/<int:number>/bewerken")
@requires(Role.PROCESS_OWNER)
def begin_from(key: str, number: int) -> ResponseReturnValue:
    """Create a draft from a deployed version."""
    versions = versions_of(db.session(), key)
    found = next((one for one in versions if one.definition.version == number), None) or abort(404)
    xml, based_on = found.definition.xml.encode(), found.definition.id
    draft = keep(xml, based_on=based_on)
    return redirect(url_for("editor.show", draft_id=draft.id))


@bp.get("/concepten/<uuid:draft_id>/tekenen")
@requires(Role.PROCESS_OWNER)
def show(draft_id: UUID) -> ResponseReturnValue:
    draft = _draft(draft_id)
    return render_template(
        "studio/editor.html", draft=draft, findings=[_shown(each) for each in todo(draft)]
    )


@bp.get("/sjablonen.json")
@requires(Role.PROCESS_OWNER)
def templates() -> ResponseReturnValue:
    """The element templates for the editor."""
    session = db.session()
    processes = {one.key: one.name or one.key for one in seen(definitions(session))}
    asked = {one.key.removeprefix(DECISION): one.name or one.key for one in seen(tables(session))}
    addresses = [one.name for one in webhook_addresses(session) if one.enabled]
    ours = with_addresses(element_templates(), addresses)
    return [*ours, *deployed_templates(processes, asked)]


TOO_DEEP = "Hier zit te veel in elkaar om te lezen. Schrijf het korter."


@bp.post("/concepten/controle")
@requires(Role.PROCESS_OWNER)
@limited(Rate.AUTOSAVE)
def check() -> ResponseReturnValue:
    """The findings of the diagram on the screen."""
    xml = _sent()
    return {"findings": [_shown(each) for each in findings_of(xml)]}


@bp.post("/concepten/feel")
@requires(Role.PROCESS_OWNER)
@limited(Rate.AUTOSAVE)
def written_as_feel() -> ResponseReturnValue:
    """The condition `text` as FEEL, where `dates` are the fields of type date; or why not."""
    try:
        sent = read_json(request.get_data()) if request.is_json else None
    except TooDeepError:
        return {"problem": TOO_DEEP}, 400
    except ValueError:
        abort(400)
    text, dates = (sent.get("text"), sent.get("dates")) if isinstance(sent, dict) else (None, None)
    if not isinstance(text, str) or not isinstance(dates, list):
        abort(400)
    try:
        return {"feel": as_feel(text, [each for each in dates if isinstance(each, str)])}
    except ExpressionError as error:
        return {"problem": str(error)}, 422


@bp.get("/concepten/<uuid:draft_id>/namen")
@requires(Role.PROCESS_OWNER)
def names(draft_id: UUID) -> ResponseReturnValue:
    """The names and functions that expressions of the draft may use, for completion."""
    try:
        drawn = read(_draft(draft_id).xml.encode())
    except UnreadableDiagramError:
        abort(404)
    known = known_names(drawn, vocabulary())
    return jsonify(
        functions=functions(),
        names=[asdict(each) for each in known],
        small=sorted(FUNCTIONS),
    )


@bp.post("/concepten/<uuid:draft_id>/bewaren")
@requires(Role.PROCESS_OWNER)
@limited(Rate.AUTOSAVE)
def save(draft_id: UUID) -> ResponseReturnValue:
    """Save the diagram on the screen as the next version of the draft."""
    xml, version = _sent(), request.args.get("versie", 0, type=whole_number)
    try:
        draft = keep(xml, draft_id=draft_id, version=version)
    except RejectedDeploymentError as error:
        return {"findings": [_shown(each) for each in error.findings]}, 422
    except UnknownDraftError:
        return {"gone": True}, 404
    except StaleDraftError as error:
        return _state(error.theirs), 409
    return _state(draft)


@bp.post("/concepten/<uuid:draft_id>/samenvoegen")
@requires(Role.PROCESS_OWNER)
@limited(Rate.UPLOAD)
def merge(draft_id: UUID) -> ResponseReturnValue:
    """Two concurrent drawings side by side, to choose from."""
    draft, xml = _draft(draft_id), sent_diagram()
    if isinstance(xml, str):
        return redirect(url_for("editor.show", draft_id=draft_id))
    return merge_page(draft, xml)


def merge_page(theirs: ProcessDraft, yours: bytes) -> str:
    """The page to choose between the saved draft and one's own."""
    found = differences(theirs.xml.encode(), yours)
    return render_template(
        "studio/merge.html",
        draft=theirs,
        yours=yours.decode("utf-8", "replace"),
        found=found,
        symbols=SYMBOLS,
        their_marks=marks_of(found, Kind.REMOVED),
        your_marks=marks_of(found, Kind.ADDED),
    )


def _sent() -> bytes:
    """The diagram as the body of the request."""
    xml = request.get_data(cache=False)
    if not xml or len(xml) > LARGEST_DIAGRAM:
        abort(413 if xml else 400)
    return xml


def _state(draft: ProcessDraft) -> dict[str, Any]:
    """What the editor needs to know of the draft as it is kept now."""
    return {
        "version": draft.version,
        "name": draft.name,
        "saved_by": draft.saved_by,
        "saved_at": moment_in_words(draft.saved_at),
        "findings": [_shown(each) for each in todo(draft)],
        "begins": who_begins(draft.xml.encode()),
    }


def _shown(finding: Finding) -> dict[str, Any]:
    return asdict(finding)


def _listed() -> list[tuple[ProcessDraft, list[Finding]]]:
    return [(draft, todo(draft)) for draft in seen(drafts(db.session()))]


def _draft(draft_id: UUID) -> ProcessDraft:
    try:
        return draft_of(db.session(), draft_id)
    except UnknownDraftError:
        abort(404)
