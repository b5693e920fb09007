"""Forms for deploying a draft, reviewing it, and migrating instances."""

from wtforms import Form

from forms.choices import ChoiceField
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
