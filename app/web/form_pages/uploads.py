"""Files that arrive with a form: judged, kept, and given to the form as references."""

import logging
from collections.abc import Collection
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from flask import request
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import Form

from app.web.access import signed_in_user
from app.web.db import db, separate_unit_of_work
from app.web.limits import brings_too_much
from forms.drawn.form import DrawnForm
from forms.registry import UserTaskForm
from forms.uploads import (
    GONE,
    NEW,
    Reference,
    UploadField,
    in_words,
    reference_in,
    token_of,
)
from processes.base import new_id, now
from processes.engine.diagram.form_fields import MOST_FILES
from processes.engine.tasks.files import (
    NewFile,
    Place,
    TooManyFilesError,
    keep,
    refuse_many,
    take_away,
    usable,
)
from processes.platform.settings import current_settings
from processes.reading.characters import line
from processes.reading.file_kinds import MEGABYTE, FileKind, kept_name, kind_of
from processes.register.changes import record_event
from workers.clients.virus_scanner import ScannerAwayError, Verdict, scan

log = logging.getLogger(__name__)

REASONS = {
    "empty": "is leeg. Kies een ander bestand.",
    "large": "is te groot. Een bestand mag hoogstens {megabytes} MB zijn.",
    "kind": "is geen {kinds}. Kies een ander bestand.",
    "many-of-case": "kan er niet bij: bij deze zaak staan al veel bestanden.",
    "many-of-person": "kan er nu niet bij: u voegde vandaag al veel bestanden toe. Probeer het "
    "morgen opnieuw.",
    "many-of-quota": "kan er niet bij: u bewaart al zo veel bestanden als bij ons past. Verwijder "
    "eerst een ander bestand.",
    "many-of-network": "kan er nu niet bij: via uw internetverbinding kwamen vandaag al veel "
    "bestanden. Probeer het morgen opnieuw.",
    "many-of-visitors": "kan er nu niet bij: er wachten al veel bestanden. Probeer het later "
    "opnieuw.",
    "unscanned": "kunnen wij nu niet nakijken op virussen. Probeer het later opnieuw.",
    "infected": "is niet veilig: er zit een virus in. Wij hebben het niet bewaard.",
}
"""Why a file is not kept; after its name."""


class Sent(MultiDict[str, str]):
    """What was typed, with the references to its files; `refused` says why others are not kept."""

    def __init__(self, typed: MultiDict[str, str]) -> None:
        super().__init__(typed)
        self.refused: dict[str, list[str]] = {}


class RefusedFileError(Exception):
    """Why a file is not kept, for who sent it."""


def form_sent(form_class: type[Form], place: Place | None) -> Sent:
    """The form of this request, whose new files are kept whatever else is wrong with it.

    They are written at once, in a transaction of their own; without a place, where somebody tries
    out a form, they are judged alone.
    """
    sent = Sent(request.form)
    for field in _upload_fields(form_class):
        _take(sent, field, place)
    return sent


def files_in(form: UserTaskForm) -> list[UUID]:
    """The files of a form that was judged."""
    fields = [field for drawn, field in form.drawn_fields if drawn.type == "file"]
    listed = [field for field in fields if isinstance(field, UploadField)]
    return [UUID(each["id"]) for field in listed for each in field.data]


def _upload_fields(form_class: type[Form]) -> list[UploadField]:
    drawn = form_class.drawn if issubclass(form_class, DrawnForm) else ()
    is_of_task = issubclass(form_class, UserTaskForm)
    if is_of_task and not any(each.type == "file" for each in drawn):
        return []
    return [field for field in form_class() if isinstance(field, UploadField)]


def _take(sent: Sent, field: UploadField, place: Place | None) -> None:
    """The references of one field: those that the page carried and are still there, and new ones.

    Where one file is asked, a new one takes the place of what was there.
    """
    gone = set(sent.getlist(field.name + GONE))
    carried = {token: _id_of(token) for token in sent.getlist(field.name)}
    ids = {id_ for id_ in carried.values() if id_ is not None}
    there = usable(db.session(), place, ids) if ids and place else ids
    kept = [token for token, id_ in carried.items() if id_ in there and token not in gone]
    added, reasons = _added(field, place)
    sent.setlist(
        field.name, list(dict.fromkeys(added if added and field.most == 1 else [*kept, *added]))
    )
    if ids - there:
        reasons.append("Een bestand is er niet meer. Voeg het opnieuw toe.")
    if reasons:
        sent.refused[field.name] = reasons
    if place is not None:
        _delete(place, [id_ for token, id_ in carried.items() if id_ in there and token in gone])


