"""The kinds of problems that the API answers with, and the error that carries one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response

from app.api.bodies import pointer
from app.web.problems import problem
from processes.engine.execution.events.persons import OF_A_PERSON, PersonVariableError
from processes.engine.execution.steps import InstanceChangedError
from processes.platform.settings import current_settings

DOCUMENTATION = "/api/v1/documentatie"


@dataclass(frozen=True)
class Kind:
    """A problem type of ours (RFC 9457 §3.1.1): its address leads to the documentation."""

    name: str
    status: HTTPStatus
    title: str
    meaning: str

    @property
    def type(self) -> str:
        """The URI that identifies it."""
        return f"{current_settings().public_url.rstrip('/')}{DOCUMENTATION}#{self.name}"


INVALID = Kind(
    "invalid-request",
    HTTPStatus.BAD_REQUEST,  # NLGov REST API Design Rules 2.2, /core/error-handling/invalid-input
    "The request is not valid",
    "All errors come together in `errors`, each with where it is and what is wrong.",
)
REUSED = Kind(
    "message-id-reused",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "Another request had this Message-Id",
    "A Message-Id is new for each message; the same one goes with the same body alone.",
)
UNKNOWN_CLIENT = Kind(
    "unauthorized",
    HTTPStatus.UNAUTHORIZED,
    "No valid access token or signature",
    "Ask an access token at the token endpoint with the credentials of an opening, or sign the "
    "request with its signing key; a token that has expired or is revoked counts no more.",
)
FORBIDDEN = Kind(
    "not-allowed",
    HTTPStatus.FORBIDDEN,
    "The opening may not do this",
    "An operator says what an opening may send, start and do.",
)
RUNNING = Kind(
    "running",
    HTTPStatus.CONFLICT,
    "A case with this business key runs already",
    "Nothing happened; `instances` holds the case if it may be seen.",
)
AMBIGUOUS = Kind(
    "ambiguous",
    HTTPStatus.CONFLICT,
    "More than one case or process waits for this message",
    "Nothing happened; send it with the correlation key of one case.",
)
CLOSED = Kind(
    "closed", HTTPStatus.CONFLICT, "The task is done, or stands still", "Nothing happened."
)
HELD = Kind("held", HTTPStatus.CONFLICT, "Somebody else has this task", "Nothing happened.")
CHANGED = Kind(
    "changed",
    HTTPStatus.CONFLICT,
    "The case changed meanwhile",
    "Nothing happened; send it again with the same Message-Id.",
)
STALE = Kind(
    "stale",
    HTTPStatus.PRECONDITION_FAILED,
    "It is another version by now",
    "Nothing happened; read it again, and send what you want with the new ETag in If-Match.",
)
UNCONDITIONAL = Kind(
    "unconditional",
    HTTPStatus.PRECONDITION_REQUIRED,
    "Say which version you know",
    "Nothing happened; If-Match holds the ETag with which it was read.",
)
FAILED = Kind(
    "failed",
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "A step failed",
    "Nothing happened, and an operator is told; `incidents` holds what to ask for.",
)

KINDS: Mapping[str, Kind] = {
    each.name: each
    for each in (
        INVALID,
        REUSED,
        UNKNOWN_CLIENT,
        FORBIDDEN,
        RUNNING,
        AMBIGUOUS,
        CLOSED,
        HELD,
        CHANGED,
        STALE,
        UNCONDITIONAL,
        FAILED,
    )
}
"""By name; whatever else is wrong is about:blank, with the status as its title."""


class ProblemError(Exception):
    """A request that is refused: the kind of problem, or a status that says enough by itself."""

    def __init__(
        self,
        kind: Kind | HTTPStatus,
        detail: str = "",
        *,
        errors: Collection[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.errors = kind, detail, tuple(errors)
        self.headers, self.more = headers or {}, more

    def document(self) -> Response:
        """The problem document with its headers."""
        if isinstance(self.kind, Kind):
            response = problem(
                self.kind.status,
                self.detail or self.kind.meaning,
                type_=self.kind.type,
                title=self.kind.title,
                errors=self.errors,
                **self.more,
            )
        else:
            response = problem(self.kind, self.detail, errors=self.errors, **self.more)
        response.headers.update(self.headers)
        return response


def invalid(errors: Collection[Mapping[str, str]]) -> ProblemError:
    """A refusal of a body, header or parameter, with all of its errors."""
    return ProblemError(INVALID, errors=errors)


def answer_with_problems(bp: Blueprint) -> None:
    """What views of this blueprint raise of their own; the rest is for `app.web.errors`."""
    bp.register_error_handler(ProblemError, ProblemError.document)
    bp.register_error_handler(PersonVariableError, _of_a_person)
    bp.register_error_handler(InstanceChangedError, lambda _error: ProblemError(CHANGED).document())


def _of_a_person(error: PersonVariableError) -> Response:
    wrong = {"pointer": pointer(("variables", error.variable)), "detail": OF_A_PERSON}
    return invalid([wrong]).document()
