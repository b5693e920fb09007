"""Local variables of an activity: what is seen only inside, and what goes up when it is done.

Input parameters are local: they are worked out when the activity begins, and are gone when it
ends. Where output parameters are drawn they alone go up; else all goes up but the inputs. A call
activity passes what its mappings say, or everything in a direction in which none is drawn.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from SpiffWorkflow.util.task import TaskState

from processes.engine.diagram.elements import Element
from processes.engine.diagram.scopes import Passing, Template
from processes.engine.interpreter.data.rounds import own_names
from processes.engine.interpreter.lean_tasks import passed_on
from processes.engine.interpreter.outcomes import at_element
from processes.engine.language import expressions
from processes.engine.language.values import same, variables_of

ARGUMENTS = frozenset({"serviceTask", "sendTask", "businessRuleTask"})
"""The inputs of these are arguments, worked out when they are done; they see no local variables."""
SCOPE = "scope"  # in the internal data of a task: what it had of its own when it began
UP = "up"  # of a call: the variables that its mappings give to the caller


class LocalScope:
    """The local variables of one activity; SpiffWorkflow treats it as a data association."""

    bpmn_id = ""  # the variable that SpiffWorkflow drops when the activity is done: none

    def __init__(self, element: Element) -> None:
        self.element = element
        self.has_arguments = element.type in ARGUMENTS
        self.closes = bool(element.outputs or element.call_out)
        local = (each.target for each in element.call_out if each.is_local)
        inputs = () if self.has_arguments else element.inputs
        self.names = frozenset((*inputs, *local))

    def get(self, my_task: Any) -> None:
        """Enter: the input parameters become variables of this task."""
        outer = self._outer(my_task)
        my_task.internal_data[SCOPE] = _own(my_task, outer)
        if not self.has_arguments:
            my_task.data.update(self._values(self.element.inputs, outer))

    def become(self, my_task: Any, new: "LocalScope") -> None:
        """Give an open task the local variables of another version.

        What has a name that is new is worked out now, on the variables around the activity, and
        what has none any more is gone. Raises ElementError.
        """
        outer = self._outer(my_task)
        for name in self.names - new.names:
            my_task.data.pop(name, None)
            if name in outer:
                my_task.data[name] = outer[name]
        inputs = {k: v for k, v in new.element.inputs.items() if k in new.names - self.names}
        my_task.data.update(new._values(inputs, outer))
        my_task.internal_data[SCOPE] = _own(my_task, outer)

    def set(self, my_task: Any) -> None:
        """Leave: what was local is gone, and the outputs alone go up where any are drawn."""
        outer = self._outer(my_task)
        if self.closes:
            self._close(my_task, outer)
        else:
            for name in self.names:
                my_task.data.pop(name, None)
                if name in outer:
                    my_task.data[name] = outer[name]
        my_task.internal_data.pop(SCOPE, None)
        my_task.internal_data.pop(UP, None)

    def local(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Of these variables, the local ones."""
        return {name: value for name, value in variables.items() if name in self.names}

    def hides_inside(self, name: str) -> bool:
        """Whether what is written to this variable inside is not seen outside."""
        return self.closes or name in self.names

    def hides_outside(self, name: str) -> bool:
        """Whether what is written to this variable outside is not seen inside."""
        return bool(self.element.call_in) or name in self.names

    def _outer(self, my_task: Any) -> dict[str, Any]:
        """The variables around the activity, as they were when it began."""
        own = my_task.internal_data.get(SCOPE)
        if own is None and my_task._state < TaskState.READY:
            return dict(my_task.data)  # it begins now
        own = deepcopy(own or _element_of_round(my_task))
        return {**passed_on(my_task.parent.data), **own}

    def _close(self, my_task: Any, outer: dict[str, Any]) -> None:
        data = my_task.data
        inside = data
        if self.has_arguments:
            changed = {k: v for k, v in data.items() if k not in outer or not same(outer[k], v)}
            inside = {**outer, **self._values(self.element.inputs, outer), **changed}
        outputs = self._values(self.element.outputs, inside)
        kept = (*self.element.writes, *my_task.internal_data.get(UP, ()))
        my_task.data = {**outer, **{name: data[name] for name in kept if name in data}, **outputs}

    def _values(
        self, templates: Mapping[str, Template], variables: Mapping[str, Any]
    ) -> dict[str, Any]:
        with at_element(self.element):
            return variables_of(
                {
                    name: None if template == "" else expressions.fill(template, variables)
                    for name, template in templates.items()
                }
            )


def _own(my_task: Any, outer: Mapping[str, Any]) -> dict[str, Any]:
    """Of what is known around an activity, what the task before it did not know: its round."""
    parent = my_task.parent.data
    return {k: v for k, v in outer.items() if k not in parent or not same(parent[k], v)}


def _element_of_round(my_task: Any) -> dict[str, Any]:
    """What a round had of its own, where an earlier version of the process noted nothing."""
    names = own_names(my_task.parent.task_spec)
    return {name: my_task.data[name] for name in names if name in my_task.data}


def scope_for(element: Element) -> LocalScope | None:
    """The local scope of an activity; None where nothing is local to it."""
    inputs = element.inputs if element.type not in ARGUMENTS else {}
    if inputs or element.outputs or element.call_in or element.call_out:
        return LocalScope(element)
    return None


def given_to_called(my_task: Any) -> dict[str, Any]:
    """The variables with which a called process begins: a specific mapping goes before all."""
    spec = my_task.task_spec
    passed = spec.element.call_in
    if not passed:
        return passed_on(my_task.data)
    scope: LocalScope = spec.local_scope
    local = scope.local(my_task.data)
    given: dict[str, Any] = {}
    for each in sorted(passed, key=_specific_last):
        given |= _passed(scope.element, each, local if each.is_local else my_task.data)
    return variables_of(given)


def take_from_called(my_task: Any, inside: Mapping[str, Any]) -> None:
    """Give the caller what the called process ends with."""
    element: Element = my_task.task_spec.element
    if not element.call_out:
        kept = my_task.data if element.call_in else {}
        my_task.data = {**kept, **passed_on(inside)}
        return
    local: dict[str, Any] = {}
    up: dict[str, Any] = {}
    for each in sorted(element.call_out, key=_specific_last):
        (local if each.is_local else up).update(_passed(element, each, inside))
    my_task.data.update(variables_of({**local, **up}))
    my_task.internal_data[UP] = list(up)


def _specific_last(passing: Passing) -> bool:
    return not passing.is_all


def _passed(element: Element, passing: Passing, variables: Mapping[str, Any]) -> dict[str, Any]:
    if passing.is_all:
        return dict(variables)
    if not passing.expression:
        return {passing.target: variables.get(passing.source)}
    with at_element(element):
        return {passing.target: expressions.evaluate_template(passing.expression, variables)}


def borders(workflow: Any) -> Iterator[Any]:
    """The activities with a local scope around what runs in this workflow, from the inside out."""
    while workflow.parent_workflow is not None:
        task = workflow.parent_workflow.tasks[workflow.parent_task_id]
        if task.task_spec.local_scope is not None:
            yield task
        workflow = task.workflow
