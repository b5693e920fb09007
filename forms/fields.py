"""Form fields with validation in Dutch: KvK number, postcode, date, e-mail, phone, URL, text."""

import re
import string
from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from wtforms import (
    Field,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import StopValidation

from processes.dutch import MONTH_NUMBERS

NOT_ALLOWED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
UNSEEN = string.whitespace + "\xa0\xad\u200b\u200c\u200d\u2060\ufeff"


class Filled:
    """Validator: an answer is required; white space and invisible characters are none."""

    field_flags = {"required": True}  # noqa: RUF012 - WTForms reads it from the instance

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, _form: Any, field: Field) -> None:
        if not field.raw_data or not str(field.raw_data[0]).strip(UNSEEN):
            field.errors = []
            raise StopValidation(self.message)


class AtMost:
    """Validator: maximum length."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, _form: Any, field: Field) -> None:
        if len(field.data or "") > self.limit:
            message = f"Maak de tekst korter: hier passen {self.limit} tekens."
            raise ValidationError(message)


class AtLeast:
    """Validator: minimum length, if anything is filled in."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, _form: Any, field: Field) -> None:
        if field.data and len(field.data) < self.limit:
            message = f"Vul ten minste {self.limit} tekens in."
            raise ValidationError(message)


def presence(required: str | None) -> list[Any]:
    """Validators for a required field (with this message), or for an optional one (None)."""
    return [Filled(required)] if required else []


def no_control_characters(_form: Any, field: Field) -> None:
    """Validator: refuses invisible characters. Raises ValidationError."""
    if NOT_ALLOWED.search(field.data or ""):
        message = "Deze tekst bevat onzichtbare tekens. Typ de tekst opnieuw."
        raise ValidationError(message)


class LineField(StringField):
    """One line of text."""

    def __init__(
        self,
        label: str,
        *,
        required: str | None = None,
        limit: int = 200,
        also: Sequence[Any] = (),
        **kwargs: Any,
    ) -> None:
        validators = [*presence(required), no_control_characters, AtMost(limit), *also]
        super().__init__(label, validators, **kwargs)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = " ".join(str(valuelist[0]).split()) if valuelist else ""


class TextField(TextAreaField):
    """Text of several lines."""

    def __init__(
        self,
        label: str,
        *,
        required: str | None = None,
        limit: int = 10_000,
        also: Sequence[Any] = (),
        **kwargs: Any,
    ) -> None:
        validators = [*presence(required), no_control_characters, AtMost(limit), *also]
        super().__init__(label, validators, **kwargs)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = str(valuelist[0]).replace("\r\n", "\n").strip() if valuelist else ""


class ReadField(StringField):
    """Text that is parsed to a value; invalid input stays on the page as it was typed.

    A subclass implements `read`, which raises ValueError with a Dutch message.
    """

    def __init__(
        self,
        label: str,
        *,
        required: str | None = None,
        also: Sequence[Any] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(label, [*presence(required), *also], **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.shown(self.data)

    def shown(self, value: Any) -> str:
        """The value as text in the input."""
        return str(value)

    def read(self, text: str) -> Any:
        """The value. Raises ValueError with what to do about it."""
        return text

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        text = str(valuelist[0]).strip() if valuelist else ""
        self.data = None
        if text:
            self.data = self.read(text)


class KvkNumberField(ReadField):
    """Eight digits; there is no check digit."""

    def read(self, text: str) -> str:
        """Eight digits. Raises ValueError."""
        digits = re.sub(r"[ .-]", "", text)
        if not re.fullmatch(r"[0-9]{8}", digits):
            message = "Vul een KvK-nummer van acht cijfers in, bijvoorbeeld 12345678."
            raise ValueError(message)
        return digits


class PostcodeField(ReadField):
    """Four digits and two letters, shown as "1234 AB"."""

    def read(self, text: str) -> str:
        """Four digits and two letters. Raises ValueError."""
        code = re.sub(r"[ -]", "", text).upper()
        if not re.fullmatch(r"[1-9][0-9]{3}(?!SA|SD|SS)[A-Z]{2}", code):
            message = "Vul een postcode in met vier cijfers en twee letters, bijvoorbeeld 1234 AB."
            raise ValueError(message)
        return f"{code[:4]} {code[4:]}"


class DutchDateField(ReadField):
    """A day as people write it: 31-12-2026, 31/12/2026, 31 december 2026, 31122026."""

    MESSAGE = "Vul de datum in als dag-maand-jaar, bijvoorbeeld 31-12-2026."

    def shown(self, value: Any) -> str:
        return value.strftime("%d-%m-%Y") if isinstance(value, date) else str(value)

    def read(self, text: str) -> date:
        """The day that was typed. Raises ValueError."""
        day, month, year = self._parts(text.lower())
        try:
            return date(year, month, day)
        except ValueError:
            message = "Deze datum bestaat niet. Controleer de dag en de maand."
            raise ValueError(message) from None

    def _parts(self, text: str) -> tuple[int, int, int]:
        if match := re.fullmatch(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})", text):
            day, month, year = match.groups()
        elif match := re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text):
            year, month, day = match.groups()
        elif match := re.fullmatch(r"([0-9]{2})([0-9]{2})([0-9]{4})", text):
            day, month, year = match.groups()
        elif match := re.fullmatch(r"([0-9]{1,2})[- ]([a-z]{3,9})\.?[- ]([0-9]{4})", text):
            day, month, year = match[1], str(self._month(match[2])), match[3]
        else:
            raise ValueError(self.MESSAGE)
        return int(day), int(month), int(year)

    def _month(self, word: str) -> int:
        if number := MONTH_NUMBERS.get(word):
            return number
        raise ValueError(self.MESSAGE)


