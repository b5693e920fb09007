"""The subprocesses and called processes that run in a live instance, with the tokens in them."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from processes.engine.interpreter.errors import scopes_of
from processes.engine.interpreter.moving.tokens import tokens_of
from processes.engine.interpreter.multi_instance.rounds import Rounds
from processes.engine.interpreter.rewriting import drawn_by, drawn_id

CALL = "callActivity"


@dataclass(frozen=True)
class Part:
    """One subprocess or called process that runs now; its id is that of the token it stands at."""

    id: UUID
    element_id: str  # of the subprocess or call activity
    name: str
    called: str | None  # the key of the called process; None for a subprocess
    around: tuple[UUID, ...]  # the parts that it stands in, the innermost first
    round_number: int | None = None  # of a multi-instance
    rounds: int | None = None
    tokens: set[UUID] = field(default_factory=set)  # those inside, also in parts of it

    @property
    def depth(self) -> int:
        """How many parts stand around it."""
        return len(self.around)


def parts_in(top: Any) -> list[Part]:
    """The parts that run now, outer ones first."""
    rounds = Rounds(top)
    found: dict[UUID, Part] = {}
    for token in tokens_of(top):
        hosts = [each for each in scopes_of(top._task(token.token_id)) if drawn_by(each.task_spec)]
        for number, host in enumerate(hosts):
            around = tuple(each.id for each in hosts[number + 1 :])
            part = found.setdefault(host.id, _part(top, host, around, rounds))
            part.tokens.add(token.token_id)
    return sorted(found.values(), key=lambda part: (part.depth, part.name, part.round_number or 0))


def _part(top: Any, host: Any, around: tuple[UUID, ...], rounds: Rounds) -> Part:
    element = host.task_spec.element
    is_call = element is not None and element.type == CALL
    inner = top.subprocesses.get(host.id)
    called = drawn_id(inner.spec.name) if is_call and inner is not None else None
    here = rounds.at(host.id) if _is_round(host) else None
    id_ = drawn_id(host.task_spec.bpmn_id)
    name = element.name if element is not None and element.name else id_
    number, total = (here.number, here.total) if here else (None, None)
    return Part(host.id, id_, name, called, around, number, total)


def _is_round(host: Any) -> bool:
    loop = getattr(host.parent, "task_spec", None)
    return bool(getattr(loop, "task_spec", None) == host.task_spec.name)
