"""Forms of the register's staff: repair an address, assess a company, suspend a provider."""

from types import MappingProxyType
from typing import Any

from wtforms import Form
from wtforms.validators import ValidationError

from forms.choices import ChoiceField, DropDownField
from forms.fields import EmailField, KvkNumberField, LineField, TextField
from forms.pages import Case, Context, Page
from forms.registry import UserTaskForm, user_task_form


def _around_provider(case: Case) -> Context:
    return case.provider_context()


@user_task_form(
    "repair-address",
    title="E-mailadres herstellen",
    description="Een medewerker vult een adres in dat wel werkt. Geeft repaired_address terug.",
    group="registrar",
    page=Page("tasks/repair_address.html", around=_around_provider),
)
class RepairAddressForm(UserTaskForm):
    """A working address in place of a refused one (R45b)."""

    gives = frozenset({"repaired_address"})
    json_names = MappingProxyType(
        {("repaired_address", "email"): "email", ("repaired_address", "note"): "note"}
    )

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
    page=Page("tasks/assess_company.html", around=_around_provider),
)
class AssessCompanyForm(UserTaskForm):
    """The verdict on a company that the trade register does not know (R42)."""

    gives = frozenset({"assessment"})
    json_names = MappingProxyType(
        {("assessment", "verdict"): "verdict", ("assessment", "reason"): "reason"}
    )

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
        """Required to suspend the provider. Raises ValidationError."""
        if self.verdict.data == "schorsen" and not field.data:
            message = "Vul in waarom u de aanbieder schorst. De aanbieder leest deze tekst."
            raise ValidationError(message)

    def variables(self) -> dict[str, Any]:
        return {"assessment": {"verdict": self.verdict.data, "reason": self.reason.data or None}}


class SuspendForm(Form):
    """Suspend a provider, with the reason (R60)."""

    reason = TextField(
        "Reden",
        required="Vul in waarom u deze aanbieder schorst. De aanbieder leest deze tekst.",
        limit=2000,
    )


class EndSessionsForm(Form):
    """End all sessions of a company, with the reason (R18b)."""

    kvk = KvkNumberField("KvK-nummer", required="Vul het KvK-nummer van acht cijfers in.")
    reason = LineField("Reden", required="Vul in waarom u de sessies beëindigt.", limit=200)


class EndPersonForm(Form):
    """End all sessions of a member of staff or a teacher, with the reason."""

    person = DropDownField("Wie", required="Kies wie u uitlogt.", choices=[])
    reason = LineField("Reden", required="Vul in waarom u de sessies beëindigt.", limit=200)
