"""The runs of an offer in one cell: a line for each, "begindatum: 1-9-2027 | plaats: Utrecht"."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from processes.dutch import decimal_text
from processes.reading.booleans import boolean_of
from processes.reading.dates import NoDateError, date_of, time_of
from processes.reading.numbers import amount_of, whole_of
from processes.register.offers.run_values import LANGUAGE_LABELS, Language
from processes.register.offers.runs import Run, run_of
from processes.register.search_words import folded

BAR = re.compile(r"(?<!\\)\|")
EXAMPLE = "begindatum: 1-9-2027 | begintijd: 9:30 | plaats: Utrecht | prijs: 250"


def _day(text: str) -> str:
    try:
        return date_of(text).isoformat()
    except NoDateError:
        message = "Vul een datum in, bijvoorbeeld 31-12-2026."
        raise ValueError(message) from None


def _time(text: str) -> str:
    try:
        return time_of(text).isoformat("minutes")
    except ValueError:
        message = "Vul een tijd in, bijvoorbeeld 9:30."
        raise ValueError(message) from None


def _yes(text: str) -> bool:
    answer = boolean_of(text)
    if answer is None:
        message = "Vul ja of nee in."
        raise ValueError(message)
    return answer


def _language(text: str) -> str:
    labels = {folded(label): language for language, label in LANGUAGE_LABELS.items()}
    codes = {language.value: language for language in LANGUAGE_LABELS}
    found = labels.get(folded(text)) or codes.get(text.strip().lower())
    if found is None:
        message = f"Kies een taal: {', '.join(LANGUAGE_LABELS.values())}."
        raise ValueError(message)
    return found.value


def _amount(text: str) -> str:
    try:
        return str(amount_of(text))
    except ValueError:
        message = "Vul een bedrag in, bijvoorbeeld 250 of 49,50."
        raise ValueError(message) from None


def _count(text: str) -> int:
    try:
        return whole_of(text)
    except ValueError:
        message = "Vul een heel getal in."
        raise ValueError(message) from None


PARTS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "start": ("begindatum", _day),
    "start_time": ("begintijd", _time),
    "end": ("einddatum", _day),
    "end_time": ("eindtijd", _time),
    "place": ("plaats", str.strip),
    "online": ("online", _yes),
    "price": ("prijs", _amount),
    "vat_excluded": ("prijs zonder btw", _yes),
    "places_free": ("plaatsen vrij", _count),
    "language": ("taal", _language),
}
NAMES = {name: field for field, (name, _read) in PARTS.items()}


def runs_text(runs: Iterable[Run]) -> str:
    """The runs as this module reads them."""
    return "\n".join(_one(run) for run in runs)


def _one(run: Run) -> str:
    told = ((name, getattr(run, field)) for field, (name, _read) in PARTS.items())
    return " | ".join(f"{name}: {_word(value)}" for name, value in told if _is_told(value))


def _is_told(value: Any) -> bool:
    return value is not None and value is not False and value != ""


def _word(value: Any) -> str:
    match value:
        case bool():
            return "ja"
        case time():
            return f"{value:%H:%M}"
        case date():
            return f"{value:%d-%m-%Y}"
        case Decimal():
            return decimal_text(value)
        case Language():
            return value.label
    return str(value).replace("|", "\\|")


def runs_in(text: str) -> list[dict[str, Any]]:
    """The runs as JSON. Raises ValueError with a Dutch message that names the line."""
    found = []
    for number, line in enumerate(filter(str.strip, text.split("\n")), start=1):
        try:
            run = _run(line)
            run_of(run)
        except ValueError as error:
            message = f"Uitvoering {number}: {error}"
            raise ValueError(message) from None
        found.append(run)
    return found


def _run(line: str) -> dict[str, Any]:
    run: dict[str, Any] = {}
    for part in BAR.split(line):
        name, colon, value = part.replace("\\|", "|").partition(":")
        field = NAMES.get(" ".join(name.lower().split()))
        if not colon or field is None:
            message = f"“{part.strip()[:40]}” herkennen wij niet. Schrijf het zo: {EXAMPLE}."
            raise ValueError(message)
        if value.strip():
            run[field] = PARTS[field][1](value)
    return run
