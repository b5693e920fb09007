"""The bodies that the API answers with: what they hold, for the code and for its description."""

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from processes.engine.store.models import InstanceStatus, ProcessInstance, UserTask


class Answer(BaseModel):
    """A JSON object of an answer, with names in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    def body(self) -> dict[str, Any]:
        """The object as JSON types."""
        return self.model_dump(mode="json", by_alias=True)


class SentAnswer(Answer):
    """What came of a message or a start."""

    outcome: Literal["delivered", "started", "kept"]
    instances: list[UUID] = Field(description="The cases that it reached or began.")
    reference: str | None = Field(default=None, description="The reference of a case that began.")


class SignalAnswer(Answer):
    """What came of a signal."""

    outcome: Literal["delivered"]
    caught: int = Field(description="How often it was caught.")


class DoneAnswer(Answer):
    """What came of work on a task."""

    outcome: Literal["claimed", "released", "completed"]


class TaskAnswer(Answer):
    """An open task."""

    id: UUID
    name: str
    element: str = Field(description="The id of the task in the diagram.")
    process: str = Field(description="The key of the process.")
    instance: UUID = Field(description="The case that it belongs to.")
    business_key: str | None
    tenant: str | None = Field(description="The KvK number of the company that it belongs to.")
    priority: int = Field(description="From 0 to 100.")
    opened_at: datetime
    due_at: datetime | None
    is_claimed: bool
    is_mine: bool = Field(description="Whether this opening has it.")

    @classmethod
    def facts(cls, task: UserTask, reference: str) -> dict[str, Any]:
        """The values of a task, for who has this user reference."""
        return {
            "id": task.id,
            "name": task.title,
            "element": task.element_id,
            "process": task.instance.process_key,
            "instance": task.instance_id,
            "business_key": task.instance.business_key,
            "tenant": task.tenant,
            "priority": task.priority,
            "opened_at": task.opened_at,
            "due_at": task.due_at,
            "is_claimed": task.assignee is not None,
            "is_mine": task.assignee == reference,
        }


class TasksAnswer(Answer):
    """A page of tasks."""

    tasks: list[TaskAnswer]


class CaseAnswer(Answer):
    """How far a case is."""

    id: UUID
    process: str = Field(description="The key of the process.")
    business_key: str | None
    tenant: str | None = Field(description="The KvK number of the company that it belongs to.")
    status: InstanceStatus
    started_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, case: ProcessInstance) -> Self:
        """The answer about a case."""
        return cls(
            id=case.id,
            process=case.process_key,
            business_key=case.business_key,
            tenant=case.tenant,
            status=case.status,
            started_at=case.started_at,
            ended_at=case.ended_at,
        )
