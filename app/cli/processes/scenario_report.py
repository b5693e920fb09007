"""Runs scenario files on diagram files, with a report for a terminal and for the tests."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.cli.processes.diagrams import Known, check_files
from processes.engine.deployment.definitions import keys_of
from processes.engine.diagram import elements
from processes.engine.diagram.xml import as_text
from processes.tryout.scenarios.files import from_folder
from processes.tryout.scenarios.running import Verdict, run
from processes.tryout.scenarios.scenario import Scenario
from workers.vocabulary import vocabulary

DRAWN = ("*.bpmn", "*.dmn")


@dataclass(frozen=True)
class FileReport:
    """A file with the verdicts of its scenarios."""

    file: Path
    verdicts: list[Verdict]
    faults: str = ""  # why the file cannot be tried at all

    @property
    def passes(self) -> bool:
        return not self.faults and all(verdict.passes for verdict in self.verdicts)

    def lines(self) -> Iterator[str]:
        """What to read at a terminal."""
        if self.faults:
            yield self.faults
            return
        yield f"{self.file}: {len(self.verdicts)} scenarios"
        for verdict in self.verdicts:
            yield f"  {'ok    ' if verdict.passes else 'FAILED'}  {verdict.name}"
            yield from (f"          {difference}" for difference in verdict.differences)


def run_files(files: Sequence[Path], folder: Path) -> list[FileReport]:
    """Run the scenarios of a folder on these files. Raises BadScenarioError."""
    beside = _beside(files)
    scenarios = from_folder(folder, _keys(files))
    return [_tested(file, scenarios, beside) for file in files]


def _tested(file: Path, scenarios: Sequence[Scenario], beside: Mapping[str, str]) -> FileReport:
    report = check_files([file], draft=False, known=Known(_as_bytes(beside), vocabulary()))
    if not report.accepted:
        return FileReport(file, [], report.as_text())
    xml = as_text(file.read_bytes())
    keys = elements.read(xml.encode()).processes
    wanted = [scenario for scenario in scenarios if scenario.process in keys]
    return FileReport(file, [run(scenario, xml, beside) for scenario in wanted])


def _beside(files: Sequence[Path]) -> dict[str, str]:
    """What lies in the same folders: processes that are called, decision tables."""
    folders = dict.fromkeys(file.parent for file in files)
    near = [each for folder in folders for drawn in DRAWN for each in sorted(folder.glob(drawn))]
    return {key: as_text(file.read_bytes()) for file in near for key in _keys_of(file)}


def _keys(files: Sequence[Path]) -> list[str]:
    return [key for file in files for key in _keys_of(file)]


def _keys_of(file: Path) -> list[str]:
    try:
        return list(keys_of(file.read_bytes()))
    except elements.UnreadableDiagramError:  # the check will say so
        return []


def _as_bytes(beside: Mapping[str, str]) -> dict[str, bytes]:
    return {key: text.encode() for key, text in beside.items()}
