"""What each address of the API asks and answers, declared at its view: the source of OpenAPI."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel

from app.api.problems import FORBIDDEN, INVALID, UNKNOWN_CLIENT, Kind, invalid

View = TypeVar("View", bound=Callable[..., Any])

UNKNOWN = "this address takes no such parameter"
ALWAYS: tuple[Kind | int, ...] = (429, 500, 503)
CREDENTIALS: tuple[Kind | int, ...] = (UNKNOWN_CLIENT, FORBIDDEN)
BODY: tuple[Kind | int, ...] = (413, 415)
DESCRIPTION = "description"
"""The tag of what describes the API, which takes whatever parameters people and tools add."""


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
            if operation.query is None and operation.tag != DESCRIPTION and request.args:
                raise invalid([{"parameter": name, "detail": UNKNOWN} for name in request.args])
            return view(*parts, **named)

        judged.operation = operation  # type: ignore[attr-defined]
        return judged  # type: ignore[return-value]

    return mark
