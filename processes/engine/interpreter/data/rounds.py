"""Which rounds of multi-instances and loops a workflow runs in, and what is theirs alone."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask


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
    """The element of each of these rounds, by its variable; that of an inner round hides others."""
    found: dict[str, Any] = {}
    for carrier in reversed(list(rounds.values())):
        item = getattr(carrier.parent.task_spec, "input_item", None)
        if item is not None and item.bpmn_id in carrier.data:
            found[item.bpmn_id] = carrier.data[item.bpmn_id]
    return found
