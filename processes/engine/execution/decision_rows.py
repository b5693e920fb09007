"""Rows for the decisions of a step: what they read, which rules were hit, what came of them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from processes.base import new_id
from processes.engine.deployment.definitions import Taken
from processes.engine.diagram.elements import Element

LONGEST: Final = 300  # characters of JSON that are kept of one value
LEFT_OUT: Final = "…"


def decision_rows(
    instance_id: UUID, taken: Sequence[tuple[Element, Taken]], moment: datetime
) -> list[dict[str, Any]]:
    """The rows of `taken_decision`."""
    return [
        {
            "id": new_id(),
            "instance_id": instance_id,
            "element_id": element.id,
            "key": each.decided.id,
            "version": each.version,
            "taken_at": moment,
            "place": place,
            "inputs": _short(each.decided.inputs),
            "hits": list(each.decided.hits),
            "outputs": _short(each.decided.outputs),
            "is_counted": False,
        }
        for place, (element, each) in enumerate(taken)
    ]


def _short(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without those that are long: the case itself has them."""
    return {name: value if _is_short(value) else LEFT_OUT for name, value in values.items()}


def _is_short(value: Any) -> bool:
    if value is None or isinstance(value, bool | int | float):
        return True
    return len(json.dumps(value, ensure_ascii=False)) <= LONGEST
