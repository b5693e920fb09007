"""What a provider is reminded of: end dates that come near, concepts nobody touched (R67)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from processes.base import now
from processes.register.offers.rules import Offer, ended_on
from processes.register.offers.terms import OfferStatus
from processes.register.providers.providers import Provider, ProviderStatus

WEEK = 7  # days: a provider gets at most one reminder in these
MOST_NAMED = 20
"""So many activities of a kind are named; of more only the number is told."""


@dataclass(frozen=True)
class ReminderDays:
    """After or before how many days somebody is reminded; an owner sets them in the diagram."""

    end: Sequence[int] = (30, 7)  # before the end date
    concept: int = 60  # after the last change
    onboarding: int = 14  # after it began


def providers_to_remind(session: Session, on: date, days: ReminderDays) -> list[str]:
    """The KvK numbers of providers for whom a term was reached in the past week.

    A week wide: with one reminder a week at most, each offer leads to one at each of its terms.
    """
    terms = [
        _ends_between(on + timedelta(each - WEEK + 1), on + timedelta(each)) for each in days.end
    ]
    since = now() - timedelta(days.concept)
    week_long = Offer.updated_at > since - timedelta(WEEK)
    terms.append(and_(_untouched(on, days), week_long))
    query = (
        select(Provider.kvk)
        .join(Offer, Offer.provider_id == Provider.id)
        .where(Provider.status == ProviderStatus.ACTIVE, or_(*terms))
        .distinct()
    )
    return sorted(session.scalars(query))


def _ends_between(first: date, last: date) -> ColumnElement[bool]:
    return and_(Offer.status == OfferStatus.PUBLISHED, Offer.end_date.between(first, last))


def _untouched(on: date, days: ReminderDays) -> ColumnElement[bool]:
    return and_(
        Offer.status == OfferStatus.CONCEPT,
        not_(ended_on(on)),
        Offer.updated_at <= now() - timedelta(days.concept),
    )


def points_of(session: Session, kvk: str, on: date, days: ReminderDays) -> list[tuple[str, str]]:
    """What to remind this provider of now, each with its heading; empty when all is done."""
    of_provider = select(Offer).join(Provider).where(Provider.kvk == kvk)
    soon = of_provider.where(_ends_between(on, on + timedelta(max(days.end, default=0))))
    ending = session.scalars(soon.order_by(Offer.end_date, Offer.title)).all()
    old = of_provider.where(_untouched(on, days)).order_by(func.lower(Offer.title))
    waiting = session.scalars(old).all()
    return [
        *_rows(
            "Bijna afgelopen",
            ending,
            [f"{_title(o)}, tot en met {o.end_date:%d-%m-%Y}" for o in ending],
        ),
        *_rows("Nog niet gepubliceerd", waiting, map(_title, waiting)),
    ]


def _rows(heading: str, offers: Sequence[Offer], lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    if len(offers) > MOST_NAMED:
        yield heading, f"{len(offers)} activiteiten"
    else:
        yield from ((heading, line) for line in lines)


def _title(offer: Offer) -> str:
    return offer.title or "Activiteit zonder titel"
