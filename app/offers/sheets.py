"""Offers in files: export, template, and import with a dry run before anything changes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO
from uuid import UUID

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from app.offers.access import for_change, for_provider, worker
from app.offers.blueprint import bp
from app.offers.overview import filters_of
from app.web.access import Role, current_user, needs, requires
from app.web.db import Begins, begins, db
from app.web.limits import Rate, limited
from app.web.pages import form_submission_id, page_number
from app.web.serving.request_size import takes_files
from processes.base import now, today
from processes.casework.providers.background import begin_job
from processes.engine.store.models import Job, JobStatus
from processes.reading.characters import line
from processes.register.changes import record_event
from processes.register.offers.overview import chosen_offers
from processes.register.providers.people import Right
from processes.register.providers.providers import Provider
from processes.register.sheets.columns import Cell
from processes.register.sheets.imports import (
    OfferImport,
    Verdict,
    begin_import,
    counts_of,
    latest_imports,
    rows_of,
)
from processes.register.sheets.reading import LARGEST_FILE
from processes.register.sheets.writing import XLSX, offer_rows, write_csv, write_xlsx
from processes.unit_of_work import unit_of_work

MOST = {"xlsx": 5000, "csv": 100_000}  # activities of one export
TOO_MANY = (
    f"U hebt meer dan {MOST['xlsx']} activiteiten: te veel voor één rekenblad. Haal ze op als CSV."
)
Writer = Callable[[Iterable[Sequence[Cell]], IO[bytes]], None]
WRITERS: Mapping[str, tuple[Writer, str]] = {
    "csv": (write_csv, "text/csv; charset=utf-8"),
    "xlsx": (write_xlsx, XLSX),
}
IN_MEMORY = 2**20  # bytes of a file that is made
PART = 2**16  # bytes that are sent together
READ, APPLY = "read-offer-import", "apply-offer-import"
LONGEST_NAME = 200


@bp.get("/bestanden")
@requires(Role.PROVIDER)
@for_provider
def files(provider: Provider) -> ResponseReturnValue:
    return _page(provider)


def _page(provider: Provider, problem: str = "") -> str:
    imports = latest_imports(db.session(), provider.id, current_user().branch)
    return render_template("offers/files.html", provider=provider, imports=imports, problem=problem)


@bp.get("/bestanden/sjabloon.xlsx")
@requires(Role.PROVIDER)
@for_provider
def template(provider: Provider) -> ResponseReturnValue:  # noqa: ARG001 - of for_provider
    return _download(_written([], write_xlsx), "sjabloon.xlsx", XLSX)


@bp.post("/bestanden/aanbod.<any(xlsx, csv):kind>")
@requires(Role.PROVIDER)
@needs(Right.READER)
@limited(Rate.UPLOAD)
@begins(Begins.WHEN_WRITING)
@for_provider
def export(provider: Provider, kind: str) -> ResponseReturnValue:
    """All offers that the filter in the address lets through.

    A POST, because the export is itself an event of the trail (R61). The file is made before that
    is written: a workbook takes a second or two, in which nobody waits for this request.
    """
    session, user = db.session(), current_user()
    filters = replace(filters_of(request.args), company_wide=False)
    offers = chosen_offers(provider.kvk, user.branch, filters, today())
    counted = offers.with_only_columns(func.count()).order_by(None)
    if (session.scalar(counted) or 0) > MOST[kind]:
        return _page(provider, TOO_MANY), HTTPStatus.UNPROCESSABLE_ENTITY
    write, media_type = WRITERS[kind]
    file = _written(offer_rows(session, offers, MOST[kind]), write)
    unit_of_work(session).begin_writing()
    record_event(session, "offers-exported", kvk=provider.kvk, actor=user.label)
    unit_of_work(session).commit()
    return _download(file, f"aanbod-{today():%Y-%m-%d}.{kind}", media_type)


def _written(rows: Iterable[Sequence[Cell]], write: Writer) -> IO[bytes]:
    """The file, from its beginning; a large one is kept on disk while it is sent."""
    with ExitStack() as unless_done:
        file = unless_done.enter_context(SpooledTemporaryFile(IN_MEMORY))
        write(rows, file)
        file.seek(0)
        unless_done.pop_all()
    return file


def _download(file: IO[bytes], name: str, media_type: str) -> Response:
    begin = file.read(IN_MEMORY)
    if len(begin) < IN_MEMORY:
        file.close()
        response = Response(begin, content_type=media_type)
    else:
        response = Response(_parts_of(begin, file), content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _parts_of(begin: bytes, file: IO[bytes]) -> Iterator[bytes]:
    with file:
        yield begin
        while part := file.read(PART):
            yield part


@bp.post("/bestanden")
@requires(Role.PROVIDER)
@limited(Rate.UPLOAD)
@takes_files
@for_change
def send(provider: Provider) -> ResponseReturnValue:
    """Keep the file and have it read in the background; nothing changes yet."""
    content, name = _sent()
    if problem := _problem(content, name):
        return _page(provider, problem), 422
    session, by = db.session(), worker()
    session.refresh(provider, with_for_update=True)  # a double click waits here for the first one
    asked = OfferImport(
        id=form_submission_id(),
        provider_id=provider.id,
        by=by.label,
        branch=by.branch,
        name=name,
        content=content,
    )
    found = begin_import(session, asked)
    if found.provider_id != provider.id:
        abort(404)
    _begin_job(READ, found, by.kvk)
    return redirect(url_for("offers.import_page", import_id=found.id), 303)


def _sent() -> tuple[bytes, str]:
    file = request.files.get("bestand")
    if file is None or not file.filename:
        return b"", ""
    with closing(file):
        return file.read(LARGEST_FILE + 1), line(file.filename)[:LONGEST_NAME]


def _problem(content: bytes, name: str) -> str:
    if name and not content:
        return "Dit bestand is leeg. Kies een bestand met activiteiten."
    if not content:
        return "Kies een bestand met activiteiten."
    if len(content) > LARGEST_FILE:
        return f"Het bestand is groter dan {LARGEST_FILE // 2**20} MB. Verdeel het over bestanden."
    return ""


def _begin_job(topic: str, found: OfferImport, kvk: str) -> None:
    arguments = {"import_id": str(found.id)}
    key = f"{topic}:{found.id}"
    begin_job(db.session(), kvk, topic, arguments, key=key)
    unit_of_work(db.session()).commit()


@bp.get("/bestanden/<uuid:import_id>")
@requires(Role.PROVIDER)
@for_provider
def import_page(provider: Provider, import_id: UUID) -> ResponseReturnValue:
    """How far reading or applying is; then what each row will do, or did."""
    found = _import(provider, import_id)
    counts = counts_of(db.session(), found.id)
    is_applying = found.applied_at is not None and not counts.is_finished
    has_failed = _has_failed(found)
    is_over = has_failed or not (found.read_at is None or is_applying)
    facts = {"found": found, "counts": counts, "is_over": is_over}
    if request.headers.get("HX-Request") and not is_over:
        return render_template("offers/import_progress.html", **facts)
    verdict = _verdict(counts.rows)
    rows = rows_of(db.session(), found.id, verdict, page_number()) if found.read_at else None
    html = render_template(
        "offers/import.html", **facts, verdict=verdict, rows=rows, has_failed=has_failed
    )
    return html, 200, {"HX-Refresh": "true"} if is_over else {}


def _verdict(rows: Mapping[str, int]) -> Verdict:
    """What the page lists: as asked, else what needs attention first."""
    asked = request.args.get("soort", "")
    if asked in set(Verdict):
        return Verdict(asked)
    order = (Verdict.WRONG, Verdict.UNKNOWN, Verdict.CHANGED, Verdict.NEW)
    return next((each for each in order if rows.get(each)), Verdict.UNCHANGED)


def _has_failed(found: OfferImport) -> bool:
    keys = [f"{topic}:{found.id}" for topic in (READ, APPLY)]
    failed = (JobStatus.FAILED, JobStatus.CANCELLED)
    query = select(Job.id).where(Job.idempotency_key.in_(keys), Job.status.in_(failed))
    return db.session().scalar(query.limit(1)) is not None


@bp.post("/bestanden/<uuid:import_id>/toepassen")
@requires(Role.PROVIDER)
@for_change
def apply_import(provider: Provider, import_id: UUID) -> ResponseReturnValue:
    """Apply what the dry run said, in the background; a second click changes nothing."""
    found = _import(provider, import_id)
    if found.read_at is None or not counts_of(db.session(), found.id).to_apply:
        abort(404)
    found.applied_at = found.applied_at or now()
    _begin_job(APPLY, found, provider.kvk)
    return redirect(url_for("offers.import_page", import_id=found.id), 303)


def _import(provider: Provider, import_id: UUID) -> OfferImport:
    found = db.session().get(OfferImport, import_id)
    branch = current_user().branch
    if found is None or found.provider_id != provider.id or branch not in {None, found.branch}:
        abort(404)
    return found
