"""Checks what somebody uploads in a child process, under limits on time and memory."""

import json
import logging
import os
import resource
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from processes.engine import checks
from processes.engine.findings import Finding, Severity, Vocabulary

log = logging.getLogger(__name__)

CPU_SECONDS = 5
WALL_SECONDS = 10
MEMORY_BYTES = 512 * 1024 * 1024
OPEN_FILES = 64


def check(
    xml: bytes, vocabulary: Vocabulary, *, deployed: Mapping[str, bytes] = checks.NOTHING
) -> list[Finding]:
    """As `checks.check`, but whatever the file does to the checker, this process goes on."""
    try:
        answer = subprocess.run(  # our own interpreter and module, no shell
            [sys.executable, "-B", "-m", "processes.engine.sandbox"],
            input=_question(xml, vocabulary, deployed),
            capture_output=True,
            check=True,
            timeout=WALL_SECONDS,
            env={"PYTHONPATH": os.pathsep.join(filter(None, [str(Path.cwd()), *sys.path]))},
        )
        return _findings(answer.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        log.warning("check of an uploaded file failed", extra={"reason": type(error).__name__})
        message = "De controle van dit bestand duurde te lang of kostte te veel. Vereenvoudig het."
        return [Finding("too-heavy", Severity.ERROR, None, None, message)]


def _question(xml: bytes, vocabulary: Vocabulary, deployed: Mapping[str, bytes]) -> bytes:
    question = {
        "xml": b64encode(xml).decode(),
        "forms": sorted(vocabulary.forms),
        "topics": {name: dict(known) for name, known in vocabulary.topics.items()},
        "delegates": {name: dict(known) for name, known in vocabulary.delegates.items()},
        "deployed": {key: b64encode(file).decode() for key, file in deployed.items()},
    }
    return json.dumps(question).encode()


def _findings(answer: bytes) -> list[Finding]:
    return [
        Finding(
            each["rule"],
            Severity(each["severity"]),
            each["element"],
            each["name"],
            each["message"],
        )
        for each in json.loads(answer)
    ]


def as_json(finding: Finding) -> dict[str, Any]:
    """A finding as a program reads it."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "element": finding.element,
        "name": finding.name,
        "message": finding.message,
    }


def limit() -> None:
    """Bound the time, memory and files of this process from here on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    for limit, value in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def main() -> None:
    """Answer the one question on standard input."""
    limit()
    question = json.load(sys.stdin)
    vocabulary = Vocabulary(frozenset(question["forms"]), question["topics"], question["delegates"])
    deployed = {key: b64decode(file) for key, file in question["deployed"].items()}
    findings = checks.check(b64decode(question["xml"]), vocabulary, deployed=deployed)
    json.dump([as_json(finding) for finding in findings], sys.stdout)


if __name__ == "__main__":
    main()
