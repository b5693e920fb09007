"""The form fields that a deployed diagram gives a user task."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session, joinedload

from processes.engine.deployment.definitions import specification_of
from processes.engine.diagram.elements import Element
from processes.engine.diagram.form_fields import FormField
from processes.engine.execution import steps
from processes.engine.interpreter.multi_instance.rounds import Round, round_at
from processes.engine.interpreter.outcomes import TokenGoneError
from processes.engine.language.values import json_value
from processes.engine.store.models import ProcessInstance, UserTask


def form_fields(
    session: Session, definition_id: UUID, element_id: str, task_id: UUID
) -> tuple[FormField, ...]:
    """The fields drawn in this task, in the version that its instance runs on; often none."""
    candidates = specification_of(session, definition_id).forms.get(element_id, ((),))
    if len(candidates) == 1:
        return candidates[0]
    found = _fields_at(session, task_id)
    return candidates[0] if found is None else found


def tasks_with_form_fields(session: Session, definition_id: UUID) -> list[Element]:
    """The start and the user tasks of this version that declare form fields."""
    specification = specification_of(session, definition_id)
    elements = specification.elements.values() if specification.forms else ()
    return [each for each in elements if each.form_fields]


@dataclass(frozen=True)
class TaskScope:
    """The variables as an open task sees them, its documentation and its round."""

    variables: dict[str, Any]
    documentation: str = ""
    round: Round | None = None

    @property
    def answers(self) -> dict[str, Any]:
        """What its form opens with: in a round only what that round itself has written."""
        return self.variables if self.round is None else dict(self.round.written)


def scope_of(session: Session, task_id: UUID, instance_id: UUID) -> TaskScope:
    """The scope of a task; of one that is closed, the variables of its instance.

    The documentation is that of the diagram in which the task stands, as its instance runs it.
    """
    workflow = steps.read(session, session.get_one(ProcessInstance, instance_id))
    try:
        seen, its_round = workflow.variables_at(task_id), round_at(workflow, task_id)
        element = workflow.element_at(task_id)
    except TokenGoneError:
        return TaskScope(json_value(workflow.variables()))
    # Data objects belong to the scope around a task, and are not among its own variables.
    seen.pop("data_objects", None)
    documentation = element.documentation if element else ""
    return TaskScope(json_value({**workflow.data_objects, **seen}), documentation, its_round)


def _fields_at(session: Session, task_id: UUID) -> tuple[FormField, ...] | None:
    """Tasks of two files have this id: the token tells which of them this is."""
    task = session.get_one(UserTask, task_id, options=[joinedload(UserTask.instance)])
    try:
        element = steps.read(session, task.instance).element_at(task.id)
    except TokenGoneError:
        return None
    return element.form_fields if element else None
