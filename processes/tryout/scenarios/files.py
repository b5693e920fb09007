"""Loads scenarios from files, and exports changed ones for review."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import now
from processes.tryout.models import KeptScenario
from processes.tryout.scenarios import table_tests
from processes.tryout.scenarios.scenario import BadScenarioError, Scenario, read
from processes.tryout.scenarios.table_tests import TableTest

LOADED_BY = "loket"
LONGEST = 80  # characters of a file name
_UNSAFE = re.compile(r"[^a-z0-9]+")


def load(session: Session, folder: Path) -> list[str]:
    """Load the scenarios of a folder; those changed in the studio stay as they are.

    Raises BadScenarioError.
    """
    loaded = []
    known = {(row.process_key, row.name): row for row in session.scalars(select(KeptScenario))}
    for file in sorted(folder.glob("*.yaml")):
        scenario, text = _of_file(file), file.read_text(encoding="utf-8")
        row = known.get((scenario.process, scenario.name))
        if row is None:
            row = KeptScenario(
                process_key=scenario.process, name=scenario.name, yaml=text, by=LOADED_BY
            )
            session.add(row)
        elif not row.from_file or row.yaml == text:
            continue
        row.yaml, row.from_file, row.at = text, True, now()
        loaded.append(scenario.name)
    session.flush()
    return loaded


def from_folder(folder: Path, keys: Sequence[str]) -> list[Scenario]:
    """The scenarios of these processes in a folder. Raises BadScenarioError."""
    found = [_of_file(file) for file in sorted(folder.glob("*.yaml"))]
    return [each for each in found if isinstance(each, Scenario) and each.process in keys]


def export(session: Session, folder: Path) -> Iterator[tuple[Path, str]]:
    """Write kept scenarios to the file that had them; yields path and "written" or "removed"."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {(one.process, one.name): file for file, one in _readable(folder)}
    query = select(KeptScenario).order_by(KeptScenario.process_key, KeptScenario.name)
    for row in session.scalars(query):
        file = files.get((row.process_key, row.name), folder / _name(row))
        if row.is_dropped and file.exists():
            file.unlink()
            yield file, "removed"
        elif not row.is_dropped and not _holds(file, row.yaml):
            file.write_text(row.yaml, encoding="utf-8")
            yield file, "written"


def _name(row: KeptScenario) -> str:
    """A plain file name, whatever the scenario is called."""
    plain = unicodedata.normalize("NFKD", f"{row.process_key} {row.name}".casefold())
    return f"{_UNSAFE.sub('_', plain.encode('ascii', 'ignore').decode())[:LONGEST].strip('_')}.yaml"


def _holds(file: Path, text: str) -> bool:
    return file.exists() and file.read_text(encoding="utf-8") == text


def _readable(folder: Path) -> Iterator[tuple[Path, Scenario | TableTest]]:
    for file in sorted(folder.glob("*.yaml")):
        try:
            yield file, _of_file(file)
        except BadScenarioError:  # somebody is at work on it: it stays as it is
            continue


def _of_file(file: Path) -> Scenario | TableTest:
    text = file.read_text(encoding="utf-8")
    try:
        return table_tests.read(text) if table_tests.is_table_test(text) else read(text)
    except BadScenarioError as error:
        reason = f"{file.name}: {error.reason}"
        raise BadScenarioError(reason) from error
