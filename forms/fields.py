"""Form fields with validation in Dutch: KvK number, postcode, date, e-mail, phone, URL, text."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import (
    Field,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import StopValidation

from processes.base import today
from processes.dutch import date_in_words
from processes.reading import characters
from processes.reading.addresses import NoAddressError, pasted, typed_email, web_address
from processes.reading.dates import NoDateError, date_of

NETHERLANDS = 31
SURE = "_zeker"  # after the name of a date
FAR = 10  # years from now: a typing error more often than a plan


class Filled:
    """Validator: an answer is required; white space and invisible characters are none."""

    field_flags = {"required": True}  # noqa: RUF012 - WTForms reads it from the instance

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, _form: Any, field: Field) -> None:
        if not field.raw_data or not characters.is_visible(str(field.raw_data[0])):
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
        validators = [*presence(required), AtMost(limit), *also]
        super().__init__(label, validators, **kwargs)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = characters.line(str(valuelist[0])) if valuelist else ""


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
        validators = [*presence(required), AtMost(limit), *also]
        super().__init__(label, validators, **kwargs)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = characters.lines(str(valuelist[0])) if valuelist else ""


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
        text = characters.line(str(valuelist[0])) if valuelist else ""
        self.data = None
        if text:
            self.data = self.read(text)


class KvkNumberField(ReadField):
    """Eight digits; there is no check digit. Its name may stand before it."""

    NAME = re.compile(r"^kvk(?:[- ]?(?:nummer|nr))?[.: ]*", re.IGNORECASE)

    def read(self, text: str) -> str:
        """Eight digits. Raises ValueError."""
        digits = re.sub(r"[ .,;-]", "", self.NAME.sub("", characters.hyphens(text)))
        if not re.fullmatch(r"(?!0{8})[0-9]{8}", digits):
            message = "Vul een KvK-nummer van acht cijfers in, bijvoorbeeld 12345678."
            raise ValueError(message)
        return digits


class PostcodeField(ReadField):
    """Four digits and two letters, shown as "1234 AB". The country may stand before it."""

    COUNTRY = re.compile(r"^NL(?=[- ]*[0-9])")

    def read(self, text: str) -> str:
        """Four digits and two letters. Raises ValueError."""
        code = self.COUNTRY.sub("", characters.hyphens(text).upper())
        code = re.sub(r"[ .-]", "", code)
        if not re.fullmatch(r"[1-9][0-9]{3}(?!SA|SD|SS)[A-Z]{2}", code):
            message = "Vul een postcode in met vier cijfers en twee letters, bijvoorbeeld 1234 AB."
            raise ValueError(message)
        return f"{code[:4]} {code[4:]}"


class DutchDateField(ReadField):
    """A day as people write it: 31-12-2026, 1-3-27, ma 1 maart 2027; see `reading.dates`.

    A day that is years away, or before the year `since`, is asked about once: the page then holds
    `doubted`, which the next submission of the same text brings along.
    """

    MESSAGE = "Vul de datum in als dag-maand-jaar, bijvoorbeeld 31-12-2026."
    doubted = ""

    def __init__(
        self, label: str, *, asks_far: bool = True, since: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(label, **kwargs)
        self.asks_far = asks_far  # False: the page asks it, with what else the day means
        self.since = since

    @property
    def sure_name(self) -> str:
        """The name under which the text comes that somebody is sure of."""
        return f"{self.name}{SURE}"

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        self._sure_of = formdata.getlist(self.sure_name) if formdata else []
        super().process(formdata, *args, **kwargs)
        kept: Any = None if formdata else self.data
        if isinstance(kept, date) and self._is_doubtful(kept):
            self.doubted = self.shown(kept)  # somebody was sure of it

    def shown(self, value: Any) -> str:
        return value.strftime("%d-%m-%Y") if isinstance(value, date) else str(value)

    def read(self, text: str) -> date:
        """The day that was typed. Raises ValueError."""
        try:
            day = date_of(text)
        except NoDateError:
            raise ValueError(self.MESSAGE) from None
        if self._is_doubtful(day):
            self.doubted = text
            if text not in self._sure_of:
                message = f"Klopt {date_in_words(day)}? Verstuur het formulier dan nog een keer."
                raise ValueError(message)
        return day

    def _is_doubtful(self, day: date) -> bool:
        return self.asks_far and not (self.since or 0) <= day.year <= today().year + FAR


class EmailField(ReadField):
    """Exactly one address that a mailer can write; whether it exists, the mail will tell."""

    MESSAGE = "Vul één e-mailadres in met een @, bijvoorbeeld naam@bedrijf.nl."
    ACCENTED = "Vul een e-mailadres in dat voor de @ geen letters met een accent heeft."

    def read(self, text: str) -> str:
        """The normalised address. Raises ValueError."""
        try:
            return typed_email(text)
        except NoAddressError:
            local, at, _host = pasted(text).partition("@")
            is_accented = at and not local.isascii()
            raise ValueError(self.ACCENTED if is_accented else self.MESSAGE) from None


class PhoneField(ReadField):
    """A telephone number, kept in the international form that can be dialled from everywhere."""

    MESSAGE = "Vul een telefoonnummer in met netnummer, bijvoorbeeld 010 123 45 67."
    WITHOUT_PLUS = re.compile(r"31(?:[ -]?[0-9]){9}")
    NAME = re.compile(r"^(?:tel(?:efoon)?(?:nummer)?|mob(?:iel)?|[tm])\b[.: ]*", re.IGNORECASE)
    EXTENSION = re.compile(r"[ ,]*(?:toestel|tst|ext|x)\.? ?([0-9]{1,6})$", re.IGNORECASE)

    def shown(self, value: Any) -> str:
        return shown_phone(str(value))

    def read(self, text: str) -> str:
        """E.164, as "+31612345678", with ";ext=12" for an extension. Raises ValueError."""
        extension = self.EXTENSION.search(text)
        plain = characters.hyphens(self.EXTENSION.sub("", self.NAME.sub("", text)))
        plain = re.sub(r"[([]0[])]", "", plain).replace("(+31)", "+31")
        if self.WITHOUT_PLUS.fullmatch(plain):
            plain = f"+{plain}"
        if not re.fullmatch(r"(?:\+|\(?0)[0-9 ()./-]{5,30}", plain):
            raise ValueError(self.MESSAGE)
        e164 = _dialled(plain)
        if e164 is None:
            raise ValueError(self.MESSAGE)
        return f"{e164};ext={extension[1]}" if extension else e164


def _dialled(text: str) -> str | None:
    """The number in E.164, if it can be dialled.

    Dutch numbers are known one by one; of others the length must do.
    """
    import phonenumbers  # with the first number, as it is large

    try:
        number = phonenumbers.parse(text, "NL")
    except phonenumbers.NumberParseException:
        return None
    is_dutch = number.country_code == NETHERLANDS
    known = phonenumbers.is_valid_number if is_dutch else phonenumbers.is_possible_number
    if not known(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown_phone(e164: str) -> str:
    """An E.164 number in the national notation, its extension behind it."""
    import phonenumbers

    plain, _, extension = e164.partition(";ext=")
    try:
        number = phonenumbers.parse(plain, "NL")
    except phonenumbers.NumberParseException:
        return e164
    form = phonenumbers.PhoneNumberFormat
    dutch = number.country_code == NETHERLANDS
    shown = phonenumbers.format_number(number, form.NATIONAL if dutch else form.INTERNATIONAL)
    return f"{shown} toestel {extension}" if extension else shown


class UrlField(ReadField):
    """The address of a page on the web: http or https, without a name and password in it."""

    def read(self, text: str) -> str:
        """An absolute http(s) URL. Raises ValueError."""
        try:
            return web_address(pasted(text))
        except NoAddressError:
            message = "Vul het hele webadres in, bijvoorbeeld https://www.bedrijf.nl/pagina."
            raise ValueError(message) from None


class ShownField(Field):
    """Read-only: what is sent for it is ignored."""

    def __init__(self, label: str, *, value: str, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.shown = value

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Nothing that is sent counts."""
