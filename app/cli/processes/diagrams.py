"""Checks diagram files for the command line, with a report as text or JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from processes.engine.checks import check_files as files_of_owners
from processes.engine.checks.findings import Vocabulary
from processes.engine.deployment.definitions import deployed_xml
from processes.platform.database import open_reading_session
from processes.platform.settings import current_settings
from workers.vocabulary import vocabulary


@dataclass(frozen=True)
class Report:
    """The findings per file."""

    files: list[dict[str, Any]]
    accepted: bool

    def as_text(self) -> str:
        """A verdict on each file, with its findings below it."""
        return "\n".join(map(files_of_owners.in_words, self.files))

    def as_json(self) -> str:
        """A list of {file, deployable, findings}."""
        return json.dumps(self.files, ensure_ascii=False, indent=2)


@dataclass(frozen=True)
class Known:
    """What stands in the database: deployed processes and tables, and what diagrams may name."""

    deployed: Mapping[str, bytes]
    vocabulary: Vocabulary


def known_here() -> Known | None:
    """What diagrams are compared with; None where the database cannot be read."""
    url = make_url(current_settings().database_url)
    if url.drivername.startswith("sqlite") and not Path(url.database or "").is_file():
        return None  # connecting would make an empty one
    try:
        with open_reading_session() as session:
            return Known(deployed_xml(session), vocabulary(session))
    except SQLAlchemyError:
        return None


def files_in(paths: Sequence[Path]) -> list[Path]:
    """These files, and those of the folders among them: decisions, then diagrams."""
    found: list[Path] = []
    for path in paths:
        inside = (*sorted(path.glob("*.dmn")), *sorted(path.glob("*.bpmn")))
        found += inside if path.is_dir() else [path]
    return found


def check_files(files: Sequence[Path], *, draft: bool, known: Known | None = None) -> Report:
    """Check each file in a subprocess; `draft` accepts what the owner still has to fill in."""
    known = known or Known({}, vocabulary())
    reports = files_of_owners.check_files(files, known.vocabulary, deployed=known.deployed)
    return Report(reports, files_of_owners.is_accepted(reports, draft=draft))
