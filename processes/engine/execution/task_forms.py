"""The form fields that a deployed diagram gives a user task."""

from uuid import UUID

from sqlalchemy.orm import Session, joinedload

from processes.engine.deployment.definitions import specification_of
from processes.engine.diagram.elements import Element
from processes.engine.diagram.form_fields import FormField
from processes.engine.execution import steps
from processes.engine.interpreter.outcomes import TokenGoneError
from processes.engine.store.models import UserTask


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
    """The user tasks of this version that declare form fields."""
    specification = specification_of(session, definition_id)
    elements = specification.elements.values() if specification.forms else ()
    return [each for each in elements if each.form_fields]


def documentation_of(session: Session, definition_id: UUID, element_id: str) -> str:
    """The `bpmn:documentation` of an element."""
    element = specification_of(session, definition_id).elements.get(element_id)
    return element.documentation if element else ""


def _fields_at(session: Session, task_id: UUID) -> tuple[FormField, ...] | None:
    """Tasks of two files have this id: the token tells which of them this is."""
    task = session.get_one(UserTask, task_id, options=[joinedload(UserTask.instance)])
    try:
        element = steps.read(session, task.instance).element_at(task.id)
    except TokenGoneError:
        return None
    return element.form_fields if element else None
