"""Builds `camunda:formData` for tests."""

from html import escape

CONSTRAINTS = ("required", "readonly", "minlength", "maxlength", "min", "max", "validator")


def field(
    id_: str, type_: str, *values: str, label: str = "", default: str = "", **more: str
) -> str:
    """One field; keywords that are no constraint become properties."""
    constraints = "".join(
        f'<camunda:constraint name="{name}" config="{escape(text)}"/>'
        for name, text in more.items()
        if name in CONSTRAINTS
    )
    properties = "".join(
        f'<camunda:property id="{name}" value="{escape(text)}"/>'
        for name, text in more.items()
        if name not in CONSTRAINTS
    )
    standing = f' defaultValue="{default}"' if default else ""
    return (
        f'<camunda:formField id="{id_}" label="{escape(label or id_)}" type="{escape(type_)}"'
        f"{standing}><camunda:properties>{properties}</camunda:properties>"
        f"<camunda:validation>{constraints}</camunda:validation>{''.join(values)}"
        "</camunda:formField>"
    )


def value(id_: str, name: str = "") -> str:
    """One choice."""
    return f'<camunda:value id="{id_}" name="{escape(name or id_)}"/>'


def form(*fields: str) -> str:
    """The extension elements of a user task with these fields."""
    return (
        "<bpmn:extensionElements><camunda:formData>"
        f"{''.join(fields)}</camunda:formData></bpmn:extensionElements>"
    )