class EmailField(ReadField):
    """Exactly one address of at most 254 characters; whether it exists is for the mail to find."""

    MOST = 254

    def read(self, text: str) -> str:
        """The normalised address. Raises ValueError."""
        message = "Vul één e-mailadres in met een @, bijvoorbeeld naam@bedrijf.nl."
        if len(text) > self.MOST or NOT_ALLOWED.search(text):
            raise ValueError(message)
        try:
            address = validate_email(text, check_deliverability=False, allow_smtputf8=False)
        except EmailNotValidError:
            raise ValueError(message) from None
        return address.normalized


class PhoneField(ReadField):
    """A telephone number, kept in the international form that can be dialled from everywhere."""

    MESSAGE = "Vul een telefoonnummer in met netnummer, bijvoorbeeld 010 123 45 67."

    def shown(self, value: Any) -> str:
        return shown_phone(str(value))

    def read(self, text: str) -> str:
        """E.164, as "+31612345678". Raises ValueError."""
        if not re.fullmatch(r"[+0-9 ()./-]{6,30}", text):
            raise ValueError(self.MESSAGE)
        try:
            number = phonenumbers.parse(text, "NL")
        except phonenumbers.NumberParseException:
            raise ValueError(self.MESSAGE) from None
        if not phonenumbers.is_possible_number(number):
            raise ValueError(self.MESSAGE)
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown_phone(e164: str) -> str:
    """An E.164 number in the national notation."""
    try:
        number = phonenumbers.parse(e164, "NL")
    except phonenumbers.NumberParseException:
        return e164
    form = phonenumbers.PhoneNumberFormat
    dutch = number.country_code == 31  # noqa: PLR2004 - the Netherlands
    return phonenumbers.format_number(number, form.NATIONAL if dutch else form.INTERNATIONAL)


class UrlField(ReadField):
    """The address of a page on the web: http or https, without a name and password in it."""

    MESSAGE = "Vul het hele webadres in, bijvoorbeeld https://www.bedrijf.nl/pagina."
    MOST = 500

    def read(self, text: str) -> str:
        """An absolute http(s) URL. Raises ValueError."""
        address = text if "://" in text else f"https://{text}"
        if len(address) > self.MOST or re.search(r"[\s\\\"<>]", address):
            raise ValueError(self.MESSAGE)
        try:
            parts = urlsplit(address)
            host, _port = parts.hostname or "", parts.port
        except ValueError:
            raise ValueError(self.MESSAGE) from None
        if parts.scheme not in {"http", "https"} or "." not in host or "@" in parts.netloc:
            raise ValueError(self.MESSAGE)
        return address


class ShownField(Field):
    """Read-only: what is sent for it is ignored."""

    def __init__(self, label: str, *, value: str, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.shown = value

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Nothing that is sent counts."""
