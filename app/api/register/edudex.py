"""The catalogue as programmes of EDU-DEX, for catalogues that read that format.

Names, required parts, lengths and values are those of the EDU-DEX Data API 1.0.2 (docs/domain.md
E7). What it asks and the register does not know has one fixed answer, told in the docs.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from math import ceil
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from app.api.blueprint import entrance as bp
from app.api.operation import Operation, describes
from app.api.queries import asked
from app.api.register.answers import ProgrammeAnswer, ProgrammesAnswer
from app.api.register.catalogue import TAG, answered
from app.api.register.queries import NumberedPageQuery, page_links
from app.web.access import public
from app.web.db import db
from app.web.limits import Rate, limited
from processes.base import today
from processes.register.catalogue.catalogue import visible_page
from processes.register.offers.offers import Offer
from processes.register.offers.run_values import Language
from processes.register.offers.runs import Run, still_to_come
from processes.register.offers.terms import OfferKind
from processes.register.providers.providers import Provider
from processes.register.rich_text import as_text

Part = dict[str, Any]
FORMAT = "application/vnd.edudex.program+json"
SHORT, LONG = 200, 1200  # characters
TYPES = {
    OfferKind.PROGRAMME: "educational",
    OfferKind.COURSE: "training",
    OfferKind.STUDY_DAY: "workshop",
    OfferKind.CONFERENCE: "conference",
    OfferKind.IN_SCHOOL: "training",
    OfferKind.OUTSIDE_SCHOOL: "training",
    OfferKind.SELF_STUDY: "self study",
}
NOWHERE = "in overleg"


@bp.get("/edudex-programmas")
@public
@limited(Rate.SEARCH)
@describes(Operation(TAG, {200: ProgrammesAnswer}, query=NumberedPageQuery, is_open=True))
def programmes() -> ResponseReturnValue:
    """The activities of the catalogue as programmes of EDU-DEX, a hundred a page.

    Each has the parts of the address of EDU-DEX at which it is put, and its `data`.
    """
    query = asked(NumberedPageQuery)
    found = visible_page(db.session(), on=today(), page=query.page)
    answer = ProgrammesAnswer(
        page=found.number,
        pages=found.pages,
        total=found.total,
        programs=[
            ProgrammeAnswer(
                org_unit_id=offer.provider.kvk, program_id=offer.id, data=programme(offer, today())
            )
            for offer in found
        ],
    )
    response: Response = answered(answer, page_links(found.number, found.pages))
    return response


def programme(offer: Offer, on: date) -> Part:
    """A visible activity as a programme."""
    runs = still_to_come(offer.runs, on)
    return {
        "editor": offer.provider.display_name,
        "format": FORMAT,
        "generator": "Loket",
        "lastEdited": offer.updated_at.isoformat(),
        "inPublication": True,
        "expires": _day(offer.end_date),
        "programAdmission": _admission(offer, runs),
        "programClassification": _classification(offer, runs),
        "programContacts": {"contactData": list(_contacts(offer.provider))},
        "programCurriculum": _curriculum(offer, runs),
        "programDescriptions": _descriptions(offer),
        "programSchedule": {
            "programRun": [
                _run(offer, run, f"{run.start}-{number}")
                for run, number in _numbered(offer.runs)
                if run in runs
            ]
        },
    }


def _admission(offer: Offer, runs: list[Run]) -> Part:
    determined = "fixed starting date" if any(run.start for run in runs) else "agreed starting date"
    if offer.kind is OfferKind.SELF_STUDY:
        determined = "direct start"
    return _filled(
        {
            "applicationOpen": not runs or any(run.places_free != 0 for run in runs),
            "applicationType": "individual",
            "paymentDue": "up-front",
            "startDateDetermination": determined,
            "maxNumberOfParticipants": offer.max_participants,
        }
    )


def _classification(offer: Offer, runs: list[Run]) -> Part:
    places = _places(offer, runs)
    named = [place for place in places if place != "online"]
    fully_online = bool(places) and not named
    return _filled(
        {
            "orgUnitId": offer.provider.kvk,
            "programId": str(offer.id),
            "programUUID": str(offer.id),
            "programType": TYPES[offer.kind or OfferKind.COURSE],
            "programForm": ["distance learning" if fully_online else "part-time"],
            "programLevel": "none",
            "programDuration": {"hours": ceil(offer.total_hours)},
            "programLocation": [{"description": place} for place in places or [NOWHERE]],
            "fullyOnline": fully_online,
            "degree": "certificate of participation" if offer.evidence else "none",
            "offeredSince": _day(offer.published_at and offer.published_at.date()),
            "offeredUntil": _day(offer.end_date),
            "theme": ["training and education"],
        }
    )


def _places(offer: Offer, runs: list[Run]) -> list[str]:
    found = [place for run in runs or [Run()] for place in run.where(offer.location, offer.online)]
    return list(dict.fromkeys(found))


def _contacts(provider: Provider) -> Iterator[Part]:
    """The contact person, where the provider wants that (R63)."""
    if provider.contact_public:
        yield _filled(
            {
                "contactName": provider.contact_name,
                "role": "contactpersoon",
                "email": provider.contact_email if provider.contact_email.isascii() else "",
                "telephone": provider.contact_phone,
            }
        )


def _curriculum(offer: Offer, runs: list[Run]) -> Part:
    spoken = {run.language for run in runs}
    (language,) = spoken if len(spoken) == 1 else (None,)
    is_known = language is not None and language not in {Language.SIGN, Language.OTHER}
    return _filled(
        {
            "studyLoad": {"program": max(1, ceil(offer.total_hours))},
            "instructionLanguage": [{"languageCode": str(language), "percentage": 100}]
            if is_known
            else [],
        }
    )


def _descriptions(offer: Offer) -> Part:
    contribution = " ".join(as_text(offer.contribution).split())
    return {
        "programName": {"nl": shortened(offer.title, SHORT)},
        "programSummaryText": {"nl": shortened(contribution, SHORT)},
        "programDescriptionText": {"nl": shortened(as_text(offer.content), LONG)},
        "programDescriptionHtml": {"nl": offer.content},
        **({"webLink": {"nl": offer.url}} if offer.url else {}),
        **({"searchword": {"nl": [shortened(offer.subject, SHORT)]}} if offer.subject else {}),
    }


def _numbered(runs: Iterable[Run]) -> Iterator[tuple[Run, int]]:
    """Each run with a day and its number on that day: it stays when other runs are over or gone."""
    on_day: Counter[date] = Counter()
    for run in runs:
        if run.start:
            on_day[run.start] += 1
            yield run, on_day[run.start]


def _run(offer: Offer, run: Run, run_id: str) -> Part:
    where = run.where(offer.location, offer.online)
    places = [place for place in where if place != "online"]
    return _filled(
        {
            "id": run_id,
            "status": "application closed" if run.places_free == 0 else "application opened",
            "startDate": {"date": _day(run.start), "isFinal": True},
            "endDate": {"date": _day(run.last_day), "isFinal": run.end is not None},
            "fullyOnline": bool(where) and not places,
            "location": {"locationName": {"nl": shortened(places[0], SHORT)}} if places else None,
            "cost": list(_costs(run)),
        }
    )


def _costs(run: Run) -> Iterator[Part]:
    if run.price is not None:
        yield {
            "id": "prijs",
            "costType": "tuition fee",
            "amount": f"{run.price:.2f}",
            "amountIsFinal": True,
            "currency": "EUR",
            "isRequiredCost": True,
            "summaryText": {"nl": "exclusief btw" if run.vat_excluded else "inclusief btw"},
        }


def shortened(text: str, most: int) -> str:
    """The text, or its first words."""
    return text if len(text) <= most else f"{text[: most - 1].rsplit(' ', 1)[0]}…"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _filled(found: Part) -> Part:
    return {name: value for name, value in found.items() if value not in ("", None, [])}
