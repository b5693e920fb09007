"""The moment, duration or repeat that is drawn at an element, worked out with its variables."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from processes.engine.diagram.elements import Element
from processes.engine.interpreter.outcomes import ElementError, at_element
from processes.engine.language import expressions, iso8601
from processes.engine.sentences.catalogue import say, word_list

Read = TypeVar("Read")
LONG_NUMBER = 9  # digits: of a telephone, of a person


def due(element: Element, text: str, variables: Mapping[str, Any], since: datetime) -> datetime:
    """When this is due, counted from `since`; raises ElementError, which names the element."""
    return _read(element, text, variables, lambda value: iso8601.due(value, since))


def cycle(element: Element, text: str, variables: Mapping[str, Any]) -> iso8601.Cycle:
    """The repeat that is drawn here; raises ElementError, which names the element."""
    return _read(element, text, variables, _with_a_pause)


def _with_a_pause(text: str) -> iso8601.Cycle:
    found = iso8601.cycle(text)
    if not found.every.approximate:
        raise iso8601.IsoError(text)
    return found


def _read(
    element: Element, text: str, variables: Mapping[str, Any], read: Callable[[str], Read]
) -> Read:
    with at_element(element):
        value = expressions.evaluate_template(text, variables)
    try:
        if isinstance(value, str):
            return read(value)
    except iso8601.IsoError:
        pass
    message = say(
        "incidents.time-unreadable",
        element=element.name,
        text=text.strip(),
        outcome=_outcome(value),
    )
    raise ElementError(element.id, message)


def _outcome(value: Any) -> str:
    """What it gives instead: its kind, and one word or a short number itself.

    More may be what somebody wrote, which no incident may hold.
    """
    kinds = {bool: "boolean", str: "string", list: "list", dict: "context", type(None): "null"}
    name = kinds.get(type(value), "number")
    kind = word_list("feel.kinds")[name]
    text = str(value)
    is_short = re.fullmatch(r"[^\s@]{1,20}", text) and sum(map(str.isdigit, text)) < LONG_NUMBER
    if name == "string" and is_short:
        return f'{kind} ("{text}")'
    return f"{kind} ({text})" if name == "number" and is_short else kind
