"""The form with which a provider leaves (R46)."""

from datetime import date
from typing import cast

from wtforms import BooleanField, Form, ValidationError

from forms.fields import DutchDateField
from processes.base import today


class LeavingForm(Form):
    """The last day, and that one knows what it does."""

    last_day = DutchDateField(
        "Laatste dag als aanbieder",
        required="Vul de laatste dag in, bijvoorbeeld 31-12-2026.",
        description="Tot en met deze dag staat uw aanbod in de catalogus.",
    )
    sure = BooleanField("Ik heb gelezen wat er gebeurt, en wil vertrekken")

    def validate_last_day(self, field: DutchDateField) -> None:
        """Today at the earliest. Raises ValidationError."""
        if field.data and self.chosen() < today():
            message = "De laatste dag is vandaag of later."
            raise ValidationError(message)

    def validate_sure(self, field: BooleanField) -> None:
        """Ticked. Raises ValidationError."""
        if not field.data:
            message = "Zet een vinkje als u hebt gelezen wat er gebeurt."
            raise ValidationError(message)

    def chosen(self) -> date:
        return cast("date", self.last_day.data)
