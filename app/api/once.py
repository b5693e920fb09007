"""Does what a program asks once for each message id, and answers with what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

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
from processes.engine.openings.received import (
    MESSAGE_ID,
    MessageIdReusedError,
    keep_answer,
    received_before,
)
from processes.engine.openings.sending import actor
from processes.engine.store.opening_models import Opening
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work

REFUSED: Mapping[str, Kind] = {
    each.name: each for each in (RUNNING, AMBIGUOUS, FAILED, CLOSED, HELD)
}
"""What did not happen, by its outcome."""
Answer = dict[str, Any]


def once(
    subject: str,
    kind: type[AnyBody],
    do: Callable[[AnyBody], Answer],
    errors_in: Callable[[Mapping[str, Any]], Errors] = lambda _variables: [],
    *,
    largest: int = LARGEST_BODY,
) -> ResponseReturnValue:
    """Judge the request; do it unless it was done before; answer with what came of it.

    `errors_in` tells what the form finds wrong with the variables of a body that is refused anyway,
    so that all errors come together; `do` judges them again. Who sends the same at the same moment
    does it too, and undoes it for the answer to the one that came first. Raises ProblemError.
    """
    opening, session = current_opening(), db.session()
    text = text_sent(largest)
    message_id, body = _judged(kind, errors_in, text)
    unit = unit_of_work(session)
    unit.begin_writing()
    if access.is_use_new(opening):
        access.note_use(session, opening.id)
    sha = sha256(subject.encode() + b"\0" + text).hexdigest()
    message = _Message(opening, subject, message_id, sha)
    answer = message.before()
    is_repeated = answer is not None
    if answer is None:
        answer, is_repeated = _done(message, lambda: do(body))
    unit.commit()
    return _response(answer, is_repeated=is_repeated)


@dataclass(slots=True)  # not frozen, which would take four times as long to make
class _Message:
    """What was sent, by whom, about what."""

    opening: Opening
    subject: str
    id: str
    body_sha: str

    def before(self) -> Answer | None:
        """What came of it when it was sent before. Raises ProblemError."""
        try:
            return received_before(db.session(), self.opening.id, self.id, self.body_sha)
        except MessageIdReusedError:
            wrong = [{"header": "Message-Id", "detail": "another request had this id"}]
            raise ProblemError(REUSED, errors=wrong) from None

    def remember(self, answer: Answer) -> None:
        """What came of it, so that it is done once; of what was refused, the trail alone."""
        session, opening = db.session(), self.opening
        record_event(
            session,
            "message-received",
            actor=actor(opening),
            kvk=opening.tenant,
            subject=self.subject,
            message_id=self.id,
            outcome=str(answer["outcome"]),
        )
        if answer["outcome"] not in REFUSED:
            keep_answer(session, opening.id, self.id, self.body_sha, answer)


def _done(message: _Message, do: Callable[[], Answer]) -> tuple[Answer, bool]:
    """What comes of a new message; and whether somebody else was first after all.

    Whatever stops it may be what the first one did: then its answer is that one's.
    """
    session = db.session()
    try:
        # One exchange for the rows of the step, the trail and the answer, which goes last: who
        # waits for another with this message id holds it up no more.
        with unit_of_work(session).gathering():
            answer = do()
            message.remember(answer)
    except Exception as error:
        if isinstance(error, DBAPIError):  # nothing can be asked any more
            session.rollback()
        first = message.before()
        if first is None:
            raise
    else:
        first = message.before() if answer["outcome"] in REFUSED else None
        if first is None:
            return answer, False
    session.rollback()
    return first, True


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
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        detail = "Send the body as it is, without Content-Encoding."
        plain = {"Accept-Encoding": "identity"}  # RFC 9110 §15.5.16
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail, headers=plain)
    return text


def _response(answer: Answer, *, is_repeated: bool) -> ResponseReturnValue:
    outcome = str(answer["outcome"])
    if outcome in REFUSED:
        raise ProblemError(REFUSED[outcome], **answer)
    status = HTTPStatus.ACCEPTED if outcome == "kept" else HTTPStatus.OK
    return answer, status, {"Message-Repeated": "true"} if is_repeated else {}
