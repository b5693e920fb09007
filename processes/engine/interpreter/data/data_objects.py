"""Data objects that an element reads before it begins, and writes when it is done."""

from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.specs.data_spec import DataObject

from processes.engine.diagram.elements import Element


class LoketDataObject(DataObject):
    """A data object in the nearest scope that has it; null until something is written to it.

    Stock raises where nothing was written yet, and where a task has nothing to write: a data
    object that was drawn for people would stop the process.
    """

    def get(self, my_task: Any) -> None:
        scope = self._scope(my_task)
        my_task.data[self.bpmn_id] = deepcopy(scope.data_objects.get(self.bpmn_id))

    def set(self, my_task: Any) -> None:
        if self.bpmn_id in my_task.data:
            scope = self._scope(my_task)
            scope.data_objects[self.bpmn_id] = my_task.data.pop(self.bpmn_id)

    def _scope(self, my_task: Any) -> Any:
        scope = my_task.workflow
        while not (self.bpmn_id in scope.data_objects or self.bpmn_id in scope.spec.data_objects):
            scope = scope.parent_workflow
        return scope


def objects_in_reach(workflow: Any) -> dict[str, Any]:
    """The data objects of a scope and of those around it, up to the call (BPMN 2.0 §10.4.1).

    One of an inner scope hides another with its name; null until something is written.
    """
    found: dict[str, Any] = {}
    while workflow is not None:
        found = {**dict.fromkeys(workflow.spec.data_objects), **workflow.data_objects, **found}
        outside = workflow.parent_workflow
        if outside is not None:
            element = outside.tasks[workflow.parent_task_id].task_spec.element
            if element is not None and element.type == "callActivity":
                break
        workflow = outside
    return found


def associate(task_spec: Any, element: Element) -> None:
    """Let this task read and write the data objects that its element is drawn with."""
    task_spec.data_input_associations = [LoketDataObject(name) for name in element.reads]
    task_spec.data_output_associations = [LoketDataObject(name) for name in element.writes]
