"""New concepts with their fields filled in already, many in one go, past the ORM."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from processes.base import new_id, now
from processes.register.changes import record_event
from processes.register.offers.end_dates import check_days
from processes.register.offers.fields import filled, read
from processes.register.offers.rules import Offer
from processes.register.providers.providers import Provider, refuse_when_suspended
from processes.statements import Statement
from processes.unit_of_work import unit_of_work

OFFER: Any = Offer.__table__
COLUMNS = tuple(OFFER.c.keys())
ADD = Statement(insert(OFFER).inline(), COLUMNS)


@cache
def _empty() -> Mapping[str, Any]:
    """The columns of a concept in which nothing is filled in."""
    offer = Offer(provider_id=UUID(int=0))
    return {name: getattr(offer, name) for name in COLUMNS}


def add_concept(session: Session, values: Mapping[str, Any], **columns: Any) -> UUID:
    """Write a new concept with these values of its fields, and these columns besides; its id.

    No object is made of it. It is no entry of the search index, in which no concept stands that
    teachers never followed.
    """
    offer_id, moment = new_id(), now()
    own = {"id": offer_id, "created_at": moment, "updated_at": moment}
    row = {**_empty(), **own, **filled(values), **columns}
    unit_of_work(session).write([(ADD, [row])])
    return offer_id


def create_all(
    session: Session,
    provider: Provider,
    rows: Iterable[Mapping[str, Any]],
    *,
    by: str,
    branch: str | None = None,
) -> list[UUID]:
    """New concepts with these fields, written in one go; their ids.

    Raises OfferFieldError, EndBeforeStartError, ProviderSuspendedError.
    """
    refuse_when_suspended(provider)
    facts = {"provider_id": provider.id, "branch": branch, "updated_by": by}
    offer_ids = []
    with unit_of_work(session).gathering():
        for changes in rows:
            values = read(changes)
            check_days(values.get("runs", ()), values.get("end_date"))
            offer_id = add_concept(session, values, touched=frozenset(values), **facts)
            record_event(
                session,
                "offer-created",
                actor=by,
                kvk=provider.kvk,
                subject=f"offer:{offer_id}",
                fields=sorted(values),
            )
            offer_ids.append(offer_id)
    return offer_ids
