"""Functions of FEEL on contexts (DMN 1.5 §10.3.4.9), `not` and `is`."""

from typing import Any

from processes.engine.language.feel.builtins.registry import built_in, items, need, text
from processes.engine.language.feel.comparing import same
from processes.engine.language.feel.moments import DateTime, Time
from processes.engine.language.feel.nodes import inverse
from processes.engine.language.feel.values import NoValueError, kind
from processes.engine.sentences.catalogue import say


def _context(value: Any) -> dict[str, Any]:
    return need(value, "context")  # type: ignore[no-any-return]


@built_in("not", "negand")
def _not(value: Any) -> bool | None:
    return inverse(value)


@built_in("is", "value1, value2", required=0)
def _is(one: Any = None, other: Any = None) -> bool:
    """Whether two values are the same element of one domain: with a zone is not without."""
    if kind(one) != kind(other):
        return False
    if isinstance(one, (Time, DateTime)):
        return bool(one == other)
    return same(one, other)


@built_in("get value", "m, key")
def _get_value(context: Any, key: Any) -> Any:
    return _context(context).get(text(key))


@built_in("get value", "context, keys")
def _get_value_along(context: Any, keys: Any) -> Any:
    found: Any = _context(context)
    for key in items(keys):
        found = _context(found).get(text(key))
    return found


@built_in("get entries", "m")
def _entries(context: Any) -> list[Any]:
    return [{"key": key, "value": value} for key, value in _context(context).items()]


@built_in("context", "entries")
def _made(entries: Any) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for entry in items(entries):
        key = text(_context(entry).get("key"))
        if key in made or "value" not in entry:
            raise NoValueError(say("feel.same-key-twice"))
        made[key] = entry["value"]
    return made


@built_in("context put", "context, key, value")
def _put(context: Any, key: Any, value: Any) -> dict[str, Any]:
    if isinstance(key, list):
        raise NoValueError(say("feel.wrong-arguments", name="context put"))
    return {**_context(context), text(key): value}


@built_in("context put", "context, keys, value")
def _put_along(context: Any, keys: Any, value: Any) -> dict[str, Any]:
    known, path = _context(context), items(keys)
    if not path:
        raise NoValueError(say("feel.wrong-arguments", name="context put"))
    first, rest = text(path[0]), path[1:]
    return {**known, first: _put_along(known.get(first), rest, value) if rest else value}


@built_in("context merge", "contexts")
def _merge(contexts: Any) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for each in items(contexts):
        merged |= _context(each)
    return merged
