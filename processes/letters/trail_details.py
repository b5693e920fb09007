"""What the details of an audit event say, in Dutch (R61)."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from processes.dutch import date_in_words, moment_in_words
from processes.engine.store.work_models import NoticeChoice
from processes.letters.templates import LETTERS
from processes.platform.levels import NAMES
from processes.register.changes import AuditEvent
from processes.register.offers.fields import FIELD_LABELS
from processes.register.offers.reports.reports import REPORT_KINDS, ReportKind
from processes.webhooks.events import EVENTS

DETAILS = {
    "answers": "antwoorden",
    "set_version": "versie van de eisen",
    "reference": "kenmerk",
    "reason": "reden",
    "before": "was",
    "after": "wordt",
    "to": "aan",
    "on_behalf_of": "namens",
    "taken_over_from": "overgenomen van",
    "step": "stap",
    "kind": "soort",
    "levelOfAssurance": "niveau",
    "outcome": "uitkomst",
    "legacy_id": "nummer in het oude register",
    "source": "bron",
    "verdict": "oordeel",
    "person": "wie",
    "right": "recht",
    "email": "e-mailadres",
    "contact_email": "e-mailadres",
    "contact_name": "naam",
    "contact_phone": "telefoonnummer",
    "contact_function": "functie",
    "contact_public": "in de catalogus",
    "display_name": "naam in de catalogus",
    "name": "naam van het bedrijf",
    "address": "adres om te laten zien",
    "website": "website",
    "street": "straat",
    "house_number": "huisnummer",
    "postcode": "postcode",
    "city": "plaats",
    "differences": "anders",
    "branch": "vestiging",
    "account": "account in het oude register",
    "former_kvk": "vorig KvK-nummer",
    "rows": "aantal activiteiten",
    "because": "hoe",
    "kvk_number": "KvK-nummer",
    "last_day": "laatste dag",
    "end_date": "einddatum",
    "checked": "gecontroleerd",
    "fields": "gegevens",
    "note": "toelichting",
    "visible": "te zien in de catalogus",
    "count": "aantal",
    "number": "aantal",
    "events": "berichten over",
    "url": "webadres",
    "topic": "onderwerp",
    "worker": "programma",
    "choice": "keuze",
    "label": "naam",
    "variables": "gegevens",
    "old": "vorige versie",
    "new": "nieuwe versie",
}
OF_ONE_ACTION = {("webhook-sent-again", "number"): "nummer van het bericht"}
NOTICES: Mapping[str, str] = {
    NoticeChoice.DIRECT: "op werkdagen een overzicht, en een bericht bij een nieuwe taak",
    NoticeChoice.DAILY: "op werkdagen een overzicht",
    NoticeChoice.NONE: "geen e-mail over taken",
}
WORDS: Mapping[str, Mapping[str, str]] = {"choice": NOTICES, "levelOfAssurance": NAMES}
LISTS: Mapping[str, Mapping[str, str]] = {
    "events": EVENTS,
    "fields": FIELD_LABELS,
    "variables": {},
}
WEBHOOK = "webhook:"  # before the name of an address, in the subject of an event
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T.+)?")
LONGEST = 200  # characters of one detail


def details_of(event: AuditEvent) -> list[str]:
    """The details in Dutch, without pseudonyms and empty values."""
    said = {name: _in_words(name, value) for name, value in event.details.items()}
    return [*_webhook(event.subject or ""), *_lines(event.action, said)]


def _webhook(subject: str) -> Iterator[str]:
    if subject.startswith(WEBHOOK):
        yield f"webhook: {subject.removeprefix(WEBHOOK)}"[:LONGEST]


def _in_words(name: str, value: Any) -> Any:
    """What people call it: a mail by its title, a report by what is wrong, a level as on the pages.

    What has no name, of an older release, stays as it is.
    """
    if name in LISTS and isinstance(value, list):
        return ", ".join(LISTS[name].get(str(one), str(one)) for one in value)
    if not isinstance(value, str):
        return value
    if name == "kind" and value in LETTERS:
        return LETTERS[value].title
    if name == "kind" and value in list(ReportKind):
        return REPORT_KINDS[ReportKind(value)]
    return WORDS.get(name, {}).get(value, value)


def _lines(action: str, details: Mapping[str, Any]) -> Iterator[str]:
    for name, value in details.items():
        label = OF_ONE_ACTION.get((action, name)) or DETAILS.get(name)
        if label and value not in (None, "", [], {}):
            yield f"{label}: {_text(value)}"[:LONGEST]


def _text(value: Any) -> str:
    match value:
        case bool():
            return "ja" if value else "nee"
        case [old, new]:
            return f"{_text(old)} → {_text(new)}"
        case dict():
            return ", ".join(f"{name} {_text(inner)}" for name, inner in value.items())
        case None | "":
            return "leeg"
        case str() if DAY.fullmatch(value):
            return _moment(value)
        case _:
            return str(value)


def _moment(value: str) -> str:
    """A day or moment of ISO 8601 as people write it; what only looks like one stays as it is."""
    try:
        if "T" in value:
            return moment_in_words(datetime.fromisoformat(value))
        return date_in_words(date.fromisoformat(value))
    except (ValueError, OverflowError):  # the last hours of 9999 are of no year in Amsterdam
        return value
