"""Forms of the operator's changes; each has a reason, which is stored."""

from wtforms import Form, SelectField
from wtforms.validators import ValidationError

from forms.choices import ChoiceField
from forms.fields import TextField


class ReasonForm(Form):
    """The reason of a change; stored with it."""

    reason = TextField("Reden", required="Schrijf op waarom u dit doet.", limit=500)


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

    def validate_to(self, field: SelectField) -> None:
        """A move needs an element of the list. Raises ValidationError."""
        known = {str(choice[0]) for choice in field.choices or []}
        if self.action.data == "move" and (not field.data or field.data not in known):
            message = "Kies waar de zaak verdergaat."
            raise ValidationError(message)
