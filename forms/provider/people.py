"""Forms about the people of a company: one's own name, an invitation, a right."""

from wtforms import Form, ValidationError

from forms.choices import ChoiceField
from forms.fields import EmailField, LineField
from processes.register.providers.people import Right

RIGHTS = (
    (Right.READER.value, "Lezer: ziet alles, wijzigt niets"),
    (Right.EDITOR.value, "Bewerker: wijzigt het aanbod"),
    (Right.ADMINISTRATOR.value, "Beheerder: wijzigt ook het bedrijf, de mensen en de sleutels"),
)


class OwnNameForm(Form):
    """The name under which colleagues know somebody; eHerkenning gives none (R3)."""

    name = LineField("Uw naam", limit=60, description="Leeg: dan heet u weer medewerker.")

    def validate_name(self, field: LineField) -> None:
        """Brackets part a name from its number in the trail. Raises ValidationError."""
        if set(field.data or "") & set("()"):
            message = "Vul uw naam in zonder haakjes."
            raise ValidationError(message)


class RightForm(Form):
    """What a person may do."""

    right = ChoiceField("Recht", required="Kies wat deze persoon mag.", choices=RIGHTS)

    def chosen(self) -> Right:
        return Right(self.right.data)


class InvitationForm(RightForm):
    """Who is asked to join, and as what."""

    email = EmailField("E-mailadres", required="Vul het e-mailadres in van wie u uitnodigt.")
