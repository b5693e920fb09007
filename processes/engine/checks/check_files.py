"""The report of `loket processes check` on diagram files, as JSON or for a terminal."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from processes.engine.checks import sandbox
from processes.engine.checks.checker import NOTHING
from processes.engine.checks.findings import Finding, Severity, Vocabulary, is_deployable
from processes.engine.diagram.xml import MAX_BYTES
from processes.engine.sentences.catalogue import say, word_list

UNREADABLE = Finding(
    "file-unreadable",
    Severity.ERROR,
    None,
    None,
    say("checks.file-unreadable"),
)


def check_files(
    paths: Sequence[Path | str],
    vocabulary: Vocabulary,
    *,
    deployed: Mapping[str, bytes] = NOTHING,
) -> list[dict[str, Any]]:
    """One report per file, in order; the files may call each other. Never raises."""
    contents = {str(path): _content(Path(path)) for path in paths}
    readable = {path: xml for path, xml in contents.items() if xml is not None}
    findings = sandbox.check_all(list(readable.values()), vocabulary, deployed=deployed)
    found = dict(zip(readable, findings, strict=True))
    return [_report(path, found.get(path, [UNREADABLE])) for path in contents]


def is_accepted(reports: Sequence[Mapping[str, Any]], *, draft: bool) -> bool:
    """Whether all of these may be deployed, or saved as drafts when `draft`."""
    return all(report["deployable"] or (draft and _is_saveable(report)) for report in reports)


def in_words(report: Mapping[str, Any]) -> str:
    """The report on one file, for a person at a terminal."""
    verdict = "deployable" if report["deployable"] else "refused"
    if not report["deployable"] and _is_saveable(report):
        verdict = "saveable"
    lines = [f"{report['file']}: {word_list('checks.verdicts')[verdict]}."]
    severities = word_list("checks.severities")
    for finding in report["findings"]:
        where = f" [{finding['element']}]" if finding["element"] else ""
        lines.append(f"  {severities[finding['severity']]}: {finding['message']}{where}")
    return "\n".join(lines)


def _is_saveable(report: Mapping[str, Any]) -> bool:
    return all(finding["severity"] != Severity.ERROR for finding in report["findings"])


def _content(path: Path) -> bytes | None:
    """What stands in a file, up to just over the limit; None where it is no readable file."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError):
        return None


def _report(path: str, findings: list[Finding]) -> dict[str, Any]:
    return {
        "file": path,
        "deployable": is_deployable(findings),
        "findings": [sandbox.as_json(finding) for finding in findings],
    }
