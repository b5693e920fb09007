"""Soundness check of a marking: whether the tokens of an instance can still meet at their joins."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from processes.engine.interpreter.moving.compatibility import (
    CannotMoveError,
    arrivals_at,
    is_round,
    words_of,
)
from processes.engine.interpreter.splits import ways_of
from processes.engine.interpreter.task_specs import (
    LoketEndJoin,
    LoketInclusiveGateway,
    LoketParallelGateway,
)
from processes.engine.sentences.catalogue import say

Specs = set[str]
GATEWAYS = (LoketParallelGateway, LoketInclusiveGateway)


@dataclass(frozen=True)
class SoundnessFault:
    """A fault in a marking: a join that starves, or two tokens of which one follows the other."""

    reason: str
    element_id: str
    tokens: frozenset[UUID]


def require_sound(before: list[SoundnessFault], after: list[SoundnessFault]) -> None:
    """Check that no fault was added. Raises CannotMoveError for the first that was."""
    known = {(each.element_id, each.tokens) for each in before}
    for each in after:
        if (each.element_id, each.tokens) not in known:
            raise CannotMoveError(each.reason, each.element_id)


def soundness_faults(top: Any) -> list[SoundnessFault]:
    """All faults of where the tokens are."""
    return [
        each
        for scope in (top, *top.subprocesses.values())
        for each in (*_at_joins(scope), *_in_line(scope))
    ]


def _tokens(scope: Any) -> list[Any]:
    """The tokens on their way: no rounds, no listening boundary events, nobody at a join."""
    silent = (BoundaryEvent, BoundaryEventJoin)
    return [
        task
        for task in scope.tasks.values()
        if task._state & (TaskState.WAITING | TaskState.READY | TaskState.STARTED)
        and not isinstance(task.task_spec, silent)
        and not (isinstance(task.task_spec, UnstructuredJoin) and _is_join(task.task_spec))
        and not is_round(task)
    ]


def _is_join(spec: Any) -> bool:
    return isinstance(spec, LoketEndJoin) or len(spec.inputs) > 1


def _at_joins(scope: Any) -> Iterator[SoundnessFault]:
    """Joins that would wait for ever, and branches that would come to a join a second time."""
    tokens = _tokens(scope)
    for join in scope.spec.task_specs.values():
        if not isinstance(join, GATEWAYS) or len(join.inputs) < 2:  # noqa: PLR2004
            continue
        id_, name = words_of(join)
        here = _arrived(scope, join)
        coming = set[str]().union(*(_ahead(task.task_spec, scope, stop=join) for task in tokens))
        inputs = {each.name for each in join.inputs}
        reached = (here | coming) & inputs
        if isinstance(join, LoketParallelGateway) and reached and reached != inputs:
            reason = say("interpreter.would-wait-for-ever", name=name)
            yield SoundnessFault(reason, id_, frozenset())
        if here & coming:
            reason = say("interpreter.would-come-twice", name=name)
            yield SoundnessFault(reason, id_, frozenset(task.id for task in tokens))


def _arrived(scope: Any, join: Any) -> Specs:
    at_join = [
        task
        for task in scope.tasks.values()
        if task.task_spec is join and task._state == TaskState.WAITING
    ]
    return {
        arrival.parent.task_spec.name
        for task in at_join
        for arrival in arrivals_at(task)
        if arrival.parent is not None
    }


def _in_line(scope: Any) -> Iterator[SoundnessFault]:
    """Two tokens that no fork can have made: one of them would do again what the other does."""
    tokens = _tokens(scope)
    if len(tokens) < 2:  # noqa: PLR2004
        return
    forks = list(_forks(scope))
    for one, other in combinations(tokens, 2):
        names = (one.task_spec.name, other.task_spec.name)
        if not any(_are_apart(names, branches) for branches in forks):
            id_, name = words_of(other.task_spec)
            first = words_of(one.task_spec)[1]
            reason = say("interpreter.never-side-by-side", first=first, second=name)
            yield SoundnessFault(reason, id_, frozenset((one.id, other.id)))


def _are_apart(names: tuple[str, str], branches: list[Specs]) -> bool:
    """Whether they lie on two branches, neither behind where those come together."""
    one, other = names
    return any(
        one in mine and other in theirs and one not in theirs and other not in mine
        for mine, theirs in permutations(branches, 2)
    )


def _forks(scope: Any) -> Iterator[list[Specs]]:
    """For each place where tokens part: what lies ahead on each of its branches."""
    for spec in scope.spec.task_specs.values():
        splits = [to for to in spec.outputs if to.name in ways_of(spec)]
        edge = isinstance(spec, BoundaryEventSplit) and any(
            isinstance(each, BoundaryEvent) and not each.cancel_activity for each in spec.outputs
        )
        branches = spec.outputs if edge or isinstance(spec, GATEWAYS) else splits
        if len(branches) > 1:
            yield [_ahead(branch, scope, stop=spec) for branch in branches]


def _ahead(spec: Any, scope: Any, stop: Any) -> Specs:
    """The names of all task specs that a token here may still come to, not past `stop`."""
    split = scope.spec.task_specs.get(f"{spec.name}.BoundaryEventSplit")
    stack = [spec, *(split.outputs if split is not None and split is not stop else ())]
    seen: Specs = set()
    while stack:
        each = stack.pop()
        if each.name in seen or each is stop:
            continue
        seen.add(each.name)
        stack.extend(each.outputs)
    return seen
