"""What following a trace came to; its waits and passages are made when somebody asks for them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from processes.base import new_id
from processes.engine.interpreter.outcomes import Passage
from processes.engine.interpreter.replay.shapes import CHANGED, TOKEN, Data
from processes.engine.interpreter.replay.trace import Guard, Passed, Trace, Waiting
from processes.engine.interpreter.turns import choices
from processes.engine.interpreter.waits import Wait


class Line:
    """A trace that was followed to its end, on the rows of a stored state."""

    __slots__ = (
        *("_data", "_old", "_reasons", "_tokens", "_waits", "_passages"),
        *("trace", "blob", "since", "has_ended", "completed_token", "ids"),
    )

    def __init__(
        self,
        trace: Trace,
        blob: bytes,
        since: datetime,
        before: tuple[list[list[Any]], int],
        came_to: tuple[Data, Sequence[bytes | None], list[str | None]],
    ) -> None:
        """`before`: the rows of the state, and the place of the token that is completed.

        `came_to`: the variables, the token of each new row, and per op why it is neither true nor
        false.
        """
        self.trace, self.blob, self.since = trace, blob, since
        self._old, at = before
        self._data, self._tokens, self._reasons = came_to
        self.has_ended = trace.end is not None
        token_id = self.completed_token = UUID(bytes=self._old[at][TOKEN])
        self.ids = [token_id if each.is_completed_token else new_id() for each in trace.passages]
        """Of each passage the id of its row."""
        self._waits: list[Wait] | None = None
        self._passages: list[Passage] | None = None

    @property
    def before(self) -> list[Wait]:
        """What it waited for; what it still waits for is the very same."""
        trace = self.trace
        still = [each for each, of in zip(self.waits, trace.waits, strict=True) if of.is_old]
        if trace.completed is None:
            return still
        known = self._data.of(len(self._old))
        return [self._old_wait(trace.completed, known), *still]

    @property
    def waits(self) -> list[Wait]:
        """What it waits for."""
        if self._waits is None:
            self._waits = [self.wait(each) for each in self.trace.waits]
        return self._waits

    @property
    def passages(self) -> list[Passage]:
        """What tokens passed, in their order."""
        if self._passages is None:
            self._passages = [
                Passage(id_, each.element, each.result, each.onward, self.chosen(each))
                for id_, each in zip(self.ids, self.trace.passages, strict=True)
            ]
        return self._passages

    def wait(self, waiting: Waiting) -> Wait:
        """One of its waits."""
        if waiting.is_old:
            return self._old_wait(waiting, self._data.of(waiting.row))
        known = self._data.of(self.trace.rows[waiting.row].source)
        return Wait(waiting.kind, self.token(waiting), waiting.element, self.since, known)

    def token(self, waiting: Waiting) -> UUID:
        """The token of a new wait."""
        return UUID(bytes=self._tokens[waiting.row])

    def since_of(self, waiting: Waiting) -> datetime:
        """Since when this was waited for in the state before."""
        return datetime.fromtimestamp(self._old[waiting.row][CHANGED], UTC)

    def chosen(self, passed: Passed) -> dict[str, Any] | None:
        """Why a token chose its way; None where it had no choice."""
        chosen = None
        for place in passed.guards:
            guard = self.trace.ops[place]
            if isinstance(guard, Guard):
                chosen = chosen or choices.nothing_chosen()
                variables, reason = self._data.of(guard.source), self._reasons[place]
                choices.note(chosen, guard.condition, variables, holds=guard.holds, reason=reason)
        return chosen

    def _old_wait(self, waiting: Waiting, known: dict[str, Any]) -> Wait:
        token = UUID(bytes=self._old[waiting.row][TOKEN])
        return Wait(waiting.kind, token, waiting.element, self.since_of(waiting), known)
