"""The part of the token player that knows variables: local ones, and conditions on them (13.4.2).

What is written in a scope is known in it and inside; when it ends it is known around it, but for
what is local to its activity.
"""

from typing import Any

from tests.processes.engine.interpreter.walks.scopes import Active, Listener, Scope


class Conditions:
    """Lets every conditional event happen whose condition holds, and did not before."""

    # of the state itself
    root: Scope
    _event: Any

    def _fire_conditions(self) -> bool:
        """Whether any did; outer ones go first."""
        true = [each for each in self._listening() if each[0].comes_true(each[1].known())]
        for listener, scope, active in true:
            if any(each[0] is listener for each in self._listening()):
                self._event(listener, scope, active)
        return bool(true)

    def _listening(self) -> list[tuple[Listener, Scope, Active | None]]:
        return [each for each in self.root.listening() if each[0].node.condition]
