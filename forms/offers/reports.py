"""Forms around a report about an offer: report it, judge it, and the provider's answer to that."""

from types import MappingProxyType
from typing import Any

from wtforms import Form, StringField
from wtforms.validators import ValidationError

from forms.choices import ChoiceField
from forms.fields import TextField
from forms.pages import Case, Context, Page
from forms.provider.corrections import (
    APPROVED,
    RETURNED,
    ReviewAnswersForm,
    reviewed_before,
    reviewing,
)
from forms.registry import UserTaskForm, user_task_form
from processes.register.offers.reports.reports import REPORT_KINDS

HIDDEN = "hidden"


class ReportForm(Form):
    """What a visitor or teacher says about an offer, without who they are."""

    kind = ChoiceField(
        "Wat is er aan de hand?",
        required="Kies wat er aan de hand is.",
        choices=[(kind.value, label) for kind, label in REPORT_KINDS.items()],
    )
    text = TextField(
        "Wat klopt er niet?",
        required="Vul in wat er niet klopt.",
        description="Schrijf geen namen of andere gegevens van personen op.",
        limit=2000,
    )
    bijnaam = StringField("Laat dit leeg")  # people do not see it


def _narrowed(case: Case) -> type[ReviewAnswersForm]:
    is_hidden = getattr(case.offer_context().get("offer"), "hidden_at", None) is not None
    form_class = AssessHiddenOfferForm if is_hidden else AssessOfferForm
    return reviewing(form_class, case.offer_answers())


def _around(case: Case) -> Context:
    return {**reviewed_before(case), **case.offer_context()}


@user_task_form(
    "assess-offer",
    title="Melding over een activiteit beoordelen",
    description=(
        "Een medewerker leest wat er over een activiteit is gemeld en bekijkt haar, met een "
        'opmerking per gegeven. Geeft verdict terug: "approved", "returned" of "hidden"; en '
        "review_decision, corrections en correction_remark voor wie haar aanpast."
    ),
    group="registrar",
    page=Page("tasks/assess_offer.html", narrow=_narrowed, around=_around),
)
class AssessOfferForm(ReviewAnswersForm):
    """Nothing is wrong, the provider has to change something, or teachers may not see it."""

    gives = ReviewAnswersForm.gives | {"verdict"}
    json_names = MappingProxyType({("verdict",): "decision", ("correction_remark",): "remark"})

    decision = ChoiceField(
        "Wat moet er gebeuren?",
        required="Kies wat er met deze activiteit moet gebeuren.",
        choices=[
            (APPROVED, "Er hoeft niets te veranderen; leraren zien de activiteit"),
            (RETURNED, "De aanbieder moet iets aanpassen; leraren zien de activiteit intussen"),
            (HIDDEN, "De activiteit gaat uit de catalogus tot de aanbieder haar heeft aangepast"),
        ],
    )
    remark = TextField(
        "Uitleg aan de aanbieder",
        description="Nodig als u de activiteit uit de catalogus haalt: het is de reden.",
        limit=2000,
    )

    @property
    def is_returned(self) -> bool:
        return self.decision.data in {RETURNED, HIDDEN}

    def validate_remark(self, field: TextField) -> None:
        """Who hides an offer says why. Raises ValidationError."""
        if self.decision.data == HIDDEN and not field.data:
            message = "Vul in waarom de activiteit uit de catalogus gaat. De aanbieder leest dit."
            raise ValidationError(message)

    def variables(self) -> dict[str, Any]:
        decision = RETURNED if self.is_returned else APPROVED
        verdict = {"verdict": self.decision.data, "review_decision": decision}
        return {**super().variables(), **verdict}


class AssessHiddenOfferForm(AssessOfferForm):
    """The same of an offer that is out of the catalogue: no answer leaves it there unseen."""

    decision = ChoiceField(
        "Wat moet er gebeuren?",
        required="Kies wat er met deze activiteit moet gebeuren.",
        choices=[
            (APPROVED, "Er hoeft niets meer te veranderen; leraren zien de activiteit weer"),
            (HIDDEN, "De activiteit blijft uit de catalogus tot de aanbieder haar aanpast"),
        ],
    )


def _around_correcting(case: Case) -> Context:
    return case.offer_context()


@user_task_form(
    "correct-offer",
    title="Activiteit aanpassen na een melding",
    description=(
        "De aanbieder leest wat er aan de activiteit moet veranderen, past haar aan en zegt wat "
        "er is gedaan. Geeft correction_reply terug."
    ),
    page=Page("tasks/correct_offer.html", around=_around_correcting),
)
class CorrectOfferForm(UserTaskForm):
    """What the provider did about the comments."""

    gives = frozenset({"correction_reply"})
    json_names = MappingProxyType({("correction_reply",): "reply"})

    reply = TextField(
        "Wat hebt u aangepast?",
        required="Vul in wat u hebt aangepast, of waarom er niets hoeft te veranderen.",
        limit=2000,
    )

    def variables(self) -> dict[str, Any]:
        return {"correction_reply": self.reply.data}
