"""Forms of an objection to a suspension: by the provider, and the decision on it (R60)."""

from types import MappingProxyType
from typing import Any

from forms.choices import ChoiceField
from forms.fields import TextField
from forms.pages import Case, Context, Page
from forms.registry import Binds, UserTaskForm, user_task_form


def _around(case: Case) -> Context:
    given = case.variables
    return {
        **case.provider_context(),
        "object_until": case.day("object_until"),
        "objection": given.get("objection"),
        "suspended_by": given.get("suspended_by"),
    }


@user_task_form(
    "object",
    title="Bezwaar maken tegen een schorsing",
    description="De aanbieder schrijft waarom de schorsing niet terecht is. Geeft objection terug.",
    page=Page("tasks/object.html", around=_around),
)
class ObjectionForm(UserTaskForm):
    """Why the suspension is not right (Awb 6:5: the grounds)."""

    gives = frozenset({"objection"})
    binds = Binds.ADMINISTRATOR

    grounds = TextField(
        "Waarom bent u het er niet mee eens?",
        required="Vul in waarom u het niet eens bent met de schorsing.",
        limit=5000,
    )

    def variables(self) -> dict[str, Any]:
        return {"objection": self.grounds.data}


@user_task_form(
    "assess-objection",
    title="Bezwaar tegen een schorsing beoordelen",
    description=(
        "Een medewerker beslist over het bezwaar, met de redenen. Geeft objection_verdict "
        '("gegrond" of "ongegrond") en objection_reason terug.'
    ),
    group="registrar",
    page=Page("tasks/assess_objection.html", around=_around),
)
class AssessObjectionForm(UserTaskForm):
    """The decision on an objection, with its reasons (Awb 7:12)."""

    gives = frozenset({"objection_verdict", "objection_reason"})
    json_names = MappingProxyType(
        {("objection_verdict",): "verdict", ("objection_reason",): "reason"}
    )

    verdict = ChoiceField(
        "Wat is het besluit?",
        required="Kies het besluit.",
        choices=[
            ("gegrond", "Het bezwaar is gegrond: de schorsing wordt opgeheven"),
            ("ongegrond", "Het bezwaar is niet gegrond: de schorsing blijft"),
        ],
    )
    reason = TextField(
        "Redenen",
        required="Vul in waarom u zo beslist. De aanbieder leest deze tekst.",
        limit=5000,
    )

    def variables(self) -> dict[str, Any]:
        return {"objection_verdict": self.verdict.data, "objection_reason": self.reason.data}
