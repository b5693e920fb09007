"""Compensation as drawn: which activity, or event subprocess, undoes which (BPMN 2.0 §10.5.6)."""

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
COMPENSATE = f"{BPMN}compensateEventDefinition"


def is_compensation(event: etree._Element) -> bool:
    """Whether this event throws or catches compensation."""
    return event.find(COMPENSATE) is not None


def is_for_compensation(activity: etree._Element) -> bool:
    """Whether an activity runs only to undo another."""
    return activity.get("isForCompensation") == "true"


def associated(root: etree._Element) -> dict[str, list[str]]:
    """The compensation boundary events by id, each with the activities associated with it."""
    events = root.iter(f"{BPMN}boundaryEvent")
    found: dict[str, list[str]] = {
        event.get("id", ""): [] for event in events if is_compensation(event)
    }
    if not found:
        return found
    activities = {each.get("id", "") for each in root.iter(f"{BPMN}*") if is_for_compensation(each)}
    for association in root.iter(f"{BPMN}association"):
        ends = (association.get("sourceRef", ""), association.get("targetRef", ""))
        for event_id, activity in (ends, ends[::-1]):
            if event_id in found and activity in activities and activity not in found[event_id]:
                found[event_id].append(activity)
    return found


def event_subprocesses(root: etree._Element) -> dict[str, str]:
    """The scopes by id that have a compensation event subprocess in them, with its id."""
    found: dict[str, str] = {}
    for inner in root.iter(f"{BPMN}subProcess"):
        scope = inner.getparent()
        starts_it = any(map(is_compensation, inner.findall(f"{BPMN}startEvent")))
        if inner.get("triggeredByEvent") == "true" and starts_it and scope is not None:
            found.setdefault(scope.get("id", ""), inner.get("id", ""))
    return found
