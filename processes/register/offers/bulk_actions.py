"""Bulk actions on offers: what somebody asked, and the result for each offer (R25)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, now
from processes.register.offers.rules import Offer
from processes.register.paging import Page, page_of
from processes.register.providers.providers import Provider

KEPT = timedelta(days=90)  # the results of older actions are removed by the next action
LATEST = timedelta(days=1)
PER_PAGE = 100


class BulkKind(StrEnum):
    CHECK = "controleren"
    PUBLISH = "publiceren"
    END_DATE = "einddatum"
    DELETE = "verwijderen"
    UNDO = "ongedaan-maken"


UNDOABLE = (BulkKind.CHECK, BulkKind.END_DATE)
"""Publishing is undone by an end date alone (R29), deleting never (R31)."""


class BulkAction(Record):
    """One action on many offers; its id is that of the form, so that a double click counts once."""

    __tablename__ = "bulk_action"
    __table_args__ = (Index("ix_bulk_action_provider", "provider_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"))
    kind: Mapped[BulkKind]
    by: Mapped[str]
    branch: Mapped[str | None] = mapped_column(default=None)  # limited to this branch (R54)
    end_date: Mapped[date | None] = mapped_column(default=None)  # None: of the old validation
    undoes: Mapped[UUID | None] = mapped_column(ForeignKey("bulk_action.id"), default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)


class BulkItem(Record):
    """The result for one offer; `is_done` is None until it was its turn."""

    __tablename__ = "bulk_item"

    action_id: Mapped[UUID] = mapped_column(ForeignKey("bulk_action.id"), primary_key=True)
    offer_id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(default="")
    is_done: Mapped[bool | None] = mapped_column(default=None)
    remark: Mapped[str] = mapped_column(Text, default="")  # Dutch
    missing: Mapped[list[Any]] = mapped_column(default_factory=list)  # [[field, label], …]
    undo: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)  # {"was": …, "set": …}


@dataclass(frozen=True)
class BulkProgress:
    """How many offers an action has, and what became of them so far."""

    total: int
    done: int
    refused: int

    @property
    def handled(self) -> int:
        return self.done + self.refused

    @property
    def is_finished(self) -> bool:
        return self.handled == self.total


def begin_action(
    session: Session,
    action: BulkAction,
    offer_ids: Sequence[UUID],
    undo: Mapping[UUID, dict[str, Any]] | None = None,
) -> BulkAction:
    """Keep the action and its offers; the same id again gives the action that there is."""
    if (known := session.get(BulkAction, action.id)) is not None:
        return known
    _remove_old(session, action.provider_id)
    session.add(action)
    session.flush()
    named = session.execute(select(Offer.id, Offer.title).where(Offer.id.in_(offer_ids)))
    titles = {offer_id: title for offer_id, title in named}  # noqa: C416 - typed rows
    session.add_all(
        BulkItem(
            action_id=action.id,
            offer_id=each,
            title=titles.get(each, ""),
            undo=(undo or {}).get(each, {}),
        )
        for each in offer_ids
    )
    session.flush()
    return action


def _remove_old(session: Session, provider_id: UUID) -> None:
    old = select(BulkAction.id).where(
        BulkAction.provider_id == provider_id, BulkAction.created_at < now() - KEPT
    )
    ids = list(session.scalars(old))
    session.execute(delete(BulkItem).where(BulkItem.action_id.in_(ids)))
    # What undoes another goes first.
    of_undo = BulkAction.undoes.is_not(None)
    session.execute(delete(BulkAction).where(BulkAction.id.in_(ids), of_undo))
    session.execute(delete(BulkAction).where(BulkAction.id.in_(ids)))


def action_of(session: Session, action_id: UUID, kvk: str, branch: str | None) -> BulkAction | None:
    """The action of this company; who is limited to a branch sees those of that branch (R54)."""
    query = select(BulkAction).join(Provider, Provider.id == BulkAction.provider_id)
    action = session.scalar(query.where(BulkAction.id == action_id, Provider.kvk == kvk))
    return action if action and branch in (None, action.branch) else None


def latest_action(session: Session, provider_id: UUID, branch: str | None) -> BulkAction | None:
    """The last action of the past day, for who left its page."""
    query = select(BulkAction).where(
        BulkAction.provider_id == provider_id, BulkAction.created_at > now() - LATEST
    )
    if branch is not None:
        query = query.where(BulkAction.branch == branch)
    return session.scalar(query.order_by(BulkAction.created_at.desc()).limit(1))


def progress_of_action(session: Session, action_id: UUID) -> BulkProgress:
    """How far the action is."""
    count = select(
        func.count(),
        func.count().filter(BulkItem.is_done.is_(True)),
        func.count().filter(BulkItem.is_done.is_(False)),
    ).where(BulkItem.action_id == action_id)
    return BulkProgress(*session.execute(count).one())


def items_of_action(session: Session, action_id: UUID, page: int) -> Page[BulkItem]:
    """The results, what was refused first."""
    query = select(BulkItem).where(BulkItem.action_id == action_id)
    return page_of(
        session, query.order_by(BulkItem.is_done, BulkItem.title, BulkItem.offer_id), page, PER_PAGE
    )


def open_items(session: Session, action_id: UUID, limit: int) -> list[BulkItem]:
    """The next offers to handle, always in the same order."""
    query = select(BulkItem).where(BulkItem.action_id == action_id, BulkItem.is_done.is_(None))
    return list(session.scalars(query.order_by(BulkItem.offer_id).limit(limit)))


def undo_of(session: Session, action_id: UUID) -> BulkAction | None:
    """The action that undoes this one, if somebody asked that."""
    return session.scalar(select(BulkAction).where(BulkAction.undoes == action_id).limit(1))


def undoable_items(session: Session, action: BulkAction) -> dict[UUID, dict[str, Any]]:
    """By offer what undoing this action puts back; empty where it cannot be undone."""
    if action.kind not in UNDOABLE:
        return {}
    query = select(BulkItem).where(BulkItem.action_id == action.id, BulkItem.is_done.is_(True))
    return {item.offer_id: item.undo for item in session.scalars(query)}
