"""Forms of a portfolio: an activity that the teacher writes, and the start of the four years."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from wtforms import BooleanField, Form
from wtforms.validators import ValidationError

from forms.choices import ChoiceField, ChoicesField
from forms.fields import DutchDateField, LineField, TextField
from forms.numbers import HoursField
from forms.uploads import UploadField
from processes.base import today
from processes.reading.file_kinds import USUAL
from processes.register.offers.evaluations import QUESTIONS
from processes.register.offers.fields import LONGEST
from processes.register.offers.terms import AREA_LABELS, KIND_LABELS, SECTOR_LABELS

FIRST_DAY = date(2012, 8, 1)  # the register began (A1)


class OwnActivityForm(Form):
    """An activity or self-study that is in no catalogue; few fields are required (A8)."""

    takes_files = True

    kind = ChoiceField(
        "Wat voor activiteit was het?",
        choices=[(str(kind), label) for kind, label in KIND_LABELS.items()],
        required="Kies wat voor activiteit het was.",
    )
    title = LineField("Titel", required="Vul in hoe de activiteit heet.", limit=LONGEST["title"])
    provider_name = LineField("Wie gaf de activiteit?", limit=LONGEST["subject"])
    followed_on = DutchDateField(
        "Op welke dag was u klaar?",
        asks_far=False,  # a day to come is refused
        required="Vul de dag in waarop u klaar was.",
    )
    contact_hours = HoursField(
        "Contacturen",
        description="Nodig als u geen zelfstudie deed. Uren waarin u samen met anderen leerde.",
    )
    self_study_hours = HoursField(
        "Uren zelfstudie", description="Nodig als u geen contacturen had."
    )
    areas = ChoicesField(
        "Bekwaamheidsgebieden",
        choices=[(str(area), label) for area, label in AREA_LABELS.items()],
        description="Uren voor vak, didactiek en pedagogiek tellen voor het primaire proces.",
    )
    contribution = TextField("Wat hebt u ervan geleerd?", limit=LONGEST["contribution"])
    evidence = UploadField("Bewijs", kinds=USUAL, megabytes=5, most=3)

    def validate_followed_on(self, field: DutchDateField) -> None:
        """Not in the future (R36). Raises ValidationError."""
        day = cast("date | None", field.data)
        if day and day > today():
            message = "De datum ligt in de toekomst. Vul de dag in waarop u klaar was."
            raise ValidationError(message)

    def validate_contact_hours(self, field: HoursField) -> None:
        """Hours of one kind at least. Raises ValidationError."""
        study = self.self_study_hours
        if not (field.data or field.errors or study.data or study.errors):
            message = "Vul uw contacturen of uw uren zelfstudie in."
            raise ValidationError(message)

    def values(self) -> dict[str, Any]:
        """The value of every field; hours that were left out are none."""
        hours = {name: self[name].data or 0 for name in ("contact_hours", "self_study_hours")}
        return (
            {field.name: field.data for field in self}
            | hours
            | {"areas": frozenset(self.areas.data or ())}
        )


class PeriodForm(Form):
    """The first day of the four years; empty counts back from today."""

    period_start = DutchDateField("Wanneer begonnen uw vier jaar?", asks_far=False)

    def validate_period_start(self, field: DutchDateField) -> None:
        """Between the beginning of the register and today. Raises ValidationError."""
        day = cast("date | None", field.data)
        if day and not FIRST_DAY <= day <= today():
            message = f"Vul een dag in van {FIRST_DAY:%d-%m-%Y} tot en met vandaag."
            raise ValidationError(message)


ANSWERS = (
    ("5", "Helemaal mee eens"),
    ("4", "Mee eens"),
    ("3", "Niet eens en niet oneens"),
    ("2", "Niet mee eens"),
    ("1", "Helemaal niet mee eens"),
)


def _statement(name: str) -> ChoiceField:
    return ChoiceField(
        QUESTIONS[name], choices=ANSWERS, required=f"Kies een antwoord bij “{QUESTIONS[name]}”."
    )


class EvaluationForm(Form):
    """What a teacher thinks of an activity: three statements (R37)."""

    useful = _statement("useful")
    accurate = _statement("accurate")
    recommended = _statement("recommended")

    def answers(self) -> dict[str, int]:
        """The answers, 1 to 5, by the name of their statement."""
        return {field.name: int(field.data) for field in self}


class EraseForm(Form):
    """Confirms by typing a word that all data of a teacher goes."""

    confirmation = LineField(
        "Typ het woord VERWIJDEREN", required="Typ het woord VERWIJDEREN.", limit=50
    )

    def validate_confirmation(self, field: LineField) -> None:
        """The word, in capitals or not. Raises ValidationError."""
        if (field.data or "").strip().casefold() != "verwijderen":
            message = "Dit is niet het woord VERWIJDEREN. Typ het precies over."
            raise ValidationError(message)


def _choices(labels: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [(str(value), label) for value, label in labels.items()]


class SearchForm(Form):
    """A search to keep; its fields have the names of the catalogue's address."""

    zoek = LineField("Woorden", limit=200)
    soort = ChoicesField("Type activiteit", choices=_choices(KIND_LABELS))
    sector = ChoicesField("Sector", choices=_choices(SECTOR_LABELS))
    gebied = ChoicesField("Bekwaamheidsgebied", choices=_choices(AREA_LABELS))
    mail = BooleanField("Mail mij één keer per week als er iets nieuws is")
