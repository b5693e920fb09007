"""Which task specs a straight line may have: what they do follows from the tree and the outcomes.

Each of these reads no variable but by a condition or delegate, which are recorded; no clock, and no
moment of another task. What is not named here is the interpreter's.
"""

from collections.abc import Sequence
from typing import Any

from SpiffWorkflow.bpmn.specs.control import (
    BoundaryEventJoin,
    BoundaryEventSplit,
    BpmnStartTask,
    SimpleBpmnTask,
)
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    ExclusiveGateway,
    ManualTask,
    NoneTask,
    StartEvent,
    UserTask,
)
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from processes.engine.interpreter.events import Error
from processes.engine.interpreter.task_specs import (
    LoketEndEvent,
    LoketEndJoin,
    LoketParallelGateway,
    LoketServiceTask,
)

RUNS = frozenset(
    {
        BoundaryEventJoin,
        BoundaryEventSplit,
        BpmnStartTask,
        ExclusiveGateway,
        LoketEndEvent,
        LoketEndJoin,
        LoketParallelGateway,
        LoketServiceTask,
        ManualTask,
        NoneTask,
        SimpleBpmnTask,
        StartEvent,
        UserTask,
    }
)
WAITS = frozenset({LoketServiceTask, ManualTask, UserTask})
ARRIVED = TaskState.WAITING | TaskState.CANCELLED
JOINS = frozenset({LoketEndJoin, LoketParallelGateway})
"""Whether these go on follows from who has come, while none of the same has gone on before."""
SIGNALS = tuple(
    f"{each}_event" for each in ("update", "ready", "run", "completed", "error", "cancelled")
)


def may_run(spec: Any) -> bool:
    """Whether a task with this spec may run in a straight line."""
    kind = _kind(spec)
    if kind not in RUNS or not _is_plain(spec):
        return False
    if kind in (LoketEndEvent, StartEvent):
        return type(spec.event_definition) is NoneEventDefinition
    if kind is BoundaryEventSplit:
        return all(map(_is_guarded_by_errors, spec.outputs))
    return True


def may_be_open(state: int, spec: Any) -> bool:
    """Whether an unfinished task of a stored state leaves the line straight."""
    if state <= TaskState.FUTURE:
        return not isinstance(spec, LoopTask)
    if state == TaskState.WAITING:
        return _kind(spec) in JOINS or _waits_for_an_error(spec)
    return _kind(spec) in WAITS and _is_plain(spec)


def may_be_done(state: int, spec: Any) -> bool:
    """Whether a finished task of a stored state leaves the line straight."""
    if isinstance(spec, UnstructuredJoin) and state != TaskState.COMPLETED:
        return _kind(spec) in JOINS
    return not isinstance(spec, LoopTask)


def internal_of(spec: Any) -> dict[str, Any]:
    """What a task that ran with this spec keeps of it beside its variables."""
    return {"event_fired": True} if _kind(spec) is StartEvent else {}


def joins_once(
    before: Sequence[tuple[int, Any]], went_on: Sequence[Any], after: Sequence[tuple[int, Any]]
) -> bool:
    """Whether each join that went on in a step did so once, and none of the same had before.

    Given the tasks before and after by state and spec: of a join that has gone on no token waits.
    """
    names = [spec.name for spec in went_on]
    old, new = ([(s, spec.name) for s, spec in part if is_join(spec)] for part in (before, after))
    gone = {name for state, name in (*old, *new) if state == TaskState.COMPLETED} - {*names}
    return (
        len({*names}) == len(names)
        and not any(state == TaskState.COMPLETED for state, name in old if name in names)
        and not any(state == TaskState.WAITING for state, name in new if name in names)
        and not any(state & ARRIVED for state, name in (*old, *new) if name in gone)
    )


def is_join(spec: Any) -> bool:
    """Whether tokens wait for one another at this; where all have come, they are merged."""
    return isinstance(spec, UnstructuredJoin)


def ends_the_process(spec: Any) -> bool:
    """Whether the process is over when this has run."""
    return _kind(spec) is LoketEndJoin


def _kind(spec: Any) -> type:
    """The class of a task spec, below the one that `lean_tasks.lean` makes of it."""
    return type(spec).__bases__[-1]


def _is_plain(spec: Any) -> bool:
    """Whether it has no data of its own, and nobody listens to what it does."""
    has_data = (
        spec.data_input_associations,
        spec.data_output_associations,
        spec.io_specification,
        spec.local_scope,
        spec.pre_assign,
        spec.post_assign,
    )
    has_errors = spec.element is not None and spec.element.task_errors
    is_heard = any(getattr(spec, name).n_subscribers() for name in SIGNALS)
    return not (any(has_data) or has_errors or is_heard)


def _is_guarded_by_errors(spec: Any) -> bool:
    """What stands behind the split around an activity: itself, or an error event on its edge."""
    return _waits_for_an_error(spec) if isinstance(spec, BoundaryEvent) else may_run(spec)


def _waits_for_an_error(spec: Any) -> bool:
    is_error = _kind(spec) is BoundaryEvent and type(spec.event_definition) is Error
    return is_error and _is_plain(spec)
