"""What the search index is told of an offer: its texts, facets by day, and when it is shown."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_

from processes.register.offers.rules import Offer, addable_on
from processes.register.offers.runs import Run, places_of, still_to_come
from processes.register.offers.search.facet_values import values_of
from processes.register.offers.terms import Area, OfferStatus, Sector
from processes.register.search import facets
from processes.register.search.analyser import Text
from processes.register.search.index import Document, State
from processes.register.search.tables import ALWAYS, NEVER, SEEN_AHEAD, first_of, month_of

DAY = timedelta(days=1)
LABELS = {str(each): each.label for each in (*Area, *Sector)}


def is_indexed(offer: Offer) -> bool:
    """Whether teachers find it somewhere, now or later: in the catalogue or for a portfolio."""
    return addable_days(offer) is not None


def findable() -> ColumnElement[bool]:
    """SQL twin of `is_indexed`."""
    return or_(Offer.status == OfferStatus.PUBLISHED, addable_on(NEVER))


def addable_days(offer: Offer) -> tuple[date, date] | None:
    """The days on which `Offer.is_addable` holds: from and until; None for an empty stretch."""
    starts, ends = offer.start_date or ALWAYS, offer.end_date or NEVER
    if offer.status is OfferStatus.PUBLISHED:
        return ALWAYS, (ends if ends < starts else NEVER)
    is_once_followed = offer.status is OfferStatus.CONCEPT and offer.was_validated
    if not is_once_followed or ends == NEVER or ends < starts:
        return None
    return ends + DAY, NEVER


def document_of(offer: Offer, name: str, *, on: date) -> Document:
    """The document of an offer; `name` is what its provider is called.

    Raises ValueError for one that nobody may add: it is in no index.
    """
    addable = addable_days(offer)
    if addable is None:
        raise ValueError(offer.id)
    values = _facets(offer, offer.runs)
    is_public = offer.status is OfferStatus.PUBLISHED and offer.hidden_at is None
    return Document(
        offer_id=offer.id,
        provider_id=offer.provider_id,
        title=offer.title,
        text=_text(offer, name, values),
        hours=offer.total_hours,
        last_day=(offer.end_date or NEVER) if is_public else ALWAYS,
        addable=addable,
        subject=offer.subject,
        states=list(_states(offer, values, on)),
        begins=frozenset(run.start for run in offer.runs if run.start),
    )


def _text(offer: Offer, name: str, values: frozenset[str]) -> Text:
    """Of all its runs, also those that are over: who followed one looks for where it was."""
    named = offer.areas | offer.sectors
    labels = [label for each, label in LABELS.items() if each in named]
    labels += [facets.ONLINE] if facets.ONLINE in values else []
    return Text(
        head=f"{offer.title} {offer.subject}",
        body=" ".join([offer.search_text, *labels]),
        names=" ".join([name, offer.location, *places_of(offer.runs)]),
        facets=values & {*facets.ASKED_BY_NAME, facets.ONLINE},
    )


def _states(offer: Offer, values: frozenset[str], on: date) -> Iterator[State]:
    last = None
    for day in (on, *_breaks(offer, on)):
        state = _state(offer, values, day)
        told = (state.facets, state.price, state.months)
        if told != last:
            yield state
        last = told


def _state(offer: Offer, values: frozenset[str], day: date) -> State:
    runs = still_to_come(offer.runs, day)
    begins = (month_of(run.start) for run in runs if run.start and run.start >= day)
    return State(
        first_day=day,
        facets=values if len(runs) == len(offer.runs) else _facets(offer, runs),
        price=min((run.price for run in runs if run.price is not None), default=None),
        months=frozenset(month for month in begins if month <= month_of(day) + SEEN_AHEAD),
    )


def _breaks(offer: Offer, on: date) -> list[date]:
    """The days to come on which a state may begin: a run has begun, is over, or is seen ahead."""
    days = {day + DAY for run in offer.runs for day in (run.start, run.last_day) if day}
    starts = (month_of(run.start) - SEEN_AHEAD for run in offer.runs if run.start)
    seen = {first_of(month) for month in starts if month >= 12}  # noqa: PLR2004 - the first year
    return sorted(day for day in days | seen if day > on)


def _facets(offer: Offer, runs: Sequence[Run]) -> frozenset[str]:
    """Its facets, as these of its runs say."""
    kind = [offer.kind.value] if offer.kind else []
    found = {*offer.sectors, *offer.areas, *kind, *values_of(offer, runs)}
    return frozenset(facets.BITS.keys() & found)
