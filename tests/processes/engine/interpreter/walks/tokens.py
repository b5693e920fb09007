"""Plays tokens on any drawn diagram, by the words of BPMN 2.0 chapter 13 alone: an oracle.

It knows nothing of our engine or of SpiffWorkflow. A move may be possible in more than one way (two
rounds at the same task): then there are several states, and `Oracle` keeps those that agree.
"""

from copy import deepcopy
from typing import Any, Self

from tests.processes.engine.interpreter.walks.drawing_reader import Flow, Node, Process, holds
from tests.processes.engine.interpreter.walks.scopes import Active, Listener, Scope, ThrownError
from tests.processes.engine.interpreter.walks.undoing import Undoing
from tests.processes.engine.interpreter.walks.variables import Conditions

Candidate = tuple[Listener | None, Scope, Active | None]
SCOPES = frozenset({"subProcess", "transaction", "callActivity"})
PASSES = frozenset({"task", "startEvent", "intermediateThrowEvent", "boundaryEvent"})


class State(Undoing, Conditions):
    """One instance, after it has run until everything waits."""

    def __init__(self, processes: dict[str, Process], key: str) -> None:
        self.processes = processes
        self.root = Scope(processes[key])
        self.has_ended = False
        self._begin(self.root)
        self.settle()

    # what can be seen, and done

    def tasks(self) -> list[str]:
        """The names of the open tasks."""
        active = self.root.all_active()
        return sorted(
            [each.plan[0].id for each in active if each.plan]
            + [
                each.node.id
                for each in active
                if each.node.kind == "userTask"
                for _ in range(each.open or (0 if each.node.rounds else 1))
            ]
        )

    def events(self) -> list[str]:
        """What may come from outside: timers, messages and signals, one for each that listens."""
        return sorted(each for listener, *_ in self.root.listening() for each in listener.awaits)

    def moves(self, name: str, value: int | None = None) -> list["State"]:
        """The states after somebody completed this task, or after this event happened."""
        found = []
        for place in range(len(self.candidates(name))):
            copy = deepcopy(self)
            candidate = copy.candidates(name)[place]
            if value is not None:
                candidate[1].values[name] = value
            copy.happen(candidate, name)
            found.append(copy)
        return found

    def signalled(self, name: str) -> "State":
        """The state after a signal from outside, which all that listen hear."""
        copy = deepcopy(self)
        copy.signal(name)
        copy.settle()
        return copy

    def candidates(self, name: str) -> list[Candidate]:
        """Whichever task or event of this name it may be, with where it is."""
        tasks: list[Candidate] = [
            (None, scope, active)
            for scope in self.root.with_those_within()
            for active in scope.active
            for node in (active.node, *active.plan[:1])
            if node.id == name and node.kind == "userTask"
        ]
        return tasks or [each for each in self.root.listening() if name in each[0].awaits]

    def happen(self, candidate: Candidate, name: str) -> None:
        """What one candidate does, and all that follows from it."""
        listener, scope, active = candidate
        if listener is not None:
            if listener.hears(name):
                self._event(listener, scope, active)
        elif active is not None:
            self._completed(scope, active)
        self.settle()

    def signal(self, name: str) -> None:
        """All that listen to this signal now hear it."""
        for listener, scope, active in list(self.root.listening()):
            if name in listener.awaits and listener.hears(name):
                self._event(listener, scope, active)

    def _event(self, listener: Listener, scope: Scope, active: Active | None) -> None:
        if active is None:
            self._handle(listener, scope)
        elif listener.node.host is not None:
            self._escape(scope, active, listener)
        else:
            self._done(scope, active.node)
            self._end(scope, active)
            self._leave(scope, listener.node)

    def _completed(self, scope: Scope, active: Active) -> None:
        """Somebody completed this task, or a round of it."""
        if active.plan:
            self._undone(scope, active)
        elif active.node.rounds:
            self._round_done(scope, active)
        else:
            self._done(scope, active.node)
            if not active.node.goes_round(scope.known()):
                self._end(scope, active)
                self._leave(scope, active.node)

    # beginning and ending: 13.2 and 13.3

    def _begin(self, scope: Scope) -> None:
        handlers = (node for node in scope.drawn.nodes if node.is_event_subprocess)
        scope.handlers = [Listener(each.start) for each in handlers]
        for node in scope.drawn.starts:
            self._enter(scope, node)

    def _enter(self, scope: Scope, node: Node) -> None:
        """A token comes to a node that asks for no other."""
        if node.kind == "exclusiveGateway":
            self._give(scope, [self._first(scope, node)] if node.outgoing else [])
        elif node.event == "compensate":
            self._compensate(scope, node)
        elif node.kind == "endEvent":
            self._reach_end(scope, node)
        elif node.kind in PASSES:
            self._pass(scope, node)
        else:
            self._activate(scope, node)

    def _pass(self, scope: Scope, node: Node) -> None:
        if node.event == "signal" and node.kind == "intermediateThrowEvent":
            self.signal(node.names[0])
        stops = self._escalate(scope, node.code) if node.event == "escalation" else False
        if not stops:
            self._leave(scope, node)

    def _activate(self, scope: Scope, node: Node) -> None:
        own = [node] if node.triggers else []
        behind = node.outgoing if node.kind == "eventBasedGateway" else []
        events = [*own, *node.boundaries, *(flow.target for flow in behind)]
        active = Active(node, [Listener(each) for each in events])
        scope.active.append(active)
        if node.rounds and node.kind == "userTask":
            active.rounds = node.rounds if node.is_sequential else 0
            active.open = 1 if node.is_sequential else node.rounds
            active.rounds -= 1 if node.is_sequential else 0
        elif node.kind in SCOPES:
            at_once = 1 if node.is_sequential or not node.rounds else node.rounds
            active.rounds = (node.rounds or 1) - at_once
            for _ in range(at_once):
                self._open_round(scope, active)

    def _open_round(self, scope: Scope, active: Active) -> None:
        drawn = self.processes.get(active.node.calls) or active.node.inner
        assert drawn is not None
        known = scope.known()
        local = active.node.parameters("input")
        inner = Scope(drawn, scope, values={name: known[of] for name, of in local.items()})
        active.inside.append(inner)
        self._begin(inner)

    def _round_done(self, scope: Scope, active: Active) -> None:
        self._done(scope, active.node)
        active.open -= 1
        if active.rounds:
            active.rounds, active.open = active.rounds - 1, active.open + 1
        elif not active.open:
            self._end(scope, active)
            self._leave(scope, active.node)

    def _end(self, scope: Scope, active: Active) -> None:
        scope.absorb(active)
        scope.active.remove(active)

    def _reach_end(self, scope: Scope, node: Node) -> None:
        if node.event == "terminate":  # 13.5.6: nothing else of this scope goes on
            scope.stop()
            scope.is_terminated = True
        elif node.event == "cancel":
            self._cancel(scope, node)
        elif node.event == "error":
            self._throw(scope, node.code)
        elif node.event == "escalation":
            self._escalate(scope, node.code)

    # events on edges and around: 13.5

    def _escape(self, scope: Scope, active: Active, event: Listener) -> None:
        if event.node.interrupts:
            self._end(scope, active)
        elif event.is_over:
            active.armed.remove(event)
        self._leave(scope, event.node)

    def _handle(self, listener: Listener, scope: Scope) -> None:
        handler = next(each for each in scope.drawn.nodes if each.begins_with(listener.node))
        if listener.node.interrupts:
            scope.stop()
        elif listener.is_over:
            scope.handlers.remove(listener)
        self._activate(scope, handler)

    def _throw(self, scope: Scope, code: str) -> None:
        """An error ends the innermost scope around it that has somebody to catch it."""
        for host, outer in scope.hosts():
            for event in host.armed:
                if event.node.event == "error" and event.node.code in ("", code):
                    self._escape(outer, host, event)
                    return
        raise ThrownError(code)

    def _escalate(self, scope: Scope, code: str) -> bool:
        """Whether what threw has been ended by whoever caught it."""
        for host, outer in scope.hosts():
            for event in host.armed:
                if event.node.event == "escalation" and event.node.code in ("", code):
                    if event.node.interrupts:
                        self._end(outer, host)
                    self._leave(outer, event.node)
                    return event.node.interrupts
        return False

    # sequence flows and gateways: 13.2.1 and 13.4

    def _leave(self, scope: Scope, node: Node) -> None:
        known = scope.known()
        held = [f for f in node.outgoing if f.condition and holds(f.condition, known)]
        always = [flow for flow in node.outgoing if not flow.condition and not flow.is_default]
        default = [flow for flow in node.outgoing if flow.is_default and not held]
        self._give(scope, [*always, *held, *default])

    def _first(self, scope: Scope, gateway: Node) -> Flow:
        known = scope.known()
        chosen = (f for f in gateway.outgoing if f.condition and holds(f.condition, known))
        rest = (f for f in gateway.outgoing if not f.condition)
        return next(chosen, None) or next(rest)

    def _give(self, scope: Scope, flows: list[Flow]) -> None:
        for flow in flows:
            if flow.target.kind in ("parallelGateway", "inclusiveGateway"):
                scope.held[flow] += 1
            else:
                self._enter(scope, flow.target)

    def settle(self) -> None:
        """Fire the joins that can, and end the scopes that have nothing left, until none is."""
        while not self.has_ended and (
            self._fire_conditions()
            or any(self._settle_in(s) for s in self.root.with_those_within()[::-1])
        ):
            pass

    def _settle_in(self, scope: Scope) -> bool:
        for gateway in scope.drawn.nodes:
            if gateway.kind.endswith("Gateway") and scope.fires(gateway):
                for flow in gateway.incoming:
                    scope.held[flow] -= 1 if scope.held[flow] else 0
                scope.held = +scope.held
                self._leave(scope, gateway)
                return True
        return not (scope.active or scope.held) and self._complete(scope)

    def _complete(self, scope: Scope) -> bool:
        host, above = next(scope.hosts(), (None, None))
        if host is None or above is None:
            self.has_ended = True
            return True
        host.inside.remove(scope)
        above.learn(scope, host.node)
        if not scope.is_terminated:  # 13.3.2: only what is completed can be undone
            self._done(above, host.node, scope)
        if host.rounds:
            host.rounds -= 1
            self._open_round(above, host)
        elif not host.inside:
            self._end(above, host)
            if not host.node.is_event_subprocess:
                self._leave(above, host.node)
        return True

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        copy = object.__new__(type(self))
        memo[id(self)] = copy
        copy.processes = self.processes
        copy.root = deepcopy(self.root, memo)
        copy.has_ended = self.has_ended
        copy.completed = self.completed
        return copy
