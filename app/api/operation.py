"""What each address of the API asks and answers, declared at its view: the source of OpenAPI."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from app.api.problems import FORBIDDEN, INVALID, UNKNOWN_CLIENT, Kind

View = TypeVar("View", bound=Callable[..., Any])

ALWAYS: tuple[Kind | int, ...] = (429, 500, 503)
CREDENTIALS: tuple[Kind | int, ...] = (UNKNOWN_CLIENT, FORBIDDEN)
BODY: tuple[Kind | int, ...] = (400, INVALID, 413, 415)


@dataclass(frozen=True)
class Operation:
    """One method of one address; a str among the answers is a media type of its own."""

    tag: str
    answers: Mapping[int, type[BaseModel] | str]
    body: type[BaseModel] | None = None
    put: type[BaseModel] | None = None  # a body that replaces what is there, without a message id
    is_conditional: bool = False  # asks If-Match; a put does so too
    form: type[BaseModel] | None = None  # a body that is a form instead
    upload: str = ""  # a body that is a file: its media type
    query: type[BaseModel] | None = None
    refuses: tuple[Kind | int, ...] = ()  # beside what every address of its sort refuses
    is_open: bool = False  # asks no token and no signature

    @property
    def problems(self) -> tuple[Kind | int, ...]:
        """Every problem that it answers with."""
        asks = () if self.is_open else CREDENTIALS
        judges = BODY if self.body else (INVALID,) if self.query else ()
        return tuple(dict.fromkeys((*asks, *judges, *self.refuses, *ALWAYS)))


def describes(operation: Operation) -> Callable[[View], View]:
    """Decorator: what this view asks and answers; its docstring says what it does."""

    def mark(view: View) -> View:
        view.operation = operation  # type: ignore[attr-defined]
        return view

    return mark
