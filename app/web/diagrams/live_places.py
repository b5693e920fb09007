"""What stands at each element of a version now: for its diagram, and for the table beside it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from app.web.db import db
from processes.engine.diagram import elements
from processes.engine.diagram.elements import Element
from processes.engine.diagram.same_names import told_apart
from processes.engine.diagram.xml import UnreadableDiagramError
from processes.engine.insight.live_counts import LiveCount, live_counts
from processes.engine.store.models import ProcessDefinition
from processes.engine.words.element_words import kind_in_words

ARMED = ("boundaryEvent", "startEvent")  # they wait along with the task or scope that they are of

TASKS, EVENTS = ("Task", "task", "callActivity", "subProcess"), ("CatchEvent", "boundaryEvent")

Address: TypeAlias = Callable[..., str]
"""The address of a list of the cases of a version; `wacht` and `onderdeel` name an element."""


@dataclass(frozen=True)
class Place:
    """One element with its counts, and the lists of those cases."""

    element_id: str
    name: str
    kind: str  # in Dutch; empty where the element is not in this diagram
    count: LiveCount
    waiting_href: str
    stuck_href: str


def places_of(definition: ProcessDefinition, address: Address) -> list[Place]:
    """The elements at which anything stands, in the order of the diagram; then those it calls."""
    counts = live_counts(db.session(), definition.id)
    drawn = _drawn(definition.xml)
    order = {id_: number for number, id_ in enumerate(drawn)}
    ids = sorted(counts, key=lambda id_: (order.get(id_, len(order)), id_))
    return [
        _place(address, drawn.get(id_), id_, counts[id_])
        for id_ in ids
        if counts[id_].incidents or id_ not in drawn or drawn[id_].type not in ARMED
    ]


def waiting_elements(xml: str) -> dict[str, str]:
    """Ids and names of the elements of a diagram at which cases can wait."""
    drawn = _drawn(xml).values()
    waiting = {each.id: each.choice for each in drawn if each.type.endswith((*TASKS, *EVENTS))}
    return told_apart(waiting)


def _drawn(xml: str) -> Mapping[str, Element]:
    try:
        return elements.read(xml.encode()).elements
    except UnreadableDiagramError:
        return {}


def _place(address: Address, element: Element | None, id_: str, count: LiveCount) -> Place:
    name = element.name if element is not None and element.name else id_
    return Place(
        id_,
        name,
        kind_in_words(element.type) if element is not None else "",
        count,
        address(wacht=id_),
        address(onderdeel=id_),
    )


def badges_of(places: Iterable[Place]) -> list[dict[str, Any]]:
    """The figures of all elements (frontend/live.js)."""
    return [badge for place in places for badge in _badges(place)]


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
