"""Whether a token may move to an element of another version: same kind, same scope, same waits."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask, StandardLoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import CallActivity
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from processes.engine.interpreter.compensation_rewriting import BODY, UNDO
from processes.engine.interpreter.data.scopes import LocalScope
from processes.engine.interpreter.parser import Specification
from processes.engine.interpreter.rewriting import EVENT, drawn_id, is_generated
from processes.engine.interpreter.task_specs import LoketEndJoin, LoketServiceTask
from processes.engine.interpreter.waits import definitions_of
from processes.engine.sentences.catalogue import say

ROUND = " [child]"
SUFFIXES = (".BoundaryEventSplit", ".BoundaryEventJoin", ROUND, EVENT, BODY, UNDO)
LOOP_PARTS = ("data_input", "cardinality", "input_item", "data_output", "output_item")


class CannotMoveError(Exception):
    """The token cannot move there; `reason` tells the process owner why, in Dutch."""

    def __init__(
        self, reason: str, element_id: str | None = None, *, needs_mapping: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.element_id = element_id
        self.needs_mapping = needs_mapping


class Names:
    """The mapping from elements of the old version to elements of the new one."""

    def __init__(self, specification: Specification, mapping: Mapping[str, str]) -> None:
        self.specification = specification
        self.mapping = mapping

    def new_id(self, drawn: str) -> str:
        return self.mapping.get(drawn, drawn)

    def new_name(self, name: str, old_spec: Any, new_spec: Any) -> str:
        """The name of the task spec in the new version; it need not be there."""
        if name == f"{old_spec.name}.EndJoin":
            return f"{new_spec.name}.EndJoin"
        for suffix in SUFFIXES:
            if name.endswith(suffix):
                return f"{self.new_name(name.removesuffix(suffix), old_spec, new_spec)}{suffix}"
        return self.new_id(name)


def require_fit(old: Any, new: Any, names: Names) -> Any:
    """The new task spec for a token at the old one. Raises CannotMoveError."""
    id_, name = words_of(old)
    if new is None:
        raise _missing(old, id_, name, names)
    if type(new) is not type(old) or _type(new) != _type(old):
        raise CannotMoveError(say("interpreter.other-kind", name=name), id_)
    if isinstance(old, LoketServiceTask) and old.element.topic != new.element.topic:
        raise CannotMoveError(say("interpreter.other-job", name=name), id_)
    if isinstance(old, CallActivity) and old.spec != new.spec:
        raise CannotMoveError(say("interpreter.other-process-called", name=name), id_)
    _require_same_loop(old, new)
    _require_same_events(old, new)
    return new


def words_of(spec: Any) -> tuple[str, str]:
    """Id and name of the element that was drawn for this task spec."""
    element = getattr(spec, "element", None)
    if element is not None:
        return element.id, element.name
    id_ = spec.name
    for suffix in SUFFIXES:
        id_ = id_.removesuffix(suffix)
    return id_, id_


def is_round(task: Any) -> bool:
    """Whether this task is one iteration of a multi-instance or loop."""
    above = task.parent
    return (
        above is not None
        and isinstance(above.task_spec, LoopTask)
        and task.task_spec.name == above.task_spec.task_spec
    )


def _type(spec: Any) -> str | None:
    return spec.element.type if spec.element is not None else None


def _missing(old: Any, id_: str, name: str, names: Names) -> CannotMoveError:
    wanted = names.new_id(id_)
    if is_generated(getattr(old, "bpmn_id", None) or ""):
        reason = say("interpreter.event-subprocess-differs")
        return CannotMoveError(reason, drawn_id(id_))
    if wanted in names.specification.elements:
        reason = say("interpreter.other-scope", name=name)
        return CannotMoveError(reason, id_)
    if wanted != id_:
        reason = say("interpreter.assigned-to-nothing", name=name, wanted=wanted)
    else:
        reason = say("interpreter.not-in-version", name=name)
    return CannotMoveError(reason, id_, needs_mapping=True)


def begin_anew(task: Any, old: Any, new: Any, *, is_around: bool) -> None:
    """Give a task that is open the local variables of its new version.

    Where it is around other tasks these have seen them already, and they must be the same. Raises
    CannotMoveError, and ElementError where an input cannot be worked out.
    """
    was, becomes = (LocalScope(each.element) for each in (old, new))
    differ = was.names ^ becomes.names
    if not differ:
        return
    if is_around:
        id_, name = words_of(old)
        names = ", ".join(sorted(differ))
        raise CannotMoveError(say("interpreter.other-local-variables", name=name, names=names), id_)
    was.become(task, becomes)


def _require_same_loop(old: Any, new: Any) -> None:
    if not isinstance(old, LoopTask) or isinstance(old, StandardLoopTask):
        return
    if any(_loop_part(old, part) != _loop_part(new, part) for part in LOOP_PARTS):
        id_, name = words_of(old)
        raise CannotMoveError(say("interpreter.other-collection", name=name), id_)


def _loop_part(spec: Any, part: str) -> Any:
    value = getattr(spec, part)
    return getattr(value, "bpmn_id", value)


def _require_same_events(old: Any, new: Any) -> None:
    if not isinstance(old, CatchingEvent):
        return
    if not kinds_of(old) & kinds_of(new):
        id_, name = words_of(old)
        raise CannotMoveError(say("interpreter.other-event", name=name), id_)


def kinds_of(spec: Any) -> set[type]:
    """The kinds of events that this element catches."""
    return {type(each) for each in definitions_of(spec)}


def require_same_arrivals(task: Any, names: Names, specs: Mapping[str, Any]) -> None:
    """Check that branches waiting at a join still arrive there. Raises CannotMoveError."""
    spec = task.task_spec
    if not isinstance(spec, UnstructuredJoin) or isinstance(spec, LoketEndJoin):
        return
    id_, name = words_of(spec)
    join = specs.get(names.new_id(id_))
    if join is None:
        raise CannotMoveError(say("interpreter.branch-not-in-version", name=name), id_)
    inputs = {each.name for each in join.inputs}
    for arrived in arrivals_at(task):
        if arrived.parent is not None and names.new_id(arrived.parent.task_spec.name) not in inputs:
            raise CannotMoveError(say("interpreter.branch-by-missing-flow", name=name), id_)


def arrivals_at(task: Any) -> list[Any]:
    """The tasks with which branches arrived at a join that has not fired: this one is the last."""
    same = [each for each in task.workflow.tasks.values() if each.task_spec is task.task_spec]
    fired = max(
        (each.last_state_change for each in same if each._state == TaskState.COMPLETED), default=0.0
    )
    return [
        each
        for each in same
        if each._state == TaskState.WAITING
        or (each._state == TaskState.CANCELLED and each.last_state_change > fired)
    ]
