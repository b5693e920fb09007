"""The table of elements and attributes as Markdown, for docs/engine.md.

`python -m processes.engine.checks.schema.document` prints it.
"""

import sys
from collections.abc import Iterator

from processes.engine.checks.schema.table import Schema, Verdict, schema

HEAD = "| type | | runs | warning | refused |\n|---|---|---|---|---|"


def as_markdown() -> str:
    """One table for each language: a row for each type, with what it adds to its supertypes."""
    return "\n\n".join(
        f"### {language.upper()}\n\n{HEAD}\n" + "\n".join(_rows(schema(language)))
        for language in ("bpmn", "dmn")
    )


def _rows(table: Schema) -> Iterator[str]:
    for name, facts in table.types.items():
        own = [*facts["attributes"], *facts["parts"]]
        own += [key.partition(".")[2] for key in table.verdicts if _is_exception(key, name)]
        element = table.verdicts.get(name)
        if element or own:
            cells = (_members(table, name, own, verdict) for verdict in Verdict)
            yield f"| `{name}` | {element.verdict if element else ''} | {' | '.join(cells)} |"


def _is_exception(key: str, name: str) -> bool:
    """Whether this says what becomes of an attribute of another type at this one."""
    owner, _, member = key.partition(".")
    return owner == name and ":" in member


def _members(table: Schema, name: str, own: list[str], verdict: Verdict) -> str:
    found = (each for each in own if table.verdicts[f"{name}.{each}"].verdict is verdict)
    return ", ".join(f"`{each}`" for each in found)


if __name__ == "__main__":
    sys.stdout.write(as_markdown() + "\n")
