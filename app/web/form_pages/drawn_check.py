"""Judges one drawn field while somebody fills in a form (htmx), by the rules of the server."""

from flask import render_template, request

from forms.drawn.form import ASKED
from forms.registry import UserTaskForm


def judged_field(form: UserTaskForm, check: str) -> str:
    """The field that changed, and the fields that appear or disappear by its answer."""
    changed = request.headers.get("HX-Trigger", "").removesuffix("-vak")
    now, others = form.boxes_after(changed)
    asked = next((field for field in form if field.name == ASKED), None)
    return render_template(
        "macros/drawn_check.html", form=form, now=now, others=others, asked=asked, check=check
    )
