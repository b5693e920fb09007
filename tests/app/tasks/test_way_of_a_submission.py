"""The way of a submission through the code is the one that docs/architecture.md walks."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.access import Role
from tests.app.onboarding import CONTACT, Employee, chosen, prepare
from tests.app.signing_in import sign_in

ROOT = Path(__file__).parents[3]
BEGINNING = "app.tasks.task_page"
ENDS = {
    ("forms.", "variables"),
    ("processes.engine.interpreter.workflow", "complete"),
    ("processes.unit_of_work", "write"),
}
"""Where the answers are read, the step is taken and its rows are handed over: module, function."""


def test_a_submission_makes_the_stops_of_the_documentation_and_no_other(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    prepare(session)
    sign_in(app, client, Role.PROVIDER)
    employee = Employee(client)
    page = employee.to_company()
    answers = {**chosen(page), **CONTACT, "next": "review"}
    passed = modules_passed(lambda: employee.answer(page, answers))
    assert list(dict.fromkeys(map(stop_of, passed))) == list(STOPS)
    assert len(STOPS) == 7


def documented() -> dict[str, list[str]]:
    """Each stop of the walk with the modules and packages that stand in its row."""
    text = (ROOT / "docs/architecture.md").read_text("utf-8")
    rows = re.findall(r"^\| \d \*\*(.+?)\*\* \| (.+?) \|", text, re.MULTILINE)
    return {name: re.findall(r"`([\w/]+)(?:\.py)?`", places) for name, places in rows}


STOPS = documented()


def stop_of(module: str) -> str:
    """The stop that a module belongs to; a module of none of them stands for itself."""
    path = module.replace(".", "/")
    return next(
        (
            name
            for name, places in STOPS.items()
            if any(path == place or path.startswith(f"{place}/") for place in places)
        ),
        module,
    )


def modules_passed(act: Callable[[], object]) -> list[str]:
    """Our modules on the stack, from the view down, the first time that each end is reached."""
    passed: list[str] = []
    left = set(ENDS)

    def look(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call" and (ends := left & ends_at(frame)):
            way = list(ours(frame))[::-1]
            if BEGINNING in way:
                left.difference_update(ends)
                passed.extend(way[way.index(BEGINNING) :])

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        act()
    finally:
        sys.setprofile(before)
    return passed


def ends_at(frame: FrameType) -> set[tuple[str, str]]:
    name, function = module_of(frame), frame.f_code.co_name
    return {end for end in ENDS if name.startswith(end[0]) and function == end[1]}


def ours(frame: FrameType | None) -> Iterator[str]:
    """Our modules on the stack, from here up."""
    while frame is not None:
        name = module_of(frame)
        if name.startswith(("app.", "forms.", "processes.", "workers.")):
            yield name
        frame = frame.f_back


def module_of(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))
