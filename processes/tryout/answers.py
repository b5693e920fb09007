"""Stubbed answers of delegates and decisions in a try-out."""

from collections import defaultdict, deque
from typing import Any

from processes.engine.diagram.elements import Element
from processes.engine.registry import BpmnError
from processes.tryout.actions import Action, Answer

IN_A_TRYOUT = "in deze proef"


class RehearsedError(Exception):
    """A technical failure that the user chose in a try-out."""


class Answers:
    """A queue of stubs per element; with `always`, a delegate without a stub returns nothing."""

    def __init__(self, *, always: bool) -> None:
        self._always = always
        self._queues: defaultdict[str, deque[Action]] = defaultdict(deque)

    def add(self, action: Action) -> None:
        self._queues[action.element].append(action)

    def instead(self, element: Element) -> dict[str, Any] | None:
        """The stub of this delegate or decision; None: run the real one.

        Raises BpmnError or RehearsedError when that is the stub.
        """
        if not self._queues[element.id]:
            return {} if self._always and element.delegate else None
        action = self._queues[element.id].popleft()
        if action.answer is Answer.ERROR:
            raise BpmnError(action.code)
        if action.answer is Answer.FAILURE:
            raise RehearsedError(IN_A_TRYOUT)
        return dict(action.values)
