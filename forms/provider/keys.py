"""The form for a key with which a provider's own program works."""

from wtforms import Form

from forms.choices import ChoiceField
from forms.fields import LineField


class KeyForm(Form):
    """A name for the key of a program."""

    name = LineField(
        "Naam van het programma",
        description="Zo herkent u de sleutel later, bijvoorbeeld: onze website.",
        required="Vul een naam in voor het programma.",
        limit=60,
    )
    reach = ChoiceField(
        "Wat mag het programma?",
        required="Kies wat het programma mag.",
        choices=(("wijzigen", "Het aanbod lezen en wijzigen"), ("lezen", "Alleen lezen")),
    )
