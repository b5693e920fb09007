"""Fetching jobs as a worker outside: locks what is due, or waits for it (long polling)."""

import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app, jsonify
from flask.typing import ResponseReturnValue

from app.api.blueprint import current_opening
from app.api.external import bodies
from app.api.external.blueprint import bp
from app.api.external.bodies import (
    FetchBody,
    TopicBody,
    WorkerBody,
    milliseconds,
    read,
    read_query,
)
from app.api.external.errors import InvalidRequestError
from app.api.external.typed_values import typed
from app.web.access import public
from app.web.db import Begins, begins, db
from app.web.limits import Rate, limited
from processes.engine.openings import access
from processes.engine.openings.external_results import (
    UnknownExternalTaskError,
    task_of,
    tasks_of,
)
from processes.engine.openings.external_tasks import (
    ExternalTask,
    Order,
    TopicRequest,
    Worker,
    fetch,
    is_any_due,
    is_enabled,
    judge,
    note_fetch,
    unnoted,
)
from processes.engine.openings.sending import actor
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work

MOST_TASKS = 100  # at a time, however many are asked for
MOST_LISTED = 200
LONGEST_WAIT = timedelta(seconds=20)  # then the answer is empty, and the worker asks again
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0  # seconds between two looks at the table

pause, clock = time.sleep, time.monotonic
_slots: dict[int, threading.BoundedSemaphore] = {}
"""By how many there are: the threads of this process that may wait for jobs."""


@bp.post("/external-task/fetchAndLock")
@public
@limited(Rate.OPENING)
@begins(Begins.WHEN_WRITING)
def fetch_and_lock() -> ResponseReturnValue:
    """Lock the first jobs of these topics; without any, wait as long as is asked, at most 20 s.

    Raises InvalidRequestError.
    """
    body = read(FetchBody)
    worker = Worker(current_opening(), body.worker_id)
    requests = [_request(each) for each in body.topics]
    if len({each.topic for each in requests}) < len(requests):
        message = "topics: each topic stands there once"
        raise InvalidRequestError(message)
    judge(worker.opening, requests)
    until = clock() + min(milliseconds(body.async_response_timeout), LONGEST_WAIT).total_seconds()
    tasks = _locked(worker, requests, body) if requests else []
    if requests and not tasks and clock() < until:
        tasks = _waited_for(worker, requests, body, until)
    return jsonify(tasks)


@bp.get("/external-task/<task_id>")
@public
@limited(Rate.OPENING)
def one(task_id: str) -> ResponseReturnValue:
    """One task, without its variables."""
    return jsonify(_shown(task_of(db.session(), current_opening(), id_of(task_id))))


@bp.get("/external-task")
@public
@limited(Rate.OPENING)
def held() -> ResponseReturnValue:
    """The tasks of one worker of this opening, without their variables."""
    worker = Worker(current_opening(), read_query(WorkerBody).worker_id)
    return jsonify([_shown(task) for task in tasks_of(db.session(), worker, MOST_LISTED)])


def id_of(text: str) -> UUID:
    """The id of a task. Raises UnknownExternalTaskError for what is none."""
    id_ = bodies.id_of(text)
    if id_ is None:
        raise UnknownExternalTaskError(text[:100])
    return id_


def _waited_for(
    worker: Worker, requests: Sequence[TopicRequest], body: FetchBody, until: float
) -> list[dict[str, Any]]:
    """Look again and again, with no transaction between; at once nothing where no thread is left.

    People need the other threads of this process for their pages.
    """
    waits = current_app.config["LOKET_SETTINGS"].worker_waits
    slot = _slots.setdefault(waits, threading.BoundedSemaphore(waits)) if waits else None
    if slot is None or not slot.acquire(blocking=False):
        return []
    try:
        tasks: list[dict[str, Any]] = []
        seconds = FIRST_PAUSE
        while not tasks and (left := until - clock()) > 0 and is_enabled(db.session(), worker):
            db.session().rollback()
            pause(min(seconds, left))
            seconds = min(seconds * 1.5, LONGEST_PAUSE)
            tasks = _locked(worker, requests, body)
        return tasks
    finally:
        slot.release()


def _locked(
    worker: Worker, requests: Sequence[TopicRequest], body: FetchBody
) -> list[dict[str, Any]]:
    """Reads first: who finds nothing keeps no writer waiting."""
    session = db.session()
    unit = unit_of_work(session)
    new = unnoted(session, {each.topic for each in requests})
    if not new and not is_any_due(session, worker, requests):
        return []
    unit.begin_writing()
    if access.is_use_new(worker.opening):
        access.note_use(session, worker.opening.id)
    newest = [each.sort_order == "desc" for each in body.sorting or ()]
    order = Order(by_priority=body.use_priority is not False, newest_first=any(newest))
    tasks = fetch(session, worker, requests, min(body.max_tasks, MOST_TASKS), order)
    note_fetch(session, worker, new)
    if tasks:
        _record(worker, tasks)
    told = [_told(task) for task in tasks]
    unit.commit()
    return told


def _record(worker: Worker, tasks: Sequence[ExternalTask]) -> None:
    for topic in sorted({task.job.topic for task in tasks}):
        record_event(
            db.session(),
            "external-tasks-fetched",
            actor=actor(worker.opening),
            kvk=worker.opening.tenant,
            subject=f"topic:{topic}",
            worker=worker.id,
            jobs=[str(task.job.id) for task in tasks if task.job.topic == topic],
        )


def _request(topic: TopicBody) -> TopicRequest:
    return TopicRequest(
        topic.topic_name,
        milliseconds(topic.lock_duration),
        business_key=topic.business_key,
        definition_ids=topic.definition_ids(),
        process_keys=topic.keys(),
        tenants=topic.tenant_id_in,
        without_tenant=bool(topic.without_tenant_id),
        having=topic.process_variables or {},
        names=topic.variables,
        only_local=bool(topic.local_variables),
        with_properties=bool(topic.include_extension_properties),
    )


def _told(task: ExternalTask) -> dict[str, Any]:
    """A task as Camunda 7 writes it (LockedExternalTaskDto)."""
    job = task.job
    token = str(job.token_id)
    told: dict[str, Any] = {
        "id": str(job.id),
        "topicName": job.topic,
        "workerId": _worker_of(job.lease_owner),
        "lockExpirationTime": _moment(job.lease_until),
        "createTime": _moment(job.created_at),
        "retries": task.retries,
        "priority": job.priority,
        "errorMessage": job.last_error,
        "errorDetails": None,
        "activityId": job.element_id,
        "activityInstanceId": token,
        "executionId": token,
        "processInstanceId": str(job.instance_id),
        "processDefinitionId": str(task.definition_id),
        "processDefinitionKey": task.process_key,
        "processDefinitionVersionTag": None,
        "tenantId": job.tenant,
        "businessKey": task.business_key,
        "variables": typed(task.variables),
    }
    if task.properties is not None:
        told["extensionProperties"] = dict(task.properties)
    return told


def _shown(task: ExternalTask) -> dict[str, Any]:
    """A task for who asks about it (ExternalTaskDto)."""
    told = _told(task)
    del told["variables"]
    return {**told, "suspended": task.is_suspended}


def _worker_of(owner: str | None) -> str | None:
    return owner.split(":", 2)[2] if owner and owner.startswith("outside:") else None


def _moment(moment: datetime | None) -> str | None:
    """As Camunda writes it: milliseconds, and a zone without a colon."""
    if moment is None:
        return None
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}+0000"
