"""Forms for deploying a draft, reviewing it, and migrating instances."""

from collections.abc import Iterable
from typing import cast

from wtforms import Form

from forms.choices import ChoiceField, ChoicesField, options
from forms.fields import TextField

LONGEST_NOTE = 500


class NoteForm(Form):
    """The reason: stored with the version or the draft."""

    note = TextField(
        "Toelichting", required="Schrijf op wat er verandert en waarom.", limit=LONGEST_NOTE
    )


class DeployForm(NoteForm):
    """A new version: what changes, and for whom."""

    running = ChoiceField(
        "Voor welke zaken geldt deze versie?",
        required="Kies voor welke zaken deze versie geldt.",
        choices=[
            ("new", "Alleen voor zaken die hierna beginnen"),
            ("all", "Ook voor de zaken die nu lopen: zet ze om"),
        ],
    )


class RemarkForm(Form):
    """An optional remark."""

    note = TextField("Opmerking", limit=LONGEST_NOTE)


class PermissionsForm(Form):
    """Who may do what with a process: for each right the people who are named for it."""

    see = ChoicesField(
        "Zien",
        choices=(),
        description="Wie bij de rechten hieronder gekozen is, ziet het proces ook.",
    )
    edit = ChoicesField("Wijzigen", choices=(), description="Proceseigenaren.")
    approve = ChoicesField("Goedkeuren", choices=(), description="Goedkeurders van processen.")
    deploy = ChoicesField(
        "In gebruik nemen, en zaken omzetten",
        choices=(),
        description="Ingebruiknemers van processen.",
    )
    operate = ChoicesField("Zaken beheren", choices=(), description="Beheerders.")

    def offer(self, right: str, people: Iterable[tuple[str, str]]) -> None:
        """The people (user reference and name) from whom to choose for a right."""
        field = cast("ChoicesField", self[right])
        field.choices = options(people)
