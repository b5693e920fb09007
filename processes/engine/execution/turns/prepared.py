"""The rows of a step that was seen before, of which only what differs from case to case is set.

What is drawn at an element is in its row whatever the case: such rows are made once, with the trace
(docs/adr/0041-prepared-rows.md). Where a row asks more of its case than its ids, moments, company
and who did it, none are prepared, and `effects.plan` works them out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from processes.engine.diagram.elements import Element
from processes.engine.execution import effects
from processes.engine.execution.turns.work import Doer
from processes.engine.execution.user_tasks.opening import is_as_drawn, opened_task
from processes.engine.interpreter.outcomes import Passage
from processes.engine.interpreter.replay.line import Line
from processes.engine.interpreter.replay.trace import Passed, Trace, Waiting
from processes.engine.interpreter.waits import Wait
from processes.engine.store.models import InstanceStatus
from processes.engine.store.rows import LockedInstance

_NO_ID, _NEVER = UUID(int=0), datetime.min.replace(tzinfo=UTC)
_NO_INSTANCE = LockedInstance(_NO_ID, _NO_ID, None, None, None, InstanceStatus.ACTIVE, 0, b"")


@dataclass(frozen=True, slots=True)
class Prepared:
    """The rows of a trace, without what differs from case to case."""

    tasks: tuple[tuple[Waiting, Mapping[str, Any], tuple[str, ...]], ...]
    """With the row of a task the further groups that may do it."""
    jobs: tuple[Waiting, ...]
    history: tuple[tuple[Passed, Mapping[str, Any]], ...]


def plan(line: Line, instance: LockedInstance, doer: Doer) -> effects.Plan | None:
    """The rows of this step, as `effects.plan` makes them; None where none are prepared.

    Raises what working out the arguments of a job raises.
    """
    known = line.trace.prepared
    if "rows" not in known:
        known["rows"] = _prepared(line.trace)
    prepared: Prepared | None = known["rows"]
    if prepared is None or not _is_completed_by(line, doer):
        return None
    moment = line.since
    made = effects.Plan(doer.closing, moment, [])
    for waiting, row, further in prepared.tasks:
        token, opened_at = line.token(waiting), moment + len(made.tasks) * timedelta.resolution
        own = {"id": token, "instance_id": instance.id, "tenant": instance.tenant}
        made.tasks.append({**row, **own, "opened_at": opened_at})
        made.task_groups += [{"task_id": token, "group": each} for each in further]
    for waiting in prepared.jobs:
        made.jobs.append(effects.new_job(instance, line.wait(waiting), moment))
    made.history = _history(prepared, line, instance, doer)
    return made


def _is_completed_by(line: Line, doer: Doer) -> bool:
    """Whether what is completed is what its doer says; nothing is at a start."""
    completed, done = line.trace.completed, doer.done_token
    if completed is None or done is None:
        return completed is None and done is None
    return done.int == line.completed_token.int  # `==` of UUIDs is Python's


def _history(
    prepared: Prepared, line: Line, instance: LockedInstance, doer: Doer
) -> list[dict[str, Any]]:
    completed, moment = line.trace.completed, line.since
    history = []
    first = effects.first_place(instance)
    for place, ((passed, row), id_) in enumerate(zip(prepared.history, line.ids, strict=True)):
        own = {
            "id": id_,
            "instance_id": instance.id,
            "entered_at": moment,
            "left_at": moment,
            "chosen": line.chosen(passed) if passed.guards else None,
            "place": first + place,
        }
        if passed.is_completed_token and completed is not None:
            own["entered_at"], own["actor"] = line.since_of(completed), doer.actor
        history.append({**row, **own})
    return history


def _prepared(trace: Trace) -> Prepared | None:
    """The rows of this trace; None where one asks more of its case."""
    new = [each for each in trace.waits if not each.is_old]
    tasks = [each for each in new if each.kind == "user"]
    completed = sum(each.is_completed_token for each in trace.passages)
    if not all(is_as_drawn(each.element) for each in tasks):
        return None
    if completed > 1 or (trace.completed is not None and completed == 0):
        return None
    return Prepared(
        tuple(_task(each) for each in tasks),
        tuple(each for each in new if each.kind == "job"),
        tuple((each, _passage(each)) for each in trace.passages),
    )


def _task(waiting: Waiting) -> tuple[Waiting, Mapping[str, Any], tuple[str, ...]]:
    row, further = opened_task(_NO_INSTANCE, _nobody_s(waiting.element), moment=_NEVER)
    return waiting, row, tuple(each["group"] for each in further)


def _nobody_s(element: Element) -> Wait:
    return Wait("user", _NO_ID, element, _NEVER, {})


def _passage(passed: Passed) -> Mapping[str, Any]:
    step = effects.Step(_NO_INSTANCE, [], [], [])
    passage = Passage(_NO_ID, passed.element, passed.result, passed.onward)
    return effects.history_row(step, passage, _NEVER, _NEVER)
