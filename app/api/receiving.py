"""Messages, signals and starts that programs outside send; each message id takes effect once."""

import re
from collections.abc import Callable, Collection
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from app.api.blueprint import LARGEST_BODY, bp, current_opening
from app.api.bodies import AnyBody, MessageBody, SignalBody, StartBody, read
from app.api.problems import ProblemError
from app.web.access import public
from app.web.db import Begins, begins, db
from app.web.limits import Rate, limited
from processes.engine.deployment.definitions import UnknownProcessError
from processes.engine.execution import messages
from processes.engine.execution.beginning import BusinessKeyError
from processes.engine.execution.messages import Outcome, Sent
from processes.engine.openings.received import MessageIdReusedError, answered, received_before
from processes.engine.openings.sending import actor, start
from processes.engine.store.models import ProcessInstance
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work

MESSAGE_ID = re.compile(r"[!-~]{1,200}", re.ASCII)
WHY_NOT = {
    Outcome.RUNNING: "A case with this business key runs already; nothing happened.",
    Outcome.AMBIGUOUS: "More than one case waits for this message; nothing happened.",
    Outcome.FAILED: "A step failed, and an operator is told; nothing happened.",
}
Answer = dict[str, Any]


@bp.post("/berichten/<path:name>")
@public
@limited(Rate.OPENING)
@begins(Begins.WHEN_WRITING)
def message(name: str) -> ResponseReturnValue:
    """Send a message to the case that waits for it, or start the process that begins with it."""
    opening = current_opening()

    def send(body: MessageBody) -> Answer:
        return _told(
            messages.send(
                db.session(),
                name,
                correlation_key=body.correlation_key,
                variables=body.variables,
                tenant=opening.tenant,
            )
        )

    return _receive("message", name, opening.messages, MessageBody, send)


@bp.post("/signalen/<path:name>")
@public
@limited(Rate.OPENING)
@begins(Begins.WHEN_WRITING)
def signal(name: str) -> ResponseReturnValue:
    """Send a signal to everything that waits for it now."""
    opening = current_opening()

    def send(body: SignalBody) -> Answer:
        caught = messages.send_signal(db.session(), name, body.variables)
        return {"outcome": Outcome.DELIVERED, "caught": caught}

    return _receive("signal", name, opening.signals, SignalBody, send)


@bp.post("/processen/<key>")
@public
@limited(Rate.OPENING)
@begins(Begins.WHEN_WRITING)
def start_process(key: str) -> ResponseReturnValue:
    """Start a case of the newest version of a process."""
    opening = current_opening()

    def send(body: StartBody) -> Answer:
        try:
            return _told(start(db.session(), opening, key, body.variables, body.business_key))
        except UnknownProcessError:
            detail = f"No process {key} that begins by itself is deployed."
            raise ProblemError(HTTPStatus.NOT_FOUND, detail) from None
        except BusinessKeyError as error:
            wrong = {"pointer": "#/variables", "detail": f"no business key: {error}"}
            raise _unprocessable([wrong]) from None

    return _receive("process", key, opening.processes, StartBody, send)


def _receive(
    what: str,
    name: str,
    allowed: Collection[str],
    kind: type[AnyBody],
    send: Callable[[AnyBody], Answer],
) -> ResponseReturnValue:
    """Judge the request; do it unless it was done before; answer with what came of it."""
    opening, session = current_opening(), db.session()
    subject = f"{what}:{name}"
    if name not in allowed:
        raise ProblemError(HTTPStatus.FORBIDDEN, f"This opening may not send {subject}.")
    message_id, body = _judged(kind)
    unit = unit_of_work(session)
    unit.begin_writing()
    asked = sha256(subject.encode() + b"\0" + request.get_data()).hexdigest()
    try:
        before = received_before(session, opening.id, message_id, asked)
    except MessageIdReusedError:
        detail = "another request had this id"
        raise _unprocessable([{"header": "Message-Id", "detail": detail}]) from None
    answer = send(body) if before is None else before
    if before is None:
        is_done = answer["outcome"] not in WHY_NOT
        answered(session, opening.id, message_id, answer if is_done else None)
        record_event(
            session,
            "message-received",
            actor=actor(opening),
            kvk=opening.tenant,
            subject=subject,
            message_id=message_id,
            outcome=str(answer["outcome"]),
        )
    unit.commit()
    return _response(answer, is_repeated=before is not None)


def _judged(kind: type[AnyBody]) -> tuple[str, AnyBody]:
    """The message id and the body. Raises ProblemError 413, 415, or 422 with all errors."""
    message_id = request.headers.get("Message-Id", "")
    body, errors = read(kind, _text())
    if not MESSAGE_ID.fullmatch(message_id):
        wanted = "required: 1 to 200 visible ASCII characters, new for each message"
        errors = [{"header": "Message-Id", "detail": wanted}, *errors]
    if body is None or errors:
        raise _unprocessable(errors)
    return message_id, body


def _text() -> bytes:
    """The body, or nothing at all. Raises ProblemError 413, 415."""
    if (request.content_length or 0) > LARGEST_BODY or len(request.get_data()) > LARGEST_BODY:
        detail = f"A body is at most {LARGEST_BODY} bytes."
        raise ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
    text = request.get_data()
    if not request.is_json and (text or request.form or request.files):
        detail = "Send JSON, with Content-Type: application/json."
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail)
    return text


def _unprocessable(errors: Collection[dict[str, str]]) -> ProblemError:
    detail = "See the errors."
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=list(errors))


def _told(sent: Sent) -> Answer:
    """The outcome with its ids; of another company's case not the id."""
    if sent.outcome is Outcome.FAILED:
        return {"outcome": sent.outcome, "incidents": [str(each) for each in sent.ids]}
    return {
        "outcome": sent.outcome,
        "instances": [str(each) for each in sent.ids if _is_seen(each)],
    }


def _is_seen(instance_id: UUID) -> bool:
    instance = db.session().get(ProcessInstance, instance_id)
    tenant = current_opening().tenant
    return instance is not None and (tenant is None or tenant == instance.tenant)


def _response(answer: Answer, *, is_repeated: bool) -> ResponseReturnValue:
    outcome = answer["outcome"]
    if outcome in WHY_NOT:
        is_ours = outcome == Outcome.FAILED
        status = HTTPStatus.INTERNAL_SERVER_ERROR if is_ours else HTTPStatus.CONFLICT
        raise ProblemError(status, WHY_NOT[Outcome(outcome)], **answer)
    status = HTTPStatus.ACCEPTED if outcome == Outcome.KEPT else HTTPStatus.OK
    return answer, status, {"Message-Repeated": "true"} if is_repeated else {}
