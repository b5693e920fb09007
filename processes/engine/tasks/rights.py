"""Who may do what with a user task or a case: one rule for the list, the page and the API (R62).

The list asks it in SQL (`visible_tasks`); a page asks it again (`may`), under the lock of the
instance where it writes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, or_, select, union
from sqlalchemy.orm import Session

from processes.engine.store.models import ProcessInstance, TaskStatus, UserTask
from processes.engine.store.work_models import UserTaskGroup
from processes.platform.roles import COMPANIES, PERSONAL

# In the text of the statement: a partial index is used for no other.
OPEN: Any = bindparam(None, TaskStatus.OPEN, type_=UserTask.status.type, literal_execute=True)


STAFF = "staff:"  # begins the user reference of who works for the register


class Verb(StrEnum):
    SEE = "see"
    COMPLETE = "complete"  # also saving a draft
    CLAIM = "claim"
    RELEASE = "release"
    HAND_OVER = "hand-over"
    TAKE_OVER = "take-over"
    POSTPONE = "postpone"  # the follow-up date
    RESCHEDULE = "reschedule"  # the due date


@dataclass(frozen=True)
class Person:
    """Who asks: their user reference, name and groups, and of a provider the company."""

    reference: str
    name: str
    groups: frozenset[str]
    tenant: str | None = None

    @property
    def candidates(self) -> frozenset[str]:
        """What a task may name to be theirs: their groups, and themselves."""
        return self.groups | {self.reference}

    @property
    def is_of_register(self) -> bool:
        """Whether they work for the register, and not for a company or for themselves."""
        return bool(self.groups - COMPANIES - PERSONAL)


class TaskFacts(Protocol):
    """What the rule looks at: a `UserTask`, or what was read of one."""

    @property
    def id(self) -> UUID: ...
    @property
    def candidate_group(self) -> str | None: ...
    @property
    def tenant(self) -> str | None: ...
    @property
    def assignee(self) -> str | None: ...


def may(session: Session, person: Person, verb: Verb, of: TaskFacts | ProcessInstance) -> bool:
    """Whether this person may do this with a task, or see a case."""
    if isinstance(of, ProcessInstance):
        return verb is Verb.SEE and _sees_case(person, of)
    return _is_candidate(session, person, of) and ALLOWED[verb](person, of)


ALLOWED: Mapping[Verb, Callable[[Person, TaskFacts], bool]] = {
    Verb.SEE: lambda _person, _task: True,
    Verb.COMPLETE: lambda _person, _task: True,
    Verb.POSTPONE: lambda _person, _task: True,
    Verb.CLAIM: lambda _person, task: task.assignee is None,
    Verb.RELEASE: lambda person, task: task.assignee == person.reference,
    Verb.HAND_OVER: lambda person, task: (
        task.assignee in {None, person.reference} and not person.groups <= PERSONAL
    ),
    Verb.TAKE_OVER: lambda person, task: task.assignee not in {None, person.reference},
    Verb.RESCHEDULE: lambda person, _task: person.is_of_register,
}
"""What is asked of each verb, besides that the task is theirs to do."""


def _sees_case(person: Person, case: ProcessInstance) -> bool:
    if person.tenant is not None:
        return bool(person.tenant) and case.tenant == person.tenant
    return case.initiator == person.reference


def _is_candidate(session: Session, person: Person, task: TaskFacts) -> bool:
    if person.tenant is not None and (task.tenant != person.tenant or not person.tenant):
        return False
    if task.candidate_group is None and person.tenant is not None:
        return True
    if task.candidate_group in person.candidates or task.assignee == person.reference:
        return True
    further = exists().where(
        UserTaskGroup.task_id == task.id, UserTaskGroup.group.in_(person.candidates)
    )
    return bool(session.scalar(select(further)))


def is_alone(reference: Any) -> ColumnElement[bool]:
    """Condition, never null: a `UserTask` that nobody has, of which this is the one candidate."""
    further = exists().where(UserTaskGroup.task_id == UserTask.id).correlate(UserTask)
    is_first = and_(UserTask.candidate_group.is_not(None), UserTask.candidate_group == reference)
    return and_(UserTask.assignee.is_(None), is_first, ~further)


def is_personal(session: Session, person: Person, task: TaskFacts) -> bool:
    """Whether this person is the one candidate of a task: there is nobody to leave it to."""
    if task.candidate_group != person.reference:
        return False
    return not session.scalar(select(exists().where(UserTaskGroup.task_id == task.id)))


def visible_tasks(person: Person) -> ColumnElement[bool]:
    """Condition: an open `UserTask` that this person may see and complete."""
    if person.tenant == "":
        return false()
    return visible_to(person.reference, person.candidates, person.tenant)


def visible_to(reference: Any, candidates: Any, tenant: Any) -> ColumnElement[bool]:
    """Condition as that of `visible_tasks`; what is given may be bound parameters.

    Without a tenant (None) it is for who works for no company. The company "" sees nothing: that
    is for who asks.
    """
    named = UserTask.candidate_group.in_(candidates)
    further = UserTaskGroup.group.in_(candidates)
    held = UserTask.assignee == reference
    if tenant is not None:
        # Asked of each task of the company: all tasks of a group may be many.
        among = exists().where(UserTaskGroup.task_id == UserTask.id, further)
        theirs = or_(named, UserTask.candidate_group.is_(None), held, among)
        return and_(UserTask.tenant == tenant, UserTask.status == TaskStatus.OPEN, theirs)
    # Each part has an index of its own; one OR over them would read every open task.
    among = exists().where(UserTaskGroup.task_id == UserTask.id, further)
    groups = _open(UserTask.has_further_candidates & among)  # else every task that had such a row
    found = union(_open(named), _open(held), groups).subquery()
    return (UserTask.status == TaskStatus.OPEN) & UserTask.id.in_(select(found.c.id))


def _open(condition: ColumnElement[bool]) -> Select[UUID]:
    return select(UserTask.id).where(UserTask.status == OPEN, condition)


def is_begun_by_staff(case: ProcessInstance) -> bool:
    """Whether who works for the register began it; with a tenant that is on behalf of it."""
    return (case.initiator or "").startswith(STAFF)


def visible_cases(person: Person) -> ColumnElement[bool]:
    """Condition: a `ProcessInstance` that is this person's, or their company's."""
    if person.tenant == "":
        return false()
    if person.tenant is not None:
        return ProcessInstance.tenant == person.tenant
    return ProcessInstance.initiator == person.reference
