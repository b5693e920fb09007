"""The row of a form in which a provider tells one run of an offer: days, place, price."""

from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from typing import Any

from wtforms import BooleanField

from forms.choices import DropDownField
from forms.fields import DutchDateField, LineField, ReadField
from forms.numbers import DecimalField, WholeNumberField
from forms.registry import UserTaskForm
from processes.reading.dates import time_of
from processes.reading.numbers import amount_of
from processes.register.offers.end_dates import FIRST_YEAR
from processes.register.offers.run_values import (
    HIGHEST_PRICE,
    LANGUAGE_LABELS,
    LONGEST_PLACE,
    MOST_PLACES,
    as_json,
)
from processes.register.offers.runs import RunError, run_of


class TimeField(ReadField):
    """A time on the clock: 9:30, 9.30, 09:30 uur, 14 uur."""

    MESSAGE = "Vul de tijd in als uren en minuten, bijvoorbeeld 9:30."

    def shown(self, value: Any) -> str:
        return f"{value:%H:%M}" if isinstance(value, time) else str(value)

    def read(self, text: str) -> time:
        """The time that was typed. Raises ValueError."""
        try:
            return time_of(text)
        except ValueError:
            raise ValueError(self.MESSAGE) from None


class PriceField(DecimalField):
    """An amount in euros: 250, 49,50, € 1.250, gratis."""

    MESSAGE = "Vul een bedrag in, bijvoorbeeld 250 of 49,50."

    def read(self, text: str) -> Decimal:
        """An amount in whole cents. Raises ValueError."""
        try:
            price = amount_of(text)
        except ValueError:
            raise ValueError(self.MESSAGE) from None
        if not 0 <= price <= HIGHEST_PRICE:
            raise ValueError(self.MESSAGE)
        return price


class PlacesField(WholeNumberField):
    """A number of places, also none: full."""

    MESSAGE = "Vul een heel getal in, bijvoorbeeld 12, of 0 als het vol is."

    def read(self, text: str) -> int:
        """A whole number from 0. Raises ValueError."""
        number = super().read(text)
        if not 0 <= number <= MOST_PLACES:
            raise ValueError(self.MESSAGE)
        return number


class RunForm(UserTaskForm):
    """One run; a row in which nothing is filled in is none."""

    start = DutchDateField("Eerste dag", since=FIRST_YEAR)
    start_time = TimeField("Begintijd")
    end = DutchDateField("Laatste dag", since=FIRST_YEAR)
    end_time = TimeField("Eindtijd")
    place = LineField("Plaats", limit=LONGEST_PLACE)
    online = BooleanField("Online")
    price = PriceField("Prijs in euro's")
    vat_excluded = BooleanField("De prijs is exclusief btw")
    places_free = PlacesField("Plaatsen vrij")
    language = DropDownField(
        "Taal", choices=[(str(value), label) for value, label in LANGUAGE_LABELS.items()]
    )

    @classmethod
    def data_from(cls, variables: Mapping[str, Any]) -> dict[str, Any]:
        run = run_of(variables)
        values = {name: getattr(run, name) for name in variables}
        return values | {"language": run.language.value if run.language else ""}

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field, then whether they fit one another."""
        if not super().validate(extra_validators):
            return False
        try:
            run_of(self.variables())
        except RunError as error:
            self[error.field].errors = [*self[error.field].errors, error.message]
            return False
        return True

    def variables(self) -> dict[str, Any]:
        """The run as JSON, so far as it can be read."""
        return {field.name.rpartition("-")[2]: as_json(field.data) for field in self}
