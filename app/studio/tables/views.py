"""Pages of deployed decision tables: versions, rules, processes that refer to them."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.studio.deploy.versions import Version, versions_of
from app.studio.deploy.versions import version_of as version_with
from app.studio.tables.table_view import tables_in
from app.web.access import STUDIO_READERS, Role, current_user, requires
from app.web.db import db
from app.web.diagrams import diagram_file
from app.web.pages import add_helpers
from processes.engine.deployment.definitions import DECISION, definitions, deployed_xml, tables
from processes.engine.deployment.table_drafts import table_drafts
from processes.engine.diagram import elements as diagram
from processes.engine.store.models import ProcessDefinition

bp = Blueprint("tables", __name__, url_prefix="/processen/tabellen")
add_helpers(bp)


@bp.get("")
@requires(*STUDIO_READERS)
def index() -> ResponseReturnValue:
    session = db.session()
    found = tables(session)
    return render_template(
        "studio/tables.html",
        tables=[(each, key_of(each)) for each in found],
        askers=_askers(session),
        drafts=table_drafts(session),
        may_edit=may(Role.PROCESS_OWNER),
    )


@bp.get("/<key>")
@requires(*STUDIO_READERS)
def table(key: str) -> ResponseReturnValue:
    versions = versions_of(db.session(), f"{DECISION}{key}") or abort(404)
    asked_by = _askers(db.session()).get(key, [])
    return render_template("studio/table.html", key=key, versions=versions, askers=asked_by)


@bp.get("/<key>/<int:number>")
@requires(*STUDIO_READERS)
def version(key: str, number: int) -> ResponseReturnValue:
    found = version_of(key, number)
    return render_template(
        "studio/table_version.html",
        key=key,
        version=found,
        tables=tables_in(found.definition.xml),
        may_edit=may(Role.PROCESS_OWNER),
    )


@bp.get("/<key>/<int:number>/tabel.dmn")
@requires(*STUDIO_READERS)
def file(key: str, number: int) -> ResponseReturnValue:
    definition = version_of(key, number).definition
    return diagram_file(definition.xml, f"{key}-v{definition.version}.dmn")


def version_of(key: str, number: int) -> Version:
    """One version of a table, or 404."""
    return version_with(db.session(), f"{DECISION}{key}", number) or abort(404)


def key_of(definition: ProcessDefinition) -> str:
    """The id of the decision, as a diagram names it."""
    return definition.key.removeprefix(DECISION)


def may(role: Role) -> bool:
    return role in current_user().roles


def _askers(session: Session) -> dict[str, list[ProcessDefinition]]:
    """The processes whose latest version asks a table, by the table's id."""
    files = deployed_xml(session)
    found: dict[str, list[ProcessDefinition]] = {}
    for process in definitions(session):
        elements = diagram.read(files[process.key]).elements.values()
        for wanted in {each.decision for each in elements if each.decision}:
            found.setdefault(wanted, []).append(process)
    return found