def _id_of(token: str) -> UUID | None:
    reference = reference_in(token)
    return UUID(reference["id"]) if reference else None


def _added(field: UploadField, place: Place | None) -> tuple[list[str], list[str]]:
    """What the page carries of the new files, and why others are refused."""
    tokens, reasons = [], []
    files = [each for each in request.files.getlist(field.name + NEW) if each.filename]
    for file in files[:MOST_FILES]:
        try:
            tokens.append(token_of(_keep(field, place, file)))
        except RefusedFileError as refusal:
            reasons.append(f"“{line(file.filename or '')[:60]}” {refusal}")
    if len(files) > MOST_FILES:
        reasons.append(f"Voeg hoogstens {MOST_FILES} bestanden in één keer toe.")
    return tokens, reasons


def _keep(field: UploadField, place: Place | None, file: FileStorage) -> Reference:
    """Judge a file and write it. Raises RefusedFileError."""
    content = file.stream.read(field.megabytes * MEGABYTE + 1)
    return keep_file(place, file.filename or "", content, field.kinds, field.megabytes)


def keep_file(
    place: Place | None, filename: str, content: bytes, kinds: Collection[str], megabytes: int
) -> Reference:
    """Judge a file of one of these kinds and this size, and write it. Raises RefusedFileError."""
    if not content:
        raise RefusedFileError(REASONS["empty"])
    if len(content) > megabytes * MEGABYTE:
        raise RefusedFileError(REASONS["large"].format(megabytes=megabytes))
    kind = kind_of(content)
    if kind is None or kind.name not in kinds:
        raise RefusedFileError(REASONS["kind"].format(kinds=in_words(kinds)))
    name = kept_name(filename, kind)
    id_ = new_id() if place is None else _written(place, name, kind, content)
    return {"id": str(id_), "name": name, "size": len(content), "type": kind.media_type}


def _written(place: Place, name: str, kind: FileKind, content: bytes) -> UUID:
    """The id of the row of a file. Raises RefusedFileError."""
    _refuse_many(place, len(content))
    db.session().rollback()  # hold no transaction while the scanner looks, and another one writes
    new = NewFile(name, kind.media_type, content, _scanned(place, content))
    with separate_unit_of_work() as unit:
        return keep(unit.session, place, new).id


def _refuse_many(place: Place, size: int) -> None:
    try:
        refuse_many(db.session(), place, size)
    except TooManyFilesError as error:
        raise RefusedFileError(REASONS[f"many-of-{error.limit}"]) from error
    if place.is_of_visitor and brings_too_much(size):
        raise RefusedFileError(REASONS["many-of-network"])


def _scanned(place: Place, content: bytes) -> datetime | None:
    """When the scanner found nothing; None where there is no scanner. Raises RefusedFileError."""
    try:
        verdict = scan(current_settings(), content)
    except ScannerAwayError as error:
        log.exception("the virus scanner does not answer")
        raise RefusedFileError(REASONS["unscanned"]) from error
    if verdict is Verdict.INFECTED:
        _record_virus(place, content)
        raise RefusedFileError(REASONS["infected"])
    return now() if verdict is Verdict.CLEAN else None


def _record_virus(place: Place, content: bytes) -> None:
    user, digest = signed_in_user(), sha256(content).hexdigest()
    actor, kvk = (user.label, user.kvk) if user else (place.label, None)
    log.warning("the virus scanner refused an uploaded file", extra={"sha256": digest})
    with separate_unit_of_work() as unit:
        record_event(unit.session, "file-refused", actor=actor, kvk=kvk, sha256=digest)


def _delete(place: Place, ids: list[UUID]) -> None:
    if ids:
        db.session().rollback()
        with separate_unit_of_work() as unit:
            take_away(unit.session, place, ids)
