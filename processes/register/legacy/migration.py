"""Migrates offers of the older register to concepts, idempotently, row by row (R46-R53)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, case, func, insert, or_, select
from sqlalchemy.orm import Session, defer

from processes.base import new_id, now
from processes.register.changes import record_event
from processes.register.legacy.cleaning import CleanRow, clean
from processes.register.legacy.columns import by_column
from processes.register.legacy.known_rows import Known, key_of, known_of, results_of
from processes.register.legacy.staging import LegacyOffer, LegacyProvider
from processes.register.migration_report import MigrationOutcome, MigrationResult
from processes.register.offers.fields import as_json, put
from processes.register.offers.filled import add_concept
from processes.register.offers.rules import Offer
from processes.register.offers.terms import OfferStatus
from processes.register.offers.versions import keep_version
from processes.register.providers.providers import Provider
from processes.statements import Statement
from processes.unit_of_work import unit_of_work

__all__ = [
    "LegacyProvider",
    "MigrationOutcome",
    "MigrationResult",
    "Progress",
    "migrate_rows",
    "pending",
    "progress_of",
    "record_failure",
    "report_of",
]


RESULT: Any = MigrationResult.__table__
_ADD = Statement(insert(RESULT), tuple(RESULT.c.keys()))


@dataclass(frozen=True)
class Progress:
    """The progress of one company: "12 van 14 overgezet, 2 met fouten" (R48)."""

    done: int
    total: int
    failed: int

    @property
    def is_finished(self) -> bool:
        return self.done + self.failed >= self.total

    def moved_on(self, before: "Progress", after: "Progress") -> "Progress":
        """How far it is when some of its rows went from the one to the other."""
        done = self.done + after.done - before.done
        return Progress(done, self.total, self.failed + after.failed - before.failed)


class Migrated(NamedTuple):
    """What became of a row."""

    outcome: MigrationOutcome
    offer_id: UUID | None


def migrate_rows(
    session: Session, provider: Provider, rows: Sequence[LegacyOffer], *, by: str
) -> list[Migrated]:
    """Create or refresh the concepts of these rows; idempotent (R49, R50, R33).

    The caller commits, and starts the process of each offer with outcome CREATED. One row that
    cannot be migrated raises for all: the caller then tries them one by one.
    """
    known = known_of(session, rows)
    with unit_of_work(session).gathering():
        results = [_migrate(session, provider, row, known, by) for row in rows]
        session.flush()
    return results


def _migrate(
    session: Session, provider: Provider, legacy_offer: LegacyOffer, known: Known, by: str
) -> Migrated:
    row = clean(legacy_offer.raw)
    original = known.originals.get(legacy_offer.id)
    key = key_of(original or legacy_offer)
    offer = known.offers.get(key)
    offer_id = offer.id if offer else known.created.get(key)
    if original is not None:
        outcome = MigrationOutcome.DOUBLE
        row.notes = [_double_note(legacy_offer, original)]
    elif offer is None:
        offer_id = known.created[key] = _create(session, provider, legacy_offer, row, by)
        outcome = MigrationOutcome.CREATED
    else:
        outcome = _refresh(session, offer, legacy_offer, row, by)
    done = Migrated(outcome, offer_id)
    _report(session, legacy_offer, known, done, row)
    record_event(
        session,
        "offer-migrated",
        actor=by,
        kvk=provider.kvk,
        subject=f"offer:{offer_id}" if offer_id else None,
        legacy_id=legacy_offer.legacy_id,
        outcome=outcome.value,
    )
    return done


def _double_note(legacy_offer: LegacyOffer, original: LegacyOffer) -> str:
    note = f"Staat dubbel in het bestand: rij {original.row_number} en {legacy_offer.row_number}."
    if legacy_offer.checksum != original.checksum:
        note += f" De inhoud verschilt. Rij {original.row_number} is overgezet."
    return note


def _create(
    session: Session, provider: Provider, legacy_offer: LegacyOffer, row: CleanRow, by: str
) -> UUID:
    return add_concept(
        session,
        row.values,
        provider_id=provider.id,
        branch=row.branch,
        source=legacy_offer.source,
        legacy_id=legacy_offer.legacy_id,
        legacy_account=legacy_offer.account,
        updated_by=by,
        **_remembered(legacy_offer, row),
    )


def _remembered(legacy_offer: LegacyOffer, row: CleanRow) -> dict[str, Any]:
    """What an offer keeps of where it came from."""
    return {
        "legacy_number": row.number,
        "legacy_valid_until": row.valid_until,  # R53: never turned into an end date by itself
        "legacy_hours": row.total_hours,
        "legacy_checksum": legacy_offer.checksum,
        "legacy_fields": _as_json(row.values),
        "migration_notes": row.notes,
    }


def _as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    return {field: as_json(value) for field, value in values.items()}


def _refresh(
    session: Session, offer: Offer, legacy_offer: LegacyOffer, row: CleanRow, by: str
) -> MigrationOutcome:
    if offer.status is OfferStatus.DELETED:
        offer.legacy_checksum = legacy_offer.checksum
        return MigrationOutcome.DELETED
    if offer.legacy_checksum == legacy_offer.checksum:
        return MigrationOutcome.UNCHANGED
    newer = {
        field: value
        for field, value in row.values.items()
        if as_json(value) != offer.legacy_fields.get(field)
    }
    # What is published was approved by the provider: nobody changes it behind their back.
    free = {} if offer.status is OfferStatus.PUBLISHED else newer
    free = {field: value for field, value in free.items() if field not in offer.touched}
    if free:
        keep_version(session, offer, by=by)
        put(offer, free)
    offer.legacy_newer = offer.legacy_newer or set(newer) != set(free)
    for column, value in _remembered(legacy_offer, row).items():
        setattr(offer, column, value)
    if set(newer) != set(free):
        return MigrationOutcome.NEWER
    return MigrationOutcome.REFRESHED


def _report(
    session: Session, legacy_offer: LegacyOffer, known: Known, done: Migrated, row: CleanRow
) -> None:
    is_deleted = done.outcome is MigrationOutcome.DELETED
    _put_result(
        session,
        legacy_offer,
        known.results.get(key_of(legacy_offer)),
        outcome=done.outcome,
        title="" if is_deleted else row.values["title"],
        offer_id=done.offer_id,
        notes=[] if is_deleted else row.notes,
    )


def record_failure(session: Session, legacy_offer: LegacyOffer, reason: str) -> None:
    """Record that this row could not be migrated; it stays pending (R48)."""
    known = results_of(session, [legacy_offer])
    _put_result(
        session,
        legacy_offer,
        known.get(key_of(legacy_offer)),
        outcome=MigrationOutcome.FAILED,
        title=_title_as_it_came(legacy_offer),
        offer_id=None,
        notes=[reason],
    )


def _title_as_it_came(legacy_offer: LegacyOffer) -> str:
    """Read without cleaning, for cleaning may be what failed."""
    readable = {header: text for header, text in legacy_offer.raw.items() if isinstance(text, str)}
    return by_column(readable).get("title", "")[:250]


def _put_result(
    session: Session, legacy_offer: LegacyOffer, result: MigrationResult | None, **columns: Any
) -> None:
    if result is None:
        row = legacy_offer
        facts = {"source": row.source, "legacy_id": row.legacy_id, "kvk": row.kvk}
        unit_of_work(session).write([(_ADD, [{"id": new_id(), "at": now(), **facts, **columns}])])
        return
    for column, value in columns.items():
        setattr(result, column, value)
    result.at = now()


def pending(
    session: Session,
    kvk: str,
    *,
    after: UUID | None = None,
    limit: int,
    tried_before: datetime | None = None,
) -> list[LegacyOffer]:
    """Rows to migrate: new, failed, or newer than their offer; in file order.

    `after` is the id of the row handled last; of the rows that failed, those that failed before
    `tried_before` count: so one job meets a failing row once, in however many turns.
    """
    failed = MigrationResult.outcome == MigrationOutcome.FAILED
    if tried_before is not None:
        failed = and_(failed, MigrationResult.at < tried_before)
    query = (
        select(LegacyOffer)
        .outerjoin(MigrationResult, _same_row(MigrationResult))
        .outerjoin(Offer, _same_row(Offer))
        .where(
            LegacyOffer.kvk == kvk,
            or_(
                MigrationResult.id.is_(None),
                failed,
                Offer.legacy_checksum != LegacyOffer.checksum,
            ),
        )
    )
    last = session.get(LegacyOffer, after) if after else None
    if last is not None:
        later = and_(LegacyOffer.row_number == last.row_number, LegacyOffer.id > last.id)
        query = query.where(or_(LegacyOffer.row_number > last.row_number, later))
    query = query.order_by(LegacyOffer.row_number, LegacyOffer.id)
    return list(session.scalars(query.options(defer(LegacyOffer.raw)).limit(limit)))


def _same_row(other: type[MigrationResult] | type[Offer]) -> Any:
    return and_(other.source == LegacyOffer.source, other.legacy_id == LegacyOffer.legacy_id)


def report_of(session: Session, kvk: str) -> list[MigrationResult]:
    """The row report of a company, in the order of the file (R51)."""
    query = select(MigrationResult).join(LegacyOffer, _same_row(MigrationResult))
    query = query.where(MigrationResult.kvk == kvk)
    return list(session.scalars(query.order_by(LegacyOffer.row_number, LegacyOffer.id)))


def progress_of(session: Session, kvk: str, row_ids: Collection[UUID] | None = None) -> Progress:
    """How many of the company's rows, or of some of them, are done, failed, and there."""
    failed = case((MigrationResult.outcome == MigrationOutcome.FAILED, 1))
    query = (
        select(func.count(LegacyOffer.id), func.count(MigrationResult.id), func.count(failed))
        .outerjoin(MigrationResult, _same_row(MigrationResult))
        .where(LegacyOffer.kvk == kvk)
    )
    if row_ids is not None:
        query = query.where(LegacyOffer.id.in_(row_ids))
    total, reported, failures = session.execute(query).one()
    return Progress(done=reported - failures, total=total, failed=failures)
