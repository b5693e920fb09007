"""A version of a process with what stands at each of its elements now, and the way to the list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from app.operations.blueprint import bp
from app.web.access import Role, requires
from app.web.db import db
from app.web.diagrams import diagram_file
from processes.engine.diagram import elements
from processes.engine.diagram.elements import Element
from processes.engine.diagram.xml import UnreadableDiagramError
from processes.engine.insight.live_counts import LiveCount, live_counts
from processes.engine.store.models import InstanceStatus, ProcessDefinition, ProcessInstance
from processes.engine.words.element_words import kind_in_words

ARMED = ("boundaryEvent", "startEvent")  # they wait along with the task or scope that they are of


@dataclass(frozen=True)
class Place:
    """One element with its counts, and the lists of those cases."""

    element_id: str
    name: str
    kind: str  # in Dutch; empty where the element is not in this diagram
    count: LiveCount
    waiting_href: str
    stuck_href: str


@bp.get("/beheer/versies/<key>/<int:number>")
@requires(Role.OPERATOR)
def version_diagram(key: str, number: int) -> ResponseReturnValue:
    """The page; with htmx, only the counts, which are asked again while the page is open."""
    definition = _version(key, number)
    places = _places(definition)
    part = "version_counts" if request.headers.get("HX-Request") else "version"
    return render_template(
        f"operations/{part}.html",
        definition=definition,
        places=places,
        badges=[badge for place in places for badge in _badges(place)],
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


def _places(definition: ProcessDefinition) -> list[Place]:
    """The elements at which anything stands, in the order of the diagram; then those it calls."""
    counts = live_counts(db.session(), definition.id)
    drawn = _drawn(definition)
    order = {id_: number for number, id_ in enumerate(drawn)}
    ids = sorted(counts, key=lambda id_: (order.get(id_, len(order)), id_))
    return [
        _place(definition, drawn.get(id_), id_, counts[id_])
        for id_ in ids
        if counts[id_].incidents or id_ not in drawn or drawn[id_].type not in ARMED
    ]


def _drawn(definition: ProcessDefinition) -> Mapping[str, Element]:
    try:
        return elements.read(definition.xml.encode()).elements
    except UnreadableDiagramError:
        return {}


def _place(
    definition: ProcessDefinition, element: Element | None, id_: str, count: LiveCount
) -> Place:
    of_version: dict[str, Any] = {"proces": definition.key, "versie": definition.version}
    name = element.name if element is not None and element.name else id_
    return Place(
        id_,
        name,
        kind_in_words(element.type) if element is not None else "",
        count,
        url_for("operations.instance_list", **of_version, wacht=id_),
        url_for("operations.instance_list", **of_version, onderdeel=id_),
    )


def _badges(place: Place) -> Iterable[dict[str, Any]]:
    """What the diagram shows at an element: figures that lead to the list."""
    count = place.count
    if count.cases:
        what = "1 zaak wacht" if count.cases == 1 else f"{count.cases} zaken wachten"
        told = f"{what} bij {place.name}"
        yield _badge(place.element_id, "token", str(count.cases), told, place.waiting_href)
    if count.incidents:
        what = "1 incident" if count.incidents == 1 else f"{count.incidents} incidenten"
        told = f"{what} bij {place.name}"
        yield _badge(place.element_id, "incident", f"{count.incidents} !", told, place.stuck_href)


def _badge(id_: str, mark: str, text: str, told: str, href: str) -> dict[str, Any]:
    return {"id": id_, "mark": mark, "text": text, "told": told, "href": href}
