"""The part of the token player that undoes: compensation and cancelled transactions (13.5.5)."""

from typing import Any

from tests.processes.engine.interpreter.walks.drawing_reader import Node
from tests.processes.engine.interpreter.walks.scopes import Active, Done, Scope


def plan_of(done: list[Done]) -> list[Node]:
    """The activities that undo these, the last completed first."""
    return [
        undo
        for each in reversed(done)
        for undo in (
            [each.node.undo]
            if each.node.undo is not None
            else plan_of(each.inside.done if each.inside is not None else [])
        )
    ]


class Undoing:
    """What a state does when compensation is thrown, or a transaction cancelled."""

    completed = 0  # how many activities were, so far

    # of the state itself
    _end: Any
    _escape: Any
    _leave: Any

    def _done(self, scope: Scope, node: Node, inside: Scope | None = None) -> None:
        self.completed += 1
        scope.done.append(Done(node, inside, self.completed))

    def _compensate(self, scope: Scope, node: Node) -> None:
        named = [each for each in scope.done if node.undoes in ("", each.node.id)]
        scope.done = [each for each in scope.done if each not in named]
        active = Active(node, plan=plan_of(named))
        if active.plan:
            scope.active.append(active)
        if not (active.plan and node.waits):
            self._leave(scope, node)

    def _cancel(self, scope: Scope, node: Node) -> None:
        within = scope.with_those_within()
        done = sorted((each for inner in within for each in inner.done), key=lambda d: d.number)
        scope.stop()
        scope.done = []
        scope.active = [Active(node, plan=plan_of(done))]
        self._undone_all(scope, scope.active[0])

    def _undone(self, scope: Scope, active: Active) -> None:
        """Somebody has undone one."""
        active.plan = active.plan[1:]
        self._undone_all(scope, active)

    def _undone_all(self, scope: Scope, active: Active) -> None:
        if active.plan:
            return
        self._end(scope, active)
        if active.node.event == "cancel":
            host, outer = next(scope.hosts())
            event = next(each for each in host.armed if each.node.event == "cancel")
            self._escape(outer, host, event)
        elif active.node.waits:
            self._leave(scope, active.node)
