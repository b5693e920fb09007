"""Records a step that the interpreter takes, and makes a trace of it if it is a straight line."""

from collections.abc import Mapping
from typing import Any, TypeAlias
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from processes.engine.diagram.elements import Element
from processes.engine.interpreter.codec import in_order
from processes.engine.interpreter.replay import straight
from processes.engine.interpreter.replay.meeting import Meeting, Merge, Step, meeting
from processes.engine.interpreter.replay.shapes import CHANGED, NOTHING, Shape
from processes.engine.interpreter.replay.trace import (
    SINCE,
    Call,
    Guard,
    Op,
    Passed,
    Row,
    Trace,
    Waiting,
)
from processes.engine.interpreter.waits import may_wait
from processes.engine.interpreter.workflow import WAITING, Workflow
from processes.engine.language.expressions import Expression

MOST_TASKS = 100  # fewer than after which a turn is pruned on its way
KINDS = frozenset({"user", "job"})
Logged: TypeAlias = Expression | Element | Meeting


class NotStraightError(Exception):
    """What happened is not proven to be a straight line."""


class Recorder:
    """Looks on while an instance takes a step from this shape."""

    def __init__(self, top: Workflow, shape: Shape) -> None:
        """Raises NotStraightError where the instance has more to it than the shape tells."""
        self._top, self._shape = top, shape
        placed = list(in_order(top))
        self._old = {task.id: place for place, (task, *_) in enumerate(placed)}
        self._tasks = {task.id: task for task, *_ in placed}
        self._parents = {task.id: task._parent for task, *_ in placed}
        self._ran: list[tuple[Any, Any]] = []  # with the task spec that it had then
        self._log: list[tuple[Any, Logged, bool]] = []
        self._calls = 0
        self._errors = 0
        self._waited = list(top.waits())
        self._check_before(placed)
        self._token: UUID = placed[shape.key[0]][0].id
        _claim(shape.is_of_a_start or self._waiting_before() is not None)
        self._perform = top.run_delegate
        top.run_delegate = self.perform
        top.recorder = self

    def stop(self) -> None:
        """Look on no longer."""
        self._top.recorder = None

    # -- what the interpreter tells

    def ran(self, task: Any) -> None:
        """A task was completed by its token, or run."""
        self._ran.append((task, task.task_spec))
        self._tasks[task.id] = task
        self._parents[task.id] = task._parent

    def judged(self, task: Any, condition: Expression, *, holds: bool) -> None:
        """A condition was looked at."""
        self._log.append((task, condition, holds))

    def met(self, task: Any, branches: list[Any], *, strict: bool) -> None:
        """A join is about to merge what these branches bring."""
        self._log.append((task, meeting(branches, strict=strict), True))

    def perform(self, element: Element, variables: Mapping[str, Any]) -> dict[str, Any] | None:
        """Run what a task names, and note it."""
        mine = [task for task in self._top.tasks.values() if task.data is variables]
        self._errors += len(mine) != 1
        try:
            result = self._perform(element, variables)
        except BaseException:
            self._errors += 1
            raise
        self._log.extend((task, element, True) for task in mine)
        return result

    # -- what came of it

    def trace(self) -> Trace | None:
        """The straight line; None where it is not proven to be one."""
        try:
            return self._made()
        except NotStraightError:
            return None

    def _waiting_before(self) -> Any:
        """What waited at the token that is completed; None of a start."""
        return next((w for w in self._waited if w.token_id == self._token), None)

    def _check_before(self, placed: list[tuple[Any, Any, int]]) -> None:
        looks = tuple(_look(task, above) for task, _parent, above in placed)
        _claim(looks == self._shape.key[1] and not self._top.is_of_earlier_format)
        _claim(not self._top.specification.has_conditions and not self._top.spec.data_objects)
        _claim(self._shape.is_of_a_start or all(_fits(task) for task, *_ in placed))
        _claim(all(wait.kind in KINDS for wait in self._waited))

    def _check_way(self) -> None:
        top = self._top
        _claim(not (self._errors or top.thrown or top.subprocesses or top.completions))
        _claim(bool(self._ran) and self._ran[0][0].id == self._token and top.success)
        _claim(len(self._ran) <= MOST_TASKS)
        for task, spec in self._ran:
            _claim(straight.may_run(spec))
            _claim(task.id == self._token or self._row_of(task.id) is None)
        self._check_joins()

    def _check_joins(self) -> None:
        """Of a join that went on before, nothing is left; in the step one goes on once at most."""
        went_on = [spec for _task, spec in self._ran if straight.is_join(spec)]
        specs = self._top.spec.task_specs
        before = [(abs(state), specs[name]) for _above, state, name in self._shape.key[1]]
        after = [(task._state, task.task_spec) for task, *_ in in_order(self._top)]
        _claim(straight.joins_once(before, went_on, after))

    def _made(self) -> Trace:
        self._check_way()
        count = len(self._shape.rows)
        wrote: dict[UUID, int] = {self._token: count}
        for number, (task, what, _holds) in enumerate(self._log):
            if not isinstance(what, Expression):
                _claim(task.id not in wrote)
                wrote[task.id] = count + 1 + number
        ops = tuple(self._op(logged, wrote) for logged in self._log)
        rows = self._rows(wrote)
        completed = self._waiting_before()
        return Trace(
            ops,
            tuple(self._passed(each) for each in self._top.passages),
            None if completed is None else self._waiting(completed, {}),
            self._waits(),
            rows,
            sum(row.stamp is not None and row.stamp >= 0 for row in rows),
            self._end(wrote),
        )

    def _op(self, logged: tuple[Any, Logged, bool], wrote: dict[UUID, int]) -> Op:
        task, what, holds = logged
        if isinstance(what, Meeting):
            return self._merge(what, wrote, wrote[task.id])
        if isinstance(what, Element):
            return Call(what, self._source(self._parents[task.id], wrote), wrote[task.id])
        return Guard(what, self._source(task.id, wrote), holds)

    def _merge(self, what: Meeting, wrote: dict[UUID, int], target: int) -> Merge:
        _claim(what.is_plain)
        order = sorted({*what.changed.values()})
        numbers = {id_: number for number, id_ in enumerate(what.changed)}

        def step(task: Any) -> Step:
            changed, row = what.changed[task.id], self._row_of(task.id)
            is_old = row is not None and self._shape.rows[row][CHANGED] == changed
            source = self._source(task.id, wrote)
            place = order.index(changed)
            return Step(numbers[task.id], source, row if is_old else None, place)

        branches = tuple(tuple(map(step, branch)) for branch in what.branches)
        return Merge(branches, what.is_strict, target)

    def _source(self, task_id: UUID | None, wrote: dict[UUID, int]) -> int:
        """Where the variables of a task come from: what it wrote itself, else its parent's."""
        while task_id is not None:
            if task_id in wrote:
                return wrote[task_id]
            row = self._row_of(task_id)
            if row is not None:
                return row
            if task_id not in self._parents:
                self._parents[task_id] = self._top.tasks[task_id]._parent
            task_id = self._parents[task_id]
        raise NotStraightError

    def _source_of(self, task: Any, wrote: dict[UUID, int]) -> int:
        """As `_source`, of a task in the state; what arrived at a join has nothing until it fires.

        Of a process that is over the variables are its own.
        """
        has_arrived = straight.is_join(task.task_spec) and task._state & straight.ARRIVED
        if self._top.completed or (has_arrived and self._row_of(task.id) is None):
            return NOTHING
        return self._source(task.id, wrote)

    def _row_of(self, task_id: UUID) -> int | None:
        """The row that a task had before the step; None where it was expected at most."""
        place = self._old.get(task_id)
        has_row = place is not None and len(self._shape.rows[place]) > CHANGED
        return place if has_row else None

    def _passed(self, passage: Any) -> Passed:
        guards = [
            place
            for place, (task, what, _holds) in enumerate(self._log)
            if task.id == passage.token_id and isinstance(what, Expression)
        ]
        is_token = passage.token_id == self._token
        return Passed(passage.element, passage.result, passage.onward, is_token, tuple(guards))

    def _rows(self, wrote: dict[UUID, int]) -> tuple[Row, ...]:
        placed = list(in_order(self._top))
        known = {wait.token_id for wait in self._waited}
        stamps = sorted(
            task.last_state_change
            for task, *_ in placed
            if self._has_changed(task) and not _waits_anew(task, known)
        )
        _claim(len(set(stamps)) == len(stamps))
        order = {stamp: number for number, stamp in enumerate(stamps)}
        return tuple(self._row(each, wrote, known, order) for each in placed)

    def _has_changed(self, task: Any) -> bool:
        if task._state <= TaskState.FUTURE:
            return False
        row = self._row_of(task.id)
        return row is None or bool(self._shape.rows[row][CHANGED] != task.last_state_change)

    def _row(
        self,
        placed: tuple[Any, Any, int],
        wrote: dict[UUID, int],
        known: set[UUID],
        order: dict[float, int],
    ) -> Row:
        task, parent, above = placed
        state = task._state
        place = _look(task, above)
        _claim(_fits(task))
        if state <= TaskState.FUTURE:
            _claim(not task.data)
            return Row(place, is_expected=True)
        stamp = None
        if _waits_anew(task, known):
            stamp = SINCE
        elif self._has_changed(task):
            stamp = order[task.last_state_change]
        internal = straight.internal_of(task.task_spec)
        _claim(stamp is None or task.internal_data == internal)
        return Row(
            place,
            old=self._row_of(task.id),
            stamp=stamp,
            has_token=not state & TaskState.FINISHED_MASK,
            source=self._source_of(task, wrote),
            above=NOTHING if parent is None else self._source_of(parent, wrote),
            internal=None if stamp is None else internal or None,
        )

    def _waits(self) -> tuple[Waiting, ...]:
        now_at = {task.id: place for place, (task, *_) in enumerate(in_order(self._top))}
        waits = self._top.waits()
        _claim(all(wait.kind in KINDS for wait in waits))
        tokens = {wait.token_id for wait in waits}
        _claim(all(w.token_id in tokens or w.token_id == self._token for w in self._waited))
        return tuple(self._waiting(wait, now_at) for wait in waits)

    def _waiting(self, wait: Any, now_at: Mapping[UUID, int]) -> Waiting:
        old = self._old.get(wait.token_id)
        if old is not None and any(w.token_id == wait.token_id for w in self._waited):
            return Waiting(wait.kind, wait.element, old, is_old=True)
        return Waiting(wait.kind, wait.element, now_at[wait.token_id], is_old=False)

    def _end(self, wrote: dict[UUID, int]) -> int | None:
        if not self._top.completed:
            return None
        _claim(any(straight.ends_the_process(spec) for _task, spec in self._ran))
        return self._source(self._ran[-1][0].id, wrote)


def _look(task: Any, above: int) -> tuple[int, int, str]:
    """The place of a task in a shape."""
    return (above, -task._state if task.triggered else task._state, task.task_spec.name)


def _fits(task: Any) -> bool:
    is_done = task._state & TaskState.FINISHED_MASK
    fits = straight.may_be_done if is_done else straight.may_be_open
    return fits(task._state, task.task_spec)


def _waits_anew(task: Any, known: set[UUID]) -> bool:
    """Whether it is marked since when it waits, as `Workflow.mark_since` does."""
    return bool(task._state & WAITING) and task.id not in known and may_wait(task.task_spec)


def _claim(fact: object) -> None:
    if not fact:
        raise NotStraightError
