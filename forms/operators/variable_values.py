"""Values of process variables as an operator types them: of the kind that the variable has."""

import json
from collections.abc import Mapping
from typing import Any

from wtforms.validators import ValidationError

from processes.reading.numbers import NoNumberError, decimal_of

NO_JSON = "Dit is geen JSON. Een getal is 12 of 7.5, een lijst is [1, 2]."
YES_NO = {"ja": True, "true": True, "nee": False, "false": False}
KIND_CHOICES = (
    ("text", "Tekst"),
    ("number", "Getal"),
    ("yesno", "Ja of nee"),
    ("json", "Lijst, groep of leeg, in JSON"),
)
KINDS: Mapping[type, tuple[str, str]] = {
    str: ("text", "een tekst"),
    bool: ("yesno", "ja of nee"),
    int: ("number", "een getal"),
    float: ("number", "een getal"),
    list: ("json", "een lijst"),
    dict: ("json", "een groep"),
    type(None): ("json", "leeg"),
}
"""By the type of a JSON value: the kind in which it is typed, and what it is called."""


def kind_of(value: Any) -> str:
    """What kind of value this is, in Dutch."""
    return KINDS[type(value)][1]


def read_value(kind: str, text: str, now: Any) -> Any:
    """The value that was typed; of kind `keep` as the value that is there `now`.

    Raises ValueError with what to do about it, in Dutch.
    """
    if kind == "keep":
        kind = KINDS[type(now)][0]
    match kind:
        case "number":
            return _number(text)
        case "yesno":
            if text.strip().lower() not in YES_NO:
                message = "Vul ja of nee in."
                raise ValueError(message)
            return YES_NO[text.strip().lower()]
        case "json":
            return _json(text)
    return text


def checked(kind: str, text: str, name: str, known: Mapping[str, Any]) -> Any:
    """The value, of the kind that the variable of this name has if it is known and not empty.

    Raises ValidationError.
    """
    if kind == "keep" and name not in known:
        message = "Dit gegeven is er nog niet. Kies wat voor waarde het is."
        raise ValidationError(message)
    now = known.get(name)
    try:
        value = read_value(kind, text, now)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    if now is not None and KINDS[type(now)] != KINDS[type(value)]:
        message = f"Dit gegeven is nu {kind_of(now)}. Wat u invult is {kind_of(value)}."
        raise ValidationError(message)
    return value


def _number(text: str) -> int | float:
    try:
        number = decimal_of(text)
    except NoNumberError as error:
        message = "Vul een getal in, zoals 12 of 7,5."
        raise ValueError(message) from error
    return int(number) if number == number.to_integral_value() else float(number)


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ValueError(NO_JSON) from error


def _refuse(constant: str) -> None:
    """NaN and Infinity are no JSON (RFC 8259 §6), though Python reads them."""
    raise ValueError(constant)
