"""What a multi-instance goes over: a variable, or a list that FEEL works out."""

from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.specs.data_spec import TaskDataReference

from processes.engine.interpreter.data.data_objects import objects_in_reach
from processes.engine.language.expressions import ExpressionError, evaluate, is_feel
from processes.engine.sentences.catalogue import say


def known_above(my_task: Any) -> dict[str, Any]:
    """The variables that the rounds begin with."""
    above = my_task.parent
    return {**objects_in_reach(above.workflow), **above.data}


class VariableCollection(TaskDataReference):
    """The variable or data object over which a multi-instance goes."""

    def begin(self, my_task: Any) -> Any:
        """What it holds as the rounds begin; None where it is not there."""
        if self.bpmn_id in my_task.parent.data:
            return my_task.parent.data[self.bpmn_id]
        found = known_above(my_task).get(self.bpmn_id)
        my_task.internal_data["collection"] = deepcopy(found)  # the object may be written meanwhile
        return found

    def begun(self, my_task: Any) -> Any:
        """As it was then: of a variable the rounds change copies."""
        internal = my_task.internal_data
        if "collection" in internal:
            return internal["collection"]
        return my_task.parent.data.get(self.bpmn_id)

    get = begun

    def exists(self, my_task: Any) -> bool:
        return self.bpmn_id in known_above(my_task)


class FeelCollection(TaskDataReference):
    """A list that FEEL works out once, as the first round begins."""

    def begin(self, my_task: Any) -> list[Any]:
        """Work it out. Raises ExpressionError for null, and for what is no list."""
        found = evaluate(self.bpmn_id, known_above(my_task))
        if not isinstance(found, list):
            raise ExpressionError(say("language.no-list"), self.bpmn_id)
        my_task.internal_data["collection"] = found
        return found

    def begun(self, my_task: Any) -> Any:
        return my_task.internal_data["collection"]

    get = begun

    def exists(self, my_task: Any) -> bool:
        return "collection" in my_task.internal_data


def with_collection(loop: Any) -> None:
    """Have a loop of SpiffWorkflow read its collection as ours do."""
    drawn = getattr(loop, "data_input", None)
    if isinstance(drawn, TaskDataReference):
        kind = FeelCollection if is_feel(drawn.bpmn_id) else VariableCollection
        loop.data_input = kind(drawn.bpmn_id, drawn.bpmn_name)
