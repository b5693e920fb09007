"""Which data objects an element reads and writes, by the data associations drawn at it.

A data object can be used in the scope in which it stands, and in every scope inside (BPMN 2.0
§10.4.1). An association with anything else (a data store, the input of an `ioSpecification`, an
object of another scope) is documentation.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from processes.engine.diagram.graph import BPMN, children, kind
from processes.engine.diagram.xml import Element

ENDS = {"dataInputAssociation": "sourceRef", "dataOutputAssociation": "targetRef"}


@dataclass(frozen=True)
class Association:
    """One data association at an element; `data_object` is None where it only documents."""

    is_input: bool
    data_object: str | None


def associations(element: Element) -> Iterator[Association]:
    """The data associations of this activity or event, in the order of the file."""
    for drawn in children(element):
        end = ENDS.get(kind(drawn))
        if end is None:
            continue
        names = [(each.text or "").strip() for each in children(drawn, end)]
        for name in names or [""]:
            yield Association(end == "sourceRef", _object_in_reach(element, name))


def _object_in_reach(element: Element, reference: str) -> str | None:
    root = element.getroottree().getroot()
    drawn = (
        each for each in root.iter(f"{BPMN}dataObjectReference") if each.get("id") == reference
    )
    found = next(drawn, None)
    wanted = None if found is None else found.get("dataObjectRef")
    for scope in element.iterancestors():
        for each in children(scope, "dataObject"):
            if wanted and each.get("id") == wanted:
                return str(wanted)
    return None
