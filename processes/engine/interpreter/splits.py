"""Implicit splits: several sequence flows, or conditions on them, behind a task or event.

BPMN 2.0 §13.2.1 and table 8.60 (Sequence Flow): each flow without a condition gets a token, each
with one when its condition holds; the default flow of an activity gets one when no condition on the
others holds. Where nothing gets one, the step fails, as at a gateway.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.parser.event_parsers import EventBasedGatewayParser
from SpiffWorkflow.bpmn.parser.task_parsers import GatewayParser

NO_WAY_ON = "No conditions satisfied"  # how SpiffWorkflow begins what it says of a gateway


@dataclass
class Ways:
    """The sequence flows out of one node, by the task specs to which they lead."""

    conditions: dict[str, str | None] = field(default_factory=dict)
    default: str | None = None

    @property
    def all(self) -> set[str]:
        """Where a token may go."""
        return {*self.conditions, *([self.default] if self.default else [])}

    @property
    def is_choice(self) -> bool:
        """Whether some of them may get no token."""
        return self.default is not None or any(self.conditions.values())

    def not_taken(self, my_task: Any) -> set[str]:
        """Where no token goes when this task completes.

        Raises WorkflowTaskException when that is everywhere, ExpressionError.
        """
        conditional = {to: text for to, text in self.conditions.items() if text}
        engine = my_task.workflow.script_engine
        holds = {to for to, text in conditional.items() if engine.condition_holds(my_task, text)}
        taken = holds | {to for to, text in self.conditions.items() if not text}
        if self.default is not None and not holds:
            taken.add(self.default)
        if not taken:
            message = f"{NO_WAY_ON} behind {my_task.task_spec.name}"
            raise WorkflowTaskException(message, task=my_task)
        return self.all - taken


def ways_of(task_spec: Any) -> set[str]:
    """The task specs to which flows lead out of this one, where it is no gateway."""
    ways: Ways | None = getattr(task_spec, "ways", None)
    return ways.all if ways is not None else set()


def drop_not_taken(my_task: Any) -> None:
    """Of a task that completes, drop what would follow on flows that get no token."""
    ways: Ways | None = getattr(my_task.task_spec, "ways", None)
    if ways is None or not ways.is_choice:
        return
    left_out = ways.not_taken(my_task)
    for child in list(my_task.children):
        if child.task_spec.name in left_out and not child.triggered:
            my_task.workflow._remove_task(child.id)


class _Splitting:
    """Parses several outgoing flows of a node that is no gateway, which stock refuses."""

    task: Any

    def handles_multiple_outgoing(self) -> bool:
        return True

    def connect_outgoing(self, outgoing: Any, flow: etree._Element, is_default: bool) -> None:  # noqa: FBT001 - its signature
        super().connect_outgoing(outgoing, flow, is_default)  # type: ignore[misc]
        ways = self.task.__dict__.setdefault("ways", Ways())
        if is_default:
            ways.default = outgoing.name
        else:
            condition = self.parse_condition(flow)  # type: ignore[attr-defined]
            ways.conditions[outgoing.name] = (condition or "").strip() or None


def splitting(classes: Mapping[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    """These parsers by tag, those of all but gateways with implicit splits."""
    return {tag: (_of_splits(parser), spec) for tag, (parser, spec) in classes.items()}


def _of_splits(parser: Any) -> Any:
    if parser is None or issubclass(parser, GatewayParser | EventBasedGatewayParser):
        return parser
    return type(f"Splitting{parser.__name__}", (_Splitting, parser), {})
