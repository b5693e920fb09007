"""The branches of a company, and to which of them an offer belongs (R54)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.register.changes import record_event
from processes.register.offers.offers import Offer, OfferStatus, lock_offer
from processes.register.providers.providers import Provider
from processes.register.providers.trade_register import CompanyFacts


class UnknownBranchError(ValueError):
    """The company has no branch with this number."""


@dataclass(frozen=True)
class Branch:
    """One branch: its number, whether the trade register knows it, and its offers."""

    number: str
    is_main: bool
    is_known: bool
    total: int
    published: int


def branches_of(session: Session, provider: Provider) -> list[Branch]:
    """The branches in the trade register, and those that only offers name; the main one first."""
    facts = CompanyFacts.from_json(provider.company) if provider.company else None
    known = {each for each in (facts.branch, *facts.branches) if each} if facts else set()
    counts = _counts(session, provider)
    main = facts.branch if facts else None
    found = [
        Branch(number, number == main, number in known, *counts.get(number, (0, 0)))
        for number in known | counts.keys()
    ]
    return sorted(found, key=lambda each: (not each.is_main, each.number))


def _counts(session: Session, provider: Provider) -> dict[str, tuple[int, int]]:
    published = func.count().filter(Offer.status == OfferStatus.PUBLISHED)
    query = (
        select(Offer.branch, func.count(), published)
        .where(Offer.provider_id == provider.id, Offer.status != OfferStatus.DELETED)
        .where(Offer.branch.is_not(None))
        .group_by(Offer.branch)
    )
    return {str(branch): (total, seen) for branch, total, seen in session.execute(query)}


def assign(
    session: Session, offer_id: UUID, branch: str | None, known: Sequence[Branch], *, by: str
) -> Offer:
    """Let an offer belong to this branch, or to the whole company; who may is asked before.

    Raises UnknownBranchError, OfferNotFoundError, OfferDeletedError, ProviderSuspendedError.
    """
    if branch is not None and branch not in {each.number for each in known}:
        raise UnknownBranchError(branch)
    offer = lock_offer(session, offer_id)
    if offer.branch != branch:
        before, offer.branch = offer.branch, branch
        session.flush()
        record_event(
            session,
            "offer-branch-changed",
            actor=by,
            kvk=offer.provider.kvk,
            subject=f"offer:{offer.id}",
            branch=[before, branch],
        )
    return offer
