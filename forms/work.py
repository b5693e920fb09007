"""Forms to arrange a task: hand it over, put it away for a while, change its term."""

from datetime import date
from typing import Any

from wtforms import Form, SelectField
from wtforms.validators import ValidationError

from forms.choices import ChoiceField
from forms.fields import DutchDateField, TextField
from processes.base import today


class HandOverForm(Form):
    """Who gets the task. The view sets the people to choose from."""

    to = SelectField("Aan wie", validate_choice=False)
    reason = TextField("Reden", limit=500, required="Schrijf op waarom u de taak overdraagt.")

    def validate_to(self, field: SelectField) -> None:
        """Somebody of the list. Raises ValidationError."""
        known = {str(choice[0]) for choice in field.choices or []}
        if not field.data or field.data not in known:
            message = "Kies aan wie u de taak overdraagt."
            raise ValidationError(message)


class LaterForm(Form):
    """Until when a task is not on the list; without a date it is there at once."""

    until = DutchDateField("Weer op de lijst vanaf")
    reason = TextField("Reden", limit=500, required="Schrijf op waarom de taak later kan.")

    def validate_until(self, field: Any) -> None:
        """A day to come. Raises ValidationError."""
        if isinstance(field.data, date) and field.data <= today():
            message = "Kies een dag na vandaag."
            raise ValidationError(message)


class TermForm(Form):
    """Before which day a task has to be done; without a date it has no term."""

    due = DutchDateField("Uiterlijk")
    reason = TextField("Reden", limit=500, required="Schrijf op waarom de termijn verandert.")


class WithdrawForm(Form):
    """Why a case is withdrawn."""

    reason = TextField("Reden", limit=500, required="Schrijf op waarom u de zaak intrekt.")


class NoticeForm(Form):
    """Which mail about tasks somebody wants."""

    choice = ChoiceField(
        "Welke e-mail wilt u over taken?",
        required="Kies welke e-mail u wilt.",
        choices=[
            ("direct", "Op werkdagen een overzicht, en een bericht als ik een taak krijg"),
            ("daily", "Alleen op werkdagen een overzicht"),
            ("none", "Geen e-mail over taken"),
        ],
    )


class CompanyNoticeForm(Form):
    """Whether the contact person of a company gets mail about its tasks."""

    choice = ChoiceField(
        "Wilt u e-mail over taken?",
        required="Kies of u e-mail wilt.",
        choices=[
            ("daily", "Ja, op werkdagen een overzicht aan de contactpersoon"),
            ("none", "Nee, geen e-mail over taken"),
        ],
    )
