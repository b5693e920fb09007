"""Forms of a claim of offers of the older register: what the provider tells, and its judgement."""

from types import MappingProxyType
from typing import Any, cast

from wtforms.validators import ValidationError

from forms.choices import ChoiceField, ChoicesField
from forms.fields import KvkNumberField, LineField, TextField
from forms.pages import Case, Context, Page
from forms.registry import Binds, UserTaskForm, user_task_form
from processes.letters.claim_texts import ASKED, claim_rows

GRANTED = "toewijzen"


@user_task_form(
    "claim-offers",
    title="Vertellen welk ouder aanbod van de aanbieder is",
    description="De aanbieder vertelt onder welke naam het aanbod stond. Geeft claim terug.",
    page=Page("tasks/claim_offers.html"),
)
class ClaimForm(UserTaskForm):
    """Which offers, and why they are the provider's; on its page alone, by an administrator."""

    gives = frozenset({"claim"})
    binds = Binds.ADMINISTRATOR

    name = LineField(
        "Onder welke naam stond u in het oude register?",
        required="Vul in onder welke naam u in het oude register stond.",
    )
    former_kvk = KvkNumberField(
        "Welk KvK-nummer had u toen?", description="Alleen als het een ander nummer was dan nu."
    )
    account = LineField(
        "Hoe heette uw account?", description="Een naam of een e-mailadres, als u dat nog weet."
    )
    explanation = TextField(
        "Waarom is dit aanbod van u?",
        required="Vul in waarom dit aanbod van u is.",
        description="Bijvoorbeeld: wij heetten toen anders, of wij namen het bedrijf over.",
        limit=2000,
    )

    @classmethod
    def data_from(cls, variables: Any) -> dict[str, Any]:
        """What was told before."""
        return dict(variables.get("claim") or {})

    def variables(self) -> dict[str, Any]:
        return {"claim": {key: self[key].data or None for key in ASKED}}


def _narrowed(case: Case) -> type["AssessClaimForm"]:
    accounts = [each for each in case.older_accounts() if not each.holder and each.kvk != case.kvk]
    choices = [(str(each.id), account_text(each)) for each in accounts]
    field = ChoicesField("Welk aanbod krijgt deze aanbieder?", choices=choices)
    members = {"accounts": field, "named": staticmethod(case.older_accounts_named)}
    return cast(
        "type[AssessClaimForm]", type(AssessClaimForm.__name__, (AssessClaimForm,), members)
    )


def account_text(account: Any) -> str:
    """An account as who judges reads it."""
    number = f"KvK {account.kvk}" if account.kvk else "zonder KvK-nummer"
    counted = f"{account.offers} {'activiteit' if account.offers == 1 else 'activiteiten'}"
    parts = (account.name, f"account {account.account}", number, counted)
    return ", ".join(part for part in parts if part)


def _around(case: Case) -> Context:
    held = [each for each in case.older_accounts() if each.holder and each.kvk != case.kvk]
    return {
        **case.provider_context(),
        "claim": claim_rows(case.variables.get("claim") or {}),
        "held": [(account_text(each), each.holder) for each in held],
    }


@user_task_form(
    "assess-claim",
    title="Ouder aanbod toewijzen of weigeren",
    description=(
        "Een medewerker beoordeelt of ouder aanbod van de aanbieder is. Geeft claim_verdict "
        '("toewijzen" of "weigeren"), claim_accounts en claim_reason terug.'
    ),
    group="registrar",
    page=Page("tasks/assess_claim.html", narrow=_narrowed, around=_around),
)
class AssessClaimForm(UserTaskForm):
    """Which accounts of the older register the provider gets, or why none."""

    gives = frozenset({"claim_verdict", "claim_accounts", "claim_reason"})
    json_names = MappingProxyType(
        {
            ("claim_verdict",): "verdict",
            ("claim_accounts",): "accounts",
            ("claim_other_account",): "other",
            ("claim_reason",): "reason",
        }
    )

    verdict = ChoiceField(
        "Is dit aanbod van deze aanbieder?",
        required="Kies of het aanbod van deze aanbieder is.",
        choices=[
            (GRANTED, "Ja, het bewijs is genoeg: zet het aanbod over"),
            ("weigeren", "Nee, of het bewijs is niet genoeg"),
        ],
    )
    accounts = ChoicesField("Welk aanbod krijgt deze aanbieder?", choices=())
    other = LineField(
        "Ander account of KvK-nummer in het oude register",
        description="Alleen als het juiste aanbod hierboven niet staat.",
    )
    reason = TextField(
        "Toelichting",
        description="Nodig als u weigert. De aanbieder leest deze tekst.",
        limit=2000,
    )

    def validate_accounts(self, field: ChoicesField) -> None:
        """At least one where the claim is granted. Raises ValidationError."""
        if self.verdict.data == GRANTED and not field.data and not self.other.data:
            message = "Kies welk aanbod de aanbieder krijgt, of vul een account in."
            raise ValidationError(message)

    def validate_other(self, field: LineField) -> None:
        """One that is there and free. Raises ValidationError."""
        if not field.data or self.verdict.data != GRANTED:
            return
        found = self._others()
        if not found:
            message = "Het oude register heeft geen account of KvK-nummer met deze naam."
            raise ValidationError(message)
        if holder := next((each.holder for each in found if each.holder), None):
            message = f"Dit aanbod hoort al bij {holder}."
            raise ValidationError(message)

    def validate_reason(self, field: TextField) -> None:
        """Required to refuse. Raises ValidationError."""
        if self.verdict.data == "weigeren" and not field.data:
            message = "Vul in waarom u het aanbod niet overzet. De aanbieder leest deze tekst."
            raise ValidationError(message)

    def variables(self) -> dict[str, Any]:
        granted = self.verdict.data == GRANTED
        others = [str(each.id) for each in self._others()] if granted else []
        chosen = [*(self.accounts.data or []), *others] if granted else []
        return {
            "claim_verdict": self.verdict.data,
            "claim_accounts": sorted(set(chosen)),
            "claim_reason": self.reason.data or None,
        }

    def _others(self) -> list[Any]:
        return list(self.named(self.other.data)) if self.other.data else []

    @staticmethod
    def named(_text: str) -> list[Any]:
        """The accounts with this name; the page's own form asks the older register."""
        return []
