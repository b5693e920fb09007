"""What stands in the fields of a run of an offer: languages, bounds, and reading each from JSON."""

from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

from processes.reading import characters

LONGEST_PLACE = 250
MOST_PLACES = 100_000
HIGHEST_PRICE = Decimal(100_000)  # euros
CENT = Decimal("0.01")


class Language(StrEnum):
    """The language in which a run is given (ISO 639)."""

    DUTCH = "nl"
    ENGLISH = "en"
    GERMAN = "de"
    FRENCH = "fr"
    FRISIAN = "fy"
    SIGN = "dse"
    OTHER = "mul"

    @property
    def label(self) -> str:
        """What a reader sees."""
        return LANGUAGE_LABELS[self]


LANGUAGE_LABELS = {
    Language.DUTCH: "Nederlands",
    Language.ENGLISH: "Engels",
    Language.GERMAN: "Duits",
    Language.FRENCH: "Frans",
    Language.FRISIAN: "Fries",
    Language.SIGN: "Nederlandse Gebarentaal",
    Language.OTHER: "Een andere taal",
}


def as_json(value: Any) -> Any:
    """A value of a run in JSON types."""
    match value:
        case time():
            return value.isoformat("minutes")
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case StrEnum():
            return value.value
    return value


def read(name: str, value: Any) -> Any:
    """The value of a field from JSON. Raises ValueError with a Dutch message."""
    convert, message = READ[name]
    try:
        return convert(value) if value not in (None, "") else EMPTY.get(name)
    except (TypeError, ValueError, ArithmeticError):
        raise ValueError(message) from None


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _time(value: Any) -> time:
    at = value if isinstance(value, time) else time.fromisoformat(value)
    return at.replace(second=0, microsecond=0, tzinfo=None)


def _place(value: Any) -> str:
    text = characters.line(str(value))
    if len(text) > LONGEST_PLACE:
        raise ValueError(len(text))
    return text


def _price(value: Any) -> Decimal:
    price = Decimal(str(value)[:20])
    if not 0 <= price <= HIGHEST_PRICE or price != price.quantize(CENT):
        raise ValueError(price)
    return price.quantize(CENT)


def _places(value: Any) -> int:
    number = int(value)
    if not 0 <= number <= MOST_PLACES:
        raise ValueError(number)
    return number


NO_DAY, NO_TIME = "Vul een dag in als 2026-12-31.", "Vul een tijd in als 09:30."
NO_PRICE = f"Vul een bedrag in van 0 tot en met {HIGHEST_PRICE}, met hooguit twee decimalen."
READ: Mapping[str, tuple[Callable[[Any], Any], str]] = {
    "start": (_day, NO_DAY),
    "start_time": (_time, NO_TIME),
    "end": (_day, NO_DAY),
    "end_time": (_time, NO_TIME),
    "place": (_place, f"Maak de plaats korter: hier passen {LONGEST_PLACE} tekens."),
    "online": (bool, ""),
    "price": (_price, NO_PRICE),
    "vat_excluded": (bool, ""),
    "places_free": (_places, f"Vul een aantal in van 0 tot en met {MOST_PLACES}."),
    "language": (Language, f"Kies een taal: {', '.join(Language)}."),
}
EMPTY: Mapping[str, Any] = {"place": "", "online": False, "vat_excluded": False}
