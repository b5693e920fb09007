"""Checks diagram files for somebody at a terminal, or for another program."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from processes.engine.checks import check
from processes.engine.findings import Finding, is_deployable, is_saveable
from workers.vocabulary import vocabulary


@dataclass(frozen=True)
class Report:
    """What was found in each file."""

    findings: dict[str, list[Finding]]
    accepted: bool

    def as_text(self) -> str:
        """One line per finding, and one for a file without any."""
        lines = []
        for file, found in self.findings.items():
            lines += [f"{file}: {finding.severity}: {finding}" for finding in found]
            lines += [] if found else [f"{file}: ok"]
        return "\n".join(lines)

    def as_json(self) -> str:
        """The same as a JSON object: accepted, and the findings by file."""
        by_file = {file: [asdict(one) for one in found] for file, found in self.findings.items()}
        return json.dumps(
            {"accepted": self.accepted, "files": by_file}, ensure_ascii=False, indent=2
        )


def check_files(files: Sequence[Path], *, draft: bool) -> Report:
    """Check each file; a draft may have what its owner still fills in."""
    known = vocabulary()
    findings = {str(file): check(file.read_bytes(), known) for file in files}
    suffices = is_saveable if draft else is_deployable
    return Report(findings, all(suffices(found) for found in findings.values()))
