"""Generates docs/operate/settings.md from the settings; a test compares them."""

import enum
import json
from collections.abc import Iterator
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from processes.platform.settings import Settings

HEAD = """\
# Settings

Environment variables, read once when a part starts. Give all parts on all hosts the same ones.
`loket settings` shows what they are now (secrets masked), `loket doctor` whether they are well.
This page is written by `loket settings --markdown`.

| variable | meaning | kind | unless set |
|---|---|---|---|
"""
MADE = {
    "database_url": "`sqlite:///…/loket.db` in `LOKET_VAR`",
    "secret_key": "made once and kept in `LOKET_VAR`; production has none",
}


def settings_page() -> str:
    """The page, in Markdown."""
    return HEAD + "".join(_rows())


def _rows() -> Iterator[str]:
    for name, field in Settings.model_fields.items():
        cells = [f"`LOKET_{name.upper()}`", str(field.description), _kind(field.annotation)]
        yield f"| {' | '.join([*cells, _default(name, field)])} |\n"


def _kind(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return ", ".join(f"`{value}`" for value in annotation)
    if get_origin(annotation) is dict:
        of_lists = get_origin(get_args(annotation)[1]) is list
        return "JSON object of lists of texts" if of_lists else "JSON object of texts"
    kinds = {SecretStr: "secret", int: "number", float: "number", bool: "`true`, `false`"}
    kinds |= {NoneType: "", str: "text"}
    parts = [kinds.get(part, "text") for part in get_args(annotation) or (annotation,)]
    return " or ".join(part for part in parts if part)


def _default(name: str, field: FieldInfo) -> str:
    if name in MADE:
        return MADE[name]
    if isinstance(field.default, SecretStr):
        return "the demonstration's; production refuses it"
    if field.default is None:
        return "nothing"
    if isinstance(field.default, dict):
        return f"`{json.dumps(field.default, ensure_ascii=False)}`"
    shown = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
    return f"`{shown}`"
