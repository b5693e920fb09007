"""Forms of the operator's changes; each has a reason, which is stored."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import BooleanField, FieldList, Form, FormField, SelectField
from wtforms.validators import Optional, Regexp, ValidationError

from forms.choices import ChoiceField, DropDownField, options
from forms.fields import LineField, TextField
from forms.operators.variable_values import KIND_CHOICES, checked, read_value

NAME = Regexp(
    r"[A-Za-z][A-Za-z0-9_]*\Z",
    message="Een naam begint met een letter en heeft alleen letters, cijfers en _.",
)
ROWS = 3  # variables that may be given with a change of a token, besides those that were sent
MOST_ROWS = 20


def reason_field() -> TextField:
    """The reason of a change. A form with more fields has it last, as on its page."""
    return TextField("Reden", required="Schrijf op waarom u dit doet.", limit=500)


class ReasonForm(Form):
    """The reason of a change; stored with it."""

    reason = reason_field()


class GroupForm(ReasonForm):
    """The group to which a task that nobody can do is given."""

    group = ChoiceField("Voor welke groep?", required="Kies een groep.", choices=())

    def offer(self, groups: Iterable[tuple[str, str]]) -> None:
        """The groups (name and Dutch name) from which to choose."""
        self.group.choices = options(groups)


class GivenForm(Form):
    """One variable that is given with a change of a token; empty rows are left out."""

    name = LineField("Naam", limit=100, also=[Optional(), NAME])
    kind = DropDownField(
        "Soort", choices=[("keep", "Zoals het nu is"), *KIND_CHOICES], default="keep"
    )
    value = LineField("Waarde", limit=10_000)
    known: Mapping[str, Any] = {}

    def validate_value(self, field: LineField) -> None:
        """A value of the chosen kind. Raises ValidationError."""
        if self.name.data:
            _ = checked(self.kind.data or "keep", field.data or "", self.name.data, self.known)
        elif field.data:
            message = "Vul de naam van het gegeven in, of maak de waarde leeg."
            raise ValidationError(message)

    @property
    def given(self) -> Any:
        """The value. Raises ValueError."""
        return checked(
            self.kind.data or "keep", self.value.data or "", self.name.data or "", self.known
        )


class TokenForm(ReasonForm):
    """What to do with a token. The view sets the elements to choose from, and what is known."""

    action = ChoiceField(
        "Wat wilt u doen?",
        required="Kies wat u wilt doen.",
        choices=[
            ("move", "Verplaatsen naar een ander onderdeel"),
            ("skip", "Overslaan: verder gaan zonder dat dit is gedaan"),
            ("repeat", "Herhalen: hier opnieuw beginnen"),
        ],
    )
    to = SelectField("Verplaatsen naar", validate_choice=False)
    given = FieldList(FormField(GivenForm), min_entries=ROWS, max_entries=MOST_ROWS)
    reason = reason_field()

    def validate_to(self, field: SelectField) -> None:
        """A move needs an element of the list. Raises ValidationError."""
        known = {str(choice[0]) for choice in field.choices or []}
        if self.action.data == "move" and (not field.data or field.data not in known):
            message = "Kies waar de zaak verdergaat."
            raise ValidationError(message)


class VariableForm(ReasonForm):
    """A variable to set: its name, and its value of the kind that it has, or of another."""

    name = LineField(
        "Naam van het gegeven",
        required="Vul de naam van het gegeven in.",
        limit=100,
        also=[NAME],
    )
    kind = ChoiceField(
        "Soort",
        required="Kies wat voor waarde het is.",
        choices=[("keep", "Zoals het nu is"), *KIND_CHOICES],
    )
    value = TextField("Nieuwe waarde")
    other_kind = BooleanField("Het gegeven mag een andere soort worden")
    reason = reason_field()
    known: Mapping[str, Any] = {}

    def validate_value(self, field: TextField) -> None:
        """A value of the chosen kind, and of the kind that it was. Raises ValidationError."""
        known = {} if self.other_kind.data and self.kind.data != "keep" else self.known
        if self.kind.data:
            checked(self.kind.data, field.data or "", self.name.data or "", known)

    @property
    def given(self) -> Any:
        """The value that was typed. Raises ValueError where it is none."""
        return read_value(
            self.kind.data, self.value.data or "", self.known.get(self.name.data or "")
        )
