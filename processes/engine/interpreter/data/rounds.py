"""Which rounds of multi-instances and loops a workflow runs in, and what is theirs alone."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask, MultiInstanceTask
from SpiffWorkflow.util.task import TaskState

COUNTED = ("loopCounter", "nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances")
"""What a round knows: its number from 0, how many there are, how many run now and are done now.

As in Camunda 7 (BPMN 2.0 table 10.30). They are kept with a round only where a diagram of the
process names them. A round of a standard loop knows its number alone.
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

    A condition that is judged after a round is given all but the number.
    """
    read = {name: [f"//@*[{_HAS}]", f"//text()[{_HAS}]"] for name in COUNTED}
    for name in COUNTED[1:]:
        read[name][1] += f"[not({_AFTER_A_ROUND})]"
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


def count_anew(loop: Any, counts: Mapping[str, int]) -> None:
    """Let all that is in the open rounds of this multi-instance know these counts of it.

    What is done in a round too: so nothing in it counts as written there.
    """
    names = frozenset(counts) & frozenset(loop.task_spec.counted)
    tasks = loop.workflow.tasks
    inside = [(tasks[id_], names) for id_ in loop._children] if names else []
    rounds = [(each, own) for each, own in inside if _is_open_round(each)]
    while rounds:
        task, seen = rounds.pop()
        rounds += _inside(task, _counted_at(task, counts, seen))


def _is_open_round(task: Any) -> bool:
    is_round = task.task_spec.name == task.parent.task_spec.task_spec
    return is_round and not task.has_state(TaskState.FINISHED_MASK)


def _counted_at(task: Any, counts: Mapping[str, int], names: frozenset[str]) -> frozenset[str]:
    """Change what a task knows of these names; those that are seen in it."""
    scope = task.task_spec.local_scope
    outside = task.internal_data.get("scope")
    if outside is not None:
        outside.update({name: counts[name] for name in names & outside.keys()})
    seen = names if scope is None else names - scope.names
    task.data.update({name: counts[name] for name in seen & task.data.keys()})
    for each in (task, *task.children):
        each.__dict__.pop("encoded", None)
        task.workflow.top_workflow.kept.changed.append(each)
    return seen


def _inside(task: Any, names: frozenset[str]) -> list[tuple[Any, frozenset[str]]]:
    """What comes after a task in its round, and what runs in it, that sees the same counts.

    Not the rounds of another multi-instance, which know their own, nor what a call gave by name.
    """
    spec = task.task_spec
    own = spec.task_spec if isinstance(spec, MultiInstanceTask) else None
    found = [each for each in task.children if each.task_spec.name != own]
    inner = task.workflow.top_workflow.subprocesses.get(task.id)
    if inner is not None and not (spec.element is not None and spec.element.call_in):
        found.append(inner.task_tree)
    return [(each, names) for each in found]


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
