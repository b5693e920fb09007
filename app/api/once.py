"""Does what a program asks once for each message id, and answers with what came of it."""

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from app.api.blueprint import LARGEST_BODY, current_opening
from app.api.bodies import AnyBody, Errors, read, variables_in
from app.api.problems import (
    AMBIGUOUS,
    CLOSED,
    FAILED,
    HELD,
    REUSED,
    RUNNING,
    Kind,
    ProblemError,
    invalid,
)
from app.web.db import db
from processes.engine.openings import access
from processes.engine.openings.received import MessageIdReusedError, answered, received_before
from processes.engine.openings.sending import actor
from processes.engine.store.opening_models import Opening
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work

MESSAGE_ID = re.compile(r"[!-~]{1,200}", re.ASCII)
REFUSED: Mapping[str, Kind] = {
    each.name: each for each in (RUNNING, AMBIGUOUS, FAILED, CLOSED, HELD)
}
"""What did not happen, by its outcome."""
Answer = dict[str, Any]


def once(  # noqa: PLR0913 - what is asked and what it does; the last two by name
    subject: str,
    kind: type[AnyBody],
    do: Callable[[AnyBody], Answer],
    errors_in: Callable[[Mapping[str, Any]], Errors] = lambda _variables: [],
    *,
    largest: int = LARGEST_BODY,
    starts: str | None = None,
) -> ResponseReturnValue:
    """Judge the request; do it unless it was done before; answer with what came of it.

    `errors_in` tells what the form finds wrong with the variables of a body that is refused anyway,
    so that all errors come together; `do` judges them again. `starts` is the key of the process
    that it starts, if any. Raises ProblemError.
    """
    opening, session = current_opening(), db.session()
    message_id, body = _judged(kind, errors_in, text_sent(largest))
    unit = unit_of_work(session)
    unit.begin_writing()
    if access.is_use_new(opening):
        access.note_use(session, opening.id)
    asked = sha256(subject.encode() + b"\0" + request.get_data()).hexdigest()
    try:
        before = received_before(session, opening.id, message_id, asked, starts=starts)
    except MessageIdReusedError:
        detail = "another request had this id"
        wrong = [{"header": "Message-Id", "detail": detail}]
        raise ProblemError(REUSED, errors=wrong) from None
    answer = before
    if answer is None:
        with unit.gathering():  # one exchange for the rows of the step, the answer and the trail
            answer = do(body)
            _remember(opening, subject, message_id, answer)
    unit.commit()
    return _response(answer, is_repeated=before is not None)


def _remember(opening: Opening, subject: str, message_id: str, answer: Answer) -> None:
    """What came of a request, so that it is done once; nothing of one that was refused."""
    is_done = answer["outcome"] not in REFUSED
    answered(db.session(), opening.id, message_id, answer if is_done else None)
    record_event(
        db.session(),
        "message-received",
        actor=actor(opening),
        kvk=opening.tenant,
        subject=subject,
        message_id=message_id,
        outcome=str(answer["outcome"]),
    )


def _judged(
    kind: type[AnyBody], errors_in: Callable[[Mapping[str, Any]], Errors], text: bytes
) -> tuple[str, AnyBody]:
    """The message id and the body. Raises ProblemError 422 with all errors."""
    message_id = request.headers.get("Message-Id", "")
    body, errors = read(kind, text)
    if not MESSAGE_ID.fullmatch(message_id):
        wanted = "required: 1 to 200 visible ASCII characters, new for each message"
        errors = [{"header": "Message-Id", "detail": wanted}, *errors]
    if body is None or errors:
        told = {each.get("pointer") for each in errors}
        variables = variables_in(text)
        found = errors_in(variables) if variables is not None else []
        raise invalid([*errors, *(each for each in found if each["pointer"] not in told)])
    return message_id, body


def text_sent(largest: int) -> bytes:
    """The body, or nothing at all, of at most so many bytes. Raises ProblemError 413, 415."""
    if (request.content_length or 0) > largest or len(text := request.get_data()) > largest:
        detail = f"A body is at most {largest} bytes."
        raise ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
    if not request.is_json and (text or request.form or request.files):
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    return text


def _response(answer: Answer, *, is_repeated: bool) -> ResponseReturnValue:
    outcome = str(answer["outcome"])
    if outcome in REFUSED:
        raise ProblemError(REFUSED[outcome], **answer)
    status = HTTPStatus.ACCEPTED if outcome == "kept" else HTTPStatus.OK
    return answer, status, {"Message-Repeated": "true"} if is_repeated else {}
