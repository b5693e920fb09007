"""Pages of deployed decision tables: versions, rules, processes that refer to them."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from app.studio.deploy.versions import Version, versions_of
from app.studio.deploy.versions import version_of as version_with
from app.studio.tables.askers import askers
from app.studio.tables.table_view import expressions_in, tables_in
from app.web.access import STUDIO_READERS, Role, current_user, requires
from app.web.db import db
from app.web.diagrams.files import diagram_file
from app.web.pages import add_helpers
from app.web.process_rights import may_process, seen
from processes.engine.deployment.definitions import DECISION, tables
from processes.engine.deployment.table_drafts import table_drafts
from processes.engine.insight.rule_hits import rule_hits
from processes.engine.store.models import ProcessDefinition
from processes.engine.store.permission_models import Right

bp = Blueprint("tables", __name__, url_prefix="/processen/tabellen")
add_helpers(bp)


@bp.get("")
@requires(*STUDIO_READERS)
def index() -> ResponseReturnValue:
    session = db.session()
    found = seen(tables(session))
    return render_template(
        "studio/tables.html",
        tables=[(each, key_of(each)) for each in found],
        askers=askers(session),
        drafts=seen(table_drafts(session)),
        may_edit=Role.PROCESS_OWNER in current_user().roles,
    )


@bp.get("/<key>")
@requires(*STUDIO_READERS)
def table(key: str) -> ResponseReturnValue:
    versions = versions_of(db.session(), f"{DECISION}{key}") or abort(404)
    asked_by = askers(db.session()).get(key, [])
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
        expressions=expressions_in(found.definition.xml),
        hits={key: rule_hits(db.session(), key, number)},  # of others in the file by other numbers
        may_edit=may_process(Right.EDIT, found.definition.key),
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
