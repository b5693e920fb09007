"""New offers with their fields filled in already, many in one go."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from processes.register.changes import record_event
from processes.register.offers.end_dates import check_days
from processes.register.offers.fields import put, read
from processes.register.offers.rules import Offer
from processes.register.providers.providers import Provider, refuse_when_suspended
from processes.unit_of_work import unit_of_work


def create_all(
    session: Session,
    provider: Provider,
    filled: Iterable[Mapping[str, Any]],
    *,
    by: str,
    branch: str | None = None,
) -> list[Offer]:
    """New concepts with these fields, written in one go.

    Raises OfferFieldError, EndBeforeStartError, ProviderSuspendedError.
    """
    refuse_when_suspended(provider)
    offers = []
    for changes in filled:
        values = read(changes)
        check_days(values.get("runs", ()), values.get("end_date"))
        offer = Offer(provider_id=provider.id, branch=branch, updated_by=by)
        offer.provider = provider
        put(offer, values)
        offer.touched = frozenset(values)
        offers.append(offer)
    session.add_all(offers)
    session.flush()
    with unit_of_work(session).gathering():
        for offer in offers:
            record_event(
                session,
                "offer-created",
                actor=by,
                kvk=provider.kvk,
                subject=f"offer:{offer.id}",
                fields=sorted(offer.touched),
            )
    return offers
