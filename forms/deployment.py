"""The forms with which a process owner deploys, approves, and moves running instances."""

from wtforms import Form

from forms.choices import ChoiceField
from forms.fields import TextField

LONGEST_NOTE = 500


class NoteForm(Form):
    """Why: it stays with the version, or with the draft."""

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
    """Something to tell along, or nothing."""

    note = TextField("Opmerking", limit=LONGEST_NOTE)
