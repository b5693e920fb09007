"""The bodies that the API answers with: what they hold, for the code and for its description."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from processes.engine.diagram.form_fields import FormField
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
    def of(cls, task: UserTask, reference: str, **more: Any) -> Self:
        """The answer about a task, to who has this user reference."""
        return cls(
            id=task.id,
            name=task.title,
            element=task.element_id,
            process=task.instance.process_key,
            instance=task.instance_id,
            business_key=task.instance.business_key,
            tenant=task.tenant,
            priority=task.priority,
            opened_at=task.opened_at,
            due_at=task.due_at,
            is_claimed=task.assignee is not None,
            is_mine=task.assignee == reference,
            **more,
        )


class Page(Answer):
    """A page of a list."""

    next: str | None = Field(description="The cursor of the next page: parameter `after`.")


class TasksAnswer(Page):
    """A page of tasks."""

    tasks: list[TaskAnswer]


class FieldAnswer(Answer):
    """A question of a form: its answer is the variable of the same name."""

    id: str
    label: str
    type: str = Field(description="string, longtext, long, date, boolean, enum, table, file …")
    required: bool
    readonly: bool
    choices: dict[str, str] = Field(description="Of an enum: value and label.")
    visible: str | None = Field(description="The expression under which it is asked.")
    columns: list["FieldAnswer"] = Field(description="Of a table.")
    value: Any = Field(description="What it opens with, or shows.")

    @classmethod
    def of(cls, drawn: FormField, known: Mapping[str, Any]) -> Self:
        """A field, with what is known."""
        return cls(
            id=drawn.id,
            label=drawn.label,
            type=drawn.type,
            required=drawn.is_required,
            readonly=drawn.is_readonly,
            choices=dict(drawn.choices),
            visible=drawn.visible,
            columns=[cls.of(each, {}) for each in drawn.columns],
            value=known[drawn.id] if drawn.id in known else drawn.opens_with(known),
        )


class OwnFieldAnswer(Answer):
    """A question of a form of Loket itself."""

    pointer: str = Field(description="Where its answer stands in the body that is sent.")
    label: str
    type: str = Field(description="string, longtext, date, boolean, enum, list (of choices).")
    required: bool
    choices: dict[str, str] = Field(description="Value and label, where one is chosen.")


class TaskFormAnswer(TaskAnswer):
    """An open task with its form."""

    documentation: str = Field(description="What it asks, in Markdown.")
    form: str | None = Field(description="The form of Loket that the task names.")
    asks: list[OwnFieldAnswer] = Field(description="What that form asks, beside the fields.")
    fields: list[FieldAnswer]
    corrections: dict[str, str] = Field(
        description="What a reviewer asked to correct, by field: of this task, or one that no task "
        "asks for, as at the start. Under an empty name, in general."
    )
    answered: dict[str, str] = Field(
        description="Of a review: the answers to judge, by field; comments go in `corrections`."
    )


class FileAnswer(Answer):
    """A file that is kept."""

    id: str = Field(description="To name it by.")
    name: str
    size: int = Field(description="In bytes.")
    type: str = Field(description="Its media type, as its content tells.")


class StartFormAnswer(Answer):
    """How a process begins."""

    process: str = Field(description="The key of the process.")
    name: str
    documentation: str = Field(description="In Markdown.")
    form: str | None = Field(description="The form of Loket that its start names.")
    asks: list[OwnFieldAnswer] = Field(description="What that form asks, beside the fields.")
    fields: list[FieldAnswer]


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
    def of(cls, case: ProcessInstance, **more: Any) -> Self:
        """The answer about a case."""
        return cls(
            id=case.id,
            process=case.process_key,
            business_key=case.business_key,
            tenant=case.tenant,
            status=case.status,
            started_at=case.started_at,
            ended_at=case.ended_at,
            **more,
        )


class CasesAnswer(Page):
    """A page of cases."""

    cases: list[CaseAnswer]


class CaseStateAnswer(CaseAnswer):
    """A case with where it is, and what may be known of it."""

    now: list[str] = Field(description="The names of the activities that are going on.")
    variables: dict[str, Any] = Field(
        description="Answers to the start form of an own case, and fields of tasks of its groups."
    )
