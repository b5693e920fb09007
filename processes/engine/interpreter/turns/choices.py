"""Notes why a token chose its way: each condition that was looked at, and the values it read."""

import json
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.specs.MultiChoice import MultiChoice

from processes.engine.interpreter.data.data_objects import objects_in_reach
from processes.engine.language import expressions

LONGEST_VALUE = 300  # characters of JSON that are kept of one value
SHORT_TEXT = 48  # characters of a text that is kept whatever is in it: six of JSON for each at most
LEFT_OUT = "…"


class ConditionEngine(PythonScriptEngine):
    """Evaluates expressions; of those behind a gateway or a split, it notes what came of them.

    How many rounds a multi-instance has was worked out when it began.
    """

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        if isinstance(task.task_spec, MultiInstanceTask):
            return task.internal_data["size"]
        if isinstance(task.task_spec, MultiChoice):
            return self.condition_holds(task, expression)
        return super().evaluate(task, expression, external_context)

    def condition_holds(self, task: Any, text: str) -> bool:
        """Whether a condition on a flow holds; what FEEL cannot tell does not.

        Raises WorkflowTaskException, whose context says what went wrong.
        """
        objects = objects_in_reach(task.workflow)
        variables = {**objects, **task.data} if objects else task.data
        try:
            condition = expressions.compile_expression(text)
            holds, reason = condition.judged(variables)
        except expressions.ExpressionError as error:
            message = f"no outcome of {text[:LONGEST_VALUE]!r}"
            raise WorkflowTaskException(message, task=task, exception=error) from error
        top = task.workflow.top_workflow
        chosen = top.choices.setdefault(task.id, nothing_chosen())
        note(chosen, condition, variables, holds=holds, reason=reason)
        if top.recorder is not None:
            top.recorder.judged(task, condition, holds=holds)
        return holds


def nothing_chosen() -> dict[str, Any]:
    """Why a token chose its way, before a condition was looked at."""
    return {"conditions": [], "values": {}}


def note(
    chosen: dict[str, Any],
    condition: expressions.Expression,
    variables: Mapping[str, Any],
    *,
    holds: bool,
    reason: str | None,
) -> None:
    """Note one condition that was looked at, and the values that it read."""
    chosen["conditions"].append({"text": condition.source, "holds": holds, "reason": reason})
    for name in condition.names:
        if name in variables:
            chosen["values"][name] = _kept(variables[name], condition.source)


def _kept(value: Any, text: str) -> Any:
    """What is kept of a value: of a map the entries that the condition names, nothing long."""
    if isinstance(value, dict):
        named = {key: each for key, each in value.items() if key in text}
        return {key: _short(each) for key, each in named.items()} or LEFT_OUT
    return _short(value)


def _short(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str) and len(value) <= SHORT_TEXT:
        return value
    written = json.dumps(value, ensure_ascii=False)
    return json.loads(written) if len(written) <= LONGEST_VALUE else LEFT_OUT
