"""The fields of an offer: parsing, comparing, and conversion to JSON."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from processes.reading import characters
from processes.reading.addresses import NoAddressError, web_address
from processes.register.offers.rules import Offer
from processes.register.offers.runs import first_day, places_of, runs_of
from processes.register.offers.terms import Area, OfferKind, Sector
from processes.register.rich_text import as_text, clean_html
from processes.register.search_words import folded

MOST_HOURS = Decimal(9999)
MOST_PARTICIPANTS = 100_000
LONGEST: Mapping[str, int] = {
    "title": 250,
    "contribution": 20_000,
    "content": 20_000,
    "self_study_account": 5000,
    "closing_test": 5000,
    "subject": 250,
    "audience": 500,
    "location": 250,
    "cost": 250,
    "url": 500,
    "language": 100,
    "evidence": 500,
}


class OfferFieldError(ValueError):
    """The value does not fit this field of an offer."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message  # Dutch


def _text(field: str, clean: Callable[[str], str] = characters.lines) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        text = clean(str(value or ""))
        if len(text) > LONGEST[field]:
            message = f"Maak de tekst korter: hier passen {LONGEST[field]} tekens."
            raise ValueError(message)
        return text

    return read


def _html(field: str) -> Callable[[Any], str]:
    return lambda value: clean_html(_text(field)(value))


def _hours(value: Any) -> Decimal | None:
    if value in (None, ""):
        return None
    try:
        hours = Decimal(str(value)[:20]).quantize(Decimal("0.01"))
        if 0 <= hours <= MOST_HOURS:
            return hours
    except InvalidOperation:  # no number, or no finite one
        pass
    message = "Vul een aantal uren in, bijvoorbeeld 3,5."
    raise ValueError(message)


def _date(value: Any) -> date | None:
    if value in (None, ""):
        return None
    return value if isinstance(value, date) else date.fromisoformat(value)


def _kind(value: Any) -> OfferKind | None:
    return OfferKind(value) if value else None


def _set_of(words: type[Area] | type[Sector]) -> Callable[[Any], frozenset[str]]:
    return lambda value: frozenset(words(word).value for word in value or ())


def _participants(value: Any) -> int | None:
    if value in (None, ""):
        return None
    number = int(value)
    if not 1 <= number <= MOST_PARTICIPANTS:
        message = f"Vul een aantal in van 1 tot en met {MOST_PARTICIPANTS}."
        raise ValueError(message)
    return number


def _url(value: Any) -> str:
    url = _text("url")(value)
    if not url:
        return ""
    try:
        return web_address(url)
    except NoAddressError:
        message = "Vul een webadres in dat begint met https://."
        raise ValueError(message) from None


READ: Mapping[str, Callable[[Any], Any]] = {
    "title": _text("title", characters.line),
    "kind": _kind,
    "contribution": _html("contribution"),
    "content": _html("content"),
    "contact_hours": _hours,
    "self_study_hours": _hours,
    "self_study_account": _text("self_study_account"),
    "closing_test": _text("closing_test"),
    "areas": _set_of(Area),
    "sectors": _set_of(Sector),
    "subject": _text("subject", characters.line),
    "audience": _text("audience", characters.line),
    "location": _text("location", characters.line),
    "online": bool,
    "cost": _text("cost", characters.line),
    "url": _url,
    "language": _text("language", characters.line),
    "max_participants": _participants,
    "evidence": _text("evidence", characters.line),
    "runs": runs_of,
    "end_date": _date,
}

FIELD_LABELS: Mapping[str, str] = {
    "title": "Titel",
    "kind": "Type activiteit",
    "contribution": "Bijdrage aan de professionele ontwikkeling",
    "content": "Inhoud en opzet",
    "contact_hours": "Contacturen",
    "self_study_hours": "Uren zelfstudie",
    "self_study_account": "Toelichting op de zelfstudie",
    "closing_test": "Toets of opdracht",
    "areas": "Bekwaamheidsgebied",
    "sectors": "Sector",
    "subject": "Vak of onderwerp",
    "audience": "Doelgroep",
    "location": "Plaats",
    "online": "Online",
    "cost": "Kosten",
    "url": "Webadres",
    "language": "Taal",
    "max_participants": "Maximaal aantal deelnemers",
    "evidence": "Bewijs van deelname",
    "runs": "Uitvoeringen",
    "end_date": "Einddatum",
}


def read(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes of a form or process as values of an offer. Raises OfferFieldError."""
    return {field: _read_one(field, value) for field, value in changes.items()}


def _read_one(field: str, value: Any) -> Any:
    if field not in READ:
        raise OfferFieldError(field, "Dit veld kunt u niet wijzigen.")
    try:
        return READ[field](value)
    except (ValueError, TypeError) as error:
        raise OfferFieldError(field, str(error)) from error


def fields_of(offer: Offer) -> dict[str, Any]:
    """All fields as JSON: for a version kept, a copy, or a form to be filled."""
    return {field: as_json(getattr(offer, field)) for field in READ}


def as_json(value: Any) -> Any:
    """A field's value in JSON types."""
    match value:
        case frozenset():
            return sorted(value)
        case tuple():
            return [run.as_json() for run in value]
        case Decimal():
            return format(value.normalize(), "f")
        case date():
            return value.isoformat()
    return value


def put(offer: Offer, values: Mapping[str, Any]) -> None:
    """Set these values; the begin date and the search words follow from them."""
    told = {field: getattr(offer, field) for field in _TOLD if field not in values}
    for field, value in {**values, **_following({**told, **values})}.items():
        setattr(offer, field, value)


def filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a new offer, and what follows from them."""
    return {**values, **_following({**_TOLD, **values})}


_TOLD: Mapping[str, Any] = {
    **dict.fromkeys(("title", "subject", "audience", "location", "contribution", "content"), ""),
    "kind": None,
    "runs": (),
}
"""The fields that others follow from, as they are in a new offer."""


def _following(told: Mapping[str, Any]) -> dict[str, Any]:
    """The begin date and the search words of an offer with these fields."""
    runs, kind = told["runs"], told["kind"]
    texts = [told["title"], told["subject"], told["audience"], told["location"], *places_of(runs)]
    texts += [kind.label if kind else "", as_text(told["contribution"]), as_text(told["content"])]
    return {"start_date": first_day(runs), "search_text": folded(" ".join(texts))}
