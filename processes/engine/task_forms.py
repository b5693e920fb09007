"""Which fields of its own the diagram gives a user task that was opened."""

from sqlalchemy.orm import Session

from processes.engine import steps
from processes.engine.definitions import specification_of
from processes.engine.form_data import FormField
from processes.engine.models import UserTask
from processes.engine.outcomes import TokenGoneError


def form_fields(session: Session, task: UserTask) -> tuple[FormField, ...]:
    """The fields drawn in this task, in the version that its instance runs on; often none."""
    forms = specification_of(session, task.instance.definition_id).forms
    candidates = forms.get(task.element_id, ((),))
    if len(candidates) == 1:
        return candidates[0]
    return _fields_at(session, task) or candidates[0]


def _fields_at(session: Session, task: UserTask) -> tuple[FormField, ...] | None:
    """Tasks of two files have this id: the token tells which of them this is."""
    try:
        element = steps.read(session, task.instance).element_at(task.id)
    except TokenGoneError:
        return None
    return element.form_fields if element else None
