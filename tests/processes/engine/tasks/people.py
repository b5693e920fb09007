"""Test helper: people of every kind, and cases and tasks as rows."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from processes.engine.store.models import ProcessDefinition, ProcessInstance, TaskStatus, UserTask
from processes.engine.store.work_models import UserTaskGroup
from processes.engine.tasks.rights import Person

KVK, OTHER_KVK = "68750110", "90004760"
ONE, TWO = str(UUID(int=1)), str(UUID(int=2))

ANNA = Person(f"staff:{ONE}", "Anna", frozenset({"registrar"}))
BAS = Person(f"staff:{TWO}", "Bas", frozenset({"registrar", "operator"}))
OPERATOR = Person(f"staff:{UUID(int=3)}", "Cas", frozenset({"operator"}))
TEACHER = Person(f"teacher:{ONE}", "Dirk", frozenset({"teacher"}))
OTHER_TEACHER = Person(f"teacher:{TWO}", "Els", frozenset({"teacher"}))
EMPLOYEE = Person(f"provider:{ONE}", "medewerker 1", frozenset({"provider"}), KVK)
OF_ANOTHER = Person(f"provider:{TWO}", "medewerker 1", frozenset({"provider"}), OTHER_KVK)
NOWHERE = Person(f"provider:{UUID(int=4)}", "medewerker 1", frozenset({"provider"}), "")
EVERYBODY = (ANNA, BAS, OPERATOR, TEACHER, OTHER_TEACHER, EMPLOYEE, OF_ANOTHER, NOWHERE)


def add_case(
    session: Session,
    key: str = "p",
    *,
    tenant: str | None = None,
    initiator: str | None = None,
    business_key: str | None = None,
) -> ProcessInstance:
    """An active case of a process that has no diagram."""
    definition = ProcessDefinition(
        key=key, version=1, name=f"Proces {key}", xml="", sha256="", deployed_by="test"
    )
    session.add(definition)
    session.flush()
    instance = ProcessInstance(
        definition_id=definition.id,
        process_key=key,
        business_key=business_key,
        tenant=tenant,
        started_by="Dirk",
        initiator=initiator,
    )
    session.add(instance)
    session.flush()
    return instance


def add_task(
    session: Session,
    case: ProcessInstance,
    group: str | None,
    *further: str,
    assignee: str | None = None,
    tenant: str | None = KVK,
    status: TaskStatus = TaskStatus.OPEN,
    opened_at: datetime | None = None,
    **columns: Any,
) -> UserTask:
    """A user task of this case."""
    facts = {"element_id": "a", "name": "a", "form_key": None, "lane": None, **columns}
    if opened_at is not None:
        facts["opened_at"] = opened_at
    task = UserTask(
        id=uuid4(),
        instance_id=case.id,
        candidate_group=group,
        tenant=tenant,
        assignee=assignee,
        status=status,
        has_further_candidates=bool(further),
        **facts,
    )
    session.add(task)
    session.flush()
    session.add_all(UserTaskGroup(task_id=task.id, group=each) for each in further)
    session.flush()
    return task
