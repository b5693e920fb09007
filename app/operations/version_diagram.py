"""A version of a process with what stands at each of its elements now, and the way to the list."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from app.operations.blueprint import bp
from app.web.access import Role, requires
from app.web.db import db
from app.web.diagrams.files import diagram_file
from app.web.diagrams.live_places import Address, badges_of, places_of
from processes.engine.store.models import InstanceStatus, ProcessDefinition, ProcessInstance


@bp.get("/beheer/versies/<key>/<int:number>")
@requires(Role.OPERATOR)
def version_diagram(key: str, number: int) -> ResponseReturnValue:
    """The page; with htmx, only the counts, which are asked again while the page is open."""
    definition = _version(key, number)
    places = places_of(definition, _cases_of(definition))
    part = "version_counts" if request.headers.get("HX-Request") else "version"
    return render_template(
        f"operations/{part}.html",
        definition=definition,
        places=places,
        badges=badges_of(places),
        totals=_totals(definition),
        versions=_versions(key),
        statuses=InstanceStatus,
    )


@bp.get("/beheer/versies/<key>/<int:number>/diagram.bpmn")
@requires(Role.OPERATOR)
def version_file(key: str, number: int) -> ResponseReturnValue:
    """The diagram of a version, as a download (threat 18)."""
    found = _version(key, number)
    return diagram_file(found.xml, f"{found.key}-v{found.version}.bpmn")


def _version(key: str, number: int) -> ProcessDefinition:
    query = select(ProcessDefinition).where(
        ProcessDefinition.key == key, ProcessDefinition.version == number
    )
    return db.session().scalar(query.options(undefer(ProcessDefinition.xml))) or abort(404)


def _versions(key: str) -> Iterable[int]:
    query = select(ProcessDefinition.version).where(ProcessDefinition.key == key)
    return db.session().scalars(query.order_by(ProcessDefinition.version.desc())).all()


def _totals(definition: ProcessDefinition) -> Mapping[InstanceStatus, int]:
    query = select(ProcessInstance.status, func.count())
    of_it = query.where(ProcessInstance.definition_id == definition.id)
    return dict(db.session().execute(of_it.group_by(ProcessInstance.status)).all())


def _cases_of(definition: ProcessDefinition) -> Address:
    """The list of the cases of this version, with a word more."""

    def address(**more: Any) -> str:
        of_version: dict[str, Any] = {"proces": definition.key, "versie": definition.version}
        return url_for("operations.instance_list", **of_version, **more)

    return address
