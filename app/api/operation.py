"""What each address of the API asks and answers, declared at its view: the source of OpenAPI."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import wraps
from typing import Any, TypeVar

from flask import Response, after_this_request, request
from pydantic import BaseModel
from werkzeug.http import http_date

from app.api.problems import DOCUMENTATION, FORBIDDEN, INVALID, UNKNOWN_CLIENT, Kind, invalid

View = TypeVar("View", bound=Callable[..., Any])

UNKNOWN = "this address takes no such parameter"
ALWAYS: tuple[Kind | int, ...] = (429, 500, 503)
CREDENTIALS: tuple[Kind | int, ...] = (UNKNOWN_CLIENT, FORBIDDEN)
BODY: tuple[Kind | int, ...] = (413, 415)
DESCRIPTION = "description"
"""The tag of what describes the API, which takes whatever parameters people and tools add."""


@dataclass(frozen=True)
class Deprecation:
    """An address that goes: its answers say so from the first day on, and when it is gone."""

    since: date
    until: date  # from this day on it may be gone
    instead: str  # what to ask from now on: its path

    def tell(self, response: Response) -> Response:
        """The headers Deprecation (RFC 9745) and Sunset (RFC 8594), with links to read more."""
        response.headers["Deprecation"] = f"@{int(_midnight(self.since).timestamp())}"
        response.headers["Sunset"] = http_date(_midnight(self.until))
        more = ((DOCUMENTATION, "deprecation"), (self.instead, "successor-version"))
        for target, relation in more:
            response.headers.add("Link", f'<{target}>; rel="{relation}"')
        return response


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


TAGS = {
    "catalogue": "Search what providers published, and read it. Open to all, without a key.",
    "activities": "A company's own activities, with the keys that it made itself.",
    "messages": "Messages and signals that processes wait for, or that begin one.",
    "cases": "Begin a process, and follow its case.",
    "tasks": "User tasks: find, claim, complete and release them.",
    DESCRIPTION: "This description, for people and for programs.",
}
"""What an operation may be about, with what the document says of it."""


@dataclass(frozen=True)
class Operation:
    """One method of one address; a str among the answers is a media type of its own."""

    tag: str
    answers: Mapping[int, type[BaseModel] | str]
    body: type[BaseModel] | None = None
    put: type[BaseModel] | None = None  # a body that replaces what is there, without a message id
    is_conditional: bool = False  # asks If-Match; a put does so too
    upload: str = ""  # a body that is a file: its media type
    query: type[BaseModel] | None = None
    refuses: tuple[Kind | int, ...] = ()  # beside what every address of its sort refuses
    is_open: bool = False  # asks no token and no signature
    deprecated: Deprecation | None = None
    standard: str = ""  # the one that describes it, so that the document of this API does not

    @property
    def problems(self) -> tuple[Kind | int, ...]:
        """Every problem that it answers with."""
        asks = () if self.is_open else CREDENTIALS
        judges = (INVALID, *BODY) if self.body else () if self.tag == DESCRIPTION else (INVALID,)
        return tuple(dict.fromkeys((*asks, *judges, *self.refuses, *ALWAYS)))


def describes(operation: Operation) -> Callable[[View], View]:
    """Decorator: what this view asks and answers; its docstring says what it does.

    Parameters of the address are refused where it takes none.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def judged(*parts: Any, **named: Any) -> Any:
            if operation.deprecated is not None:
                after_this_request(operation.deprecated.tell)
            if operation.query is None and operation.tag != DESCRIPTION and request.args:
                raise invalid([{"parameter": name, "detail": UNKNOWN} for name in request.args])
            return view(*parts, **named)

        judged.operation = operation  # type: ignore[attr-defined]
        return judged  # type: ignore[return-value]

    return mark
