"""Snapshots of an instance with its rows, so that a manual change can be undone."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session, undefer

from processes.base import now
from processes.engine.deployment.legal_terms import forget
from processes.engine.execution.events import delivery
from processes.engine.repair.candidates import candidates_of, put_candidates
from processes.engine.sentences.catalogue import say
from processes.engine.store import rows
from processes.engine.store.figure_models import forget_figures
from processes.engine.store.json_rows import from_json, to_json
from processes.engine.store.models import (
    ActivityInstance,
    Incident,
    IncidentStatus,
    InstanceStatus,
    Job,
    JobStatus,
    MessageSubscription,
    ProcessInstance,
    TaskStatus,
    Timer,
    UserTask,
)
from processes.engine.store.rows import LockedInstance
from processes.engine.store.snapshot_models import CANCEL_UNDOABLE_FOR, InstanceSnapshot
from processes.unit_of_work import unit_of_work
from processes.webhooks.cases import tell_of_restoring

OPEN = IncidentStatus.OPEN
LIVE_JOBS = (JobStatus.NEW, JobStatus.LEASED, JobStatus.FAILED)
UNSEEN = {"synchronize_session": False}
KEPT: dict[str, tuple[Any, Any]] = {
    "user_task": (UserTask, UserTask.status == TaskStatus.OPEN),
    "job": (Job, Job.status.in_(LIVE_JOBS)),
    "timer": (Timer, None),
    "message_subscription": (MessageSubscription, None),
}
CANCEL = "cancel"  # the one change after which an instance is no longer active
INCIDENTS = "incidents"  # those that were open: they are again, when the change is undone
CANDIDATES = "user_task_group"  # the further candidates of the open tasks
HISTORY = "history"  # the passages that the change itself wrote
# What goes on by itself and is not put back: a job's attempts, a form that is being filled in.
GOES_ON = {
    "user_task": frozenset({"draft", "draft_by", "draft_at", "assignee", "assignee_name",
                            "claimed_at", "due_at", "follow_up_at"}),
    "job": frozenset({"attempts", "due_at", "lease_until", "lease_owner", "progress",
                      "last_error", "status", "done_at"}),
}  # fmt: skip


class NotUndoableError(Exception):
    """The change cannot be undone any more; `reason` says why, in Dutch."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Change:
    """A change that is about to be made to an instance, by whom and why."""

    action: str
    by: str
    reason: str
    from_element_id: str | None = None
    to_element_id: str | None = None


def take(session: Session, instance: LockedInstance, change: Change) -> InstanceSnapshot:
    """Snapshot a locked instance."""
    snapshot = InstanceSnapshot(
        instance_id=instance.id,
        definition_id=instance.definition_id,
        action=change.action,
        reason=change.reason,
        taken_by=change.by,
        status=instance.status,
        state=instance.state,
        rows={
            **_rows_of(session, instance.id),
            CANDIDATES: candidates_of(session, instance.id),
            INCIDENTS: _open_incidents(session, instance.id),
        },
        from_element_id=change.from_element_id,
        to_element_id=change.to_element_id,
    )
    session.add(snapshot)
    session.flush()
    return snapshot


def history_ids(session: Session, instance_id: UUID) -> set[UUID]:
    """The passages that the history of this instance has."""
    query = select(ActivityInstance.id).where(ActivityInstance.instance_id == instance_id)
    return set(session.scalars(query))


def snapshots_of(session: Session, instance_id: UUID) -> list[InstanceSnapshot]:
    """The manual changes of this instance, in order: who, why, and whether undone."""
    query = select(InstanceSnapshot).where(InstanceSnapshot.instance_id == instance_id)
    return list(session.scalars(query.order_by(InstanceSnapshot.taken_at)))


def undo(session: Session, snapshot_id: UUID, *, by: str) -> InstanceSnapshot:
    """Restore the instance. Raises NotUndoableError where it has moved on since."""
    snapshot = put_back(session, snapshot_id, by=by)
    session.expire_all()
    return snapshot


def put_back(session: Session, snapshot_id: UUID, *, by: str) -> InstanceSnapshot:
    """As `undo`, without refreshing the session: the caller does that. Raises NotUndoableError."""
    of_snapshot = select(InstanceSnapshot.instance_id).where(InstanceSnapshot.id == snapshot_id)
    instance = rows.lock(session, session.scalars(of_snapshot).one())  # an erasure locks it too
    snapshot = session.get_one(
        InstanceSnapshot,
        snapshot_id,
        options=[undefer(InstanceSnapshot.state), undefer(InstanceSnapshot.rows)],
        populate_existing=True,
    )
    _require_untouched(session, snapshot, instance)
    _put_back(session, snapshot, instance)
    _put_incidents_back(session, snapshot, by)
    snapshot.undone_by, snapshot.undone_at = by, now()
    session.flush()
    return snapshot


def why_not(session: Session, snapshot: InstanceSnapshot) -> str | None:
    """Why this change cannot be undone any more, in Dutch; None where it can."""
    return _why_not(session, snapshot, session.get_one(ProcessInstance, snapshot.instance_id))


def _require_untouched(
    session: Session, snapshot: InstanceSnapshot, instance: LockedInstance
) -> None:
    reason = _why_not(session, snapshot, instance)
    if reason is not None:
        raise NotUndoableError(reason)


def _why_not(
    session: Session, snapshot: InstanceSnapshot, instance: LockedInstance | ProcessInstance
) -> str | None:
    if snapshot.undone_at is not None:
        return say("repair.undone-already")
    if instance.row_version != snapshot.row_version_after:
        return say("repair.went-on")
    if (instance.status == InstanceStatus.CANCELLED) != (snapshot.action == CANCEL):
        return say("repair.stopped")
    if snapshot.action == CANCEL and (reason := _why_not_alive(session, snapshot, instance)):
        return reason
    kept = {job["id"] for job in snapshot.rows["job"]}
    new = _rows_of(session, instance.id)["job"]
    if any(job["id"] not in kept and job["attempts"] for job in new):
        return say("repair.new-job-began")
    return None


