"""Return for correction: a reviewer's comments per answer, and what changed since the last review.

A diagram draws the way back as any other flow: from the review, where `review_decision` is
"returned", to the task that asks. That task then shows the comments at its fields, and those about
answers that no task asks for, as at the start.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, cast

from wtforms import Field
from wtforms.validators import ValidationError

from forms.choices import ChoiceField
from forms.fields import TextField
from forms.pages import Answered, Case, Context, Page
from forms.registry import UserTaskForm, user_task_form

APPROVED, RETURNED = "approved", "returned"
PREFIX = "opmerking_"
LONGEST_COMMENT = 1000
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Corrections:
    """What a reviewer asked to correct: a comment by the id of a field, and one about it all."""

    comments: Mapping[str, str]
    remark: str = ""
    elsewhere: Sequence[tuple[str, str, str]] = ()  # id, question, comment: not of this form

    def __bool__(self) -> bool:
        return bool(self.comments or self.remark or self.elsewhere)


def corrections_in(
    variables: Mapping[str, Any], fields: Sequence[str], elsewhere: Mapping[str, str] = _NONE
) -> Corrections:
    """The comments on these fields among the variables of a case, if it was sent back last.

    `elsewhere` is the question by id of what was answered at another place, as at the start.
    """
    if not fields or variables.get("review_decision") != RETURNED:
        return Corrections({})
    given, remark = variables.get("corrections"), variables.get("correction_remark")
    comments = given if isinstance(given, dict) else {}
    found = {name: str(comments[name]) for name in fields if comments.get(name)}
    others = [
        (name, question, str(comments[name]))
        for name, question in elsewhere.items()
        if comments.get(name)
    ]
    return Corrections(found, remark if isinstance(remark, str) else "", others)


@dataclass(frozen=True)
class Reviewed:
    """One answer before a reviewer: with its comment field, and what it was at the last review."""

    answer: Answered
    field: Field
    before: str | None  # None where it did not change, or was not reviewed yet


def reviewing(
    base: type["ReviewAnswersForm"], answers: Sequence[Answered]
) -> type["ReviewAnswersForm"]:
    """The form with a comment field for each answer."""
    answered = tuple(answers)
    members: dict[str, Any] = {
        f"{PREFIX}{each.id}": TextField(f"Opmerking bij: {each.label}", limit=LONGEST_COMMENT)
        for each in answered
    }
    members["answered"] = answered
    members["json_names"] = {
        **base.json_names,
        **{("corrections", each.id): f"{PREFIX}{each.id}" for each in answered},
    }
    return cast("type[ReviewAnswersForm]", type(base.__name__, (base,), members))


def _narrowed(case: Case) -> type["ReviewAnswersForm"]:
    return reviewing(ReviewAnswersForm, case.answered)


def _remembered(answer: Answered) -> Any:
    """What the next review compares an answer with."""
    return {"text": answer.text, "mark": answer.mark} if answer.mark else answer.text


def reviewed_before(case: Case) -> Context:
    """What the answers were at the last review."""
    before = case.variables.get("reviewed")
    return {"before": before if isinstance(before, dict) else {}}


@user_task_form(
    "review-answers",
    title="Antwoorden beoordelen",
    description=(
        "Iemand beoordeelt de antwoorden op de velden van de andere taken, met een opmerking per "
        'antwoord. Geeft review_decision terug: "approved" of "returned". Teken bij "returned" een '
        "pijl terug naar de taak die de antwoorden vraagt: die toont de opmerkingen bij de velden. "
        "De volgende beoordelaar ziet wat er sindsdien is veranderd."
    ),
    group="registrar",
    page=Page("tasks/review_answers.html", narrow=_narrowed, around=reviewed_before),
)
class ReviewAnswersForm(UserTaskForm):
    """Approve the answers, or send them back with comments."""

    gives = frozenset({"review_decision", "corrections", "correction_remark", "reviewed"})
    answered: ClassVar[tuple[Answered, ...]] = ()
    json_names = MappingProxyType(
        {("review_decision",): "decision", ("correction_remark",): "remark"}
    )

    decision = ChoiceField(
        "Wat is uw oordeel?",
        required="Kies of de antwoorden goed zijn.",
        choices=[
            (APPROVED, "De antwoorden zijn goed"),
            (RETURNED, "De antwoorden moeten worden aangepast"),
        ],
    )
    remark = TextField("Algemene opmerking", limit=2000)

    @property
    def is_returned(self) -> bool:
        """Whether the answers go back to who gave them."""
        return bool(self.decision.data == RETURNED)

    def validate_decision(self, field: ChoiceField) -> None:  # noqa: ARG002 - its signature
        """Who sends something back says what is wrong. Raises ValidationError."""
        if self.is_returned and not (self.remark.data or self._comments()):
            message = "Schrijf bij een antwoord of in het algemeen op wat er moet veranderen."
            raise ValidationError(message)

    def reviewed(self, before: Mapping[str, Any]) -> Iterator[Reviewed]:
        """The answers in their order; `before` is what they were at the last review."""
        for each in self.answered:
            was = before.get(each.id)
            text = was.get("text") if isinstance(was, dict) else was
            has_changed = isinstance(text, str) and was != _remembered(each)
            yield Reviewed(each, self[f"{PREFIX}{each.id}"], text if has_changed else None)

    def variables(self) -> dict[str, Any]:
        return {
            "review_decision": self.decision.data,
            "corrections": self._comments() if self.is_returned else {},
            "correction_remark": (self.remark.data or "") if self.is_returned else "",
            "reviewed": {each.id: _remembered(each) for each in self.answered},
        }

    def _comments(self) -> dict[str, str]:
        fields = ((each.id, self[f"{PREFIX}{each.id}"].data) for each in self.answered)
        return {id_: text for id_, text in fields if text}

    @classmethod
    def data_from(cls, variables: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG003 - its signature
        """Each review begins empty: the comments of the last one were about other answers."""
        return {}
