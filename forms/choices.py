"""Choice fields: radio buttons, drop-down, check boxes, ja or nee."""

from collections.abc import Iterable
from typing import Any

from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than stubs
from wtforms.validators import InputRequired, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget


def options(pairs: Iterable[tuple[str, str]]) -> list[Any]:
    """Pairs of value and label as choices for WTForms."""
    return [SelectChoice(str(value), label) for value, label in pairs]


class ChoiceField(RadioField):
    """Radio buttons without a default."""

    def __init__(
        self,
        label: str,
        *,
        choices: Iterable[tuple[str, str]],
        required: str | None = None,
        **kwargs: Any,
    ) -> None:
        validators = [InputRequired(required)] if required else []
        super().__init__(label, validators, choices=options(choices), **kwargs)

    def pre_validate(self, _form: Any) -> None:
        _known_choice(self, [self.data] if self.data else [])


class DropDownField(SelectField):
    """A drop-down list without a default."""

    def __init__(
        self,
        label: str,
        *,
        choices: Iterable[tuple[str, str]],
        required: str | None = None,
        **kwargs: Any,
    ) -> None:
        validators = [InputRequired(required)] if required else []
        listed = options([("", "Maak een keuze"), *choices])
        super().__init__(label, validators, choices=listed, **kwargs)

    def pre_validate(self, _form: Any) -> None:
        _known_choice(self, [self.data] if self.data else [])


class YesNoField(ChoiceField):
    """Ja or nee (R39)."""

    def __init__(self, label: str, *, required: str = "Kies ja of nee.", **kwargs: Any) -> None:
        choices = (("ja", "Ja"), ("nee", "Nee"))
        super().__init__(label, choices=choices, required=required, **kwargs)


class ChoicesField(SelectMultipleField):
    """Check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: str, *, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(label, choices=options(choices), **kwargs)

    def pre_validate(self, _form: Any) -> None:
        _known_choice(self, self.data or [])


def _known_choice(field: Any, values: Iterable[str]) -> None:
    known = {str(choice.value) for choice in field.iter_choices()}
    if not known.issuperset(values):
        message = "Kies een van de mogelijkheden die u hier ziet."
        raise StopValidation(message)
