"""Claims of accounts of the older register that no KvK number could match (R6).

An account is what one account name has under one KvK number, or under none. Only a person says
whose it is: nothing here matches by name.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, false, func, or_, select, update
from sqlalchemy.orm import Session

from processes.register.changes import record_event
from processes.register.legacy.staging import LegacyClaim, LegacyOffer, LegacyProvider
from processes.register.providers.providers import Provider

MOST = 20  # accounts that are shown to who judges


class AccountTakenError(Exception):
    """The account is gone, or belongs to a registered provider by now."""


@dataclass(frozen=True)
class OlderAccount:
    """An account as who judges a claim sees it."""

    id: UUID
    account: str
    kvk: str  # empty: none that could be read
    name: str
    offers: int
    holder: str | None  # the registered provider to which it belongs


def accounts_like(session: Session, claim: Mapping[str, str | None]) -> list[OlderAccount]:
    """What a claim may be about: it gives `former_kvk`, `account` and `name`, or some of them.

    At most MOST: those with that very number or account first, then that name, then the others.
    """
    given = {key: (claim.get(key) or "").strip().lower() for key in ("former_kvk", "account")}
    words = (claim.get("name") or "").strip().lower()
    exact = [
        *([LegacyProvider.kvk == given["former_kvk"]] if given["former_kvk"] else []),
        *([func.lower(LegacyProvider.account) == given["account"]] if given["account"] else []),
    ]
    name = func.lower(LegacyProvider.name)
    named = [name.contains(words, autoescape=True)] if words else []
    if not exact and not named:
        return []
    is_exact = or_(false(), *exact)
    order = case((is_exact, 0), (name == words, 1), else_=2)
    return _accounts(session, or_(is_exact, *named), order, limit=MOST)


def accounts_named(session: Session, text: str) -> list[OlderAccount]:
    """The accounts with exactly this KvK number or account name."""
    word = text.strip().lower()
    is_named = func.lower(LegacyProvider.account) == word
    return _accounts(session, or_(LegacyProvider.kvk == word, is_named)) if word else []


def _accounts(
    session: Session,
    test: ColumnElement[bool],
    *order: ColumnElement[Any],
    limit: int | None = None,
) -> list[OlderAccount]:
    by_name = (LegacyProvider.name, LegacyProvider.account)
    query = select(LegacyProvider).where(test).order_by(*order, *by_name)
    found = session.scalars(query.limit(limit)).all()
    numbers = {each.kvk for each in found}
    counts = _counts(session, numbers)
    named = select(Provider.kvk, Provider.display_name).where(Provider.kvk.in_(numbers))
    holders = {row.kvk: row.display_name for row in session.execute(named)}
    return [
        OlderAccount(
            each.id,
            bare(each),
            each.kvk,
            each.name,
            counts.get((each.source, bare(each), each.kvk), 0),
            holders.get(each.kvk),
        )
        for each in found
    ]


def _counts(session: Session, numbers: Collection[str]) -> dict[tuple[str, str, str], int]:
    key = (LegacyOffer.source, LegacyOffer.account, LegacyOffer.kvk)
    query = select(*key, func.count()).where(LegacyOffer.kvk.in_(numbers)).group_by(*key)
    return {(source, name, kvk): number for source, name, kvk, number in session.execute(query)}


def bare(account: LegacyProvider) -> str:
    """The name of the account as its rows have it: without the KvK number that R7 puts behind."""
    return account.account.removesuffix(f"/{account.kvk}")


def assign(session: Session, provider: Provider, ids: Collection[UUID], *, by: str) -> int:
    """Give these accounts to a provider; how many rows of offers that are.

    What was given to it already stays so. Raises AccountTakenError.
    """
    query = select(LegacyProvider).where(LegacyProvider.id.in_(list(ids)))
    accounts = session.scalars(query.order_by(LegacyProvider.id).with_for_update()).all()
    if len(accounts) != len(set(ids)):
        raise AccountTakenError
    return sum(give(session, each, provider, by=by) for each in accounts)


def give(session: Session, account: LegacyProvider, provider: Provider, *, by: str) -> int:
    """Give one account to a provider; how many rows of offers that are.

    Raises AccountTakenError.
    """
    former, name = account.kvk, bare(account)
    if former == provider.kvk:
        return 0
    if session.scalar(select(Provider.id).where(Provider.kvk == former)) is not None:
        raise AccountTakenError(name)
    return move(session, account, provider.kvk, by=by)


def move(session: Session, account: LegacyProvider, kvk: str, *, by: str) -> int:
    """Let the rows of an account be of another KvK number, also in later imports."""
    former, name = account.kvk, bare(account)
    _remember(session, account.source, name, former, kvk, by)
    _rename(session, account, name, kvk)
    rows = update(LegacyOffer).where(
        LegacyOffer.source == account.source,
        LegacyOffer.account == name,
        LegacyOffer.kvk == former,
    )
    moved = session.scalars(rows.values(kvk=kvk).returning(LegacyOffer.id)).all()
    session.flush()
    record_event(
        session,
        "older-offers-assigned",
        actor=by,
        kvk=kvk,
        subject=f"legacy-account:{account.id}",
        account=name,
        former_kvk=former,
        rows=len(moved),
    )
    return len(moved)


def _remember(  # noqa: PLR0913, PLR0917 - what a claim is
    session: Session, source: str, name: str, former: str, kvk: str, by: str
) -> None:
    """Keep it for later imports; what was given to the former number goes along."""
    query = select(LegacyClaim).filter_by(source=source, account=name)
    earlier = {each.former_kvk: each for each in session.scalars(query)}
    for each in earlier.values():
        if former in {each.kvk, each.former_kvk}:
            each.kvk = kvk
    if former not in earlier:
        claim = LegacyClaim(source=source, account=name, former_kvk=former, kvk=kvk, by=by)
        session.add(claim)


def _rename(session: Session, account: LegacyProvider, name: str, kvk: str) -> None:
    """The account with its new number, under the name that a later import gives it (R7)."""
    if account.account != name:
        wanted = f"{name}/{kvk}"
        taken = select(LegacyProvider.id).filter_by(source=account.source, account=wanted)
        if session.scalar(taken) is not None:
            session.delete(account)
            return
        account.account = wanted
    account.kvk = kvk
