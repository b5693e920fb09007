"""Imports of offers from a file: the dry run row by row, and what became of each row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, now, today
from processes.register.offers.end_dates import notices_of_days
from processes.register.offers.fields import as_json, fields_of, put, read
from processes.register.offers.rules import Offer
from processes.register.offers.runs import first_day
from processes.register.offers.terms import OfferStatus
from processes.register.paging import Page, page_of
from processes.register.sheets.columns import NUMBER, heading_of
from processes.register.sheets.reading import Error, SheetRow, judged

KEPT = timedelta(days=30)  # older imports are removed by the next one
PER_PAGE = 100


class Verdict(StrEnum):
    NEW = "nieuw"
    CHANGED = "gewijzigd"
    UNCHANGED = "ongewijzigd"
    UNKNOWN = "onbekend"  # a number that this company does not have
    WRONG = "fout"


class OfferImport(Record):
    """A file that a provider sent, from the dry run to what was applied."""

    __tablename__ = "offer_import"
    __table_args__ = (Index("ix_offer_import_provider", "provider_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"))
    by: Mapped[str]
    branch: Mapped[str | None] = mapped_column(default=None)
    name: Mapped[str]  # of the file
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, repr=False)
    ignored: Mapped[list[str]] = mapped_column(default_factory=list)
    """Headings that are not of ours, and other sheets."""
    problem: Mapped[str] = mapped_column(Text, default="")  # Dutch: why it cannot be read at all
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    read_at: Mapped[datetime | None] = mapped_column(default=None)
    applied_at: Mapped[datetime | None] = mapped_column(default=None)  # when somebody asked it


class ImportRow(Record):
    """One row of the file, what it will do, and after applying what became of it."""

    __tablename__ = "offer_import_row"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("offer_import.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[UUID | None] = mapped_column(default=None)
    title: Mapped[str] = mapped_column(default="")
    verdict: Mapped[Verdict]
    changes: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    based_on: Mapped[int] = mapped_column(default=1)  # the version of the offer (R30)
    errors: Mapped[list[Any]] = mapped_column(default_factory=list)  # [[heading, message], …]
    is_done: Mapped[bool | None] = mapped_column(default=None)
    remark: Mapped[str] = mapped_column(Text, default="")
    """Dutch: before it is applied what asks a look, as what its dates do; after it the result."""


@dataclass(frozen=True)
class ImportCounts:
    """The rows by verdict, how many of those to apply were handled, and how many ask a look."""

    rows: Mapping[str, int]
    done: int
    refused: int
    remarks: Mapping[str, int]

    @property
    def to_apply(self) -> int:
        return self.rows.get(Verdict.NEW, 0) + self.rows.get(Verdict.CHANGED, 0)

    @property
    def is_finished(self) -> bool:
        return self.done + self.refused == self.to_apply


def begin_import(session: Session, asked: OfferImport) -> OfferImport:
    """Keep the file; the same id again gives the import that there is."""
    if (known := session.get(OfferImport, asked.id)) is not None:
        return known
    old = select(OfferImport.id).where(
        OfferImport.provider_id == asked.provider_id, OfferImport.created_at < now() - KEPT
    )
    ids = list(session.scalars(old))
    session.execute(delete(ImportRow).where(ImportRow.import_id.in_(ids)))
    session.execute(delete(OfferImport).where(OfferImport.id.in_(ids)))
    session.add(asked)
    session.flush()
    return asked


def dry_run(
    import_id: UUID, rows: Sequence[SheetRow], offers: Mapping[UUID, Offer]
) -> Iterator[ImportRow]:
    """What each row will do; `offers` are those of the rows that this person may change."""
    seen: set[UUID] = set()
    for row in rows:
        is_twice = row.offer_id is not None and row.offer_id in seen
        seen |= {row.offer_id} if row.offer_id else set()
        yield _judged(import_id, row, offers.get(row.offer_id) if row.offer_id else None, is_twice)


def _judged(import_id: UUID, row: SheetRow, offer: Offer | None, is_twice: bool) -> ImportRow:  # noqa: FBT001 - a fact
    found = ImportRow(
        import_id=import_id,
        number=row.number,
        offer_id=row.offer_id,
        title=str(row.changes.get("title") or (offer.title if offer else ""))[:250],
        verdict=Verdict.WRONG,
    )
    if row.offer_id and offer is None:
        found.verdict = Verdict.UNKNOWN
        message = "Een activiteit met dit nummer hebt u niet, of u mag haar niet wijzigen."
        found.errors = [[NUMBER, message]]
        return found
    values, refused = judged(_whole(row.changes, offer))
    errors = [*row.errors, *refused]
    if is_twice:
        errors.append((NUMBER, "Dit nummer staat er meer dan één keer."))
    wanted = _wanted(values, offer)
    errors += _broken_rules(wanted, offer) if not errors else []
    found.errors = [list(error) for error in errors]
    if not errors:
        found.changes = {name: as_json(value) for name, value in wanted.items()}
        found.based_on = offer.version if offer else 1
        found.verdict = _verdict(wanted, offer)
        of_days = _about_days(wanted, offer or Offer(provider_id=import_id))  # not in a session
        found.remark = " ".join(filter(None, [row.remark, *of_days])) if wanted else ""
    return found


def _about_days(wanted: Mapping[str, Any], offer: Offer) -> list[str]:
    """What the dates do: hide it, show it again, or a year that looks like a slip (R20-R22)."""
    runs, end = wanted.get("runs", offer.runs), wanted.get("end_date", offer.end_date)
    return notices_of_days(offer, runs, end, on=today())


def _verdict(wanted: Mapping[str, Any], offer: Offer | None) -> Verdict:
    if offer is None:
        return Verdict.NEW
    return Verdict.CHANGED if wanted else Verdict.UNCHANGED


def _whole(changes: Mapping[str, Any], offer: Offer | None) -> dict[str, Any]:
    """The changes with whole sets: members without a column stay what they are."""
    return {name: _set(name, value, offer) for name, value in changes.items()}


def _set(name: str, value: Any, offer: Offer | None) -> Any:
    if not isinstance(value, dict):
        return value
    had = getattr(offer, name) if offer else frozenset()
    return [*(had - value.keys()), *(member for member, is_in in value.items() if is_in)]


def _wanted(values: Mapping[str, Any], offer: Offer | None) -> dict[str, Any]:
    """Only what differs: hours and the like are compared as values, not as they were typed."""
    if offer is None:
        return dict(values)
    return {name: new for name, new in values.items() if getattr(offer, name) != new}


def _broken_rules(wanted: Mapping[str, Any], offer: Offer | None) -> list[Error]:
    """What the rules refuse of the offer as it would become (R22, R24)."""
    if offer is None and not wanted.get("title"):
        return [(heading_of("title"), "Vul een titel in.")]
    start = first_day(wanted.get("runs", offer.runs if offer else ()))
    end = wanted.get("end_date", offer.end_date if offer else None)
    if wanted.keys() & {"runs", "end_date"} and start and end and today() <= end < start:
        return [(heading_of("end_date"), "De einddatum ligt voor de eerste uitvoering.")]
    if offer is None or offer.status is not OfferStatus.PUBLISHED:
        return []
    lost = [each for each in _as_it_becomes(offer, wanted) if each not in offer.missing_fields()]
    needed = "De activiteit is gepubliceerd. Daarom is dit nodig."
    return [(heading_of(each.field), f"{needed} {each.label}.") for each in lost]


def _as_it_becomes(offer: Offer, wanted: Mapping[str, Any]) -> list[Any]:
    trial = Offer(provider_id=offer.provider_id)  # never in a session
    put(trial, read(fields_of(offer)) | dict(wanted))
    trial.legacy_hours, trial.touched = offer.legacy_hours, offer.touched | set(wanted)
    return trial.missing_fields()


def counts_of(session: Session, import_id: UUID) -> ImportCounts:
    """How many rows of each verdict, and how far applying is."""
    of_import = ImportRow.import_id == import_id
    rows = select(ImportRow.verdict, func.count()).where(of_import).group_by(ImportRow.verdict)
    handled = select(
        func.count().filter(ImportRow.is_done.is_(True)),
        func.count().filter(ImportRow.is_done.is_(False)),
    ).where(of_import)
    remarks = rows.where(ImportRow.is_done.is_(None), ImportRow.remark != "")
    done, refused = session.execute(handled).one()
    by_verdict, with_remark = (
        {str(verdict): number for verdict, number in session.execute(query)}
        for query in (rows, remarks)
    )
    return ImportCounts(by_verdict, done, refused, with_remark)


def rows_of(session: Session, import_id: UUID, verdict: Verdict, page: int) -> Page[ImportRow]:
    """The rows with this verdict; what was refused when applying first, then what asks a look."""
    query = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.verdict == verdict)
    asks = ImportRow.is_done.is_(None) & (ImportRow.remark != "")
    order = (ImportRow.is_done.is_not(False), asks.desc(), ImportRow.number)
    return page_of(session, query.order_by(*order), page, PER_PAGE)


def rows_to_apply(
    session: Session, import_id: UUID, limit: int, *, after: int = 0
) -> list[ImportRow]:
    """The next rows to apply after this number, in the order of the file."""
    query = select(ImportRow).where(
        ImportRow.import_id == import_id,
        ImportRow.number > after,
        ImportRow.verdict.in_((Verdict.NEW, Verdict.CHANGED)),
        ImportRow.is_done.is_(None),
    )
    return list(session.scalars(query.order_by(ImportRow.number).limit(limit)))


def latest_imports(session: Session, provider_id: UUID, branch: str | None) -> list[OfferImport]:
    """The last ten imports of this company, or of this branch (R54)."""
    query = select(OfferImport).where(OfferImport.provider_id == provider_id)
    if branch is not None:
        query = query.where(OfferImport.branch == branch)
    return list(session.scalars(query.order_by(OfferImport.created_at.desc()).limit(10)))
