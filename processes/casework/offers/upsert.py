"""Makes an activity be as a provider's own program has it: new, changed or unchanged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from processes.casework.offers.publication import (
    REFUSALS,
    OfferBusyError,
    Worker,
    begin,
    publish_if_possible,
    take_step,
)
from processes.engine.execution.instances import TaskNotOpenError
from processes.register.offers.end_dates import EndBeforeStartError
from processes.register.offers.fields import OfferFieldError, read
from processes.register.offers.offers import (
    Offer,
    OfferIncompleteError,
    OfferNotFoundError,
    OfferStatus,
    StaleOfferError,
    create,
    offer_of,
)
from processes.register.providers.providers import Provider

Faults = list[tuple[str, str]]
"""The name of a field and what is wrong with it, in Dutch; no name: the activity as a whole."""


PUBLISH = "publish"


class Result(StrEnum):
    """What came of it."""

    OK = "ok"
    UNCHANGED = "unchanged"
    REFUSED = "refused"  # `faults` says why
    STALE = "stale"  # somebody changed it since this version


@dataclass(frozen=True)
class Upserted:
    """What came of one activity; nothing was written unless the result is OK."""

    offer_id: UUID
    result: Result
    version: int | None = None
    is_new: bool = False
    faults: Faults = field(default_factory=list)


@dataclass(frozen=True)
class Wanted:
    """One activity as it is to be: every field, and whether teachers are to see it."""

    offer_id: UUID
    changes: Mapping[str, Any]
    publish: bool = False
    version: int | None = None  # None: whatever it is now


def faults_of(changes: Mapping[str, Any]) -> Faults:
    """What is wrong with each of these fields by itself."""
    found: Faults = []
    for name, value in changes.items():
        try:
            read({name: value})
        except OfferFieldError as error:
            found.append((name, error.message))
    return found


def upsert(session: Session, provider: Provider, wanted: Wanted, *, by: Worker) -> Upserted:
    """Make or change one activity; what is refused leaves the others of the transaction alone.

    An id that is not known makes a new one, unless the program knew a version of it: then it is
    stale, as is what another company has. Raises ProviderSuspendedError.
    """
    if faults := faults_of(wanted.changes):
        return Upserted(wanted.offer_id, Result.REFUSED, faults=faults)
    try:
        with session.begin_nested():
            return _written(session, provider, wanted, by)
    except StaleOfferError as error:
        return Upserted(wanted.offer_id, Result.STALE, error.version)
    except OfferNotFoundError as error:
        if wanted.version is not None:
            return Upserted(wanted.offer_id, Result.STALE)
        return Upserted(wanted.offer_id, Result.REFUSED, faults=_reasons(error))
    except (*REFUSALS, IntegrityError, OfferBusyError) as error:
        return Upserted(wanted.offer_id, Result.REFUSED, faults=_reasons(error))


def _written(session: Session, provider: Provider, wanted: Wanted, by: Worker) -> Upserted:
    offer = session.get(Offer, wanted.offer_id)
    is_new = offer is None and wanted.version is None
    if is_new:
        offer = create(session, provider, by=by.label, id_=wanted.offer_id)
        begin(session, offer, by=by)
    else:
        offer = offer_of(session, wanted.offer_id, kvk=by.kvk)
    before, was = offer.version, offer.status
    if wanted.version not in (None, before):
        raise StaleOfferError({}, {}, before)
    _change(session, offer, wanted, by)
    session.refresh(offer, ["version", "status"])
    changed = is_new or (before, was) != (offer.version, offer.status)
    result = Result.OK if changed else Result.UNCHANGED
    return Upserted(offer.id, result, offer.version, is_new)


def _change(session: Session, offer: Offer, wanted: Wanted, by: Worker) -> None:
    values = read(wanted.changes)
    if any(getattr(offer, name) != value for name, value in values.items()):
        changes = {"action": "edit", "changes": dict(wanted.changes), "based_on": offer.version}
        take_step(session, offer, changes, by=by)
        session.refresh(offer)
    if wanted.publish and offer.status is OfferStatus.CONCEPT:
        if missing := offer.missing_fields():
            raise OfferIncompleteError(missing)
        if not (outcome := publish_if_possible(session, offer.id, by=by)).done:
            raise OfferFieldError(PUBLISH, outcome.remark)


def _reasons(error: Exception) -> Faults:
    match error:
        case OfferIncompleteError():
            return [(each.field, each.label) for each in error.missing]
        case OfferFieldError():
            return [(error.field, error.message)]
        case EndBeforeStartError():
            return [("end_date", str(error))]
        case OfferNotFoundError():
            return [("id", "Deze activiteit bestaat niet, of u mag haar niet wijzigen.")]
        case OfferBusyError() | TaskNotOpenError() | IntegrityError():
            return [("", "Deze activiteit is nu bezig. Probeer het later opnieuw.")]
        case _:
            return [("", "Dit kan nu niet met deze activiteit.")]
