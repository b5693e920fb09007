"""Pages of processes and versions: list, upload, download, roll back."""

from functools import partial

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.studio.deploy.approving import waiting_for_me
from app.studio.deploy.migrations import runs_of
from app.studio.deploy.versions import Version, running_per_key, version_of, versions_of
from app.studio.draw.saving import keep
from app.studio.draw.uploads import sent_diagram
from app.web.access import STUDIO_READERS, Role, requires
from app.web.db import db
from app.web.diagrams.files import diagram_file
from app.web.diagrams.live_places import badges_of, places_of
from app.web.limits import Rate, limited
from app.web.pages import add_helpers
from app.web.process_rights import seen
from processes.engine.deployment import reviews
from processes.engine.deployment.definitions import DECISION, RejectedDeploymentError, definitions
from processes.engine.deployment.drafts import drafts
from processes.engine.words.who_begins import who_begins

bp = Blueprint("studio", __name__, url_prefix="/processen")
add_helpers(bp)


@bp.app_template_global("who_begins")
def begins(xml: str) -> list[tuple[str, list[str]]]:
    """Who or what begins each process of a file, for its owner."""
    return who_begins(xml.encode())


@bp.get("")
@requires(*STUDIO_READERS)
def index() -> ResponseReturnValue:
    return render_template(
        "studio/index.html",
        definitions=seen(definitions(db.session())),
        running=running_per_key(db.session()),
        drafts=len(seen(drafts(db.session()))),
        waiting=len(waiting_for_me()),
    )


@bp.get("/nieuwe-versie")
@requires(Role.PROCESS_OWNER)
def new() -> ResponseReturnValue:
    return render_template("studio/new.html")


@bp.post("/nieuwe-versie")
@requires(Role.PROCESS_OWNER)
@limited(Rate.UPLOAD)
def upload() -> ResponseReturnValue:
    """Save an uploaded file as a draft; deploying it is another step, with its own right."""
    xml = sent_diagram()
    if isinstance(xml, str):
        return render_template("studio/new.html", problem=xml), 422
    try:
        draft = keep(xml)
    except RejectedDeploymentError as error:
        return render_template("studio/new.html", findings=error.findings), 422
    flash("Bewaard als concept. Bekijk wat er verandert en neem het daarna in gebruik.", "ok")
    return redirect(url_for("drafts.show", draft_id=draft.id))


@bp.post("/<key>/<int:number>/terug")
@requires(Role.PROCESS_OWNER)
def roll_back(key: str, number: int) -> ResponseReturnValue:
    """Save an earlier version as a draft, which is deployed like any other."""
    definition = _version(key, number).definition
    draft = keep(definition.xml.encode())  # based on the newest: that is what it changes
    return redirect(url_for("deployment.prepare", draft_id=draft.id))


@bp.get("/<key>")
@requires(*STUDIO_READERS)
def process(key: str) -> ResponseReturnValue:
    session = db.session()
    versions = versions_of(session, key) or abort(404)
    return render_template(
        "studio/process.html",
        versions=versions,
        drafts=[draft for draft in drafts(session) if draft.key == key],
        runs=runs_of(session, key),
        events=reviews.events_of_process(session, key),
    )


@bp.get("/<key>/<int:number>")
@requires(*STUDIO_READERS)
def version(key: str, number: int) -> ResponseReturnValue:
    """The page of a version; with htmx, only what stands where, which is asked again."""
    if key.startswith(DECISION):
        return redirect(url_for("tables.version", key=key.removeprefix(DECISION), number=number))
    found = _version(key, number)
    places = places_of(found.definition, partial(url_for, "see.cases", key=key, versie=number))
    part = "version_counts" if request.headers.get("HX-Request") else "version"
    return render_template(
        f"studio/{part}.html", version=found, places=places, badges=badges_of(places)
    )


@bp.get("/<key>/<int:number>/diagram.bpmn")
@requires(*STUDIO_READERS)
def diagram(key: str, number: int) -> ResponseReturnValue:
    """The file as a download, never as a page: it may hold anything (threat 18)."""
    definition = _version(key, number).definition
    return diagram_file(definition.xml, f"{definition.key}-v{definition.version}.bpmn")


def _version(key: str, number: int) -> Version:
    return version_of(db.session(), key, number) or abort(404)
