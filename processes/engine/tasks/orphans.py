"""Open tasks that nobody can do, and claims of people who can do their task no more.

A group that is a role always has people; a group that does not exist, a person who is not known or
has not signed in for half a year, and a company that is not there, have none.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeVar, TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from processes.base import now
from processes.engine.store.models import InstanceStatus, ProcessInstance, TaskStatus, UserTask
from processes.engine.store.work_models import KnownPerson, UserTaskGroup
from processes.engine.tasks.claims import MayNotError, lock_open_task
from processes.engine.tasks.directory import GONE, person_of
from processes.engine.tasks.rights import Person
from processes.platform.roles import COMPANIES, PERSONAL, TASK_GROUPS

Columns = TypeVarTuple("Columns")
Text = TypeVar("Text", str, str | None)

ROLES = frozenset(map(str, TASK_GROUPS))
OF_REGISTER = tuple(group for group in TASK_GROUPS if group not in COMPANIES | PERSONAL)


class Reason(StrEnum):
    """Why nobody can do a task."""

    NO_GROUP = "no-group"  # neither a group nor a company
    UNKNOWN_GROUP = "unknown-group"
    NO_COMPANY = "no-company"  # for the people of a company, in a case of none
    PERSON_GONE = "person-gone"


def orphans(session: Session, hidden: Collection[str] = (), most: int = 200) -> list[UserTask]:
    """The tasks that nobody can do, the oldest first, with their instance and its definition."""
    query = (
        _orphans(select(UserTask), hidden)
        .options(joinedload(UserTask.instance).joinedload(ProcessInstance.definition))
        .order_by(UserTask.opened_at, UserTask.id)
    )
    return list(session.scalars(query.limit(most)))


def number_of_orphans(session: Session) -> int:
    """How many open tasks nobody can do."""
    return session.scalar(_orphans(select(func.count(UserTask.id)))) or 0


def is_orphan(session: Session, task_id: UUID) -> bool:
    """Whether this is an open task that nobody can do."""
    found = _orphans(select(UserTask.id)).where(UserTask.id == task_id)
    return session.scalar(found) is not None


def reason_of(task: UserTask) -> Reason:
    """Why nobody can do this orphan, by its first candidate."""
    group = task.candidate_group
    if group is None:
        return Reason.NO_GROUP
    if group in COMPANIES:
        return Reason.NO_COMPANY
    return Reason.PERSON_GONE if ":" in group else Reason.UNKNOWN_GROUP


def groups_for(task: UserTask) -> list[str]:
    """The groups to which a task can be given: those of the register, and its company's."""
    return [*OF_REGISTER, *(COMPANIES if task.tenant else ())]


def give_to_group(session: Session, task_id: UUID, group: str) -> tuple[UserTask, str | None]:
    """Make a group the only candidate of an open task, and give the candidate before.

    Raises LookupError, TaskClosedError, MayNotError for a group that cannot have it.
    """
    task = lock_open_task(session, task_id)
    if group not in groups_for(task):
        raise MayNotError
    before, task.candidate_group = task.candidate_group, group
    task.assignee = task.assignee_name = task.claimed_at = None
    session.execute(delete(UserTaskGroup).where(UserTaskGroup.task_id == task.id))
    task.has_further_candidates = False
    session.flush()
    return task, before


def lapsed_claims(session: Session) -> list[UserTask]:
    """The open tasks of which who claimed them is gone, or is no candidate any more; locked."""
    query = (
        select(UserTask)
        .join(UserTask.instance)
        .where(
            UserTask.status == TaskStatus.OPEN,
            UserTask.assignee.is_not(None),
            UserTask.claimed_at.is_not(None),  # drawn for one person is no claim
            ProcessInstance.status == InstanceStatus.ACTIVE,
        )
        .order_by(UserTask.id)
        .with_for_update(of=UserTask, skip_locked=True)
    )
    tasks = session.scalars(query).all()
    people = _people(session, {task.assignee for task in tasks})
    further = _further(session, [task.id for task in tasks])
    return [
        task
        for task in tasks
        if not _is_candidate(people.get(task.assignee or ""), task, further[task.id])
    ]


def release(session: Session, task: UserTask) -> None:
    """Give a claimed task back to its group."""
    task.assignee = task.assignee_name = task.claimed_at = None
    session.flush()


def _orphans(query: Select[*Columns], hidden: Collection[str] = ()) -> Select[*Columns]:
    further = exists().where(
        UserTaskGroup.task_id == UserTask.id, _is_reachable(UserTaskGroup.group)
    )
    nobody = ~or_(_is_reachable(UserTask.candidate_group), further, _is_there(UserTask.assignee))
    without_group = and_(UserTask.candidate_group.is_(None), UserTask.tenant.is_not(None))
    query = query.join(UserTask.instance).where(
        UserTask.status == TaskStatus.OPEN,
        ProcessInstance.status == InstanceStatus.ACTIVE,
        nobody,
        ~without_group,  # the people of the company
    )
    return query.where(ProcessInstance.process_key.not_in(hidden)) if hidden else query


def _is_reachable(group: InstrumentedAttribute[Text]) -> ColumnElement[bool]:
    """Whether somebody is in this group, or is this person; of no group nobody is."""
    in_company = and_(group.in_(COMPANIES), UserTask.tenant.is_not(None))
    return func.coalesce(or_(group.in_(ROLES - COMPANIES), in_company, _is_there(group)), False)


def _is_there(reference: InstrumentedAttribute[Text]) -> ColumnElement[bool]:
    return exists().where(KnownPerson.reference == reference, KnownPerson.seen_at > now() - GONE)


def _people(session: Session, references: Collection[str | None]) -> Mapping[str, Person]:
    """Those of these people who are there, as they were when they signed in last."""
    since: datetime = now() - GONE
    query = select(KnownPerson).where(
        KnownPerson.reference.in_(references), KnownPerson.seen_at > since
    )
    return {each.reference: person_of(each) for each in session.scalars(query)}


def _further(session: Session, tasks: Collection[UUID]) -> Mapping[UUID, set[str]]:
    found = defaultdict[UUID, set[str]](set)
    query = select(UserTaskGroup.task_id, UserTaskGroup.group)
    for task_id, group in session.execute(query.where(UserTaskGroup.task_id.in_(tasks))):
        found[task_id].add(group)
    return found


def _is_candidate(person: Person | None, task: UserTask, further: Collection[str]) -> bool:
    """Whether the task would be theirs to claim, had they not claimed it already."""
    if person is None or (person.tenant is not None and task.tenant != person.tenant):
        return False
    if task.candidate_group is None:
        return person.tenant is not None or bool(person.candidates & set(further))
    return bool(person.candidates & {task.candidate_group, *further})
