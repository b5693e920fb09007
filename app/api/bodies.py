"""What may stand in the body of a request, and all its errors at once."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from processes.engine.diagram.beginning import PERSONS
from processes.engine.execution.events.persons import OF_A_PERSON
from processes.engine.language.values import VariablesError, variables_of
from processes.reading.json_text import read_json

LONGEST_KEY = 200
MOST_REPEATED = 20  # names that stand twice, of which it is told
OF_A_FRAGMENT = "~!$&'()*+,;=:@"  # RFC 3986 §3.5, beside letters and digits


class Body(BaseModel):
    """A JSON object; names that it does not know are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)

    @classmethod
    def strictest(cls) -> "type[Body]":
        """The same, refusing what is refused later too: so all of it is told at once."""
        return cls


class VariablesBody(Body):
    """Process variables."""

    variables: dict[str, Any] = Field(default={}, description="Process variables by name.")


class MessageBody(VariablesBody):
    """A message: its correlation key says which case it is for."""

    correlation_key: str | None = Field(
        default=None,
        min_length=1,
        max_length=LONGEST_KEY,
        description="Without one it reaches who waits without a key.",
    )


class StartBody(VariablesBody):
    """The first variables of a case."""

    business_key: str | None = Field(
        default=None,
        min_length=1,
        max_length=LONGEST_KEY,
        description="One open case for each; by default what the process says, else a new one.",
    )


class SignalBody(VariablesBody):
    """The variables of a signal."""


TOLD = {"extra_forbidden": "There is no such field here."}
"""Where Pydantic's own words do not say what is wrong."""

AnyBody = TypeVar("AnyBody", bound=Body)
Errors = list[dict[str, str]]


def variables_in(text: bytes) -> dict[str, Any] | None:
    """The variables of a body that is refused for something else; None where it is no object."""
    with suppress(ValueError):
        body = read_json(text or b"{}")
        if isinstance(body, dict):
            variables = body.get("variables", {})
            return variables if isinstance(variables, dict) else None
    return None


def read(kind: type[AnyBody], text: bytes) -> tuple[AnyBody | None, Errors]:
    """The body, or its errors with JSON pointers (RFC 6901); an empty body is an empty object."""
    try:
        body = kind.model_validate_json(text or b"{}")
    except ValidationError:
        return None, [*_of_form(kind.strictest(), text), *_of_names(text)]
    errors = [*_of_names(text), *_of_variables(getattr(body, "variables", {})), *_of_keys(body)]
    return (None, errors) if errors else (body, [])


def _of_form(kind: type[Body], text: bytes) -> Errors:
    try:
        kind.model_validate_json(text or b"{}")
    except ValidationError as error:
        return [
            {"pointer": pointer(each["loc"]), "detail": TOLD.get(each["type"], each["msg"])}
            for each in error.errors(include_url=False, include_input=False)
        ]
    return []


class _Repeating(dict[str, Any]):
    """An object in which a name stands more than once."""

    def __init__(self, pairs: Sequence[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.names = [
            name for name, times in Counter(name for name, _ in pairs).items() if times > 1
        ]


class _RepeatedError(Exception):
    """A name stands in an object more than once."""


def _without_repeating(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _RepeatedError
    return made


# Numbers stay text: one of thousands of digits would stop it.
_LOOKS = json.JSONDecoder(object_pairs_hook=_without_repeating, parse_int=str)


def _of_names(text: bytes) -> Errors:
    """Names that stand twice in an object: which one counts, no two readers agree (RFC 8259 §4)."""
    told = Errors()
    with suppress(ValueError, RecursionError):  # what is no JSON is told already
        try:
            _LOOKS.decode(text.decode() or "{}")
        except _RepeatedError:
            whole = json.loads(text, object_pairs_hook=_object_of, parse_int=str)
            _tell_repeated(whole, [], told)
    return told


def _object_of(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    return made if len(made) == len(pairs) else _Repeating(pairs)


def _tell_repeated(value: Any, path: list[int | str], told: Errors) -> None:
    if isinstance(value, _Repeating):
        for name in value.names[: MOST_REPEATED - len(told)]:
            where = pointer((*path, name))
            told.append({"pointer": where, "detail": "this name stands here twice"})
    named: Any = value.items() if isinstance(value, dict) else enumerate(value)
    for name, each in named:
        if isinstance(each, dict | list):
            path.append(name)
            _tell_repeated(each, path, told)
            path.pop()


def _of_variables(variables: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for name, value in variables.items():
        try:
            variables_of({name: value})
        except VariablesError as error:
            yield {"pointer": pointer(("variables", name)), "detail": str(error)}
            continue
        if name in PERSONS:
            yield {"pointer": pointer(("variables", name)), "detail": OF_A_PERSON}
        if _has_nul(value):
            yield {"pointer": pointer(("variables", name)), "detail": "a text holds a NUL"}


def _of_keys(body: Body) -> Iterator[dict[str, str]]:
    for name, value in body:
        if isinstance(value, str) and not value.isprintable():
            alias = type(body).model_fields[name].alias
            yield {"pointer": pointer((str(alias),)), "detail": "not printable"}


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_has_nul(each) for pair in value.items() for each in pair)
    return isinstance(value, list) and any(_has_nul(each) for each in value)


def pointer(path: tuple[int | str, ...]) -> str:
    """A path as a JSON pointer in a URI fragment (RFC 6901 §6)."""
    parts = (str(each).replace("~", "~0").replace("/", "~1") for each in path)
    return "#" + "".join(f"/{quote(part, safe=OF_A_FRAGMENT)}" for part in parts)
