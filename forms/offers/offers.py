"""Forms for offers: edit, end date, delete, search, filter, and having followed one."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

from wtforms import BooleanField, Form, IntegerField
from wtforms.validators import NumberRange, Optional, ValidationError

from forms.choices import ChoiceField, ChoicesField
from forms.fields import (
    DutchDateField,
    LineField,
    TextField,
    UrlField,
)
from forms.numbers import CountField, HoursField
from forms.offers.runs import RunForm
from forms.pages import Case, Choice, Page
from forms.registry import UserTaskForm, user_task_form
from forms.tables import TableField
from processes.base import today
from processes.register.offers.fields import LONGEST
from processes.register.offers.runs import MOST_RUNS, first_day, runs_of
from processes.register.offers.terms import AREA_LABELS, KIND_LABELS, SECTOR_LABELS, OfferStatus


def _choices(labels: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [(str(value), label) for value, label in labels.items()]


def _delete_form(case: Case) -> type[Form]:
    return DeleteOfferForm.for_title(str(case.variables.get("title") or ""))


_CHOICES = (
    Choice("edit", "Wijzigingen opslaan", lambda _case: OfferForm),
    Choice("end-date", "Einddatum opslaan", lambda _case: EndDateForm),
    Choice("publish", "Publiceren", lambda _case: PublishOfferForm),
    Choice("delete", "Verwijderen", _delete_form),
)


@user_task_form(
    "offer",
    title="Activiteit controleren",
    description=(
        "De aanbieder kijkt een activiteit na, vult haar aan en kiest wat ermee gebeurt. Geeft "
        "action en changes terug."
    ),
    page=Page(choices=_CHOICES),
)
class OfferForm(UserTaskForm):
    """All fields of an offer. None is required here: a draft may be half empty (R24)."""

    gives = frozenset({"action", "changes", "based_on", "end_date"})
    takes_fields = False  # its page is that of the offer

    based_on = IntegerField(validators=[Optional(), NumberRange(0, 10**9)])
    title = LineField("Titel", limit=LONGEST["title"])
    kind = ChoiceField("Type activiteit", choices=_choices(KIND_LABELS))
    contribution = TextField(
        "Bijdrage aan de professionele ontwikkeling", limit=LONGEST["contribution"]
    )
    content = TextField("Inhoud en opzet", limit=LONGEST["content"])
    contact_hours = HoursField("Contacturen")
    self_study_hours = HoursField("Uren zelfstudie")
    self_study_account = TextField(
        "Waar bestaat de zelfstudie uit?", limit=LONGEST["self_study_account"]
    )
    closing_test = TextField("Toets of opdracht aan het eind", limit=LONGEST["closing_test"])
    areas = ChoicesField("Bekwaamheidsgebieden", choices=_choices(AREA_LABELS))
    sectors = ChoicesField("Onderwijssectoren", choices=_choices(SECTOR_LABELS))
    subject = LineField("Vak of onderwerp", limit=LONGEST["subject"])
    audience = LineField("Doelgroep", limit=LONGEST["audience"])
    location = LineField("Plaats", limit=LONGEST["location"])
    online = BooleanField("Deze activiteit is (ook) online te volgen")
    cost = LineField("Kosten", limit=LONGEST["cost"])
    url = UrlField("Webpagina over deze activiteit")
    language = LineField("Taal", limit=LONGEST["language"])
    max_participants = CountField("Hoogste aantal deelnemers")
    evidence = LineField("Bewijs van deelname", limit=LONGEST["evidence"])
    runs = TableField("Uitvoeringen", row_class=RunForm, rows=MOST_RUNS, row_name="Uitvoering")
    end_date = DutchDateField("Einddatum")

    def validate_end_date(self, field: DutchDateField) -> None:
        """Not before the start date (R22). Raises ValidationError."""
        start, end = self._first_day(), cast("date | None", field.data)
        if start and end and today() <= end < start:
            message = (
                "De einddatum ligt voor de begindatum. Controleer beide datums. Gaat de "
                "activiteit niet door? Kies dan een einddatum in het verleden."
            )
            raise ValidationError(message)

    def _first_day(self) -> date | None:
        try:
            return first_day(runs_of(self.runs.data))
        except ValueError:  # told at the run itself
            return None

    def changes(self) -> dict[str, Any]:
        """The value of every field, as JSON."""
        plain = [field for field in self if field.name not in {"based_on", "runs"}]
        values = {field.name: _as_json(field.data) for field in plain}
        return values | {"url": self.url.data or "", "runs": self.runs.data}

    def variables(self) -> dict[str, Any]:
        return {"action": "edit", "changes": self.changes(), "based_on": self.based_on.data}


def _as_json(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case list():
            return sorted(value)
        case _:
            return value


class EndDateForm(Form):
    """The last day that an offer is visible; empty means that it stays visible (R20-R22)."""

    end_date = DutchDateField(
        "Einddatum",
        asks_far=False,
        description="Laat dit vak leeg als de activiteit geen einddatum heeft.",
    )

    def variables(self) -> dict[str, Any]:
        return {"action": "end-date", "end_date": _as_json(self.end_date.data)}


class PublishOfferForm(Form):
    """Only a button."""

    def variables(self) -> dict[str, Any]:
        return {"action": "publish"}


class DeleteOfferForm(Form):
    """Confirms by typing the title, or VERWIJDEREN (R31): make it with `for_title`."""

    offer_title = ""

    confirmation = LineField(
        "Typ de titel van de activiteit, of het woord VERWIJDEREN",
        required="Typ de titel van de activiteit, of het woord VERWIJDEREN.",
        limit=500,
    )

    @classmethod
    def for_title(cls, title: str) -> type["DeleteOfferForm"]:
        """The form that asks to confirm this title."""
        return type("DeleteOfferForm", (cls,), {"offer_title": title})

    def validate_confirmation(self, field: LineField) -> None:
        """The title or the word. Raises ValidationError."""
        typed = _folded(field.data or "")
        if typed not in {"verwijderen", _folded(self.offer_title)}:
            message = (
                "Dit is niet de titel van de activiteit. "
                "Typ de titel precies over, of typ VERWIJDEREN."
            )
            raise ValidationError(message)

    def variables(self) -> dict[str, Any]:
        return {"action": "delete"}


class DeleteManyForm(Form):
    """Confirms deleting many offers by typing VERWIJDEREN (R31)."""

    confirmation = LineField(
        "Typ het woord VERWIJDEREN", required="Typ het woord VERWIJDEREN.", limit=500
    )

    def validate_confirmation(self, field: LineField) -> None:
        """The word. Raises ValidationError."""
        if _folded(field.data or "") != "verwijderen":
            message = "Typ het woord VERWIJDEREN om te bevestigen."
            raise ValidationError(message)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


class FollowedForm(Form):
    """The date on which a teacher followed an activity (R36); the register checks it."""

    followed_on = DutchDateField(
        "Wanneer hebt u deze activiteit gevolgd?",
        asks_far=False,  # a day to come is refused
        required="Vul de datum in waarop u de activiteit hebt gevolgd.",
    )


class OverviewFilterForm(Form):
    """Filtering a provider's own overview."""

    text = LineField("Zoeken in de titel")
    status = ChoiceField(
        "Status",
        choices=[
            (str(OfferStatus.CONCEPT), "Concept"),
            (str(OfferStatus.PUBLISHED), "Gepubliceerd"),
            ("verlopen", "Verlopen"),
        ],
    )
    complete = ChoiceField("Compleet", choices=[("ja", "Compleet"), ("nee", "Niet compleet")])
    checked = ChoiceField("Gecontroleerd", choices=[("ja", "Gecontroleerd"), ("nee", "Nog niet")])
    branch = LineField("Vestiging")
