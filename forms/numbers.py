"""Number fields: decimals with a comma, hours, counts, whole numbers, with bounds."""

import re
from decimal import Decimal
from typing import Any

from wtforms import Field, ValidationError

from forms.fields import ReadField
from processes.dutch import decimal_text


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
    """A number with a comma, as in "3,5"; a point does as well."""

    MESSAGE = "Vul een getal in, bijvoorbeeld 3,5."

    def shown(self, value: Any) -> str:
        return decimal_text(Decimal(str(value)))

    def read(self, text: str) -> Decimal:
        """A Decimal. Raises ValueError."""
        if not re.fullmatch(r"[0-9]{1,6}([.,][0-9]{1,2})?", text):
            raise ValueError(self.MESSAGE)
        return Decimal(text.replace(",", "."))


class HoursField(DecimalField):
    """Hours, with at most two decimals."""

    MESSAGE = "Vul het aantal uren in als getal, bijvoorbeeld 12 of 3,5."
    MOST = Decimal(5000)

    def read(self, text: str) -> Decimal:
        """Hours with at most two decimals. Raises ValueError."""
        hours = super().read(re.sub(r"\s*(uur|uren|u)\.?$", "", text, flags=re.IGNORECASE))
        if hours > self.MOST:
            message = f"Vul hooguit {self.MOST} uur in."
            raise ValueError(message)
        return hours


class CountField(ReadField):
    """A whole number from one up."""

    def read(self, text: str) -> int:
        """A whole number from 1. Raises ValueError."""
        if not re.fullmatch(r"[1-9][0-9]{0,5}", text):
            message = "Vul een heel getal in, bijvoorbeeld 20."
            raise ValueError(message)
        return int(text)


class WholeNumberField(ReadField):
    """A whole number, also zero or below."""

    def read(self, text: str) -> int:
        """A whole number. Raises ValueError."""
        if not re.fullmatch(r"-?[0-9]{1,15}", text, re.ASCII):
            message = "Vul een heel getal in, zonder punten, bijvoorbeeld 1500."
            raise ValueError(message)
        return int(text)


class NumberField(DecimalField):
    """A number with a comma, also zero or below."""

    MESSAGE = "Vul een getal in, bijvoorbeeld 1500 of 3,5."

    def read(self, text: str) -> Decimal:
        """A number, also negative. Raises ValueError."""
        if not re.fullmatch(r"-?[0-9]{1,12}([.,][0-9]{1,6})?", text, re.ASCII):
            raise ValueError(self.MESSAGE)
        return Decimal(text.replace(",", "."))
