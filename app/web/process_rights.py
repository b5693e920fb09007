"""Holds every page to the permissions of the process that its address names.

The right follows from the roles of the view: who may look asks `see`, changing asks the right of
its one role. What an address names is found by the names of its parts (`NAMED_BY`).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, abort, current_app, g, has_request_context, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.web.access import Role, not_theirs, roles_of, signed_in_user
from app.web.db import db
from app.web.errors import ErrorPage, error_page
from processes.engine.deployment.definitions import DECISION, keys_of
from processes.engine.deployment.drafts import ProcessDraft
from processes.engine.deployment.permissions import ROLES, Permissions, permissions
from processes.engine.diagram.graph import UnreadableDiagramError
from processes.engine.store.models import (
    Incident,
    Job,
    ProcessDefinition,
    ProcessInstance,
    UserTask,
)
from processes.engine.store.permission_models import Right
from processes.engine.store.retry_models import RetryItem
from processes.engine.store.snapshot_models import MigrationRun

Keyed = TypeVar("Keyed", ProcessDefinition, ProcessDraft)

GOVERNED = frozenset[Role]().union(*ROLES.values())
OF_TABLES = frozenset({"tables", "table_drafts", "table_tries", "table_tests"})
"""Blueprints whose `key` is the id of a decision."""
UNGOVERNED = frozenset({"permissions.show", "permissions.save"})
"""Views that look for themselves: a process may be repaired by who administers it."""

REFUSED = ErrorPage(
    "U mag dit bij dit proces niet doen",
    "Bij dit proces staat vastgelegd wie dit mag. Vraag het aan een proceseigenaar of een "
    "beheerder van dit proces.",
)


def init_process_rights(app: Flask) -> None:
    """Look at each request after its roles; tell templates what somebody may."""
    app.before_request(_check)
    app.add_template_global(_may_in_words, "may_process")


def _check() -> ResponseReturnValue | None:
    user, asked = signed_in_user(), rights_of_view(request.endpoint)
    if user is None or not asked or not request.view_args or not _permissions().named:
        return None
    mine = [right for right in asked if ROLES[right] & user.roles]
    for key in keys_named(request.blueprint, request.view_args):
        if not any(_allowed(right, key) for right in mine):
            return _refused(key, mine)
    return None


def _refused(key: str, mine: Collection[Right]) -> ResponseReturnValue:
    """404 for what they do not even see."""
    if Right.OPERATE in mine or not _allowed(Right.SEE, key):
        not_theirs(f"process:{key}")
    return error_page(HTTPStatus.FORBIDDEN, REFUSED)


def rights_of_view(endpoint: str | None) -> frozenset[Right]:
    """The rights of which a view asks one; none where no process is governed there."""
    if endpoint is None or endpoint in UNGOVERNED:
        return frozenset()
    roles = roles_of(current_app, endpoint) or frozenset()
    if not roles or roles - GOVERNED:
        return frozenset()  # public, or of work and cases: those have a rule of their own
    looks = len(roles & ROLES[Right.SEE]) > 1
    changes = {Right.EDIT, Right.APPROVE, Right.DEPLOY}
    return frozenset(
        right
        for right, of_right in ROLES.items()
        if of_right & roles and (right not in changes if looks else right is not Right.SEE)
    )


def may_process(right: Right, key: str) -> bool:
    """Whether who is signed in may do this with a process: by role, and by its permissions."""
    user = signed_in_user()
    return user is not None and bool(ROLES[right] & user.roles) and _allowed(right, key)


def refuse_unless(right: Right, keys: Collection[str]) -> None:
    """Abort with 403 where one of these processes may not be changed so."""
    if not all(_allowed(right, key) for key in keys):
        abort(error_page(HTTPStatus.FORBIDDEN, REFUSED))


def hidden_processes(right: Right) -> frozenset[str]:
    """The processes that lists leave out for who is signed in; at the command line none."""
    user = signed_in_user() if has_request_context() else None
    return _permissions().hidden(user.person.reference, right) if user else frozenset()


def seen(found: Iterable[Keyed]) -> list[Keyed]:
    """The processes, tables or drafts of these that who is signed in may see."""
    hidden = hidden_processes(Right.SEE)
    return [each for each in found if each.key not in hidden]


def is_operated(
    instance_id: InstrumentedAttribute[UUID | None], hidden: Collection[str]
) -> ColumnElement[bool]:
    """Condition: what belongs to no instance, or to one of a process that is not hidden."""
    of_hidden = select(ProcessInstance.id).where(ProcessInstance.process_key.in_(hidden))
    return or_(instance_id.is_(None), instance_id.not_in(of_hidden))


def _may_in_words(right: str, key: str) -> bool:
    return may_process(Right(right), key)


def _allowed(right: Right, key: str) -> bool:
    user = signed_in_user()
    return user is not None and _permissions().allow(user.person.reference, right, key)


def _permissions() -> Permissions:
    if "process_permissions" not in g:
        g.process_permissions = permissions(db.session())
    found: Permissions = g.process_permissions
    return found


def keys_named(blueprint: str | None, parts: Mapping[str, Any]) -> set[str]:
    """The keys of all processes that the parts of an address name; of what is not there, none."""
    found = set[str]()
    for name, value in parts.items():
        if name == "key":
            found.add(f"{DECISION}{value}" if blueprint in OF_TABLES else value)
        elif name in NAMED_BY:
            found.update(NAMED_BY[name](value))
    return found


def _of_draft(draft_id: Any) -> Iterator[str]:
    """A file may hold several processes: each is changed and deployed with it."""
    draft = db.session().get(ProcessDraft, draft_id)
    if draft is not None:
        yield draft.key
        yield from keys_of_file(draft.xml.encode())


def keys_of_file(xml: bytes) -> Collection[str]:
    """The keys of what a file holds; none where it cannot be read."""
    try:
        return keys_of(xml)
    except UnreadableDiagramError:
        return ()


def _of_instance(instance_id: Any) -> Iterator[str]:
    query = select(ProcessInstance.process_key).where(ProcessInstance.id == instance_id)
    yield from db.session().scalars(query)


def _of_incident(incident_id: Any) -> Iterator[str]:
    incident = db.session().get(Incident, incident_id)
    if incident is not None:
        yield from _of_instance(incident.instance_id)
        yield from _of_job(incident.job_id)


def _of_job(job_id: Any) -> Iterator[str]:
    query = select(ProcessInstance.process_key).join(Job, Job.instance_id == ProcessInstance.id)
    yield from db.session().scalars(query.where(Job.id == job_id))


def _of_task(task_id: Any) -> Iterator[str]:
    query = select(ProcessInstance.process_key).join(
        UserTask, UserTask.instance_id == ProcessInstance.id
    )
    yield from db.session().scalars(query.where(UserTask.id == task_id))


def _of_run(run_id: Any) -> Iterator[str]:
    """Of a migration its process; of a run of retries those of all its incidents."""
    session = db.session()
    of_migration = select(ProcessDefinition.key).join(
        MigrationRun, MigrationRun.to_definition_id == ProcessDefinition.id
    )
    yield from session.scalars(of_migration.where(MigrationRun.id == run_id))
    of_incidents = (
        select(ProcessInstance.process_key)
        .join(Incident, Incident.instance_id == ProcessInstance.id)
        .join(RetryItem, RetryItem.incident_id == Incident.id)
        .where(RetryItem.run_id == run_id)
        .distinct()
    )
    yield from session.scalars(of_incidents)


NAMED_BY: Mapping[str, Callable[[Any], Iterator[str]]] = {
    "draft_id": _of_draft,
    "instance_id": _of_instance,
    "incident_id": _of_incident,
    "job_id": _of_job,
    "task_id": _of_task,
    "run_id": _of_run,
}
"""How a part of an address leads to processes."""