def _why_not_alive(
    session: Session, snapshot: InstanceSnapshot, instance: LockedInstance | ProcessInstance
) -> str | None:
    if now() - snapshot.taken_at > CANCEL_UNDOABLE_FOR:
        return say("repair.too-long-ago", days=CANCEL_UNDOABLE_FOR.days)
    return say("repair.another-runs") if _another_runs(session, instance) else None


def _another_runs(session: Session, instance: LockedInstance | ProcessInstance) -> bool:
    """Whether a new instance took the business key of this one meanwhile (R2)."""
    key = select(ProcessInstance.process_key).where(ProcessInstance.id == instance.id)
    others = delivery.open_instance(session, session.scalars(key).one(), instance.business_key)
    return instance.business_key is not None and others is not None


def _put_back(session: Session, snapshot: InstanceSnapshot, instance: LockedInstance) -> None:
    _put_back_rows(session, snapshot, instance.id)
    written = [UUID(id_) for id_ in snapshot.rows.get(HISTORY, ())]
    if written:
        gone = delete(ActivityInstance).where(ActivityInstance.id.in_(written))
        session.execute(gone, execution_options=UNSEEN)
    forget(session, instance.id)
    if instance.status not in delivery.OPEN:
        _announce_restoring(session, instance.id)
    session.execute(
        update(ProcessInstance)
        .where(ProcessInstance.id == instance.id)
        .execution_options(**UNSEEN)
        .values(
            definition_id=snapshot.definition_id,
            state=snapshot.state,
            status=snapshot.status,
            ended_at=None,
            row_version=instance.row_version + 1,
        )
    )


def _put_back_rows(session: Session, snapshot: InstanceSnapshot, instance_id: UUID) -> None:
    now_there = _rows_of(session, instance_id)
    for table, (model, _open) in KEPT.items():
        kept = snapshot.rows[table]
        before = {row["id"] for row in kept}
        came = [UUID(row["id"]) for row in now_there[table] if row["id"] not in before]
        _end(session, model, came)
        there = {row["id"] for row in now_there[table]}
        for row in kept:
            _restore(session, model, row, is_there=row["id"] in there)
    candidates = [
        {"task_id": UUID(task_id), "group": group}
        for task_id, group in snapshot.rows.get(CANDIDATES, ())
    ]
    put_candidates(session, [UUID(row["id"]) for row in snapshot.rows["user_task"]], candidates)


def _announce_restoring(session: Session, instance_id: UUID) -> None:
    """An instance that had ended runs again: tell the subscribers, forget its figures."""
    ended = session.get_one(ProcessInstance, instance_id)
    tell_of_restoring(unit_of_work(session), instance_id, ended.process_key)
    if ended.status == InstanceStatus.COMPLETED and ended.ended_at:
        forget_figures(session, ended.ended_at)


def _open_incidents(session: Session, instance_id: UUID) -> list[str]:
    query = select(Incident.id).where(Incident.instance_id == instance_id)
    return [str(id_) for id_ in session.scalars(query.where(Incident.status == OPEN))]


def _put_incidents_back(session: Session, snapshot: InstanceSnapshot, by: str) -> None:
    """What the change resolved is open again, and what came of it is over."""
    before = {UUID(id_) for id_ in snapshot.rows.get(INCIDENTS, ())}
    query = select(Incident).where(Incident.instance_id == snapshot.instance_id)
    for incident in session.scalars(query.execution_options(populate_existing=True)):
        if incident.id in before:
            incident.status, incident.resolved_at, incident.resolved_by = OPEN, None, None
        elif incident.status == OPEN and incident.created_at >= snapshot.taken_at:
            incident.status, incident.resolved_at = IncidentStatus.RESOLVED, now()
            incident.resolved_by = by
    session.flush()


def _end(session: Session, model: Any, ids: list[UUID]) -> None:
    if not ids:
        return
    closed: dict[Any, dict[str, Any]] = {
        UserTask: {"status": TaskStatus.CANCELLED, "completed_at": now()},
        Job: {"status": JobStatus.CANCELLED, "done_at": now()},
    }
    ended: Any = delete(model)
    if model in closed:
        ended = update(model).values(closed[model])
    session.execute(ended.where(model.id.in_(ids)), execution_options=UNSEEN)


def _restore(session: Session, model: Any, row: dict[str, Any], *, is_there: bool) -> None:
    values = from_json(model, row)
    table = model.__tablename__
    if is_there:
        for name in GOES_ON.get(table, ()):
            values.pop(name, None)  # a snapshot of an earlier release has not all of them
    elif model is Job and values["status"] == JobStatus.LEASED:
        values |= {"status": JobStatus.NEW, "lease_until": None, "lease_owner": None}
    id_ = values["id"]
    if model in (UserTask, Job) or is_there:
        changed = update(model).where(model.id == id_).values(values)
        session.execute(changed, execution_options=UNSEEN)
    else:
        session.execute(insert(model).values(values))
    if model is Job and not is_there:
        unit_of_work(session).announce(id_, values["topic"])


def _rows_of(session: Session, instance_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """All that waits for this instance now, as JSON."""
    found = {}
    for table, (model, is_open) in KEPT.items():
        columns = model.__table__.columns
        query = select(*columns).where(model.instance_id == instance_id)
        if is_open is not None:
            query = query.where(is_open)
        found[table] = [to_json(row) for row in session.execute(query).mappings()]
    return found
