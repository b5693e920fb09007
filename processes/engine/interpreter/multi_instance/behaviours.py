"""Throws the events of a multi-instance when a round is done (BPMN 2.0 §10.3.8: behavior)."""

from collections.abc import Callable, Mapping
from typing import Any

from processes.engine.diagram.rounds import Behaviour, Thrown
from processes.engine.interpreter.data.variables import seen_outside
from processes.engine.interpreter.errors import boundary_for, catch, scopes_of
from processes.engine.interpreter.events import Error, Escalation
from processes.engine.interpreter.outcomes import ThrownEvent, UncaughtBpmnError, at_element
from processes.engine.registry import BpmnError


def after_a_round(
    my_task: Any, written: Mapping[str, Any], *, is_first: bool, holds: Callable[[str], bool]
) -> None:
    """Throw what is due after this round, `written` being what the rounds wrote until now.

    Raises UncaughtBpmnError, and ElementError where a condition cannot be worked out.
    """
    for behaviour in my_task.task_spec.element.behaviours:
        if _is_due(my_task, behaviour, is_first=is_first, holds=holds):
            for thrown in behaviour.thrown:
                _throw(my_task, thrown, {**my_task.data, **written})


def _is_due(
    my_task: Any, behaviour: Behaviour, *, is_first: bool, holds: Callable[[str], bool]
) -> bool:
    if behaviour.only_first and not is_first:
        return False
    with at_element(my_task.task_spec.element):
        return not behaviour.condition or holds(behaviour.condition)


def _throw(my_task: Any, thrown: Thrown, variables: Mapping[str, Any]) -> None:
    if thrown.kind in ("message", "signal"):
        my_task.workflow.top_workflow.send(ThrownEvent(thrown.kind, thrown.name or "", None, {}))
        return
    kind = Error if thrown.kind == "error" else Escalation
    for scope in (my_task, *scopes_of(my_task)):
        caught = boundary_for(scope, kind, thrown.name)
        if caught is not None:
            event, definition = caught
            catch(event, definition, seen_outside(my_task, variables, event.workflow))
            return
    if kind is Error:
        code = thrown.name or ""
        raise UncaughtBpmnError(my_task.task_spec.element.id, BpmnError(code, code))
