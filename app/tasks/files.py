"""Uploaded files, for who may see the case or task that they belong to."""

from io import BytesIO
from uuid import UUID

from flask import abort, send_file
from flask.typing import ResponseReturnValue

from app.tasks.blueprint import bp
from app.web.access import Role, current_user, not_theirs, requires
from app.web.db import db, separate_unit_of_work
from processes.base import now
from processes.engine.store.file_models import UploadedFile
from processes.engine.tasks.files import drop, may_read, was_scanned
from processes.platform.settings import current_settings
from workers.clients.virus_scanner import ScannerAwayError, Verdict, scan


@bp.get("/bestanden/<uuid:file_id>")
@requires(*Role)
def download(file_id: UUID) -> ResponseReturnValue:
    """The file to save, never to show: what somebody sent is no page of ours."""
    file = db.session().get(UploadedFile, file_id)
    if file is None:
        abort(404)
    if not may_read(db.session(), current_user().person, file):
        not_theirs(f"file:{file_id}")
    name, media_type, content = file.name, file.media_type, file.content
    if file.scanned_at is None:
        _scan_first(file_id, content)
    response = send_file(
        BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name, max_age=0
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response


def _scan_first(file_id: UUID, content: bytes) -> None:
    """It came while no scanner was set: where there is one now, it looks before anybody gets it."""
    db.session().rollback()  # hold no transaction while the scanner looks
    try:
        verdict = scan(current_settings(), content)
    except ScannerAwayError:
        abort(503)
    if verdict is Verdict.NOT_SCANNED:
        return
    with separate_unit_of_work() as unit:
        if verdict is Verdict.CLEAN:
            was_scanned(unit.session, file_id, now())
        else:
            drop(unit.session, file_id)
    if verdict is Verdict.INFECTED:
        abort(410)
