"""Forms of the operator's changes; each has a reason, which is stored."""

import json
from typing import Any

from wtforms import Form, SelectField
from wtforms.validators import Regexp, ValidationError

from forms.choices import ChoiceField
from forms.fields import LineField, TextField

NO_JSON = "Dit is geen JSON. Een getal is 12 of 7.5, een lijst is [1, 2]."


def reason_field() -> TextField:
    """The reason of a change. A form with more fields has it last, as on its page."""
    return TextField("Reden", required="Schrijf op waarom u dit doet.", limit=500)


class ReasonForm(Form):
    """The reason of a change; stored with it."""

    reason = reason_field()


class TokenForm(ReasonForm):
    """What to do with a token. The view sets the elements to choose from."""

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
    reason = reason_field()

    def validate_to(self, field: SelectField) -> None:
        """A move needs an element of the list. Raises ValidationError."""
        known = {str(choice[0]) for choice in field.choices or []}
        if self.action.data == "move" and (not field.data or field.data not in known):
            message = "Kies waar de zaak verdergaat."
            raise ValidationError(message)


class VariableForm(ReasonForm):
    """A variable to set: its name, and its value as text or as JSON."""

    name = LineField(
        "Naam van het gegeven",
        required="Vul de naam van het gegeven in.",
        limit=100,
        also=[
            Regexp(
                r"[A-Za-z][A-Za-z0-9_]*\Z",
                message="Een naam begint met een letter en heeft alleen letters, cijfers en _.",
            )
        ],
    )
    kind = ChoiceField(
        "Soort",
        required="Kies wat voor waarde het is.",
        choices=[("text", "Tekst"), ("json", "Getal, true, false, null, of een lijst in JSON")],
    )
    value = TextField("Nieuwe waarde")
    reason = reason_field()

    def validate_value(self, _field: TextField) -> None:
        """JSON, where that was chosen. Raises ValidationError."""
        try:
            _ = self.given
        except ValueError as error:
            raise ValidationError(NO_JSON) from error

    @property
    def given(self) -> Any:
        """The value that was typed. Raises ValueError for text that is no JSON."""
        text = self.value.data or ""
        return json.loads(text) if self.kind.data == "json" else text
