"""Works out the key by which a message finds the case that waits for it."""

from collections.abc import Mapping
from typing import Any, Final

from processes.engine.language.expressions import evaluate_template
from processes.engine.language.functions import ExpressionError
from processes.engine.sentences.catalogue import say

LONGEST_KEY: Final = 200
"""In characters; indexes hold keys, and PostgreSQL refuses much longer ones."""


def message_key(template: str, variables: Mapping[str, Any]) -> str | None:
    """The key that is drawn at an event; None where it comes to nothing: a message without key.

    A whole number is the same key however it is stored (12, 12.0). Raises ExpressionError for what
    is no text or number, and for a text that is too long.
    """
    value = evaluate_template(template, variables)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ExpressionError(say("language.no-key"), template)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    key = str(value)
    if len(key) > LONGEST_KEY:
        raise ExpressionError(say("language.long-key", most=LONGEST_KEY), template)
    return key
