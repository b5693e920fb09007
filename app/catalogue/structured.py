"""Structured data of an activity for search engines: schema.org Course and CourseInstance."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from processes.base import AMSTERDAM
from processes.register.offers.offers import Offer
from processes.register.offers.run_values import Language
from processes.register.offers.runs import Run, still_to_come
from processes.register.providers.providers import Provider
from processes.register.rich_text import as_text

LONGEST = 500  # characters of a description
SCHEMA = "https://schema.org"


@dataclass(frozen=True)
class About:
    """What the head of a page says to whoever links to it."""

    title: str
    text: str
    address: str
    data: dict[str, Any]  # JSON-LD


def description_of(offer: Offer) -> str:
    """The contribution as one line of plain text, for descriptions."""
    text = " ".join(as_text(offer.contribution).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rsplit(' ', 1)[0]}…"


def course_of(offer: Offer, *, address: str, provider_address: str, on: date) -> dict[str, Any]:
    """The offer as JSON-LD: schema.org/Course, with a CourseInstance for each run not yet over."""
    found = {
        "@context": SCHEMA,
        "@type": "Course",
        "@id": address,
        "url": address,
        "name": offer.title,
        "description": description_of(offer),
        "provider": _organization(offer.provider, provider_address),
        "timeRequired": duration(offer.total_hours),
        "teaches": offer.subject,
        "educationalCredentialAwarded": offer.evidence,
        "hasCourseInstance": [
            _instance(offer, run, address) for run in still_to_come(offer.runs, on)
        ],
    }
    return _filled(found)


def organization_of(provider: Provider, *, address: str) -> dict[str, Any]:
    """A provider as JSON-LD: schema.org/Organization."""
    told = {"address": provider.shown_address, "sameAs": provider.website}
    about = {**_organization(provider, address), "identifier": provider.kvk, **told}
    return {"@context": SCHEMA, **_filled(about)}


def _organization(provider: Provider, address: str) -> dict[str, Any]:
    return {
        "@type": "Organization",
        "@id": address,
        "name": provider.display_name,
        "url": address,
    }


def _instance(offer: Offer, run: Run, address: str) -> dict[str, Any]:
    where = run.where(offer.location, offer.online)
    places = [place for place in where if place != "online"]
    spoken = run.language and run.language is not Language.OTHER
    return _filled(
        {
            "@type": "CourseInstance",
            "courseMode": _mode(where),
            "courseWorkload": duration(offer.total_hours),
            "startDate": _iso(moment(run.start, run.start_time)),
            "endDate": _iso(moment(run.last_day, run.end_time)),
            "location": [{"@type": "Place", "name": place, "address": place} for place in places]
            or [{"@type": "VirtualLocation", "url": offer.url or address} for _online in where],
            "inLanguage": run.language.value if spoken and run.language else "",
            "remainingAttendeeCapacity": run.places_free,
            "offers": _price(run, address),
        }
    )


def _mode(where: list[str]) -> str:
    """What is told of where a run is, in the words of search engines; nothing of what is open."""
    match where:
        case []:
            return ""
        case ["online"]:
            return "Online"
    return "Blended" if "online" in where else "Onsite"


def _price(run: Run, address: str) -> dict[str, Any] | None:
    if run.price is None:
        return None
    stock = "SoldOut" if run.places_free == 0 else "InStock"
    price = float(run.price)
    return {
        "@type": "Offer",
        "category": "Paid" if run.price else "Free",
        "price": price,
        "priceCurrency": "EUR",
        "availability": f"{SCHEMA}/{stock}",
        "url": address,
        "priceSpecification": {
            "@type": "PriceSpecification",
            "price": price,
            "priceCurrency": "EUR",
            "valueAddedTaxIncluded": not run.vat_excluded,
        },
    }


def moment(day: date | None, at: time | None) -> date | datetime | None:
    """A day, or a moment on it by the clock of Amsterdam."""
    if day is None or at is None:
        return day
    return datetime.combine(day, at, tzinfo=AMSTERDAM)


def _iso(found: date | None) -> str:
    return found.isoformat() if found else ""


def duration(hours: Decimal) -> str:
    """Hours as ISO 8601: PT15H30M."""
    minutes = int((hours * 60).to_integral_value())
    rest = f"{minutes % 60}M" if minutes % 60 else ""
    return f"PT{minutes // 60}H{rest}" if minutes else ""


def _filled(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value not in ("", None, [])}
