"""The documents name only what is there, and the picture of the rooms is that of the code."""

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.architecture_picture import PICTURE, picture

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
FOLDERS = "app|workers|forms|processes|tests|docs|deploy|bpmn|bench|frontend"
PATH = re.compile(rf"(?:(?:{FOLDERS})/[\w.*/-]*|[\w/-]+\.py)")
MEASURED = {"tests/durations.json"}  # `./run bench tests` makes it
DOTTED = re.compile(r"(?:app|workers|forms|processes|tests)(?:\.\w+)+")


def test_the_picture_of_the_rooms_is_that_of_the_code() -> None:
    assert PICTURE.read_text("utf-8") == picture(), "python -m tests.architecture_picture"


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_document_names_only_what_is_there(page: Path) -> None:
    assert list(missing(page.read_text("utf-8"), page.parent)) == []


def test_architecture_names_functions_that_are_where_it_says() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    named = re.findall(r"`([\w/]+\.py)`: ((?:`\w+`(?:, )?)+)", text)
    assert len(named) > 5
    for path, names in named:
        defined = {getattr(each, "name", "") for each in ast.parse((ROOT / path).read_text()).body}
        assert set(re.findall(r"\w+", names)) <= defined, path


def test_a_name_of_nothing_is_found() -> None:
    text = (
        "[here](nowhere.md#part), `processes/engine/hall.py`, `hall.py`, `processes.engine.hall`,"
        " `offers/hall.py`, `offers/offers.py`,"
        " `processes.base.later`, `docs/*.md`, `docs/*.xml`, `processes.base.now`, `app.web`"
    )
    assert list(missing(text, ROOT)) == [
        "nowhere.md",
        "processes/engine/hall.py",
        "hall.py",
        "offers/hall.py",
        "docs/*.xml",
        "processes.engine.hall",
        "processes.base.later",
    ]


def missing(text: str, folder: Path) -> Iterator[str]:
    """Links, paths and modules (or what is in one) that lead nowhere."""
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if (
            "://" not in target
            and not target.startswith("mailto:")
            and not (folder / target).exists()
        ):
            yield target
    named = re.findall(r"`([^`\n]+)`", text)
    yield from (each for each in named if PATH.fullmatch(each) and not is_there(each))
    yield from (each for each in named if DOTTED.fullmatch(each) and not is_code(each))


def is_there(path: str) -> bool:
    """A path from the root; a file of code may be named by the end of its path."""
    if path.partition("/")[0] in FOLDERS.split("|"):
        return path in MEASURED or any(ROOT.glob(path.rstrip("/")))
    return any(each.endswith(f"/{path}") for each in paths_of_code())


@cache
def paths_of_code() -> frozenset[str]:
    folders = [
        ROOT / folder for folder in ("app", "workers", "forms", "processes", "tests", "deploy")
    ]
    return frozenset(path.as_posix() for folder in folders for path in folder.rglob("*.py"))


def is_code(dotted: str) -> bool:
    """A module, or what is found in one."""
    module, _, rest = dotted.partition(".")
    found = importlib.import_module(module)
    for part in rest.split("."):
        module = f"{module}.{part}"
        if hasattr(found, part):
            found = getattr(found, part)
            continue
        try:
            found = importlib.import_module(module)
        except ModuleNotFoundError:
            return False
    return True


def test_every_line_of_the_changelog_stands_in_a_release_and_a_group() -> None:
    release, group = "", ""
    for line in (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines():
        if line.startswith("## "):
            release, group = line, ""
        elif line.startswith("### "):
            group = line.removeprefix("### ")
        elif line.startswith("- "):
            assert release, line
            assert group in {"Added", "Changed", "Fixed"}, line
