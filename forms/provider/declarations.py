"""Forms of the campaign in which providers declare anew (R40)."""

from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, cast

from wtforms import Form
from wtforms.validators import ValidationError

from forms.choices import ChoiceField
from forms.fields import DutchDateField, TextField
from forms.pages import Case, Context, Page
from forms.registry import UserTaskForm, user_task_form
from processes.base import today

SHORTEST = timedelta(days=14)
LONGEST = timedelta(days=366)
MORE_TIME, LEAVE, SUSPEND = "more-time", "leave", "schorsen"


def refuse_odd_term(field: DutchDateField) -> None:
    """A provider has two weeks at least, and a year at most. Raises ValidationError."""
    day = cast("date | None", field.data)
    if field.process_errors:  # what was typed is no day: that is told already
        return
    if day is None or not today() + SHORTEST <= day <= today() + LONGEST:
        message = "Kies een dag over minstens twee weken en hoogstens een jaar."
        raise ValidationError(message)


class CampaignForm(Form):
    """Until when providers may declare anew."""

    until = DutchDateField("Laatste dag om te verklaren", asks_far=False)

    def validate_until(self, field: DutchDateField) -> None:
        """Raises ValidationError."""
        refuse_odd_term(field)


def _around(case: Case) -> Context:
    return {
        **case.provider_context(),
        "declared": case.variables.get("all_yes"),
        "answered": case.answer_rows() if case.variables.get("declaration") else [],
    }


@user_task_form(
    "assess-declaration",
    title="Beoordelen wat er zonder nieuwe verklaring gebeurt",
    description=(
        "Een medewerker kiest wat er gebeurt als een aanbieder niet op tijd opnieuw verklaart, of "
        "nog niet aan een eis voldoet. Geeft declaration_verdict, declare_until en assessment "
        "terug."
    ),
    group="registrar",
    page=Page("tasks/assess_declaration.html", around=_around),
)
class AssessDeclarationForm(UserTaskForm):
    """More time, leave it, or suspend the provider (R40, R60)."""

    gives = frozenset({"declaration_verdict", "declare_until", "assessment"})
    json_names = MappingProxyType(
        {
            ("declaration_verdict",): "decision",
            ("declare_until",): "until",
            ("assessment", "reason"): "reason",
        }
    )

    decision = ChoiceField(
        "Wat moet er gebeuren?",
        required="Kies wat er moet gebeuren.",
        choices=[
            (MORE_TIME, "De aanbieder krijgt meer tijd en een nieuwe e-mail"),
            (LEAVE, "Niets: de eerdere verklaring blijft gelden"),
            (SUSPEND, "Schors de aanbieder"),
        ],
    )
    until = DutchDateField("Nieuwe laatste dag", asks_far=False)
    reason = TextField("Reden van de schorsing", limit=2000)

    def validate_until(self, field: DutchDateField) -> None:
        """Required for more time. Raises ValidationError."""
        if self.decision.data == MORE_TIME:
            refuse_odd_term(field)

    def validate_reason(self, field: TextField) -> None:
        """Required to suspend. Raises ValidationError."""
        if self.decision.data == SUSPEND and not field.data:
            message = "Vul in waarom u de aanbieder schorst. De aanbieder leest deze tekst."
            raise ValidationError(message)

    def variables(self) -> dict[str, Any]:
        verdict = {"verdict": self.decision.data, "reason": self.reason.data or None}
        given = {"declaration_verdict": self.decision.data, "assessment": verdict}
        until = cast("date | None", self.until.data)
        if self.decision.data == MORE_TIME and until:
            given["declare_until"] = until.isoformat()
        return given

    @classmethod
    def data_from(cls, variables: Any) -> dict[str, Any]:  # noqa: ARG003 - its signature
        """Each judgement begins empty."""
        return {}
