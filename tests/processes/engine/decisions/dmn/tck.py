"""Runs the cases of the DMN TCK: models, inputs, and the values that decisions must come to."""

import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from processes.engine.decisions.dmn.model import Model
from processes.engine.language.feel.comparing import same
from processes.engine.language.feel.evaluation import BudgetError, Evaluation
from processes.engine.language.feel.literals import (
    date_from,
    duration_from,
    moment_from,
    time_from,
)
from processes.engine.language.feel.source import FeelSyntaxError
from processes.engine.language.feel.values import NoValueError

ARCHIVE = Path(__file__).parents[4] / "corpora/dmn-tck/cases.tar.xz"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
CLOSE = Decimal("0.00000001")
READERS: dict[str, Callable[[str], Any]] = {
    "boolean": lambda text: text == "true",
    "date": date_from,
    "time": time_from,
    "dateTime": moment_from,
    "duration": duration_from,
    **dict.fromkeys(["decimal", "double", "integer", "int", "float", "long"], Decimal),
}


@dataclass(frozen=True)
class Case:
    """One value that a model must come to."""

    folder: str
    file: str
    model: str
    id: str
    node: str
    invocable: str
    is_service: bool
    given: Mapping[str, Any]
    expected: Any

    def __str__(self) -> str:
        return f"{self.folder}/{self.file}/{self.id}/{self.node}"


@cache
def files(level: int) -> dict[str, bytes]:
    """Every file of a level of the TCK, by folder and name."""
    with tarfile.open(ARCHIVE) as archive:
        return {
            member.name.partition("/")[2]: _read(archive, member)
            for member in archive
            if member.isfile() and member.name.startswith(f"level-{level}/")
        }


def cases(level: int) -> Iterator[Case]:
    for name, xml in sorted(files(level).items()):
        folder, _, file = name.partition("/")
        if file.endswith(".xml"):
            yield from _cases(folder, file, etree.fromstring(xml))


def outcome(case: Case, level: int) -> Any:
    """What our engine makes of it; an expression that it refuses has no value."""
    try:
        model = _model(level, f"{case.folder}/{case.model}")
        part = model.invocable(case.invocable or case.node)
        if part is None:
            return None
        found = model.evaluate(part, case.given, Evaluation(steps=200_000, seconds=60))
    except (FeelSyntaxError, BudgetError):
        return None
    if case.is_service and isinstance(found, dict) and not isinstance(case.expected, dict):
        return found.get(case.node, found)
    return found


def is_right(found: Any, expected: Any) -> bool:
    if type(found) is type(expected) is Decimal:
        return abs(found - expected) < CLOSE or found == expected
    if type(found) is type(expected) is list:
        return len(found) == len(expected) and all(map(is_right, found, expected))
    if type(found) is type(expected) is dict:
        return found.keys() == expected.keys() and all(
            is_right(found[key], expected[key]) for key in expected
        )
    return same(found, expected)


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    opened = archive.extractfile(member)
    assert opened
    return opened.read()


@cache
def _model(level: int, name: str) -> Model:
    folder = name.partition("/")[0]
    beside = {
        etree.fromstring(xml).get("namespace"): other
        for other, xml in files(level).items()
        if other.startswith(f"{folder}/") and other.endswith(".dmn") and other != name
    }

    def load(namespace: str) -> Model | None:
        return _model(level, beside[namespace]) if namespace in beside else None

    return Model(etree.fromstring(files(level)[name]), load)


def _cases(folder: str, file: str, root: Any) -> Iterator[Case]:
    model = root.findtext("{*}modelName")
    for case in root.findall("{*}testCase"):
        given = {_name(each): _value(each) for each in case.findall("{*}inputNode")}
        for node in case.findall("{*}resultNode"):
            yield Case(
                folder,
                file,
                model,
                case.get("id"),
                _name(node),
                case.get("invocableName") or "",
                case.get("type") in ("decisionService", "bkm"),
                given,
                _value(node.find("{*}expected")),
            )


def _name(element: Any) -> str:
    return " ".join(element.get("name").split())


def _value(element: Any) -> Any:
    if element is None or element.get(NIL) == "true":
        return None
    listed = element.find("{*}list")
    if listed is not None:
        nil = listed.get(NIL) == "true"
        return None if nil else [_value(each) for each in listed.findall("{*}item")]
    components = element.findall("{*}component")
    if components:
        return {_name(each): _value(each) for each in components}
    value = element.find("{*}value")
    return None if value is None or value.get(NIL) == "true" else _typed(value)


def _typed(value: Any) -> Any:
    type_ = (value.get(TYPE) or "string").rpartition(":")[2]
    text = value.text or ""
    try:
        return READERS[type_](text) if type_ in READERS else text
    except NoValueError:
        return text
