"""The actions of a try-out run; replaying the list restores the state."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, NoReturn, Self

MOST_ACTIONS = 200


class Do(StrEnum):
    START = "start"  # begin an instance; `values` are its variables
    TASK = "task"  # complete an open user task
    JOB = "job"  # answer a job that waits
    RETRY = "retry"  # an operator tries a failed job again
    WAIT = "wait"  # let time pass
    MESSAGE = "message"
    SIGNAL = "signal"
    ANSWER = "answer"  # what a delegate will say when it is reached, in the place of our code


class Answer(StrEnum):
    OK = "ok"
    ERROR = "error"  # a business error, with its code
    FAILURE = "failure"  # a technical failure, until no attempt is left


@dataclass(frozen=True)
class Action:
    """One action; each kind fills only the fields that it needs."""

    do: Do
    element: str = ""  # of a task, job or delegate; of a start, the start event that is not plain
    which: int = 0  # of more that are open at one element, the oldest is 0
    answer: Answer = Answer.OK
    code: str = ""
    name: str = ""  # of a message or signal
    key: str | None = None  # the business key of a start, the correlation key of a message
    tenant: str | None = None
    length: str = ""  # how long to wait, as ISO 8601; empty: until the next timer
    moment: str = ""  # of a start: when, as ISO 8601
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Without what is empty."""
        return {
            each.name: value
            for each in fields(self)
            if (value := getattr(self, each.name)) or each.name == "do"
        }

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        known = {each.name for each in fields(cls)}
        kept = {name: value for name, value in given.items() if name in known}
        kept["do"], kept["answer"] = Do(kept["do"]), Answer(kept.get("answer", Answer.OK))
        return cls(**kept)


class DoesNotFitError(Exception):
    """The state does not allow this action; `reason` is Dutch."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def refuse(reason: str) -> NoReturn:
    """Say why the action does not fit. Raises DoesNotFitError."""
    raise DoesNotFitError(reason)
