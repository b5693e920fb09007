"""What a reviewer asked to correct, as the task shows it to which the answers went back."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.web.form_pages.cases import told
from forms.provider.corrections import Corrections, corrections_in
from processes.engine.diagram.elements import Element
from processes.engine.diagram.form_fields import FormField


def corrections_at(
    fields: Iterable[FormField], others: Iterable[Element], given: Mapping[str, Any]
) -> Corrections:
    """The comments on these fields of a task, and those on answers that no task asks for.

    `others` are the other elements of its diagram with fields; a comment on a field of another task
    is shown at that task.
    """
    own, elsewhere = [each.id for each in fields], list(others)
    asked = {
        each.id for element in elsewhere if element.type == "userTask" for each in _open(element)
    }
    questions = {
        each.id: each.label
        for element in elsewhere
        for each in told(element, given)
        if each.id not in asked.union(own)
    }
    return corrections_in(given, own, questions)


def _open(element: Element) -> Iterable[FormField]:
    """The fields that are filled in there."""
    return (each for each in element.form_fields if not each.is_readonly)
