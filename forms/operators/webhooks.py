"""Forms of an operator for webhook addresses."""

from collections.abc import Iterable

from wtforms import Form

from forms.choices import ChoicesField
from forms.fields import LineField


class EventsForm(Form):
    """Which events an address gets; the view sets the choices."""

    events = ChoicesField(
        "Welke gebeurtenissen krijgt dit adres?",
        choices=(),
        description="Wat een diagram stuurt, komt er altijd aan; daarvoor hoeft u niets te kiezen.",
    )

    def offer(self, events: Iterable[tuple[str, str]]) -> None:
        """The events to choose from: type and name."""
        self.events.choices = list(events)


class WebhookForm(EventsForm):
    """A new address."""

    name = LineField("Naam", required="Vul een naam in.", limit=60)
    url = LineField("Webadres", required="Vul het webadres in.", limit=500)
    events = ChoicesField(
        "Welke gebeurtenissen krijgt dit adres?",
        choices=(),
        description="Wat een diagram stuurt, komt er altijd aan; daarvoor hoeft u niets te kiezen.",
    )

    def tell(self, faults: dict[str, str]) -> None:
        """Put each fault at its field, where nothing is said yet."""
        for name, text in faults.items():
            self[name].errors = self[name].errors or [text]
