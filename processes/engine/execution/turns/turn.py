"""One turn of an instance: by replay where the step was seen before, else by the interpreter.

Nothing is written here; what a turn came to is an `Outcome`. Whatever a replay meets that is not
on its line, the interpreter takes the turn instead, and what delegates did already it is told.
"""

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from processes.base import now, own_clock
from processes.engine.deployment.definitions import specification_of
from processes.engine.execution import effects
from processes.engine.execution.delegates import Delegates
from processes.engine.execution.scenes import RoundOf, scene_of
from processes.engine.execution.turns import prepared
from processes.engine.execution.turns.remembered import (
    MismatchError,
    Remembered,
    StartOverError,
)
from processes.engine.execution.turns.verifying import verifying
from processes.engine.execution.turns.work import Beginning, Completion, Doer, Work
from processes.engine.interpreter import cache, codec
from processes.engine.interpreter.multi_instance.rounds import Rounds
from processes.engine.interpreter.outcomes import (
    BudgetExceededError,
    ThrownEvent,
)
from processes.engine.interpreter.replay import traces
from processes.engine.interpreter.replay.comparing import come_to_the_same
from processes.engine.interpreter.replay.following import follow
from processes.engine.interpreter.replay.line import Line
from processes.engine.interpreter.replay.recorder import NotStraightError, Recorder
from processes.engine.interpreter.replay.shapes import Shape, shape_of, shape_of_a_start
from processes.engine.interpreter.replay.trace import Call, Followed, Trace
from processes.engine.interpreter.waits import Wait, open_tokens
from processes.engine.interpreter.workflow import Workflow
from processes.engine.language.declared_dates import declared
from processes.engine.store.rows import LockedInstance
from processes.unit_of_work import unit_of_work

log = logging.getLogger(__name__)


@dataclass(slots=True)  # not frozen, which would take four times as long to make
class Outcome:
    """The result of a step, before any of it is written."""

    rows: effects.Plan
    followed: Followed | Line
    ended_at: datetime | None
    thrown: list[ThrownEvent] = field(default_factory=list)
    workflow: Workflow | None = None  # None: replayed


