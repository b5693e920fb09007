"""What providers do with offers: create, edit, publish, end, copy, delete (F3)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete as delete_rows
from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from processes.base import new_id, now, today
from processes.register.changes import record_event
from processes.register.migration_report import MigrationResult
from processes.register.offers import hand
from processes.register.offers.end_dates import check_days
from processes.register.offers.evaluations import erase_evaluations
from processes.register.offers.fields import as_json, fields_of, put, read
from processes.register.offers.locks import lock
from processes.register.offers.overview import Counters, OverviewFilter, counters, overview
from processes.register.offers.rules import Offer, addable_on, visible_on
from processes.register.offers.runs import undated
from processes.register.offers.terms import (
    Area,
    Missing,
    OfferIncompleteError,
    OfferKind,
    OfferStatus,
    OfferTransitionError,
    Sector,
)
from processes.register.offers.versions import OfferVersion, keep_version
from processes.register.paging import Page, page_of
from processes.register.providers.providers import (
    CompanyEndedError,
    Provider,
    refuse_when_suspended,
)

__all__ = [
    "Area",
    "Counters",
    "Missing",
    "Offer",
    "OfferDeletedError",
    "OfferIncompleteError",
    "OfferKind",
    "OfferNotFoundError",
    "OfferStatus",
    "OfferTransitionError",
    "OverviewFilter",
    "Sector",
    "addable_on",
    "counters",
    "overview",
    "visible_on",
]


class OfferNotFoundError(LookupError):
    """There is no such offer for this provider (R62)."""


class OfferDeletedError(LookupError):
    """The offer was deleted by its provider (R32)."""


class StaleOfferError(Exception):
    """Another user changed the offer since it was read (R30)."""

    def __init__(self, current: dict[str, Any], yours: dict[str, Any], version: int) -> None:
        super().__init__("the offer was changed in between")
        self.current = current  # the fields as they are now
        self.yours = yours  # what you wanted to change
        self.version = version  # base your next attempt on this one
        self.fields = [field for field in yours if current[field] != yours[field]]


def offer_of(session: Session, offer_id: UUID, *, kvk: str, branch: str | None = None) -> Offer:
    """The offer, if this company or branch may change it (R54, R62).

    Raises OfferNotFoundError.
    """
    offer = readable_offer_of(session, offer_id, kvk=kvk, branch=branch)
    if not offer.is_editable_for(branch):
        raise OfferNotFoundError(offer_id)
    return offer


def readable_offer_of(
    session: Session, offer_id: UUID, *, kvk: str, branch: str | None = None
) -> Offer:
    """The offer, if this company or branch may read it (R54).

    Raises OfferNotFoundError.
    """
    query = select(Offer).join(Provider).where(Offer.id == offer_id, Provider.kvk == kvk)
    offer = session.scalar(query.options(joinedload(Offer.provider)))
    if offer is None or offer.status is OfferStatus.DELETED:
        raise OfferNotFoundError(offer_id)
    if branch and offer.branch not in (None, branch):
        raise OfferNotFoundError(offer_id)
    return offer


def own_offers(session: Session, provider: Provider, page: int) -> Page[Offer]:
    """What this provider did not delete, the oldest first, a hundred a page."""
    query = select(Offer).where(
        Offer.provider_id == provider.id, Offer.status != OfferStatus.DELETED
    )
    return page_of(session, query.order_by(Offer.created_at, Offer.id), page, per_page=100)


def create(
    session: Session,
    provider: Provider,
    *,
    by: str,
    branch: str | None = None,
    id_: UUID | None = None,
) -> Offer:
    """A new, empty concept; a program may choose its id."""
    refuse_when_suspended(provider)
    offer = Offer(id=id_ or new_id(), provider_id=provider.id, branch=branch, updated_by=by)
    offer.provider = provider
    session.add(offer)
    session.flush()
    _record(session, "offer-created", offer, by)
    return offer


def edit(
    session: Session, offer_id: UUID, changes: Mapping[str, Any], *, based_on: int, by: str
) -> Offer:
    """Change fields of an offer; live at once when it is published (R28).

    Besides the fields, `hours_confirmed: True` says that the hours are right although the
    older register has another total (R52). Raises StaleOfferError, OfferFieldError,
    EndBeforeStartError, and OfferIncompleteError when a published offer would lose what
    publishing asks (R24).
    """
    offer = lock_offer(session, offer_id)
    fields = {field: value for field, value in changes.items() if field != "hours_confirmed"}
    wanted = {field: new for field, new in read(fields).items() if getattr(offer, field) != new}
    if changes.get("hours_confirmed"):
        offer.touched |= {"contact_hours"}
    if not wanted:
        return offer
    if based_on != offer.version:
        yours = {field: as_json(value) for field, value in wanted.items()}
        raise StaleOfferError(fields_of(offer), yours, offer.version)
    lacked = offer.missing_fields()
    _change(session, offer, wanted, by=by, action="offer-edited")
    lost = [each for each in offer.missing_fields() if each not in lacked]
    if lost and offer.status is OfferStatus.PUBLISHED:
        raise OfferIncompleteError(lost)
    return offer


def set_end_date(session: Session, offer_id: UUID, end_date: date | None, *, by: str) -> Offer:
    """Set or clear the end date; in the past, it hides the offer at once (R20, R21).

    Raises EndBeforeStartError, OfferNotFoundError, OfferDeletedError.
    """
    offer = lock_offer(session, offer_id)
    if offer.end_date != end_date:
        _change(session, offer, {"end_date": end_date}, by=by, action="offer-end-date")
    return offer


def _change(
    session: Session, offer: Offer, values: Mapping[str, Any], *, by: str, action: str
) -> None:
    check_days(values.get("runs", offer.runs), values.get("end_date", offer.end_date))
    was_visible = offer.is_visible(today())
    before = {field: as_json(getattr(offer, field)) for field in values}
    keep_version(session, offer, by=by)
    put(offer, values)
    offer.touched |= set(values)
    dates = {field: [before[field], as_json(values[field])] for field in values if "date" in field}
    _tell(session, action, offer, by, fields=sorted(values), **dates)
    _record_visibility(session, offer, by, was_visible=was_visible)


def publish(session: Session, offer_id: UUID, *, by: str) -> Offer:
    """Publish a complete concept; with an end date in the past it stays hidden (R23, R24).

    Raises CompanyEndedError (R42), OfferIncompleteError, OfferTransitionError, OfferNotFoundError,
    OfferDeletedError.
    """
    in_hand = hand.held(session, offer_id)
    offer = _to_change(offer_id, in_hand or lock(session, offer_id))
    if offer.provider.company_has_ended(today()):
        raise CompanyEndedError(offer.provider.kvk)
    offer.publish()
    offer.published_at = offer.updated_at = now()
    offer.updated_by = by
    if in_hand is not None:
        hand.write(session, in_hand)
    _tell(session, "offer-published", offer, by, visible=offer.is_visible(today()))
    return offer


def mark_checked(
    session: Session,
    offer_id: UUID,
    checked: bool,  # noqa: FBT001 - the fact itself
    *,
    by: str,
) -> Offer:
    """Mark the offer as checked by the provider, or not (R26)."""
    offer = lock_offer(session, offer_id)
    if checked != (offer.checked_at is not None):
        offer.checked_at, offer.checked_by = (now(), by) if checked else (None, None)
        _record(session, "offer-checked", offer, by, checked=checked)
    return offer


def copy(session: Session, offer_id: UUID, *, by: str) -> Offer:
    """A concept with the same content, without days and without a past in the older register."""
    original = lock_offer(session, offer_id)
    offer = create(session, original.provider, by=by, branch=original.branch)
    values = read(fields_of(original) | {"runs": undated(original.runs), "end_date": None})
    put(offer, values | {"title": f"{original.title[:240]} (kopie)".strip()})
    session.flush()
    return offer


def delete(session: Session, offer_id: UUID, *, by: str) -> Offer:
    """Erase the content; a tombstone and the snapshots in portfolios stay (R31-R33)."""
    offer = lock_offer(session, offer_id)
    offer.move_to(OfferStatus.DELETED)
    put(offer, read(dict.fromkeys(fields_of(offer))))
    offer.migration_notes, offer.legacy_fields, offer.legacy_newer = [], {}, False
    offer.hidden_at = offer.hidden_reason = None
    offer.legacy_hours = offer.legacy_valid_until = offer.legacy_number = None
    offer.touched = frozenset()
    offer.deleted_at = offer.updated_at = now()
    offer.updated_by = by
    session.execute(delete_rows(OfferVersion).where(OfferVersion.offer_id == offer.id))
    erase_evaluations(session, offer.id)
    report = update(MigrationResult).where(MigrationResult.offer_id == offer.id)
    session.execute(report.values(title="", notes=[]))
    _record(session, "offer-deleted", offer, by)
    return offer


def lock_offer(session: Session, offer_id: UUID) -> Offer:
    """The offer, locked until the transaction ends.

    Raises OfferNotFoundError, OfferDeletedError.
    """
    return _to_change(offer_id, lock(session, offer_id))


def _to_change(offer_id: UUID, offer: Offer | None) -> Offer:
    if offer is None:
        raise OfferNotFoundError(offer_id)
    if offer.status is OfferStatus.DELETED:
        raise OfferDeletedError(offer_id)
    refuse_when_suspended(offer.provider)
    return offer


def _record(session: Session, action: str, offer: Offer, by: str, **details: Any) -> None:
    session.flush()
    _tell(session, action, offer, by, **details)


def _tell(session: Session, action: str, offer: Offer, by: str, **details: Any) -> None:
    record_event(
        session, action, actor=by, kvk=offer.provider.kvk, subject=f"offer:{offer.id}", **details
    )


def _record_visibility(session: Session, offer: Offer, by: str, *, was_visible: bool) -> None:
    visible = offer.is_visible(today())
    if visible != was_visible:
        _tell(session, "offer-shown" if visible else "offer-hidden", offer, by)
