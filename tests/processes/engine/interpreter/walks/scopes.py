"""What runs in the token player: scopes, what is active in them, and when a join fires."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.processes.engine.interpreter.walks.drawing_reader import (
    TIMER,
    Flow,
    Node,
    Process,
    holds,
)

Shape = tuple[Any, ...]


class ThrownError(Exception):
    """An error that nothing catches: the generator draws none."""


@dataclass(eq=False)
class Listener:
    """An event that listens, with what it has heard of what it needs (13.4.2, 13.5)."""

    node: Node
    heard: set[str] = field(default_factory=set)
    held: bool = False  # whether its condition did, when it was looked at last

    @property
    def awaits(self) -> frozenset[str]:
        return self.node.triggers - self.heard

    def hears(self, trigger: str) -> bool:
        """Whether the event happens by this: at once, or when it was the last that it needed."""
        self.heard.add(trigger)
        if self.node.needs_all and self.awaits:
            return False
        # A duration passes once; a message may come again while what it is drawn on goes on.
        self.heard = {each for each in self.heard if each.endswith(TIMER)}
        return True

    def shape(self) -> Shape:
        """All that matters for what comes."""
        return (self.node.id, self.held, *sorted(self.heard))

    def comes_true(self, values: dict[str, int]) -> bool:
        """Whether its condition holds now, and did not before."""
        held, self.held = self.held, holds(self.node.condition, values)
        return self.held and not held

    @property
    def is_over(self) -> bool:
        """Whether it cannot happen again."""
        if self.node.condition:
            return False
        return bool(self.heard) if self.node.needs_all else self.heard == self.node.triggers


@dataclass(eq=False)
class Active:
    """An activity or event that has begun and not ended (13.3.2), with what listens to it."""

    node: Node
    armed: list[Listener] = field(default_factory=list)  # its own event, its edge, its gateway's
    inside: list["Scope"] = field(default_factory=list)  # one per round
    rounds: int = 0  # how many are to come
    open: int = 0  # rounds of a task at which somebody is at work
    plan: list[Node] = field(default_factory=list)  # what is left to undo, the next one first

    def shape(self) -> Shape:
        """All that matters for what comes: two with one shape go on alike."""
        return (
            *(self.node.id, self.rounds, self.open),
            tuple(each.id for each in self.plan),
            tuple(sorted(each.shape() for each in self.armed)),
            tuple(sorted(each.shape() for each in self.inside)),
        )


@dataclass(eq=False)
class Done:
    """An activity, or a round of it, that was completed; `inside` is what ran in it."""

    node: Node
    inside: "Scope | None"
    number: int  # in the order in which they were completed

    def shape(self) -> Shape:
        inside = () if self.inside is None else tuple(each.shape() for each in self.inside.done)
        return (self.node.id, inside)


@dataclass(eq=False)
class Scope:
    """A process or subprocess that runs: its tokens are held at joins or at what is active."""

    drawn: Process
    above: "Scope | None" = None
    active: list[Active] = field(default_factory=list)
    held: Counter[Flow] = field(default_factory=Counter)
    handlers: list[Listener] = field(default_factory=list)  # starts of event subprocesses
    done: list[Done] = field(default_factory=list)
    values: dict[str, int] = field(default_factory=dict)  # that were written here
    is_terminated: bool = False

    def known(self) -> dict[str, int]:
        """The variables as they are seen from here: each round of a subprocess has its own."""
        return {**(self.above.known() if self.above else {}), **self.values}

    def stop(self) -> None:
        """Nothing in this scope goes on; what was written in it is known."""
        for active in self.active:
            self.absorb(active)
        self.active, self.held, self.handlers = [], Counter(), []

    def absorb(self, active: Active) -> None:
        """What was written inside an activity that is ended is known here."""
        for inner in active.inside:
            inner.stop()
            if not active.node.parameters("output"):
                self.learn(inner, active.node)

    def learn(self, inner: "Scope", host: Node) -> None:
        """When this activity is done: what it gives back, or all but what is local to it."""
        outputs, known = host.parameters("output"), inner.known()
        local = host.parameters("input")
        given = {name: known[of] for name, of in outputs.items()}
        self.values |= given or {k: v for k, v in inner.values.items() if k not in local}

    def shape(self) -> Shape:
        """All that matters for what comes in this scope."""
        return (
            tuple(sorted(each.shape() for each in self.active)),
            tuple(sorted((flow.id, number) for flow, number in self.held.items())),
            tuple(sorted(each.shape() for each in self.handlers)),
            tuple(each.shape() for each in self.done),
            tuple(sorted(self.values.items())),
        )

    def all_active(self) -> list[Active]:
        """What is active here and in all scopes within."""
        inner = (each for one in self.active for scope in one.inside for each in scope.all_active())
        return [*self.active, *inner]

    def with_those_within(self) -> list["Scope"]:
        """This scope and all that run inside it, outer ones first."""
        inner = [each for active in self.active for each in active.inside]
        return [self, *(found for each in inner for found in each.with_those_within())]

    def listening(self) -> "Iterator[tuple[Listener, Scope, Active | None]]":
        """Whatever waits for something from outside, here and within."""
        for scope in self.with_those_within():
            for active in scope.active:
                yield from ((each, scope, active) for each in active.armed)
            if scope.held or any(not each.node.is_event_subprocess for each in scope.active):
                yield from ((each, scope, None) for each in scope.handlers)

    def hosts(self) -> "Iterator[tuple[Active, Scope]]":
        """The activities that this scope runs inside of, with their scopes, from the inside out."""
        inner, outer = self, self.above
        while outer is not None:
            yield next(each for each in outer.active if inner in each.inside), outer
            inner, outer = outer, outer.above

    def fires(self, gateway: Node) -> bool:
        """Whether this join has the tokens that it needs (13.4.1, 13.4.3)."""
        here = {flow for flow in gateway.incoming if self.held[flow]}
        if gateway.kind == "parallelGateway":
            return bool(here) and here == set(gateway.incoming)
        is_inclusive = gateway.kind == "inclusiveGateway"
        return is_inclusive and bool(here) and not self._awaits(gateway, here)

    def _awaits(self, gateway: Node, here: set[Flow]) -> bool:
        """13.4.3: a token can still come to a flow without one, and to none that has one."""
        missing = set(gateway.incoming) - here
        elsewhere = [each.target for each in self.held if each.target is not gateway]
        elsewhere += [each.node for each in self.active]
        ahead = [_ahead(node, gateway) for node in elsewhere]
        return any(each & missing and not each & here for each in ahead)


def _ahead(begin: Node, gateway: Node) -> set[Flow]:
    """The flows to which a token at this node can come, not by way of this gateway."""
    seen: set[Flow] = set()
    waiting = [begin]
    while waiting:
        node = waiting.pop()
        for source in (node, *node.boundaries):
            for flow in source.outgoing:
                if flow not in seen:
                    seen.add(flow)
                    waiting += [flow.target] if flow.target is not gateway else []
    return seen