class Turn:
    """One turn of a locked instance."""

    def __init__(
        self,
        session: Session,
        instance: LockedInstance,
        work: tuple[Work, Doer],
        delegates: Delegates,
        *,
        may_replay: bool = True,
    ) -> None:
        self._session, self._instance = session, instance
        self._work, self._doer = work
        self._remembered = Remembered(delegates)
        self._may_replay = may_replay and unit_of_work(session).hooks is None
        self.specification = specification_of(session, instance.definition_id)
        shape = self._shape = self._shape_before()
        # What is known of such turns; None where this one cannot be replayed.
        self._known = None if shape is None else traces.known(instance.definition_id, shape.key)
        self.workflow: Workflow | None = None
        """The live workflow, once the interpreter takes the turn."""

    @property
    def was_seen_without_delegates(self) -> bool:
        """Whether such turns were seen before, and none of them ran a delegate or decision."""
        seen = () if self._known is None else self._known.traces
        return bool(seen) and not any(isinstance(op, Call) for each in seen for op in each.ops)

    def outcome(self) -> Outcome:
        """What comes of it. Raises StartOverError, and whatever the work raises."""
        with declared(self.specification.dates):
            return self._seen_or_new()

    def _shape_before(self) -> Shape | None:
        """The shape from which this turn can be replayed; None where it cannot."""
        if not self._may_replay:
            return None
        if isinstance(self._work, Beginning):
            return shape_of_a_start(self.specification.spec.start.name)
        if isinstance(self._work, Completion):
            return shape_of(self._instance.state, self._work.token_id)
        return None

    def _seen_or_new(self) -> Outcome:
        shape, known = self._shape, self._known
        if shape is None or known is None:
            return self._interpreted()[0]
        try:
            return self._by_trace_or_new(known, shape)
        except MismatchError:
            self._drop(known)
            raise

    def _by_trace_or_new(self, known: traces.Known, shape: Shape) -> Outcome:
        for trace in known.traces:
            if verifying.is_due():
                outcome = self._verified(known, trace, shape)
            else:
                outcome = self._replayed(trace, shape)
            if outcome is not None:
                return outcome
        return self._recorded(known, shape) if known.tries > 0 else self._interpreted()[0]

    def _replayed(self, trace: Trace, shape: Shape) -> Outcome | None:
        """What comes of it by this trace; None where it leads another way."""
        try:
            followed = self._follow(trace, shape)
            if followed is None:
                return None
            made = prepared.plan(followed, self._instance, self._doer)
            if made is None:
                return self._outcome(followed, _no_round)
            return Outcome(made, followed, now() if followed.has_ended else None)
        except BudgetExceededError as error:
            raise StartOverError from error
        except DBAPIError:
            raise
        except Exception:  # noqa: BLE001 - the interpreter meets it too, and says where it is
            return None

    def _follow(self, trace: Trace, shape: Shape) -> Line | None:
        self._remembered.rewind()
        given = self._work.given if isinstance(self._work, Beginning | Completion) else {}
        followed = follow(trace, shape, given, self._remembered.perform)
        return followed if self._remembered.is_over else None

    def _verified(self, known: traces.Known, trace: Trace, shape: Shape) -> Outcome | None:
        """What the interpreter makes of a turn that was replayed too, at the same moment.

        Where a trace says otherwise, all of its shape are dropped.
        """
        moment = now()
        with own_clock(lambda: moment):
            replayed = self._replayed(trace, shape)
            if replayed is None:
                return None
            try:
                interpreted, _ = self._interpreted()
            except (DBAPIError, StartOverError, BudgetExceededError):
                raise
            except Exception:
                self._drop(known)
                raise
        if self._is_same(replayed, interpreted):
            verifying.tell(is_same=True)
        else:
            self._drop(known)
        return interpreted

    def _drop(self, known: traces.Known) -> None:
        traces.drop(known)
        self._complain("a replay differs from the interpreter: traces of its shape are dropped")

    def _complain(self, message: str) -> None:
        """Tell of a bug in the replay, which costs nothing but time."""
        key = self.specification.key
        log.error(message, extra={"instance": str(self._instance.id), "process_key": key})
        verifying.tell(is_same=False)

    def _interpreted(self, shape: Shape | None = None) -> tuple[Outcome, Recorder | None]:
        """What the interpreter makes of the turn; one from this shape is recorded."""
        self._remembered.rewind()
        workflow = self.workflow = self._loaded()
        recorder = None if shape is None else self._recorder(workflow, shape)
        before = workflow.waits() if self._instance.state else []
        self._work(workflow)
        workflow.advance()
        since = now()
        workflow.mark_since(open_tokens(before), since)
        followed = _followed(workflow, before, since)
        outcome = self._outcome(followed, Rounds(workflow).at)
        if not self._remembered.is_over:
            raise MismatchError
        return replace(outcome, thrown=workflow.thrown, workflow=workflow), recorder

    def _loaded(self) -> Workflow:
        instance, perform = self._instance, self._remembered.perform
        kept = cache.take(unit_of_work(self._session), instance.id, instance.row_version)
        if kept is not None:
            kept.begin_turn(perform)
            return kept
        if not instance.state:
            return Workflow(self.specification, perform)
        return codec.load(instance.state, self.specification, perform)

    def _outcome(self, followed: Followed | Line, round_of: RoundOf) -> Outcome:
        step = effects.Step(
            self._instance,
            followed.before,
            followed.waits,
            followed.passages,
            self._doer.actor,
            self._doer.done_token,
            self._doer.closing,
            scene_of(self._session, self._instance, round_of, self._doer.closing),
        )
        ended_at = now() if followed.has_ended else None
        return Outcome(effects.plan(step), followed, ended_at)

    def _recorded(self, known: traces.Known, shape: Shape) -> Outcome:
        """What the interpreter makes of it; with a trace if it is a straight line that leads there.

        All of it is at one moment, so that both ways can be compared.
        """
        moment = now()
        with own_clock(lambda: moment):
            outcome, recorder = self._interpreted(shape)
            trace = None if recorder is None else self._proven(recorder, shape, outcome)
        traces.add(known, trace)
        return outcome

    def _recorder(self, flow: Workflow, shape: Shape) -> Recorder | None:
        try:
            return Recorder(flow, shape)
        except NotStraightError:
            return None
        except Exception:
            log.exception("a step cannot be recorded")
            self._complain("a replay differs: its step could not be recorded")
            return None

    def _proven(self, recorder: Recorder, shape: Shape, outcome: Outcome) -> Trace | None:
        """The trace of what was recorded, if it is one and leads to the same."""
        try:
            recorder.stop()
            trace = recorder.trace()
            again = None if trace is None else self._replayed(trace, shape)
            if trace is None or (again is not None and self._is_same(again, outcome)):
                return trace
        except StartOverError:
            return None  # the budget is spent
        except DBAPIError:
            raise
        except Exception:
            log.exception("a step that was recorded cannot be replayed")
        self._complain("a replay differs from the step that was recorded: it is not kept")
        return None

    def _is_same(self, replayed: Outcome, interpreted: Outcome) -> bool:
        """Whether both came to the same; what cannot be compared did not."""
        one, other = ((each.followed, each.rows) for each in (replayed, interpreted))
        try:
            is_same = come_to_the_same(one, other, self._instance.state)
        except Exception:
            log.exception("a replay cannot be compared with the interpreter")
            return False
        return is_same and not interpreted.thrown  # a replay throws nothing


def _no_round(_token: UUID) -> None:
    """Where multi-instances are is no straight line."""


def _followed(workflow: Workflow, before: list[Wait], since: datetime) -> Followed:
    waits, passages = workflow.waits(), workflow.passages
    return Followed(codec.dump(workflow), before, waits, passages, since, workflow.completed)
