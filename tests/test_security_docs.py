"""The list of ASVS 5.0 answers every requirement once; what security documents name is there."""

import re
from collections import Counter
from pathlib import Path

import click
import pytest
from flask import Flask

from app.cli.main import main

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "security"
PAGE = FOLDER / "asvs.md"
PAGES = sorted(FOLDER.glob("*.md"))
SECTIONS = (
    "1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 "
    "4.2:1 4.3:2 4.4:4 5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 "
    "7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2 8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2 10.2:2 10.3:4 "
    "10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1 12.1:3 12.2:2 12.3:4 "
    "13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4 "
    "16.4:3 16.5:3 17.1:1 17.2:4 17.3:2"
)
"""How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; they come first."""


def rows() -> list[tuple[list[str], str, str]]:
    found = re.findall(
        r"^\| ([\d., ]+) \| ([\w/]+) \| (.*) \|$", PAGE.read_text("utf-8"), re.MULTILINE
    )
    return [(ids.split(", "), answer, where) for ids, answer, where in found]


def test_each_requirement_is_answered_once() -> None:
    sections = (each.split(":") for each in SECTIONS.split())
    asked = {f"{name}.{n}" for name, last in sections for n in range(1, int(last) + 1)}
    answered = Counter(each for ids, _answer, _where in rows() for each in ids)
    assert asked == set(answered)
    assert set(answered.values()) == {1}


def test_each_answer_is_known_told_where_and_counted() -> None:
    counted: Counter[str] = Counter()
    for ids, answer, where in rows():
        assert answer in {"met", "operator", "n/a", "not"}
        assert where.strip(), ids
        counted[answer] += len(ids)
    told = dict(re.findall(r"^- \*\*([\w/]+)\*\* \((\d+)\)", PAGE.read_text("utf-8"), re.MULTILINE))
    assert told == {answer: str(number) for answer, number in counted.items()}


def quoted(page: Path) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", page.read_text("utf-8")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_and_pages_that_are_named_are_there(page: Path) -> None:
    folders = {each.name for each in ROOT.iterdir() if each.is_dir()}
    files = {each for each in quoted(page) if each.split("/")[0] in folders and "/" in each}
    links = set(re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")))
    local = {each for each in links if "://" not in each and not each.startswith("mailto:")}
    assert {each for each in files if not (ROOT / each).exists()} == set()
    assert {each for each in local if not (FOLDER / each).exists()} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_settings_that_are_named_are_there(page: Path) -> None:
    settings = (ROOT / "docs" / "operate" / "settings.md").read_text("utf-8")
    named = {each for each in quoted(page) if each.startswith("LOKET_")}
    assert {each for each in named if f"`{each}`" not in settings} == set()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_addresses_that_are_named_are_of_pages(page: Path, app: Flask) -> None:
    known = {rule.rule for rule in app.url_map.iter_rules()}
    named = {each for each in quoted(page) if re.fullmatch(r"/[a-z].*", each)}
    assert {each for each in named if each not in known} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_are_named_are_there(page: Path) -> None:
    for command in (each.split() for each in quoted(page) if each.startswith("loket ")):
        found: click.Command = main
        for word in command[1:]:
            if not isinstance(found, click.Group) or not word.islower():
                break
            found = found.commands[word]


def test_something_is_named() -> None:
    assert len({each for page in PAGES for each in quoted(page) if "/" in each}) > 30
