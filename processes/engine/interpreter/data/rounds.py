"""Which rounds of multi-instances and loops a workflow runs in, and what is theirs alone."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask

COUNTED = ("loopCounter", "nrOfInstances")
"""What a round of a multi-instance knows of its place: its number from 0, and how many there are.

As in Camunda 7. They are kept with a round only where a diagram of the process names them.
"""

_HAS = "contains(., $name)"
_AFTER_A_ROUND = (
    "ancestor::*[local-name()='completionCondition' or local-name()='complexBehaviorDefinition']"
)


def own_names(above: Any) -> tuple[str, ...]:
    """The variables that are a round's own: its element and what it knows of its place.

    `above` is the spec of the task above it; there are none where that is no multi-instance.
    """
    item = getattr(above, "input_item", None)
    counted: tuple[str, ...] = getattr(above, "counted", ())
    return counted if item is None else (*counted, item.bpmn_id)


def counted_in(trees: Iterable[Any]) -> tuple[str, ...]:
    """Of these names, those that something in these files may read in a round.

    A condition that is judged after a round is given how many there are.
    """
    read = {name: [f"//@*[{_HAS}]", f"//text()[{_HAS}]"] for name in COUNTED}
    read["nrOfInstances"][1] += f"[not({_AFTER_A_ROUND})]"
    return tuple(
        name
        for name, paths in read.items()
        if any(tree.xpath(f"boolean({' | '.join(paths)})", name=name) for tree in trees)
    )


def still_to_begin(loop: Any) -> int:
    """How many rounds of this multi-instance are still to begin, as far as it goes on."""
    internal = loop.internal_data
    if "remaining" in internal:
        return len(internal["remaining"])
    return int(internal.get("cardinality", 0)) - int(internal.get("current", 0))


def rounds_around(workflow: Any) -> dict[UUID, Any]:
    """The rounds that this runs in, each by the id of its loop, from the inside out."""
    found = {}
    while workflow.parent_workflow is not None:
        carrier = workflow.parent_workflow.tasks[workflow.parent_task_id]
        if carrier.parent is not None and isinstance(carrier.parent.task_spec, LoopTask):
            found[carrier.parent.id] = carrier
        workflow = carrier.workflow
    return found


def is_of(rounds: Mapping[UUID, Any], workflow: Any) -> bool:
    """Whether this is in no other round of the same loops."""
    if not rounds:
        return True
    others = rounds_around(workflow)
    return all(others[loop] is rounds[loop] for loop in rounds.keys() & others.keys())


def elements_of(rounds: Mapping[UUID, Any]) -> dict[str, Any]:
    """What is each of these rounds' own, by its variable; that of an inner round hides others."""
    found: dict[str, Any] = {}
    for carrier in reversed(list(rounds.values())):
        names = own_names(carrier.parent.task_spec)
        found |= {name: carrier.data[name] for name in names if name in carrier.data}
    return found
