"""Variables in the JSON format of Camunda 7: an object of type, value and valueInfo for each."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.api.external.errors import InvalidRequestError
from processes.engine.language.values import VariablesError, variables_of

INTEGER = range(-(2**31), 2**31)
NAME_BEFORE_OFFSET = re.compile(r"(?:UTC|GMT)(?=[+-])")


def typed(variables: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Process variables with their types; lists and objects as JSON text of type Json."""
    return {name: _typed(value) for name, value in variables.items()}


def untyped(given: Any, where: str) -> dict[str, Any]:
    """The values of typed variables; a missing type is told from the value.

    Raises InvalidRequestError, which names the first that is wrong.
    """
    if given is None:
        return {}
    if not isinstance(given, dict):
        message = f"{where} is an object of variables by name"
        raise InvalidRequestError(message)
    return {name: _untyped(value, f"{where}.{name}", name) for name, value in given.items()}


def _typed(value: Any) -> dict[str, Any]:
    kind = _type_of(value)
    told = json.dumps(value, ensure_ascii=False) if kind == "Json" else value
    return {"type": kind, "value": told, "valueInfo": {}}


def _type_of(value: Any) -> str:
    match value:
        case None:
            return "Null"
        case bool():
            return "Boolean"
        case int():
            return "Integer" if value in INTEGER else "Long"
        case float():
            return "Double"
        case str():
            return "String"
    return "Json"


def _untyped(given: Any, where: str, name: str) -> Any:
    if not isinstance(given, dict) or set(given) - {"type", "value", "valueInfo", "local"}:
        message = f"{where} is an object with a value, and a type"
        raise InvalidRequestError(message)
    kind, value = given.get("type"), given.get("value")
    if kind is not None and not isinstance(kind, str):
        message = f"{where}: type is a text"
        raise InvalidRequestError(message)
    read = READERS.get((kind or "").lower())
    if read is None:
        message = f"{where}: there are no variables of type {kind[:40] if kind else kind} here"
        raise InvalidRequestError(message)
    try:
        found = None if value is None else read(value)
        return variables_of({name: _without_nul(found)})[name]
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        reason = (
            str(error) if isinstance(error, VariablesError) else f"this is no {kind or 'value'}"
        )
        message = f"{where}: {reason}"
        raise InvalidRequestError(message) from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise TypeError
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError
    return float(value)


def _boolean(value: Any) -> bool:
    if value in ("true", "false"):
        return bool(value == "true")
    if not isinstance(value, bool):
        raise TypeError
    return value


def _moment(value: Any) -> str:
    """A moment as ISO 8601 text, with a zone as Camunda writes it (+0100) or as others do.

    A name of UTC before the offset (camunda-worker-node sends UTC+00:00) says nothing more.
    """
    return datetime.fromisoformat(NAME_BEFORE_OFFSET.sub("", _text(value))).isoformat()


def _json(value: Any) -> Any:
    """JSON as text, or as it is."""
    return json.loads(value, parse_constant=_refuse) if isinstance(value, str) else value


def _nothing(value: Any) -> None:
    raise TypeError(value)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _as_it_is(value: Any) -> Any:
    return value


def _without_nul(value: Any) -> Any:
    """Raises VariablesError for a NUL, which PostgreSQL cannot store."""
    if isinstance(value, str) and "\x00" in value:
        message = "a text holds a NUL"
        raise VariablesError(message)
    if isinstance(value, dict):
        for pair in value.items():
            _without_nul(list(pair))
    if isinstance(value, list):
        for each in value:
            _without_nul(each)
    return value


READERS: Mapping[str, Callable[[Any], Any]] = {
    "": _as_it_is,
    "string": _text,
    "integer": _whole,
    "short": _whole,
    "long": _whole,
    "double": _number,
    "float": _number,
    "boolean": _boolean,
    "date": _moment,
    "null": _nothing,
    "json": _json,
    "object": _json,
    "xml": _text,
}
"""By the lower-case name of a type; files and bytes are not among them."""
