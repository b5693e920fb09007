"""Checks, publishes, ends or deletes many offers, or undoes that; each by itself (R25)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import today
from processes.casework.offers.bulk_publication import offers_to_change, publish_all
from processes.casework.offers.publication import (
    CHANGED,
    Outcome,
    Worker,
    end,
    publication_of,
    try_step,
)
from processes.engine.execution.bulk import attempt
from processes.register.offers.bulk_actions import BulkAction, BulkItem, BulkKind
from processes.register.offers.fields import as_json
from processes.register.offers.offers import Offer, mark_checked
from processes.register.portfolio.entries import PortfolioEntry
from processes.register.providers.providers import ProviderSuspendedError

GONE = "Bestaat niet meer."
FAILED = "Er ging bij ons iets mis. Wij kijken ernaar."
SUSPENDED = "Uw registratie is geschorst. U kunt nu niets wijzigen."
LATER_CHANGED = "Daarna gewijzigd. Wij hebben de activiteit zo gelaten."


@dataclass(frozen=True)
class Outlook:
    """What an action will do: with how many, and with which not, and why."""

    ready: int
    refused: Sequence[Outcome]
    hidden: int = 0  # visible now, and not any more then (R20)
    held: int = 0  # in the portfolio of a teacher (R31)
    called_off: int = 0  # begins later than its end date, which is past (R22)


def outlook(
    session: Session,
    kind: BulkKind,
    offer_ids: Sequence[UUID],
    *,
    by: Worker,
    end_date: date | None = None,
) -> Outlook:
    """What will happen when this action is done now; nothing changes."""
    offers = offers_to_change(session, offer_ids, by)
    unknown = [gone(one) for one in offer_ids if one not in offers]
    foreseen = [foresee(kind, offer, end_date) for offer in offers.values()]
    refused = [each for each in foreseen if each.remark]
    will = [offers[each.offer_id] for each in foreseen if not each.remark]
    hidden = [offer for offer in will if _hides(kind, offer, end_date)]
    held = _held(session, will) if kind is BulkKind.DELETE else 0
    called_off = [offer for offer in will if _calls_off(kind, offer, end_date)]
    return Outlook(len(will), [*refused, *unknown], len(hidden), held, len(called_off))


def _calls_off(kind: BulkKind, offer: Offer, end_date: date | None) -> bool:
    day, starts = end_date or offer.legacy_valid_until, offer.start_date
    if kind is not BulkKind.END_DATE or day is None or starts is None:
        return False
    return day < min(starts, today())


def _hides(kind: BulkKind, offer: Offer, end_date: date | None) -> bool:
    if not offer.is_visible(today()) or kind not in {BulkKind.END_DATE, BulkKind.DELETE}:
        return False
    day = end_date or offer.legacy_valid_until
    return kind is BulkKind.DELETE or (day is not None and day < today())


def _held(session: Session, offers: Iterable[Offer]) -> int:
    ids = [offer.id for offer in offers]
    held = select(PortfolioEntry.offer_id).where(PortfolioEntry.offer_id.in_(ids)).distinct()
    return len(session.scalars(held).all())


def gone(offer_id: UUID, title: str = "") -> Outcome:
    """The outcome of what is not there (any more) for this company."""
    return Outcome(offer_id, title or "Onbekende activiteit", done=False, remark=GONE)


def foresee(kind: BulkKind, offer: Offer, end_date: date | None = None) -> Outcome:
    """Why this action will not go for this offer; no remark when it will."""
    if kind is BulkKind.PUBLISH:
        outcome = publication_of(offer)
        return replace(outcome, remark="Is al gepubliceerd.") if outcome.done else outcome
    remark = ""
    if kind is BulkKind.CHECK and offer.checked_at is not None:
        remark = "Was al gecontroleerd."
    if kind is BulkKind.END_DATE:
        remark = _why_no_end(offer, end_date or offer.legacy_valid_until)
    return Outcome(offer.id, _title(offer), done=False, remark=remark)


def _why_no_end(offer: Offer, day: date | None) -> str:
    if day is None:
        return "Had geen oude validatie."
    if offer.start_date and today() <= day < offer.start_date:
        return "De einddatum ligt voor de begindatum."
    return ""


def perform(session: Session, action: BulkAction, items: Sequence[BulkItem], by: Worker) -> None:
    """Handle these offers and keep the result of each; the caller commits."""
    if action.kind is BulkKind.PUBLISH:
        done = publish_all(session, [item.offer_id for item in items], by=by).outcomes
        outcomes: Mapping[UUID, Outcome] = {each.offer_id: each for each in done}
    else:
        outcomes = _one_by_one(session, action, items, by)
    for item in items:
        outcome = outcomes[item.offer_id]
        item.is_done, item.remark = outcome.done, outcome.remark
        item.missing = [[each.field, each.label] for each in outcome.missing]


def _one_by_one(
    session: Session, action: BulkAction, items: Sequence[BulkItem], by: Worker
) -> Mapping[UUID, Outcome]:
    offers = offers_to_change(session, [item.offer_id for item in items], by)
    do = _DO[_what_is_done(session, action)]

    def handle(item: BulkItem) -> Outcome:
        offer = offers.get(item.offer_id)
        if offer is None:
            return gone(item.offer_id, item.title)
        task = _Task(action, item, offer, by)
        try:
            return do(session, task)
        except ProviderSuspendedError:
            return task.outcome(SUSPENDED, done=False)

    results = [attempt(session, item, handle) for item in items]
    return {
        each.item.offer_id: each.made
        or Outcome(each.item.offer_id, each.item.title, done=False, remark=FAILED)
        for each in results
    }


def _what_is_done(session: Session, action: BulkAction) -> str:
    """The kind of action, and for what undoes another which."""
    if action.undoes is None:
        return action.kind
    undone = session.get_one(BulkAction, action.undoes)
    return f"{action.kind}:{undone.kind}"


@dataclass(frozen=True)
class _Task:
    action: BulkAction
    item: BulkItem
    offer: Offer
    by: Worker

    def outcome(self, remark: str, *, done: bool) -> Outcome:
        return Outcome(self.offer.id, _title(self.offer), done=done, remark=remark)


def _check(session: Session, task: _Task) -> Outcome:
    if task.offer.checked_at is not None:
        return task.outcome("Was al gecontroleerd.", done=False)
    mark_checked(session, task.offer.id, checked=True, by=task.by.label)
    return task.outcome("Gecontroleerd.", done=True)


def _uncheck(session: Session, task: _Task) -> Outcome:
    mark_checked(session, task.offer.id, checked=False, by=task.by.label)
    return task.outcome("Weer nog niet gecontroleerd.", done=True)


def _end(session: Session, task: _Task) -> Outcome:
    was = as_json(task.offer.end_date)
    outcome = end(session, task.offer.id, task.action.end_date, by=task.by)
    if outcome.done:
        task.item.undo = {"was": was, "set": as_json(task.offer.end_date)}
    return outcome


def _put_end_back(session: Session, task: _Task) -> Outcome:
    undo = task.item.undo
    if as_json(task.offer.end_date) != undo["set"]:
        return task.outcome(LATER_CHANGED, done=False)
    variables: dict[str, Any] = {"action": "end-date", "end_date": undo["was"]}
    if not try_step(session, task.offer, variables, by=task.by):
        return task.outcome(CHANGED, done=False)
    day = task.offer.end_date
    remark = f"Einddatum is weer {day:%d-%m-%Y}." if day else "Heeft weer geen einddatum."
    return task.outcome(remark, done=True)


def _delete(session: Session, task: _Task) -> Outcome:
    title = _title(task.offer)
    if not try_step(session, task.offer, {"action": "delete"}, by=task.by):
        return task.outcome(CHANGED, done=False)
    return Outcome(task.offer.id, title, done=True, remark="Verwijderd.")


_DO: Mapping[str, Callable[[Session, _Task], Outcome]] = {
    BulkKind.CHECK: _check,
    BulkKind.END_DATE: _end,
    BulkKind.DELETE: _delete,
    f"{BulkKind.UNDO}:{BulkKind.CHECK}": _uncheck,
    f"{BulkKind.UNDO}:{BulkKind.END_DATE}": _put_end_back,
}


def _title(offer: Offer) -> str:
    return offer.title or "Activiteit zonder titel"
