"""Forms of a KvK number that goes over, and of providers that are merged (R59)."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, cast

from wtforms import Form
from wtforms.validators import ValidationError

from forms.choices import ChoiceField, YesNoField
from forms.fields import DutchDateField, KvkNumberField, TextField
from forms.pages import Case, Context, Page
from forms.registry import Binds, UserTaskForm, user_task_form
from processes.base import today

GO_OVER, MERGE = "overzetten", "samenvoegen"
BOTH_AGREED = "Beide bedrijven gaven akkoord in het portaal."


class TransferForm(Form):
    """To which number a provider goes, and until when both companies may agree."""

    new_kvk = KvkNumberField(
        "Nieuw KvK-nummer", required="Vul het nieuwe KvK-nummer van acht cijfers in."
    )
    until = DutchDateField(
        "Laatste dag om akkoord te geven",
        required="Vul de laatste dag in, bijvoorbeeld 31-12-2026.",
    )

    def validate_until(self, field: DutchDateField) -> None:
        """After today. Raises ValidationError."""
        if field.data and self.chosen() <= today():
            message = "De laatste dag is morgen of later."
            raise ValidationError(message)

    def chosen(self) -> date:
        return cast("date", self.until.data)


class MergeForm(Form):
    """With which provider another one is merged."""

    new_kvk = KvkNumberField(
        "KvK-nummer van de aanbieder die blijft",
        required="Vul het KvK-nummer in van de aanbieder die blijft.",
    )


def _around(case: Case) -> Context:
    given, plan = case.variables, case.number_plan()
    names = ("new_kvk", "old_agrees", "old_remark")
    return {
        **case.provider_context(),
        **{name: given.get(name) for name in names},
        "new_agreed_by": given.get("new_agreed_by") or (plan.agreed_by if plan else None),
        "consent_until": case.day("consent_until"),
        "plan": plan,
    }


@user_task_form(
    "consent-transfer",
    title="Akkoord met een ander KvK-nummer",
    description=(
        "De aanbieder geeft akkoord om de registratie over te zetten. Geeft old_agrees "
        '("ja" of "nee") en old_remark terug.'
    ),
    page=Page("tasks/consent_transfer.html", around=_around),
)
class ConsentForm(UserTaskForm):
    """Whether the company that has the registration agrees.

    On its page alone: only an administrator of the company agrees, and no program is one.
    """

    gives = frozenset({"old_agrees", "old_remark"})
    binds = Binds.ADMINISTRATOR

    agrees = YesNoField("Gaat u akkoord?", required="Kies of u akkoord gaat.")
    remark = TextField("Toelichting", limit=2000)

    def variables(self) -> dict[str, Any]:
        return {"old_agrees": self.agrees.data, "old_remark": self.remark.data or None}


@user_task_form(
    "assess-transfer",
    title="Beslissen over een ander KvK-nummer",
    description=(
        "Een medewerker ziet wat er overgaat en wie akkoord gaf, en beslist. Geeft "
        'transfer_verdict ("overzetten" of "stoppen"), transfer_evidence en transfer_reason terug.'
    ),
    group="registrar",
    page=Page("tasks/assess_transfer.html", around=_around),
)
class AssessTransferForm(UserTaskForm):
    """Whether the registration goes over, and on what that rests."""

    gives = frozenset({"transfer_verdict", "transfer_evidence", "transfer_reason"})
    json_names = MappingProxyType({(name,): name[9:] for name in sorted(gives)})

    verdict = ChoiceField(
        "Gaat de registratie naar het nieuwe KvK-nummer?",
        required="Kies of de registratie overgaat.",
        choices=[
            (GO_OVER, "Ja, zet alles over naar het nieuwe nummer"),
            ("stoppen", "Nee, de registratie blijft waar zij is"),
        ],
    )
    evidence = TextField(
        "Waaruit blijkt dat beide bedrijven akkoord zijn?",
        description="Nodig als u overzet. Bijvoorbeeld: beide gaven hier akkoord, of een akte.",
        limit=2000,
    )
    reason = TextField(
        "Reden", description="Nodig als u niet overzet. De aanbieder leest deze tekst.", limit=2000
    )

    def validate_evidence(self, field: TextField) -> None:
        """Required to go over. Raises ValidationError."""
        if self.verdict.data == GO_OVER and not field.data:
            message = "Vul in waaruit blijkt dat beide bedrijven akkoord zijn."
            raise ValidationError(message)

    def validate_reason(self, field: TextField) -> None:
        """Required to stop. Raises ValidationError."""
        if self.verdict.data == "stoppen" and not field.data:
            message = "Vul in waarom de registratie niet overgaat. De aanbieder leest deze tekst."
            raise ValidationError(message)

    def variables(self) -> dict[str, Any]:
        return {
            "transfer_verdict": self.verdict.data,
            "transfer_evidence": self.evidence.data or None,
            "transfer_reason": self.reason.data or None,
        }

    @classmethod
    def data_from(cls, variables: Mapping[str, Any]) -> dict[str, Any]:
        """What was decided when that could not be done; else what both companies answered."""
        is_agreed = variables.get("old_agrees") == "ja" and variables.get("new_agreed_by")
        return {
            "verdict": variables.get("transfer_verdict"),
            "evidence": variables.get("transfer_evidence") or (BOTH_AGREED if is_agreed else None),
            "reason": variables.get("transfer_reason"),
        }


@user_task_form(
    "check-merge",
    title="Bekijken wat samenvoegen doet",
    description=(
        "Een medewerker ziet wat er gebeurt als twee aanbieders één worden, en beslist. Geeft "
        'merge_verdict ("samenvoegen" of "stoppen") en merge_reason terug.'
    ),
    group="registrar",
    page=Page("tasks/check_merge.html", around=_around),
)
class CheckMergeForm(UserTaskForm):
    """Whether two providers become one, and why."""

    gives = frozenset({"merge_verdict", "merge_reason"})
    json_names = MappingProxyType({("merge_verdict",): "verdict", ("merge_reason",): "reason"})

    verdict = ChoiceField(
        "Voegt u deze aanbieders samen?",
        required="Kies of u deze aanbieders samenvoegt.",
        choices=[
            (MERGE, "Ja, voeg ze samen; dit kunt u niet ongedaan maken"),
            ("stoppen", "Nee, laat het zoals het is"),
        ],
    )
    reason = TextField(
        "Waaruit blijkt dat het hetzelfde bedrijf is?",
        description="Nodig als u samenvoegt.",
        limit=2000,
    )

    def validate_reason(self, field: TextField) -> None:
        """Required to merge. Raises ValidationError."""
        if self.verdict.data == MERGE and not field.data:
            message = "Vul in waaruit blijkt dat het hetzelfde bedrijf is."
            raise ValidationError(message)

    def variables(self) -> dict[str, Any]:
        return {"merge_verdict": self.verdict.data, "merge_reason": self.reason.data or None}

    @classmethod
    def data_from(cls, variables: Mapping[str, Any]) -> dict[str, Any]:
        """What was decided when that could not be done."""
        return {
            "verdict": variables.get("merge_verdict"),
            "reason": variables.get("merge_reason"),
        }
