"""Random diagrams in which variables decide: conditional events, and what is local to a scope."""

from typing import Any

from tests.processes.engine.diagrams import boundary, chain, flow, node, user
from tests.processes.engine.interpreter.walks.drawings import Drawn, is_one
from tests.processes.engine.interpreter.walks.wider_drawings import (
    NOT_ONE,
    WiderDrawing,
)

LOOP = (
    "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>{} &lt; 10000</bpmn:loopCondition>"
    "</bpmn:standardLoopCharacteristics>"
)
WHEN = (
    "<bpmn:conditionalEventDefinition><bpmn:condition>{} &gt; 0</bpmn:condition>"
    "</bpmn:conditionalEventDefinition>"
)
LOCAL = (
    '<bpmn:extensionElements><camunda:inputOutput><camunda:inputParameter name="{}">${{{}}}'
    '</camunda:inputParameter><camunda:outputParameter name="{}">${{{}}}'
    "</camunda:outputParameter></camunda:inputOutput></bpmn:extensionElements>"
)


class VariableDrawing(WiderDrawing):
    """Draws them."""

    def draw_when(self, goes_on: str, inner: Any, other: Any) -> Drawn:
        """Something, and an event on its edge with a condition on what is asked beside it.

        One that goes on comes true once: what it starts writes the same variables each time.
        """
        start, asked, event, end = (self.name(each) for each in ("start", "task", "event", "end"))
        inside = self.deeper()
        host, _, _ = inside.guardable(inner)
        first, last, then = self.within(other)
        when, on = WHEN.format(asked), goes_on == "yes"
        return self.alone(
            node("startEvent", start) + user(asked, "" if on else LOOP.format(asked)),
            "".join(inside.parts) + boundary(event, host, when, interrupting=not on) + then,
            node("endEvent", end) + chain(start, asked, end) + chain(start, host, end),
            chain(event, first) + chain(last, end),
        )

    def draw_local(self, inner: Any, other: Any) -> Drawn:
        """A scope with a variable of its own that hides another, and one that it gives back."""
        names = ("start", "task", "task", "sub", "out", "choice", "choice", "end")
        start, asked, hidden, scope, out, first, second, end = map(self.name, names)
        inside_task, drawn = self._local_scope(asked, inner)
        then, last, rest = self.within(other)
        local = LOCAL.format(asked, hidden, out, inside_task)
        ways = [
            flow(first, second, is_one(asked)),
            flow(first, end, NOT_ONE.format(asked)),
            flow(second, then, is_one(out)),
        ]
        return self.alone(
            node("startEvent", start) + user(asked) + user(hidden) + rest,
            node("subProcess", scope, local + drawn) + node("endEvent", end),
            node("exclusiveGateway", first),
            node("exclusiveGateway", second, default=f"{second}_to_{end}"),
            "".join(ways) + chain(second, end) + chain(last, end),
            chain(start, asked, hidden, scope, first),
        )

    def _local_scope(self, asked: str, inner: Any) -> tuple[str, str]:
        start, task, choice, end = (self.name(each) for each in ("start", "task", "choice", "end"))
        begin, last, body = self.within(inner)
        return task, (
            node("startEvent", start)
            + user(task)
            + node("exclusiveGateway", choice, default=f"{choice}_to_{end}")
            + node("endEvent", end)
            + body
            + chain(start, task, choice, end)
            + flow(choice, begin, is_one(asked))
            + chain(last, end)
        )
