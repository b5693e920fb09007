"""What the register has already of rows of the older register, read at once for many of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, joinedload

from processes.register.legacy.staging import DOUBLE_OF, LegacyOffer
from processes.register.migration_report import MigrationResult
from processes.register.offers.rules import Offer

RowKey: TypeAlias = tuple[str | None, str | None]  # the source and the number of a row in it


@dataclass(frozen=True)
class Known:
    """What is there already of some rows, read at once."""

    originals: dict[UUID, LegacyOffer]  # of a double, by its id (R51)
    offers: dict[RowKey, Offer]
    created: dict[RowKey, UUID]  # the ids of those that were made since
    results: dict[RowKey, MigrationResult]


def known_of(session: Session, rows: Sequence[LegacyOffer]) -> Known:
    """What these rows became before; their offers are locked."""
    originals = _originals_of(session, rows)
    offers = _offers_of(session, [*rows, *originals.values()])
    return Known(originals, offers, {}, results_of(session, rows))


def key_of(row: LegacyOffer | Offer | MigrationResult) -> RowKey:
    """The same for a row, its offer and its line in the report."""
    return row.source, row.legacy_id


def _originals_of(session: Session, rows: Sequence[LegacyOffer]) -> dict[UUID, LegacyOffer]:
    """The earlier row with the same number, or the same content, of the company (R51).

    By the id of the double; most rows are none.
    """
    numbers = {row.raw[DOUBLE_OF] for row in rows if row.raw.get(DOUBLE_OF)}
    same_number = _rows(session, LegacyOffer.legacy_id, numbers)
    by_number = {key_of(each): each for each in same_number.values()}
    first = _first_with_content_of(session, rows)
    found, earlier = {}, {}
    for row in rows:
        if number := row.raw.get(DOUBLE_OF):
            if original := by_number.get((row.source, number)):
                found[row.id] = original
            continue
        id_, place = first[row.source, row.kvk, row.checksum]
        if place < row.row_number:
            earlier[row.id] = id_
    same_content = _rows(session, LegacyOffer.id, set(earlier.values()))
    return found | {id_: same_content[original] for id_, original in earlier.items()}


def _first_with_content_of(
    session: Session, rows: Sequence[LegacyOffer]
) -> dict[tuple[str, str, str], tuple[UUID, int]]:
    """Of each content the row that comes first, of the same source and company: id and number."""
    same = aliased(LegacyOffer)
    earlier = select(same.id).where(
        same.source == LegacyOffer.source,
        same.kvk == LegacyOffer.kvk,
        same.checksum == LegacyOffer.checksum,
        same.row_number < LegacyOffer.row_number,
    )
    checksums = LegacyOffer.checksum.in_({row.checksum for row in rows})
    kvks = LegacyOffer.kvk.in_({row.kvk for row in rows})
    told = (LegacyOffer.id, LegacyOffer.row_number)
    query = select(LegacyOffer.source, LegacyOffer.kvk, LegacyOffer.checksum, *told)
    found = session.execute(query.where(kvks & checksums & ~earlier.exists()))
    return {(source, kvk, content): (id_, row) for source, kvk, content, id_, row in found}


def _rows(
    session: Session, column: InstrumentedAttribute[Any], values: Collection[Any]
) -> dict[UUID, LegacyOffer]:
    """The rows with one of these values in this column, by their id."""
    if not values:
        return {}
    found = session.scalars(select(LegacyOffer).where(column.in_(values)))
    return {row.id: row for row in found}


def _offers_of(session: Session, rows: Sequence[LegacyOffer]) -> dict[RowKey, Offer]:
    """The offers that these rows became before, locked."""
    query = select(Offer).where(_of_rows(Offer, rows)).order_by(Offer.id)
    query = query.options(joinedload(Offer.provider)).with_for_update(of=Offer)
    found = session.scalars(query.execution_options(populate_existing=True))
    return {key_of(offer): offer for offer in found}


def results_of(session: Session, rows: Sequence[LegacyOffer]) -> dict[RowKey, MigrationResult]:
    """The lines of the report that these rows have."""
    query = select(MigrationResult).where(_of_rows(MigrationResult, rows))
    return {key_of(result): result for result in session.scalars(query)}


def _of_rows(
    table: type[Offer] | type[MigrationResult], rows: Sequence[LegacyOffer]
) -> ColumnElement[bool]:
    numbers: dict[str, list[str]] = {}
    for row in rows:
        numbers.setdefault(row.source, []).append(row.legacy_id)
    return or_(
        *(and_(table.source == source, table.legacy_id.in_(ids)) for source, ids in numbers.items())
    )
