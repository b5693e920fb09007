"""The two login forms of the simulator, and the claims that they lead to."""

import re
from typing import Any

from wtforms import Form, RadioField, SelectField, StringField, ValidationError

from app.demo.accounts import (
    ACCOUNTS,
    COMPANIES,
    EMPLOYEES,
    LEVELS,
    RSINS,
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
BINDINGS = {
    "artifact": "Met een artifact, langs de adresbalk",
    "artifact_post": "Met een artifact, langs een formulier",
    "post": "Met een formulier",
}
ODDITIES = {
    "none": "Geen",
    "behind": "De klok loopt een halve minuut achter (mag)",
    "ahead": "De klok loopt een halve minuut voor (mag)",
    "far_ahead": "De klok loopt tien minuten voor",
    "expired": "Het antwoord is verlopen",
    "replay": "Het antwoord is van een eerdere poging",
    "audience": "Het antwoord is voor een ander portaal",
    "tampered": "Het antwoord is na het ondertekenen veranderd",
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
    intermediary = LineField(
        "Tussenpersoon",
        description="KVK-nummer van wie voor het bedrijf handelt, als dat zo is",
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

    def validate_intermediary(self, field: StringField) -> None:
        """Eight digits. Raises ValidationError."""
        if field.data and not re.fullmatch(r"[0-9]{8}", field.data.strip()):
            message = "Vul een KVK-nummer van 8 cijfers in, of laat dit leeg"
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
        if intermediary := (self.intermediary.data or "").strip():
            claims["urn:etoegang:core:IntermediateSubjectID"] = intermediary
        if rsin := RSINS.get(kvk):
            claims["urn:etoegang:1.9:EntityConcernedID:RSIN"] = rsin
        return claims


class SamlForm(EHerkenningForm):
    """The same, with what SAML has beside: how the answer comes, and what is odd about it."""

    binding = RadioField("Antwoord", choices=BINDINGS, default="artifact")
    oddity = SelectField("Fout in het antwoord", choices=ODDITIES, default="none")


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
        told = {"name": account.name, "email": account.email, "roles": list(account.roles)}
        return {"sub": account.subject, **told}


def _company_name(kvk: str) -> str:
    return COMPANIES.get(kvk, f"Testbedrijf {kvk}").split(" (")[0]
