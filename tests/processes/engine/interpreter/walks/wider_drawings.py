"""Random diagrams with what stock SpiffWorkflow cannot do: implicit splits, terminate, and more.

What would leave a join behind without its tokens stands in a subprocess of its own, so that each
diagram can be walked to its end. A branch begins with a task, so that no two things happen at once.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.processes.engine.diagrams import (
    boundary,
    chain,
    error,
    escalation,
    flow,
    message,
    node,
    signal,
    timer,
    user,
)
from tests.processes.engine.interpreter.walks.drawings import MANY, Drawing, Drawn, is_one
from tests.processes.engine.interpreter.walks.terms import Term, Values

SIGNAL = "signal"
NOT_ONE = "{0} &lt; 0 or {0} &gt; " + str(MANY)


def no_plan(_values: Values) -> Term:
    """The token player reads the drawing itself."""
    return None


@dataclass
class WiderDrawing(Drawing):
    """Draws what `Drawing` does, and the rest."""

    messages: list[str] = field(default_factory=list)  # of the whole file
    signals: list[str] = field(default_factory=list)

    def two(self, one: Any, other: Any) -> tuple[tuple[str, str], tuple[str, str]]:
        """Two blocks, each with the ids that it begins and ends with."""
        (a, a_end, _), (b, b_end, _) = self.draw(one), self.draw(other)
        return (a, a_end), (b, b_end)

    def alone(self, *parts: str, kind: str = "subProcess") -> Drawn:
        """A subprocess of these parts."""
        name = self.name("sub")
        self.parts.append(node(kind, name, "".join(parts)))
        return name, name, no_plan

    def within(self, block: Any) -> tuple[str, str, str]:
        """A block with what it is made of, for a scope of its own."""
        inner = self.deeper()
        first, last, _ = inner.draw(block)
        return first, last, "".join(inner.parts)

    def begun(self, block: Any) -> str:
        """The same behind a start event; it just stops where it is done."""
        first, _, body = self.within(block)
        start = self.name("start")
        return node("startEvent", start) + body + chain(start, first)

    def event(self, kind: str, name: str) -> str:
        """A timer, or a message that has the name of its event."""
        if kind == "timer":
            return timer("timeDuration", "P1D")
        self.messages.append(name)
        return message(name)

    # -- implicit splits

    def draw_split(self, source: str, how: str, one: Any, other: Any) -> Drawn:
        """A task with two flows out of it, or what follows a task and has them."""
        asked, join = self.name("task"), self.name("join")
        (a, a_end), (b, b_end) = self.two(one, other)
        splits = asked if source == "task" else self.name("split")
        default = {"default": f"{splits}_to_{b}"} if how == "default" else {}
        conditions = {
            "all": ("", ""),
            "conditions": (NOT_ONE.format(asked), f"{asked} &gt; 0"),
            "default": (is_one(asked), ""),
            "mixed": ("", is_one(asked)),
        }[how]
        self.parts += [
            *(self._asked_before(source, asked, splits, default)),
            node("parallelGateway" if how == "all" else "inclusiveGateway", join),
            flow(splits, a, conditions[0]),
            flow(splits, b, conditions[1]),
            chain(a_end, join),
            chain(b_end, join),
        ]
        return asked, join, no_plan

    def _asked_before(
        self, source: str, asked: str, splits: str, default: dict[str, str]
    ) -> list[str]:
        if source == "task":
            return [user(asked, **default)]
        return [user(asked), chain(asked, splits), self._splitting(source, splits, default)]

    def _splitting(self, source: str, name: str, default: dict[str, str]) -> str:
        match source:
            case "wait":
                kind = "receiveTask" if default else "intermediateCatchEvent"
                if default:
                    self.messages.append(name)
                    return node(kind, name, messageRef=f"message_{name}", **default)
                return node(kind, name, self.event("timer", name))
            case "rounds":
                return user(name, rounds("false", f"{name}_loop"), **default)
            case "inside":
                return node("subProcess", name, user(self.name("task")), **default)
        return node("task", name, **default)

    def draw_merge(self, one: Any, other: Any) -> Drawn:
        """Two flows out of a start event, that come to one event without a gateway (13.2.1)."""
        (a, a_end, first), (b, b_end, second) = self.within(one), self.within(other)
        start, last = self.name("start"), self.name("wait")
        both = node("intermediateCatchEvent", last, self.event("timer", last))
        parts = [node("startEvent", start), both, first, second]
        parts += [chain(start, a), chain(start, b), chain(a_end, last), chain(b_end, last)]
        return self.alone(*parts)

    # -- ends

    def draw_terminate(self, inner: Any) -> Drawn:
        """While something goes on, somebody may end all of its subprocess."""
        return self.ended_by("<bpmn:terminateEventDefinition/>", inner)

    def ended_by(self, definition: str, inner: Any, kind: str = "subProcess") -> Drawn:
        """A subprocess in which somebody may come to this end while something goes on."""
        first, last, body = self.within(inner)
        start, asked, choice, stop = (self.name(x) for x in ("start", "task", "choice", "stop"))
        other = self.name("end")
        parts = [node("startEvent", start), body, user(asked), node("endEvent", stop, definition)]
        parts += [node("exclusiveGateway", choice, default=f"{choice}_to_{other}")]
        parts += [node("endEvent", other), chain(start, first), chain(start, asked, choice, other)]
        parts += [flow(choice, stop, is_one(asked)), chain(last, other)]
        return self.alone(*parts, kind=kind)

    def draw_caught(self, kind: str, inner: Any, one: Any, other: Any) -> Drawn:
        """An error or escalation, and an event on the edge with two flows out of it."""
        definition = error("refused") if kind == "error" else escalation("told")
        inside = self.deeper()
        sub, _, _ = inside.ended_by(definition, inner)
        inside.guard(sub, definition, one, other, interrupting=kind != "beside")
        return self.alone(*inside.parts)

    def draw_edge(self, kind: str, goes_on: str, inner: Any, one: Any, other: Any) -> Drawn:
        """A timer or message on the edge of something, with two flows out of it."""
        inside = self.deeper()
        first, _, _ = inside.guardable(inner)
        # A message may come twice beside the same work, and then what it starts writes twice.
        event = self.event("timer" if goes_on == "yes" else kind, self.name("event"))
        inside.guard(first, event, one, other, interrupting=goes_on == "no")
        return self.alone(*inside.parts)

    def guard(
        self, host: str, definition: str, one: Any, other: Any, *, interrupting: bool
    ) -> None:
        """An event on the edge of this activity, and all of it ends at one end."""
        event = _named_after(definition) or self.name("event")
        (a, a_end), (b, b_end) = self.two(one, other)
        end = self.name("end")
        self.parts += [boundary(event, host, definition, interrupting=interrupting)]
        self.parts += [node("endEvent", end), chain(event, a), chain(event, b)]
        self.parts += [chain(a_end, end), chain(b_end, end), chain(host, end)]

    # -- events

    def draw_handler(self, kind: str, goes_on: str, inner: Any, other: Any) -> Drawn:
        """An event subprocess around something."""
        return self.alone(self.handled(kind, goes_on, inner, other))

    def draw_handled(
        self, sequential: str, kind: str, goes_on: str, inner: Any, other: Any
    ) -> Drawn:
        """The same twice, each round with its own."""
        loop = rounds(sequential, self.name("loop"))
        return self.alone(loop, self.handled(kind, goes_on, inner, other))

    def draw_stopped(self, inner: Any, one: Any, other: Any) -> Drawn:
        """Two event subprocesses around something, of which one ends the other."""
        stops = self.handler("message", "no", other)
        return self.alone(self.handled("timer", "yes", inner, one), stops)

    def handled(self, kind: str, goes_on: str, inner: Any, other: Any) -> str:
        """What is in a scope with an event subprocess."""
        return self.begun(inner) + self.handler(kind, goes_on, other)

    def handler(self, kind: str, goes_on: str, inner: Any) -> str:
        a, _, handled = self.within(inner)
        name, begin = self.name("handler"), self.name("event")
        interrupts = "false" if goes_on == "yes" else "true"
        event = self.event("timer" if goes_on == "yes" else kind, begin)
        start = node("startEvent", begin, event, isInterrupting=interrupts)
        inside = start + handled + chain(begin, a)
        return node("subProcess", name, inside, triggeredByEvent="true")

    def draw_race(self, one: Any, other: Any) -> Drawn:
        """Whichever of two events comes first."""
        gateway, heard, late, join = (self.name(x) for x in ("first", "heard", "late", "join"))
        (a, a_end), (b, b_end) = self.two(one, other)
        self.parts += [
            node("eventBasedGateway", gateway),
            node("intermediateCatchEvent", heard, self.event("message", heard)),
            node("intermediateCatchEvent", late, self.event("timer", late)),
            node("exclusiveGateway", join),
            chain(gateway, heard, a),
            chain(gateway, late, b),
            chain(a_end, join),
            chain(b_end, join),
        ]
        return gateway, join, no_plan

    def draw_wait(self, kind: str) -> Drawn:
        name = self.name("wait")
        if kind in ("any", "all"):
            needs = {"parallelMultiple": "true"} if kind == "all" else {}
            self.parts.append(node("intermediateCatchEvent", name, self.three(name), **needs))
        elif kind == "receive":
            self.messages.append(name)
            self.parts.append(node("receiveTask", name, messageRef=f"message_{name}"))
        else:
            self.parts.append(node("intermediateCatchEvent", name, self.event(kind, name)))
        return name, name, no_plan

    def three(self, name: str) -> str:
        """A timer and two messages, of which an event needs one or all."""
        return self.event("timer", name) + "".join(
            self.event("message", f"{name}_{each}") for each in ("one", "two")
        )

    def draw_signal(self, one: Any, other: Any) -> Drawn:
        """Something waits for a signal, that is thrown when somebody is ready, or from outside."""
        (a, _, first), (b, _, second) = self.within(one), self.within(other)
        start, heard, asked, thrown = (self.name(x) for x in ("start", "heard", "task", "throw"))
        name = self.name(SIGNAL)
        self.signals.append(name)
        parts = [node("startEvent", start), first, second, user(asked)]
        parts += [node("intermediateCatchEvent", heard, signal(name))]
        parts += [node("intermediateThrowEvent", thrown, signal(name))]
        parts += [chain(start, heard, a), chain(start, asked, thrown, b)]
        return self.alone(*parts)

    # -- rounds

    def draw_rounds(self, sequential: str, inner: Any) -> Drawn:
        """A subprocess twice."""
        name = self.name("sub")
        loop = rounds(sequential, f"{name}_loop")
        self.parts.append(node("subProcess", name, loop + self.begun(inner)))
        return name, name, no_plan

    def draw_until(self) -> Drawn:
        """A task that is done again as long as one says so."""
        name = self.name("task")
        loop = f"<bpmn:loopCondition>{is_one(name)}</bpmn:loopCondition>"
        drawn = f"<bpmn:standardLoopCharacteristics>{loop}</bpmn:standardLoopCharacteristics>"
        self.parts.append(user(name, drawn))
        return name, name, no_plan


def rounds(sequential: str, id_: str) -> str:
    """Twice, at once or one after the other."""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics id="{id_}" isSequential="{sequential}">'
        "<bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    )


def _named_after(definition: str) -> str:
    """The name of its message: a message on the edge has the name of its event."""
    _, found, name = definition.partition('messageRef="message_')
    return name.partition('"')[0] if found else ""
