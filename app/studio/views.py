"""The process owner's pages: which processes run, how they are drawn, placing a new version."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access import Role, current_user, requires
from app.db import db
from app.pages import add_helpers
from app.studio.uploads import sent_diagram
from app.studio.versions import Version, running_per_key, versions_of
from processes.engine import sandbox
from processes.engine.definitions import (
    RejectedDeploymentError,
    definitions,
    deploy,
    deployed_xml,
)
from processes.engine.drafts import drafts
from processes.engine.findings import Finding, is_deployable, is_saveable
from processes.engine.reading import as_text
from workers.enqueue import commit_and_enqueue
from workers.vocabulary import vocabulary

LONGEST_NOTE = 500

bp = Blueprint("studio", __name__, url_prefix="/processen")
add_helpers(bp)


@bp.get("")
@requires(Role.PROCESS_OWNER)
def index() -> ResponseReturnValue:
    return render_template(
        "studio/index.html",
        definitions=definitions(db.session()),
        running=running_per_key(db.session()),
        drafts=len(drafts(db.session())),
    )


@bp.get("/nieuwe-versie")
@requires(Role.PROCESS_OWNER)
def new() -> ResponseReturnValue:
    return render_template("studio/new.html")


@bp.post("/nieuwe-versie")
@requires(Role.PROCESS_OWNER)
def upload() -> ResponseReturnValue:
    xml = sent_diagram()
    if isinstance(xml, str):
        return _refused(problem=xml)
    # In a child process first: whatever the file does to the checker, this process goes on.
    findings = sandbox.check(xml, vocabulary(), deployed=deployed_xml(db.session()))
    if not is_deployable(findings):
        return _refused(findings=findings, xml=xml)
    try:
        deployed = deploy(
            db.session(),
            xml,
            vocabulary=vocabulary(),
            deployed_by=current_user().label,
            note=request.form.get("note", "").strip()[:LONGEST_NOTE],
        )
    except RejectedDeploymentError as error:
        return _refused(findings=error.findings)
    commit_and_enqueue(db.session())
    if not deployed:
        return _refused(problem="In dit bestand staat geen proces dat kan draaien.")
    names = ", ".join(f"{one.name or one.key} versie {one.version}" for one in deployed)
    flash(f"Geplaatst: {names}. Nieuwe zaken gebruiken deze versie.", "ok")
    return redirect(url_for("studio.version", key=deployed[0].key, number=deployed[0].version))


@bp.get("/<key>")
@requires(Role.PROCESS_OWNER)
def process(key: str) -> ResponseReturnValue:
    versions = versions_of(db.session(), key) or abort(404)
    return render_template("studio/process.html", versions=versions)


@bp.get("/<key>/<int:number>")
@requires(Role.PROCESS_OWNER)
def version(key: str, number: int) -> ResponseReturnValue:
    return render_template("studio/version.html", version=_version(key, number))


@bp.get("/<key>/<int:number>/diagram.bpmn")
@requires(Role.PROCESS_OWNER)
def diagram(key: str, number: int) -> ResponseReturnValue:
    """The file, never shown as a page: what is drawn may hold anything (threat 18)."""
    definition = _version(key, number).definition
    response = Response(definition.xml, mimetype="application/xml")
    name = f"{definition.key}-v{definition.version}.bpmn"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _version(key: str, number: int) -> Version:
    versions = versions_of(db.session(), key)
    return next((one for one in versions if one.definition.version == number), None) or abort(404)


def _refused(
    *, problem: str = "", findings: list[Finding] | None = None, xml: bytes = b""
) -> ResponseReturnValue:
    """What is wrong; a diagram that only has things left to fill in may be kept as a draft."""
    page = render_template(
        "studio/new.html",
        problem=problem,
        findings=findings or [],
        note=request.form.get("note", ""),
        draft=as_text(xml) if findings and is_saveable(findings) else "",
    )
    return page, 422
