"""Forms of a company for its own webhooks."""

from collections.abc import Iterable

from wtforms import Form

from forms.choices import ChoicesField
from forms.fields import LineField

QUESTION = "Over welke gebeurtenissen krijgt het programma bericht?"


class OwnEventsForm(Form):
    """Which events a webhook gets; the view sets the choices."""

    events = ChoicesField(QUESTION, choices=())

    def offer(self, events: Iterable[tuple[str, str]]) -> None:
        """The events to choose from: type and name."""
        self.events.choices = list(events)

    def tell(self, faults: dict[str, str]) -> None:
        """Put each fault at its field, where nothing is said yet."""
        for name, text in faults.items():
            self[name].errors = self[name].errors or [text]


class OwnWebhookForm(OwnEventsForm):
    """A new webhook of a company."""

    name = LineField(
        "Naam van het programma",
        description="Zo herkent u de webhook later, bijvoorbeeld: onze website.",
        required="Vul een naam in voor het programma.",
        limit=40,
    )
    url = LineField(
        "Webadres",
        description="Waar het programma berichten ontvangt. Het begint met https://.",
        required="Vul het webadres in.",
        limit=500,
    )
    events = ChoicesField(QUESTION, choices=())
