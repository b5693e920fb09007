"""Number fields: decimals with a comma, hours, counts, whole numbers, with bounds."""

from decimal import Decimal
from typing import Any

from wtforms import Field, ValidationError

from forms.fields import ReadField
from processes.dutch import decimal_text
from processes.reading.numbers import decimal_of, hours_of, whole_of
from processes.register.offers.fields import MOST_HOURS

HUNDREDTHS = 2


class Between:
    """Validator: bounds; None is no bound."""

    def __init__(self, least: float | None, most: float | None) -> None:
        self.least, self.most = least, most

    def __call__(self, _form: Any, field: Field) -> None:
        value = field.data
        if value is None:
            return
        if self.least is not None and value < self.least:
            message = f"Vul {decimal_text(self.least)} of meer in."
            raise ValidationError(message)
        if self.most is not None and value > self.most:
            message = f"Vul {decimal_text(self.most)} of minder in."
            raise ValidationError(message)


class DecimalField(ReadField):
    """A number as in "3,5" or "1.500"; see `reading.numbers`."""

    MESSAGE = "Vul een getal in, bijvoorbeeld 1500 of 3,5."

    def shown(self, value: Any) -> str:
        return decimal_text(Decimal(str(value)))

    def read(self, text: str) -> Decimal:
        """A Decimal. Raises ValueError."""
        try:
            return decimal_of(text)
        except ValueError:
            raise ValueError(self.MESSAGE) from None


class HoursField(DecimalField):
    """Hours, with at most two decimals: 12, 3,5 uur, 7\u00bd, 7:30; as many as an import takes."""

    MESSAGE = "Vul het aantal uren in als getal, bijvoorbeeld 12 of 3,5."
    MOST = MOST_HOURS

    def read(self, text: str) -> Decimal:
        """Hours with at most two decimals. Raises ValueError."""
        try:
            hours = hours_of(text)
        except ValueError:
            raise ValueError(self.MESSAGE) from None
        if hours < 0 or (_decimals(hours) > HUNDREDTHS and ":" not in text and "min" not in text):
            raise ValueError(self.MESSAGE)
        if hours > self.MOST:
            message = f"Vul hooguit {self.MOST} uur in."
            raise ValueError(message)
        return hours.quantize(Decimal("0.01")).normalize() + 0


class WholeNumberField(ReadField):
    """A whole number, also zero or below."""

    MESSAGE = "Vul een heel getal in, bijvoorbeeld 1500."

    def read(self, text: str) -> int:
        """A whole number. Raises ValueError."""
        try:
            return whole_of(text)
        except ValueError:
            raise ValueError(self.MESSAGE) from None


class CountField(WholeNumberField):
    """A whole number from one up."""

    MESSAGE = "Vul een heel getal in, bijvoorbeeld 20."
    MOST = 999_999

    def read(self, text: str) -> int:
        """A whole number from 1. Raises ValueError."""
        number = super().read(text)
        if not 1 <= number <= self.MOST:
            raise ValueError(self.MESSAGE)
        return number


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
