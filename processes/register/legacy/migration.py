"""Migrates offers of the older register to concepts, idempotently, row by row (R46-R53)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from processes.base import now
from processes.register.changes import record_event
from processes.register.legacy.cleaning import CleanRow, clean
from processes.register.legacy.columns import by_column
from processes.register.legacy.known_rows import Known, key_of, known_of, results_of
from processes.register.legacy.staging import LegacyOffer, LegacyProvider
from processes.register.migration_report import MigrationOutcome, MigrationResult
from processes.register.offers.fields import as_json, put
from processes.register.offers.rules import Offer
from processes.register.offers.terms import OfferStatus
from processes.register.offers.versions import keep_version
from processes.register.providers.providers import Provider

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


@dataclass(frozen=True)
class Progress:
    """The progress of one company: "12 van 14 overgezet, 2 met fouten" (R48)."""

    done: int
    total: int
    failed: int

    @property
    def is_finished(self) -> bool:
        return self.done + self.failed >= self.total


def migrate_rows(
    session: Session, provider: Provider, rows: Sequence[LegacyOffer], *, by: str
) -> list[MigrationResult]:
    """Create or refresh the concepts of these rows; idempotent (R49, R50, R33).

    The caller commits, and starts the process of each offer with outcome CREATED. One row that
    cannot be migrated raises for all: the caller then tries them one by one.
    """
    known = known_of(session, rows)
    results = [_migrate(session, provider, row, known, by) for row in rows]
    session.flush()
    return results


def _migrate(
    session: Session, provider: Provider, legacy_offer: LegacyOffer, known: Known, by: str
) -> MigrationResult:
    row = clean(legacy_offer.raw)
    original = known.originals.get(legacy_offer.id)
    offer = known.offers.get(key_of(original or legacy_offer))
    if original is not None:
        outcome = MigrationOutcome.DOUBLE
        row.notes = [_double_note(legacy_offer, original)]
    elif offer is None:
        offer = known.offers[key_of(legacy_offer)] = _create(
            session, provider, legacy_offer, row, by
        )
        outcome = MigrationOutcome.CREATED
    else:
        outcome = _refresh(session, offer, legacy_offer, row, by)
    result = _report(session, legacy_offer, known, outcome, offer, row)
    record_event(
        session,
        "offer-migrated",
        actor=by,
        kvk=provider.kvk,
        subject=f"offer:{offer.id}" if offer else None,
        legacy_id=legacy_offer.legacy_id,
        outcome=outcome.value,
    )
    return result


def _double_note(legacy_offer: LegacyOffer, original: LegacyOffer) -> str:
    note = f"Staat dubbel in het bestand: rij {original.row_number} en {legacy_offer.row_number}."
    if legacy_offer.checksum != original.checksum:
        note += f" De inhoud verschilt. Rij {original.row_number} is overgezet."
    return note


def _create(
    session: Session, provider: Provider, legacy_offer: LegacyOffer, row: CleanRow, by: str
) -> Offer:
    offer = Offer(
        provider_id=provider.id,
        branch=row.branch,
        source=legacy_offer.source,
        legacy_id=legacy_offer.legacy_id,
        legacy_account=legacy_offer.account,
        updated_by=by,
    )
    offer.provider = provider
    put(offer, row.values)
    _remember_source(offer, legacy_offer, row)
    session.add(offer)
    return offer


def _remember_source(offer: Offer, legacy_offer: LegacyOffer, row: CleanRow) -> None:
    offer.legacy_number = row.number
    offer.legacy_valid_until = row.valid_until  # R53: never turned into an end date by itself
    offer.legacy_hours = row.total_hours
    offer.legacy_checksum = legacy_offer.checksum
    offer.legacy_fields = _as_json(row.values)
    offer.migration_notes = row.notes


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
    _remember_source(offer, legacy_offer, row)
    if set(newer) != set(free):
        return MigrationOutcome.NEWER
    return MigrationOutcome.REFRESHED


def _report(  # noqa: PLR0913, PLR0917 - each is a fact about the row, as the report shows it
    session: Session,
    legacy_offer: LegacyOffer,
    known: Known,
    outcome: MigrationOutcome,
    offer: Offer | None,
    row: CleanRow,
) -> MigrationResult:
    is_deleted = outcome is MigrationOutcome.DELETED
    return _put_result(
        session,
        legacy_offer,
        known.results.get(key_of(legacy_offer)),
        outcome=outcome,
        title="" if is_deleted else row.values["title"],
        offer_id=offer.id if offer else None,
        notes=[] if is_deleted else row.notes,
    )


def record_failure(session: Session, legacy_offer: LegacyOffer, reason: str) -> MigrationResult:
    """Record that this row could not be migrated; it stays pending (R48)."""
    known = results_of(session, [legacy_offer])
    return _put_result(
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
) -> MigrationResult:
    if result is None:
        row = legacy_offer
        result = MigrationResult(source=row.source, legacy_id=row.legacy_id, kvk=row.kvk, **columns)
        session.add(result)
    else:
        for column, value in columns.items():
            setattr(result, column, value)
        result.at = now()
    return result


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
    return list(session.scalars(query.limit(limit)))


def _same_row(other: type[MigrationResult] | type[Offer]) -> Any:
    return and_(other.source == LegacyOffer.source, other.legacy_id == LegacyOffer.legacy_id)


def report_of(session: Session, kvk: str) -> list[MigrationResult]:
    """The row report of a company, in the order of the file (R51)."""
    query = select(MigrationResult).join(LegacyOffer, _same_row(MigrationResult))
    query = query.where(MigrationResult.kvk == kvk)
    return list(session.scalars(query.order_by(LegacyOffer.row_number, LegacyOffer.id)))


def progress_of(session: Session, kvk: str) -> Progress:
    """How many of the company's rows are done, failed, and there altogether."""
    query = (
        select(func.count(LegacyOffer.id), func.count(MigrationResult.id))
        .outerjoin(MigrationResult, _same_row(MigrationResult))
        .where(LegacyOffer.kvk == kvk)
    )
    total, reported = session.execute(query).one()
    failed = select(func.count()).where(
        MigrationResult.kvk == kvk, MigrationResult.outcome == MigrationOutcome.FAILED
    )
    failures = session.scalar(failed) or 0
    return Progress(done=reported - failures, total=total, failed=failures)
