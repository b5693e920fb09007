"""Forms to arrange a task: hand it over, put it away for a while, change its term."""

from datetime import date
from typing import Any

from wtforms import Form, SelectField
from wtforms.validators import ValidationError

from forms.choices import ChoiceField
from forms.fields import DutchDateField, TextField
from processes.base import today

LONGEST_ABSENCE = 366  # days


class HandOverForm(Form):
    """Who gets the task. The view sets the people to choose from."""

    to = SelectField("Aan wie", validate_choice=False)
    reason = TextField("Reden", limit=500, required="Schrijf op waarom u de taak overdraagt.")

    def validate_to(self, field: SelectField) -> None:
        """Somebody of the list. Raises ValidationError."""
        if not field.data or field.data not in _known(field):
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


class DelegationForm(Form):
    """Who stands in during an absence. The view sets the people and processes to choose from."""

    to = SelectField("Wie vervangt u", validate_choice=False)
    first = DutchDateField("Eerste dag", required="Vul de eerste dag in, bijvoorbeeld 31-12-2026.")
    last = DutchDateField("Laatste dag", required="Vul de laatste dag in, bijvoorbeeld 31-12-2026.")
    process_key = SelectField("Voor welk proces", validate_choice=False)
    reason = TextField("Reden", limit=500, required="Schrijf op waarom u wordt vervangen.")

    def validate_to(self, field: SelectField) -> None:
        """Somebody of the list. Raises ValidationError."""
        if not field.data or field.data not in _known(field):
            message = "Kies wie u vervangt."
            raise ValidationError(message)

    def validate_process_key(self, field: SelectField) -> None:
        """A process of the list, or all. Raises ValidationError."""
        if field.data and field.data not in _known(field):
            message = "Kies een proces uit de lijst."
            raise ValidationError(message)

    def validate_last(self, field: Any) -> None:
        """Not before the first day, and not past. Raises ValidationError."""
        first: Any = self.first.data
        last: Any = field.data
        if not isinstance(last, date) or not isinstance(first, date):
            return
        if last < first or last < today():
            message = "Kies een laatste dag die niet voor de eerste dag ligt, en niet voorbij is."
            raise ValidationError(message)
        if (last - first).days > LONGEST_ABSENCE:
            message = "Een vervanging duurt hoogstens een jaar."
            raise ValidationError(message)


def _known(field: SelectField) -> set[str]:
    return {str(choice[0]) for choice in field.choices or []}
