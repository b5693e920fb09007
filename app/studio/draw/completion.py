"""What the editors offer while an expression is typed."""

from typing import Any

from processes.engine.language.feel.assistance import offered_functions


def functions() -> list[dict[str, Any]]:
    """The built-in functions, as `frontend/decisions/feel.js` reads them."""
    return [
        {"name": each.name, "parameters": each.parameters, "info": each.line}
        for each in offered_functions()
    ]
