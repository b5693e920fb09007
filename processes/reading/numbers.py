"""Numbers as they are written in Dutch: a comma before decimals, points between thousands."""

import re
from decimal import Decimal

from processes.reading.characters import apostrophes, hyphens, line

NUMBER = re.compile(
    r"(?P<sign>[-+]?)(?:(?P<grouped>[1-9][0-9]{0,2}(?:[.' ][0-9]{3})+)|(?P<plain>[0-9]+))"
    r"(?:,(?P<decimals>[0-9]+))?"
)
POINTED = re.compile(r"(?P<sign>[-+]?)(?P<plain>[0-9]+)\.(?P<decimals>[0-9]+)")
FRACTIONS = {
    "\u00bd": ",5",
    "\u00bc": ",25",
    "\u00be": ",75",
    " 1/2": ",5",
    " 1/4": ",25",
    " 3/4": ",75",
}
MOST_DIGITS = 15
CLOCK = re.compile(r"([0-9]{1,4}) ?(?::|u|uur|h) ?([0-5][0-9])(?::00| ?(?:m|min|minuten))?")
MINUTES = re.compile(r"([0-9]{1,5}) ?(?:m|min|minuten|minuut)\.?")
IN_WORDS = re.compile(r"([0-9]{1,4}) ?(?:uur|uren|u)(?: en)? ([0-9]{1,2}) ?(?:min|minuten)\.?")
EACH = re.compile(r"\s*(?:p\.? ?p\.?|per (?:persoon|deelnemer))$")
EURO = re.compile(r"^(?:\u20ac|eur(?:o's|o)?)\s*|\s*(?:eur(?:o's|o)?|\u20ac)$")
NO_CENTS = re.compile(r"[,.](?:-+|=)$")
FREE = {"gratis", "kosteloos", "geen", "geen kosten", "nihil"}
CENT = Decimal("0.01")
MORE_THAN_CENTS = re.compile(r",[0-9]{3,}$")
UNIT = re.compile(r"\s*(?:(?:klok)?uur|(?:klok)?uren|sbu|ru|u|h)\.?$")
MINUTES_OF_AN_HOUR = 60


class NoNumberError(ValueError):
    """The text is no number, or one with too many digits."""


def decimal_of(text: str) -> Decimal:
    """A number: 3,5, 3.5, 7\u00bd, 1500, 1.500 and 1 500 (both 1500), 1.500,25.

    Raises NoNumberError for what is none. A point before exactly three digits parts thousands.
    """
    text = _plain(text)
    found = NUMBER.fullmatch(text) or POINTED.fullmatch(text)
    if found is None:
        message = f"no number: {text[:40]!r}"
        raise NoNumberError(message)
    parts = found.groupdict(default="")
    whole = re.sub(r"[.' ]", "", parts.get("grouped") or parts["plain"])
    decimals = parts["decimals"].rstrip("0")
    if len(whole) + len(decimals) > MOST_DIGITS:
        message = f"more than {MOST_DIGITS} digits"
        raise NoNumberError(message)
    return Decimal(f"{parts['sign']}{whole}" + (f".{decimals}" if decimals else ""))


def whole_of(text: str) -> int:
    """A whole number: 1500, 1.500, 20,0. Raises NoNumberError."""
    number = decimal_of(text)
    if number != number.to_integral_value():
        message = f"no whole number: {text[:40]!r}"
        raise NoNumberError(message)
    return int(number)


def hours_of(text: str) -> Decimal:
    """Hours: 12, 3,5 uur, 7\u00bd, 7:30, 7 uur en 30 minuten, 90 minuten. Raises NoNumberError."""
    text = line(text).lower()
    if found := CLOCK.fullmatch(text) or IN_WORDS.fullmatch(text):
        return Decimal(found[1]) + Decimal(found[2]) / MINUTES_OF_AN_HOUR
    if found := MINUTES.fullmatch(text):
        return Decimal(found[1]) / MINUTES_OF_AN_HOUR
    return decimal_of(UNIT.sub("", text))


def amount_of(text: str) -> Decimal:
    """Euros in whole cents: 250, 49,50, \u20ac 1.250, 12,-, gratis. Raises NoNumberError."""
    plain = apostrophes(hyphens(line(text))).lower().rstrip("!")
    bare = NO_CENTS.sub("", EURO.sub("", EACH.sub("", plain)))
    amount = Decimal(0) if bare in FREE else decimal_of(bare)
    if amount != amount.quantize(CENT) or MORE_THAN_CENTS.search(bare):
        message = f"less than a cent: {text[:40]!r}"
        raise NoNumberError(message)
    return amount


def has_grouping(text: str) -> bool:
    """Whether a point was read as one between thousands, which a program may mean otherwise."""
    found = NUMBER.fullmatch(_plain(UNIT.sub("", line(text).lower())))
    return bool(found and "." in (found["grouped"] or ""))


def _plain(text: str) -> str:
    text = apostrophes(hyphens(line(text)))
    for sign, decimals in FRACTIONS.items():
        if text.endswith(sign):
            before = text[: -len(sign)].strip()
            text = (before if before.strip("-+") else f"{before}0") + decimals
    return text
