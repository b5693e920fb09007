"""Imports offers from a file: the dry run, and then each row through the process of its offer."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from processes.base import now
from processes.casework.offers.bulk_publication import (
    complete_locked,
    offers_to_change,
    open_tasks,
)
from processes.casework.offers.publication import CHANGED, PROCESS, Worker
from processes.engine.execution.bulk import (
    InstanceStart,
    Result,
    TaskCompletion,
    start_processes,
)
from processes.register.offers.filled import create_all
from processes.register.offers.offers import Offer
from processes.register.providers.providers import Provider, ProviderSuspendedError
from processes.register.sheets.imports import ImportRow, OfferImport, Verdict, dry_run
from processes.register.sheets.reading import SheetError, read_sheet

SUSPENDED = "Uw registratie is geschorst. U kunt nu niets wijzigen."


def read_import(session: Session, found: OfferImport, by: Worker) -> None:
    """Read the file and keep what each row will do; the caller commits."""
    if found.read_at is not None or found.content is None:
        return
    try:
        sheet = read_sheet(found.content)
    except SheetError as error:
        found.problem = str(error)
    else:
        found.ignored = sheet.ignored
        ids = [row.offer_id for row in sheet.rows if row.offer_id]
        offers = offers_to_change(session, ids, by)
        session.add_all(dry_run(found.id, sheet.rows, offers))
    found.content, found.read_at = None, now()
    session.flush()


def apply_rows(session: Session, found: OfferImport, rows: Sequence[ImportRow], by: Worker) -> None:
    """Make or change the offers of these rows and keep the result of each; the caller commits."""
    try:
        with session.begin_nested():
            _add(session, found, [row for row in rows if row.verdict is Verdict.NEW], by)
            _change(session, [row for row in rows if row.verdict is Verdict.CHANGED], by)
    except ProviderSuspendedError:
        for row in rows:
            row.is_done, row.remark = False, SUSPENDED


def _add(session: Session, found: OfferImport, rows: Sequence[ImportRow], by: Worker) -> None:
    if not rows:
        return
    provider = session.get_one(Provider, found.provider_id)
    filled = [row.changes for row in rows]
    offer_ids = create_all(session, provider, filled, by=by.label, branch=by.branch)
    starts = []
    for row, offer_id in zip(rows, offer_ids, strict=True):
        row.offer_id, row.is_done, row.remark = offer_id, True, "Toegevoegd als concept."
        key = str(offer_id)
        starts.append(InstanceStart(by.label, key, by.kvk, {"offer_id": key}, has_new_key=True))
    start_processes(session, PROCESS, starts)


def _change(session: Session, rows: Sequence[ImportRow], by: Worker) -> None:
    if not rows:
        return
    by_offer = {row.offer_id: row for row in rows if row.offer_id}
    offers = offers_to_change(session, list(by_offer), by)
    results = _edited(session, by_offer, offers, by)
    for offer_id, row in by_offer.items():
        result = results.get(offer_id)
        is_done = result is not None and result.error is None
        row.is_done, row.remark = is_done, "Gewijzigd." if is_done else CHANGED


def _edited(
    session: Session, rows: Mapping[UUID, ImportRow], offers: Mapping[UUID, Offer], by: Worker
) -> dict[UUID, Result[TaskCompletion, UUID]]:
    tasks = open_tasks(session, list(offers.values()), by)
    items = {
        id_: TaskCompletion(
            task_id,
            by.label,
            {
                "action": "edit",
                "changes": rows[id_].changes,
                "based_on": rows[id_].based_on,
                "actor": by.label,
            },
        )
        for id_, task_id in tasks.items()
    }
    return complete_locked(session, items)
