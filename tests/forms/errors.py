"""What is wrong with a form that was filled in."""

from wtforms import Form


def errors_by_field(form: Form) -> dict[str, str]:
    """The first error of each field."""
    return {field.name: str(field.errors[0]) for field in form if field.errors}
