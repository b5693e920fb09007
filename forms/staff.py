"""The forms of the register's staff: mending an address, assessing a company, suspending."""

from typing import Any

from wtforms import Form
from wtforms.validators import ValidationError

from forms.choices import ChoiceField
from forms.fields import EmailField, LineField, TextField
from forms.registry import UserTaskForm, user_task_form


@user_task_form(
    "repair-address",
    title="E-mailadres herstellen",
    description="Een medewerker vult een adres in dat wel werkt. Geeft repaired_address terug.",
    group="registrar",
)
class RepairAddressForm(UserTaskForm):
    """The mail server refused the address: the registrar fills in one that works (R45b)."""

    gives = frozenset({"repaired_address"})

    email = EmailField(
        "Nieuw e-mailadres van de contactpersoon",
        required="Vul het nieuwe e-mailadres in, bijvoorbeeld naam@bedrijf.nl.",
    )
    note = LineField("Hoe weet u dit adres?", limit=300, description="Bijvoorbeeld: gebeld.")

    def variables(self) -> dict[str, Any]:
        return {"repaired_address": {"email": self.email.data, "note": self.note.data or None}}


@user_task_form(
    "assess-company",
    title="Bedrijf beoordelen",
    description=(
        "Een medewerker beoordeelt een bedrijf dat het handelsregister niet kent. Geeft "
        "assessment terug."
    ),
    group="registrar",
)
class AssessCompanyForm(UserTaskForm):
    """The trade register does not know the company: the registrar looks at it (R42)."""

    gives = frozenset({"assessment"})

    verdict = ChoiceField(
        "Wat is uw oordeel?",
        required="Kies wat er met deze aanmelding gebeurt.",
        choices=[
            ("in-orde", "Het bedrijf bestaat; de gegevens kloppen"),
            ("schorsen", "Het bedrijf klopt niet; schors de aanbieder"),
        ],
    )
    reason = TextField("Toelichting", limit=2000)

    def validate_reason(self, field: TextField) -> None:
        if self.verdict.data == "schorsen" and not field.data:
            message = "Vul in waarom u de aanbieder schorst. De aanbieder leest deze tekst."
            raise ValidationError(message)

    def variables(self) -> dict[str, Any]:
        return {"assessment": {"verdict": self.verdict.data, "reason": self.reason.data or None}}


class SuspendForm(Form):
    """A registrar suspends a provider (R60)."""

    reason = TextField(
        "Reden",
        required="Vul in waarom u deze aanbieder schorst. De aanbieder leest deze tekst.",
        limit=2000,
    )
