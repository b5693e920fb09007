"""Files that programs outside send: kept first, then named in the answers to a form by their id."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from app.api.answers import FileAnswer
from app.api.blueprint import bp, current_opening
from app.api.bodies import Errors, pointer
from app.api.operation import Operation, describes
from app.api.problems import FORBIDDEN, ProblemError, invalid
from app.api.queries import FileQuery, asked
from app.web.access import public
from app.web.db import Begins, begins, db
from app.web.form_pages.uploads import RefusedFileError, keep_file
from app.web.limits import Rate, limited
from app.web.serving.request_size import takes_files
from forms.registry import UserTaskForm
from processes.engine.diagram.form_fields import MEGABYTES, FormField
from processes.engine.openings.sending import actor, person_of
from processes.engine.store.file_models import UploadedFile
from processes.engine.tasks.files import Place, send, usable_files
from processes.reading.file_kinds import KINDS, MEGABYTE

BINARY = "application/octet-stream"
NO_BYTES = (
    "The body is {}, which is what JSON makes of a file. Send the bytes of the file themselves."
)
Variables = Mapping[str, Any]


@bp.post("/bestanden")
@public
@takes_files
@limited(Rate.OPENING)
@begins(Begins.WHEN_WRITING)
@describes(Operation("cases", {200: FileAnswer}, query=FileQuery, upload=BINARY, refuses=(413,)))
def send_file() -> ResponseReturnValue:
    """Keep a file, to name it in the answers to a form.

    The body is the file itself. Its kind is told by its content, and a scanner looks at it where
    one is set. Name it within a day as `{"id": …}` in the list that is the answer to a field of
    type file, at a start or at a task: that field says which kinds and sizes it takes. The same
    file sent again is the one that is there. A client that swagger-typescript-api made for fetch
    sends `{}` in its place: make it with `--axios`.

    Raises ProblemError.
    """
    opening = current_opening()
    if not opening.processes and not opening.groups:
        raise ProblemError(FORBIDDEN, "This opening starts no process and has no tasks.")
    name, content = asked(FileQuery).name, request.get_data()
    if content.strip() == b"{}":  # findings/swagger-typescript-api-binary-body.sh
        raise invalid([{"pointer": "#", "detail": NO_BYTES}])
    try:
        kept = keep_file(_place(), name, content, list(KINDS), MEGABYTES)
    except RefusedFileError as refusal:
        raise invalid([{"pointer": "#", "detail": f"“{name[:60]}” {refusal}"}]) from None
    return FileAnswer(**kept).body()


def looked_up(form_class: type[UserTaskForm], given: Variables) -> tuple[Variables, Errors]:
    """The variables with what is known of their files, and which of these cannot be taken."""
    drawn = {each.id: each for each in getattr(form_class, "drawn", ()) if each.type == "file"}
    named = {name: _ids(given[name]) for name in drawn if isinstance(given.get(name), list)}
    if not named:
        return given, []
    ids = {id_ for listed in named.values() for id_ in listed if id_ is not None}
    there = {each.id: each for each in usable_files(db.session(), _place(), ids)}
    found, errors = dict(given), Errors()
    for name, listed in named.items():
        wrong = [_wrong(drawn[name], there.get(id_) if id_ else None) for id_ in listed]
        at = enumerate(wrong)
        errors += [_error((name, number), reason) for number, reason in at if reason]
        found[name] = [_reference(there[id_]) for id_ in listed if id_ in there]
    return found, errors


def sent(form_class: type[UserTaskForm], given: Variables, instance_id: UUID) -> None:
    """The files that these variables name belong to the case from now on."""
    drawn = [each.id for each in getattr(form_class, "drawn", ()) if each.type == "file"]
    ids = {id_ for name in drawn for id_ in _ids(given.get(name)) if id_ is not None}
    if ids:
        send(db.session(), _place(), instance_id, ids)


def _place() -> Place:
    opening = current_opening()
    return Place(person_of(opening).reference, label=actor(opening))


def _ids(value: Any) -> list[UUID | None]:
    """The ids of files that were named; None for what names none."""
    listed: Collection[Any] = value if isinstance(value, list) else ()
    return [_id(each.get("id") if isinstance(each, Mapping) else None) for each in listed]


def _id(text: Any) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _wrong(drawn: FormField, file: UploadedFile | None) -> str:
    """Why this file is no answer to this field; "" where it is one."""
    if file is None:
        return "Dit bestand is er niet. Verstuur het eerst."
    kinds = {KINDS[name].media_type for name in drawn.kinds}
    if file.media_type not in kinds or file.size > drawn.megabytes * MEGABYTE:
        return f"Dit bestand past hier niet: {', '.join(drawn.kinds)}, {drawn.megabytes} MB."
    return ""


def _error(path: tuple[str | int, ...], detail: str) -> dict[str, str]:
    return {"pointer": pointer(("variables", *path)), "detail": detail}


def _reference(file: UploadedFile) -> dict[str, Any]:
    return {"id": str(file.id), "name": file.name, "size": file.size, "type": file.media_type}
