"""The two login forms of the simulator, and the claims that they lead to."""

import re
from typing import Any

from wtforms import Form, RadioField, SelectField, StringField, ValidationError

from app.demo.accounts import (
    ACCOUNTS,
    COMPANIES,
    EMPLOYEES,
    LEVELS,
    account_with,
    level_urn,
    pseudonym,
)
from forms.fields import LineField

OTHER = "anders"
OUTCOMES = {
    "success": "Inloggen gelukt",
    "cancel": "Inloggen afgebroken",
    "fault": "Technische storing",
}


class EHerkenningForm(Form):
    kvk = SelectField(
        "Bedrijf",
        choices={kvk: f"{kvk} - {name}" for kvk, name in COMPANIES.items()}
        | {OTHER: "Een ander KVK-nummer"},
        default="68750110",
        validate_choice=False,
    )
    other_kvk = LineField(
        "Ander KVK-nummer",
        description="Alleen als u hierboven een ander KVK-nummer kiest: 8 cijfers",
    )
    loa = SelectField(
        "Betrouwbaarheidsniveau",
        choices=LEVELS,
        default="loa3",
        validate_choice=False,
    )
    subject = SelectField(
        "Medewerker",
        choices=EMPLOYEES,
        default="medewerker-1",
        validate_choice=False,
    )
    branch = LineField(
        "Vestiging", description="Vestigingsnummer van 12 cijfers, als de machtiging beperkt is"
    )
    outcome = RadioField("Uitkomst", choices=OUTCOMES, default="success")

    def chosen_kvk(self) -> str:
        """The number from the list, or the one typed."""
        other = (self.other_kvk.data or "").strip()
        return other if self.kvk.data == OTHER else str(self.kvk.data).strip()

    def validate_other_kvk(self, _field: StringField) -> None:
        """Eight digits. Raises ValidationError."""
        if not re.fullmatch(r"[0-9]{8}", self.chosen_kvk()):
            message = "Vul een KVK-nummer van 8 cijfers in"
            raise ValidationError(message)

    def validate_branch(self, field: StringField) -> None:
        """Twelve digits. Raises ValidationError."""
        if field.data and not re.fullmatch(r"[0-9]{12}", field.data.strip()):
            message = "Vul een vestigingsnummer van 12 cijfers in, of laat dit leeg"
            raise ValidationError(message)

    def claims(self) -> dict[str, Any]:
        """The claims of eHerkenning: a company and a pseudonym, never a name."""
        kvk = self.chosen_kvk()
        acting = pseudonym(kvk, str(self.subject.data))
        claims = {
            "sub": acting,
            "acr": level_urn(str(self.loa.data)),
            "namequalifier": "urn:etoegang:1.9:EntityConcernedID:KvKnr",
            "urn:etoegang:core:LegalSubjectID": kvk,
            "urn:etoegang:core:ActingSubjectID": acting,
            "urn:etoegang:1.11:attribute-represented:CompanyName": _company_name(kvk),
        }
        if branch := (self.branch.data or "").strip():
            claims["urn:etoegang:1.9:ServiceRestriction:Vestigingsnr"] = branch
        return claims


class AccountForm(Form):
    subject = RadioField(
        "Account",
        choices={account.subject: f"{account.name} ({account.title})" for account in ACCOUNTS},
        default=ACCOUNTS[0].subject,
    )
    outcome = RadioField("Uitkomst", choices=OUTCOMES, default="success")

    def claims(self) -> dict[str, Any]:
        """Name and roles. Raises LookupError for an unknown account."""
        account = account_with(str(self.subject.data))
        if account is None:
            message = "the form validates its choices"
            raise LookupError(message)
        return {"sub": account.subject, "name": account.name, "roles": list(account.roles)}


def _company_name(kvk: str) -> str:
    return COMPANIES.get(kvk, f"Testbedrijf {kvk}").split(" (")[0]
