"""Starts or completes many instances in chunks; each item succeeds or fails by itself.

The caller commits per chunk. Chunks are small, because a transaction holds what it locked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Generic, TypeAlias, TypeVar
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import UnknownProcessError
from processes.engine.execution.effects import Closing
from processes.engine.execution.events import delivery
from processes.engine.execution.events.new_instances import Start
from processes.engine.execution.instances import (
    AlreadyRunningError,
    TaskNotOpenError,
    UnknownTaskError,
    answer_again,
    close_user_task,
)
from processes.engine.execution.steps import (
    ChunkFailedError,
    StepFailedError,
    TakeStep,
    take_step,
    take_step_of_chunk,
)
from processes.engine.language.values import variables_of
from processes.engine.store.beginnings import latest_definition
from processes.engine.store.chunk_locks import lock_ahead
from processes.statements import UnwrittenError
from processes.unit_of_work import unit_of_work

CHUNK = 25

Causes: TypeAlias = tuple[type[BaseException], ...]
Item = TypeVar("Item")
Made = TypeVar("Made")


@dataclass(frozen=True)
class InstanceStart:
    """One instance to start."""

    started_by: str
    business_key: str | None = None
    tenant: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    has_new_key: bool = False  # its business key is an id made in this transaction


@dataclass(frozen=True)
class TaskCompletion:
    """One user task to complete."""

    task_id: UUID
    completed_by: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    submission_id: UUID | None = None


@dataclass(frozen=True)
class Result(Generic[Item, Made]):
    """The outcome of one item: what was made, or the error."""

    item: Item
    made: Made | None
    error: Exception | None = None


REFUSALS = (AlreadyRunningError, TaskNotOpenError, UnknownTaskError)
"""What says something about one item alone; anything else ends the whole chunk."""


def chunks(items: Iterable[Item], size: int = CHUNK) -> Iterator[list[Item]]:
    """The items in lists of `size`: each chunk is a transaction."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def start_processes(
    session: Session, key: str, items: Sequence[InstanceStart]
) -> list[Result[InstanceStart, UUID]]:
    """Start an instance of one version for each item, in order; a result holds its id.

    Where keys are new and such a start was seen before, all their rows are written together.
    Raises UnknownProcessError.
    """
    definition_id = latest_definition(session, key)
    if definition_id is None:
        raise UnknownProcessError(key)

    def start(item: InstanceStart, take: TakeStep) -> UUID:
        begun = Start(
            definition_id,
            key,
            item.business_key,
            item.tenant,
            variables_of(item.variables),
            item.started_by,
            has_new_key=item.has_new_key,
        )
        return delivery.begin(session, begun, take=take)

    return _attempt_all(session, items, start)


def complete_user_tasks(
    session: Session,
    items: Sequence[TaskCompletion],
    *,
    expected: Causes = (),
    prepare: Callable[[], object] | None = None,
    finish: Callable[[], object] | None = None,
) -> list[Result[TaskCompletion, UUID]]:
    """Complete each task, in order; a result holds the id of the closed task.

    Their instances are locked first, always in the same order. A step that fails by an `expected`
    cause leaves no incident. `prepare` runs after that lock, for what all delegates need;
    `finish` after all of them went well together, and not where they are done one by one.
    """
    _lock_instances(session, [item.task_id for item in items])
    if prepare is not None:
        prepare()

    def complete(item: TaskCompletion, take: TakeStep) -> UUID:
        closing = Closing(item.task_id, item.completed_by, item.submission_id)
        if close_user_task(session, closing, item.variables, take=take) is None:
            answer_again(session, closing)
        return item.task_id

    return _attempt_all(session, items, complete, expected=expected, finish=finish)


def _attempt_all(
    session: Session,
    items: Sequence[Item],
    work: Callable[[Item, TakeStep], Made],
    *,
    expected: Causes = (),
    finish: Callable[[], object] | None = None,
) -> list[Result[Item, Made]]:
    """Nearly always all go well: one savepoint then does. Else once more, one by one."""
    savepoint = session.begin_nested()
    try:
        results = _all_together(session, items, work, finish)
    except (ChunkFailedError, *REFUSALS):
        savepoint.rollback()

        def alone(item: Item) -> Made:
            return work(item, take_step)

        return [attempt(session, item, alone, expected=expected) for item in items]
    except BaseException:
        savepoint.rollback()
        raise
    savepoint.commit()
    return results


def _all_together(
    session: Session,
    items: Sequence[Item],
    work: Callable[[Item, TakeStep], Made],
    finish: Callable[[], object] | None,
) -> list[Result[Item, Made]]:
    """All of them, without a savepoint, a flush and rows written for each."""
    try:
        with unit_of_work(session).gathering():
            results = [Result(item, work(item, take_step_of_chunk)) for item in items]
        _written(session.flush)
        if finish is not None:
            _written(finish)
    except UnwrittenError as error:
        raise ChunkFailedError from error
    return results


def _written(write: Callable[[], object]) -> None:
    """Write what the register's rules changed; whose change it is that fails, is not known yet."""
    try:
        write()
    except DBAPIError:
        raise
    except Exception as error:
        raise ChunkFailedError from error


def attempt(
    session: Session, item: Item, work: Callable[[Item], Made], *, expected: Causes = ()
) -> Result[Item, Made]:
    """Do the work for one item of a chunk in a savepoint.

    A failed step leaves its incident, unless its cause is `expected`; a refusal by a rule of the
    register is the item's error. Anything else is raised.
    """
    savepoint = session.begin_nested()
    try:
        result = Result(item, work(item))
    except StepFailedError as error:
        result = Result(item, None, error)
        if isinstance(error.__cause__, expected):
            savepoint.rollback()
            return result
    except REFUSALS as error:
        savepoint.rollback()
        return Result(item, None, error)
    except BaseException:
        savepoint.rollback()
        raise
    savepoint.commit()
    return result


def _lock_instances(session: Session, task_ids: Sequence[UUID]) -> None:
    """Two chunks with the same instances in another order would wait for each other for ever."""
    if len(task_ids) < 2:  # noqa: PLR2004 - one lock has no order
        return
    lock_ahead(session, task_ids)
