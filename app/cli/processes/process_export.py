"""Exports deployed diagrams and their scenarios to files, for review."""

import getpass
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import DECISION, deployed_xml, latest_definition
from processes.register.changes import record_event
from processes.tryout.scenarios import files as scenario_files
from processes.unit_of_work import unit_of_work

UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


def export(session: Session, folder: Path) -> Iterator[str]:
    """Write each file whose content is not there yet; yields a line per process."""
    folder.mkdir(parents=True, exist_ok=True)
    files = files_of(deployed_xml(session))
    for name, (keys, xml) in files.items():
        is_new = _write(folder / name, xml)
        versions = (latest_definition(session, key) for key in keys)
        said = ", ".join(f"{each.key} version {each.version}" for each in versions)
        yield f"{folder / name}: {said}, {'written' if is_new else 'the same'}"
    for file, done in scenario_files.export(session, folder / "scenarios"):
        yield f"{file}: {done}"
    record_event(session, "processes-exported", actor=getpass.getuser(), files=sorted(files))
    unit_of_work(session).commit()


def files_of(deployed: Mapping[str, bytes]) -> dict[str, tuple[list[str], bytes]]:
    """Name, keys and content of each file; processes from one file stay together."""
    keys: dict[bytes, list[str]] = {}
    for key, xml in sorted(deployed.items()):
        keys.setdefault(xml, []).append(key)
    return {_name(found[0]): (found, xml) for xml, found in keys.items()}


def _name(key: str) -> str:
    """A plain file name: an id in a diagram may hold anything, also a way out of the folder."""
    kind = "dmn" if key.startswith(DECISION) else "bpmn"
    return f"{UNSAFE.sub('_', key.removeprefix(DECISION))}.{kind}"


def _write(file: Path, xml: bytes) -> bool:
    if file.exists() and file.read_bytes() == xml:
        return False
    file.write_bytes(xml)
    return True
