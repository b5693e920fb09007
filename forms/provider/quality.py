"""The quality requirements as a form: ja or nee per requirement."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from wtforms import Field, HiddenField
from wtforms.validators import ValidationError

from forms.choices import YesNoField
from forms.fields import UrlField
from forms.pages import Case, Context, Page
from forms.registry import Binds, UserTaskForm, user_task_form
from forms.requirements import Requirement, RequirementSet


def _questions(case: Case) -> type[UserTaskForm]:
    return case.asking(QualityRequirementsForm.for_requirements)


def _around_questions(case: Case) -> Context:
    asked = case.requirements()
    answered = (case.variables.get("declaration") or {}).get("set_version")
    return {
        "requirements": asked,
        "has_changed": answered not in {None, asked.version},
        "declare_until": case.day("declare_until"),
    }


def _all_yes(case: Case) -> Context:
    asked = case.requirements()
    answers = {str(each.number): "ja" for each in asked.requirements}
    declared = {"set_version": asked.version, "answers": answers, "complaints_url": None}
    return {"declaration": declared, "all_yes": True}


@user_task_form(
    "quality-requirements",
    title="Kwaliteitseisen",
    description=(
        "De aanbieder beantwoordt elke kwaliteitseis met ja of nee. Geeft declaration en all_yes "
        "terug."
    ),
    page=Page(
        "tasks/quality_requirements.html", _questions, _around_questions, _all_yes, begins=True
    ),
)
class QualityRequirementsForm(UserTaskForm):
    """A question per requirement of a set in the database: see `for_requirements`."""

    gives = frozenset({"declaration", "all_yes"})
    binds = Binds.EDITOR

    numbers: ClassVar[tuple[int, ...]] = ()
    asking_url: ClassVar[int | None] = None
    version: ClassVar[int] = 0

    set_version = HiddenField()

    @classmethod
    def for_requirements(cls, requirement_set: RequirementSet) -> type[Self]:
        """The form that asks this version of the requirements."""
        requirements = requirement_set.requirements
        asking_url = next((each.number for each in requirements if each.asks_url), None)
        members: dict[str, Any] = {
            "numbers": tuple(each.number for each in requirements),
            "asking_url": asking_url,
            "version": requirement_set.version,
        }
        for requirement in requirements:
            members[f"requirement_{requirement.number}"] = _question(requirement)
            if requirement.number == asking_url:
                members["complaints_url"] = _complaints_url()
        return type("QualityRequirementsForm", (cls,), members)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sent = self.set_version.data
        self.set_version.data = str(self.version)
        self.has_changed = bool(sent) and sent != str(self.version)
        if self.has_changed:  # answers to other questions are no answers to these (R40)
            for question in self.questions:
                question.data, question.raw_data = None, []

    @property
    def questions(self) -> list[Field]:
        """The fields of the requirements, in their order."""
        return [self[f"requirement_{number}"] for number in self.numbers]

    def validate_set_version(self, _field: HiddenField) -> None:
        """The version that was asked (R40). Raises ValidationError."""
        if self.has_changed:
            message = (
                "De eisen zijn veranderd terwijl u bezig was. "
                "Lees de nieuwe eisen en beantwoord ze opnieuw."
            )
            raise ValidationError(message)

    def validate_complaints_url(self, field: UrlField) -> None:
        """Required by its requirement. Raises ValidationError."""
        answered_yes = self.answers().get(str(self.asking_url)) == "ja"
        if answered_yes and not field.data and not field.process_errors:
            message = "Vul het webadres van uw klachtenregeling in."
            raise ValidationError(message)

    def answers(self) -> dict[str, str | None]:
        return {str(number): self[f"requirement_{number}"].data for number in self.numbers}

    def variables(self) -> dict[str, Any]:
        answers = self.answers()
        declaration = {
            "set_version": self.version,
            "answers": answers,
            "complaints_url": self["complaints_url"].data if self.asking_url else None,
        }
        all_yes = bool(answers) and all(answer == "ja" for answer in answers.values())
        return {"declaration": declaration, "all_yes": all_yes}

    @classmethod
    def data_from(cls, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Earlier answers, only those to this very version (R40)."""
        declaration = variables.get("declaration") or {}
        if declaration.get("set_version") != cls.version:
            return {}
        answers = declaration.get("answers", {})
        data = {f"requirement_{number}": answer for number, answer in answers.items()}
        return data | {"complaints_url": declaration.get("complaints_url")}


def _question(requirement: Requirement) -> YesNoField:
    return YesNoField(
        f"{requirement.number}. {requirement.title}",
        description=requirement.explanation,
        required=f"Kies ja of nee bij eis {requirement.number}: {requirement.title}.",
    )


def _complaints_url() -> UrlField:
    return UrlField(
        "Webadres van uw klachtenregeling",
        description="De pagina waar deelnemers lezen hoe zij een klacht indienen.",
    )


def _around_unmet(case: Case) -> Context:
    declaration = case.variables.get("declaration") or {}
    answers = declaration.get("answers", {})
    asked = case.requirements(declaration.get("set_version")).requirements
    return {"unmet": [each for each in asked if answers.get(str(each.number)) != "ja"]}


@user_task_form(
    "requirements-not-met",
    title="U voldoet nog niet aan alle eisen",
    description="Uitleg voor wie een eis met nee beantwoordde, en de weg terug.",
    page=Page("tasks/requirements_not_met.html", around=_around_unmet),
)
class RequirementsNotMetForm(UserTaskForm):
    """An explanation and the way back; nothing to fill in (R19)."""
