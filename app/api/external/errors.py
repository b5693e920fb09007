"""Errors of the API for workers outside, as Camunda 7 answers them: JSON with type and message."""

import logging
import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, json, make_response
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from app.api.problems import Kind, ProblemError
from app.web.limits import is_too_often
from processes.engine.execution.steps import InstanceChangedError
from processes.engine.openings.external_results import (
    CaseSuspendedError,
    NotHeldError,
    ReservedVariableError,
    UnknownExternalTaskError,
)
from processes.engine.openings.external_tasks import TopicRefusedError

log = logging.getLogger(__name__)

REST = "RestException"
INVALID = "InvalidRequestException"


class InvalidRequestError(Exception):
    """A request that cannot be read; the text says what is wrong where."""


def answer_as_camunda(bp: Blueprint) -> None:
    """Every error of this blueprint's views has a type and a message."""
    handlers: dict[type[Exception], Callable[[Any], Response]] = {
        InvalidRequestError: lambda error: _answer(400, INVALID, str(error)),
        ReservedVariableError: lambda error: _answer(
            400, INVALID, f"The variable {error} may be sent back as it was, and not be changed."
        ),
        UnknownExternalTaskError: lambda error: _counted(
            404, f"There is no external task {error} for this opening."
        ),
        NotHeldError: lambda error: _counted(
            400, f"This worker does not hold the lock of external task {error}."
        ),
        CaseSuspendedError: lambda error: _answer(
            500, REST, f"The case of external task {error} is suspended; try again later."
        ),
        TopicRefusedError: lambda error: _answer(
            403, "AuthorizationException", f"This opening may not fetch the topic {error.topic}."
        ),
        InstanceChangedError: lambda _error: _answer(
            500, "OptimisticLockingException", "The case changed meanwhile; send it again."
        ),
        ProblemError: _refused,
        HTTPException: _http_error,
        OperationalError: _database_away,
        Exception: _unexpected,
    }
    for kind, handler in handlers.items():
        bp.register_error_handler(kind, handler)


def _answer(status: int, kind: str, message: str) -> Response:
    response = make_response(json.dumps({"type": kind, "message": message, "code": None}), status)
    response.content_type = "application/json"
    return response


def _counted(status: int, message: str) -> Response:
    """A refusal that counts as a request of this opening: nobody tries ids without end."""
    name, per_minute = g.counted_as
    if is_too_often(f"refused {name}", per_minute):
        response = _answer(429, REST, "Too many requests this minute.")
        response.headers["Retry-After"] = "60"
        return response
    return _answer(status, REST, message)


def _refused(error: ProblemError) -> Response:
    status = error.kind.status if isinstance(error.kind, Kind) else error.kind
    response = _answer(status, REST, error.detail or error.document().get_json()["detail"])
    response.headers.update(error.headers)
    return response


def _http_error(error: HTTPException) -> Response:
    response = _answer(error.code or 500, REST, error.description or error.name)
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def _database_away(error: OperationalError) -> Response:
    log.error("database does not answer", exc_info=error)
    return _answer(503, REST, "The database does not answer; send it again.")


def _unexpected(error: Exception) -> Response:
    reference = secrets.token_hex(4)
    log.error("unexpected error", extra={"reference": reference}, exc_info=error)
    return _answer(500, REST, f"Something went wrong here; nothing happened ({reference}).")
