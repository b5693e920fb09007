"""Test helper: draws compensation and transactions."""

from tests.processes.engine.diagrams import chain, node, user

COMPENSATE = "<bpmn:compensateEventDefinition/>"
CANCEL = "<bpmn:cancelEventDefinition/>"


def undone(activity: str, id_: str, by: str = "") -> str:
    """An activity, its compensation boundary event, and the activity that undoes it.

    `by` is the whole activity `undo_…`; a user task where none is given.
    """
    undo = f"undo_{id_}"
    return (
        activity
        + node("boundaryEvent", f"at_{id_}", COMPENSATE, attachedToRef=id_)
        + (by or user(undo, isForCompensation="true"))
        + f'<bpmn:association id="{id_}_by" sourceRef="at_{id_}" targetRef="{undo}"/>'
    )


def compensate(of: str = "", *, waits: bool = True) -> str:
    named = f' activityRef="{of}"' if of else ""
    waiting = "" if waits else ' waitForCompletion="false"'
    return f"<bpmn:compensateEventDefinition{named}{waiting}/>"


def throw(id_: str, of: str = "", *, waits: bool = True) -> str:
    """An intermediate event that throws compensation."""
    return node("intermediateThrowEvent", id_, compensate(of, waits=waits))


def scope(kind: str, id_: str, *nodes: str, ids: tuple[str, ...]) -> str:
    """A subprocess or transaction with these nodes one after the other."""
    ends = node("startEvent", f"{id_}_start") + node("endEvent", f"{id_}_end")
    return node(kind, id_, ends + "".join(nodes) + chain(f"{id_}_start", *ids, f"{id_}_end"))
