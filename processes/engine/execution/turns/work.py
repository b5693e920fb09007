"""What is done in a turn of an instance, and by whom."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from processes.engine.execution import effects
from processes.engine.interpreter.workflow import Workflow

Work: TypeAlias = Callable[[Workflow], None]


@dataclass(slots=True)  # not frozen, which would take four times as long to make
class Completion:
    """Work that completes one token, and can be replayed."""

    token_id: UUID
    given: Mapping[str, Any]
    work: Work  # how the interpreter does it

    def __call__(self, flow: Workflow) -> None:
        self.work(flow)


@dataclass(slots=True)  # not frozen, which would take four times as long to make
class Beginning:
    """Work that begins an instance at its plain start event, and can be replayed."""

    given: Mapping[str, Any]
    work: Work  # how the interpreter does it

    def __call__(self, flow: Workflow) -> None:
        self.work(flow)


@dataclass(slots=True)  # not frozen, which would take four times as long to make
class Doer:
    """Who takes this step, and which token they complete."""

    actor: str | None = None
    done_token: UUID | None = None
    job_id: UUID | None = None
    closing: effects.Closing | None = None
    cause: str | None = None  # what tells this failure from others, where the element does not
