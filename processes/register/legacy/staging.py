"""Staging tables of the older register: raw rows per offer, and migration results (R46-R53)."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, new_id, now
from processes.register.changes import record_event
from processes.register.legacy.columns import ABOUT_THE_ROW, by_column
from processes.register.legacy.files import LegacyFileError, LegacyRow, read_rows

DOUBLE_OF = "dubbel van"  # our own mark in the raw row
KVK_DIGITS, SHORTEST_KVK = 8, 6
NO_KVK = ""  # of rows whose company is known by its account alone: it can claim them (R6)
CAN_CLAIM = " De aanbieder kan dit aanbod opvragen met de naam van het account."


class LegacyImport(Record):
    """One staged file."""

    __tablename__ = "legacy_import"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    source: Mapped[str]  # which register: "registerleraar"
    filename: Mapped[str]
    sha256: Mapped[str]
    rows: Mapped[int]
    problems: Mapped[list[str]] = mapped_column(default_factory=list)  # rows not staged, with why
    imported_at: Mapped[datetime] = mapped_column(default_factory=now)


class LegacyOffer(Record):
    """One offer of the older register: the raw row, unchanged."""

    __tablename__ = "legacy_offer"
    __table_args__ = (
        UniqueConstraint("source", "legacy_id"),
        Index("ix_legacy_offer_checksum", "source", "kvk", "checksum"),  # what is a copy of another
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("legacy_import.id"))
    source: Mapped[str]
    legacy_id: Mapped[str]
    kvk: Mapped[str]
    account: Mapped[str]
    row_number: Mapped[int]
    raw: Mapped[dict[str, Any]]
    checksum: Mapped[str]


class LegacyProvider(Record):
    """A provider account of the older register; several may share one KvK number (R7)."""

    __tablename__ = "legacy_provider"
    __table_args__ = (UniqueConstraint("source", "account"), Index("ix_legacy_provider_kvk", "kvk"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("legacy_import.id"))
    source: Mapped[str]
    account: Mapped[str]
    kvk: Mapped[str]
    name: Mapped[str]


class LegacyClaim(Record):
    """Rows of an account that were given to a company: a later import leaves them there (R6)."""

    __tablename__ = "legacy_claim"
    __table_args__ = (UniqueConstraint("source", "account", "former_kvk"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    source: Mapped[str]
    account: Mapped[str]  # as the rows name it
    former_kvk: Mapped[str]  # of the rows; empty where they have none
    kvk: Mapped[str] = mapped_column(index=True)
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(default_factory=now)


def stage(session: Session, path: Path, *, source: str) -> LegacyImport:
    """Stage the rows of an export; a file that was staged before is skipped.

    A row that was staged before is replaced by its newer text. Raises LegacyFileError.
    """
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    earlier = select(LegacyImport).where(LegacyImport.source == source)
    last = session.scalar(earlier.order_by(LegacyImport.imported_at.desc()).limit(1))
    if last is not None and last.sha256 == sha256:
        return last
    rows = read_rows(path)
    _refuse_unknown_columns(rows)
    staged = LegacyImport(source=source, filename=path.name, sha256=sha256, rows=len(rows))
    session.add(staged)
    session.flush()
    staged.problems = _Staging(session, staged).put(rows)
    session.flush()
    record_event(session, "legacy-imported", actor="loket", source=source, rows=len(rows))
    return staged


def stage_rows(session: Session, rows: list[LegacyRow], *, source: str, kvk: str) -> None:
    """Stage rows that were read from the older register's database.

    Only rows of this company count: what else a query may bring is left out.
    """
    own = [row for row in rows if kvk_number(by_column(row.values).get("kvk", "")) == kvk]
    read = _reading(session, source, kvk)
    read.rows = max(read.rows, max((row.number - 1 for row in rows), default=0))
    ids = [by_column(row.values).get("legacy_id", "") for row in own]
    found = _Staging(session, read, among=ids).put(own)
    read.problems = sorted({*read.problems, *found})
    session.flush()


def _reading(session: Session, source: str, kvk: str) -> LegacyImport:
    """Stands for all that was ever read of one company from the older register itself."""
    name = f"kvk {kvk}"
    known = select(LegacyImport).filter_by(source=source, filename=name, sha256="")
    read = session.scalar(known)
    if read is None:
        read = LegacyImport(source=source, filename=name, sha256="", rows=0)
        session.add(read)
        session.flush()
    return read


def _refuse_unknown_columns(rows: list[LegacyRow]) -> None:
    filled = [set(by_column(row.values)) for row in rows]
    asked = {"kvk"} | ({"title"} if any("legacy_id" in columns for columns in filled) else set())
    if missing := sorted(asked - set().union(*filled)):
        message = f"In het bestand ontbreekt een kolom voor: {', '.join(missing)}."
        raise LegacyFileError(message)


class _Staging:
    """One import at work: the rows and accounts known before, and what could not be staged."""

    def __init__(
        self, session: Session, staged: LegacyImport, among: list[str] | None = None
    ) -> None:
        self.session, self.staged = session, staged
        offers = select(LegacyOffer).filter_by(source=staged.source)
        if among is not None:
            offers = offers.where(LegacyOffer.legacy_id.in_(among))
        self.offers = {offer.legacy_id: offer for offer in session.scalars(offers)}
        accounts = session.scalars(select(LegacyProvider).filter_by(source=staged.source))
        self.providers = {each.account: each for each in accounts}
        claims = session.scalars(select(LegacyClaim).filter_by(source=staged.source))
        self.claims = {(each.account, each.former_kvk): each.kvk for each in claims}
        self.seen: dict[str, int] = {}

    def put(self, rows: list[LegacyRow]) -> list[str]:
        problems = (self._put_row(row) for row in rows)
        return [problem for problem in problems if problem]

    def _put_row(self, row: LegacyRow) -> str | None:
        cells = by_column(row.values)
        kvk = kvk_number(cells.get("kvk", "")) or NO_KVK
        account = cells.get("account") or kvk
        if not account:
            return _without_number(row, cells, "")
        kvk = self.claims.get((account, kvk), kvk)
        self._put_provider(account, kvk, cells.get("provider_name", ""))
        unknown = None if kvk else _without_number(row, cells, CAN_CLAIM)
        if not set(cells) - {"kvk", "account", "provider_name"}:
            return unknown  # a provider without offers
        if "legacy_id" not in cells:
            return f"Rij {row.number}: de activiteit heeft geen nummer."
        self._put_offer(row, cells["legacy_id"], kvk, account)
        return unknown

    def _put_provider(self, account: str, kvk: str, name: str) -> None:
        known = self.providers.get(account)
        if known is None:
            known = LegacyProvider(
                import_id=self.staged.id,
                source=self.staged.source,
                account=account,
                kvk=kvk,
                name=name,
            )
            self.providers[account] = known
            self.session.add(known)
        elif known.kvk != kvk:  # R7: one account of several companies
            self._put_provider(f"{account}/{kvk}", kvk, name)
        known.name = known.name or name

    def _put_offer(self, row: LegacyRow, legacy_id: str, kvk: str, account: str) -> None:
        raw: dict[str, Any] = dict(row.values)
        times = self.seen[legacy_id] = self.seen.get(legacy_id, 0) + 1
        if times > 1:  # kept, so that the report has a line for it
            raw[DOUBLE_OF] = legacy_id
            legacy_id = f"{legacy_id}#{times}"
        known = self.offers.get(legacy_id)
        if known is None:
            known = LegacyOffer(
                import_id=self.staged.id,
                source=self.staged.source,
                legacy_id=legacy_id,
                kvk=kvk,
                account=account,
                row_number=row.number,
                raw=raw,
                checksum="",
            )
            self.offers[legacy_id] = known
            self.session.add(known)
        known.import_id, known.kvk, known.account = self.staged.id, kvk, account
        known.row_number, known.raw, known.checksum = row.number, raw, checksum(raw)


def _without_number(row: LegacyRow, cells: Mapping[str, str], more: str) -> str:
    found = cells.get("kvk", "leeg")
    return f"Rij {row.number}: geen KvK-nummer van 8 cijfers ({found}).{more}"


def kvk_number(text: str) -> str | None:
    """Eight digits, not all zero; leading zeros that a spreadsheet dropped are restored."""
    digits = re.sub(r"[\s.]", "", text)
    if not re.fullmatch(r"[0-9]+", digits) or not SHORTEST_KVK <= len(digits) <= KVK_DIGITS:
        return None
    if not digits.strip("0"):
        return None
    return digits.zfill(KVK_DIGITS)


def checksum(raw: Mapping[str, str]) -> str:
    """Equal for rows with the same content, whatever their number."""
    cells = {key: text for key, text in by_column(raw).items() if key not in ABOUT_THE_ROW}
    return hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()


def is_known(session: Session, kvk: str) -> bool:
    """Whether the company was a provider in the older register (R5)."""
    query = select(LegacyProvider.id).where(LegacyProvider.kvk == kvk).limit(1)
    return session.scalar(query) is not None


def count_of(session: Session, kvk: str) -> int:
    """How many rows of offers the older register has of this company."""
    query = select(func.count()).select_from(LegacyOffer).where(LegacyOffer.kvk == kvk)
    return session.scalar(query) or 0


def claimed_numbers(session: Session, kvk: str) -> list[str]:
    """The KvK numbers under which the older register has rows that this company claimed (R6)."""
    query = select(LegacyClaim.former_kvk).where(
        LegacyClaim.kvk == kvk, LegacyClaim.former_kvk != NO_KVK
    )
    return sorted(set(session.scalars(query)))
