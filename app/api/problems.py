"""Errors of the API as problem documents (RFC 9457): media type application/problem+json."""

import logging
import secrets
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, json, make_response
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from processes.engine.execution.steps import InstanceChangedError

log = logging.getLogger(__name__)


class ProblemError(Exception):
    """A request that is refused: the status, what is wrong, and all errors of its fields."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        errors: Sequence[dict[str, str]] = (),
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, errors
        self.headers, self.more = headers or {}, more


def problem(status: int, detail: str, **more: Any) -> Response:
    """A problem document; the type is about:blank, so the title is that of the status."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    response = make_response(json.dumps({**body, "detail": detail, **more}), status)
    response.content_type = "application/problem+json"
    return response


def answer_with_problems(bp: Blueprint) -> None:
    """Every error of this blueprint's views is a problem document."""
    bp.register_error_handler(ProblemError, _refused)
    bp.register_error_handler(HTTPException, _http_error)
    bp.register_error_handler(InstanceChangedError, _changed)
    bp.register_error_handler(OperationalError, _database_away)
    bp.register_error_handler(Exception, _unexpected)


def _refused(error: ProblemError) -> Response:
    errors = {"errors": list(error.errors)} if error.errors else {}
    response = problem(error.status, error.detail, **errors, **error.more)
    response.headers.update(error.headers)
    return response


def _http_error(error: HTTPException) -> Response:
    response = problem(error.code or 500, error.description or "")
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def _changed(_error: InstanceChangedError) -> Response:
    return problem(409, "The case changed meanwhile; send it again with the same Message-Id.")


def _database_away(error: OperationalError) -> Response:
    log.error("database does not answer", exc_info=error)
    return problem(503, "The database does not answer; send it again with the same Message-Id.")


def _unexpected(error: Exception) -> Response:
    reference = secrets.token_hex(4)
    log.error("unexpected error", extra={"reference": reference}, exc_info=error)
    return problem(500, "Something went wrong here; nothing happened.", reference=reference)
