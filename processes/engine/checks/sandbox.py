"""Checks uploaded diagrams in a subprocess with limits on time and memory."""

import json
import logging
import os
import resource
import signal
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from processes.engine.checks import checker
from processes.engine.checks.findings import Finding, Severity, Vocabulary
from processes.engine.sentences.catalogue import say

log = logging.getLogger(__name__)

CPU_SECONDS = 5
WALL_SECONDS = 10
START_SECONDS = 20  # a busy machine needs time to start an interpreter
MEMORY_BYTES = 512 * 1024 * 1024
OPEN_FILES = 64
TOO_HEAVY = Finding(
    "too-heavy",
    Severity.ERROR,
    None,
    None,
    say("checks.too-heavy"),
)


def check(
    xml: bytes, vocabulary: Vocabulary, *, deployed: Mapping[str, bytes] = checker.NOTHING
) -> list[Finding]:
    """As `checker.check`, in a subprocess: a file that crashes it is a finding."""
    return check_all([xml], vocabulary, deployed=deployed)[0]


def check_all(
    files: Sequence[bytes],
    vocabulary: Vocabulary,
    *,
    deployed: Mapping[str, bytes] = checker.NOTHING,
) -> list[list[Finding]]:
    """The findings for each file; the files may call each other."""
    try:
        answer = subprocess.run(  # our own interpreter and module, no shell
            [sys.executable, "-B", "-m", "processes.engine.checks.sandbox"],
            input=_question(files, vocabulary, deployed),
            capture_output=True,
            check=True,
            timeout=START_SECONDS + WALL_SECONDS * len(files),
            env={"PYTHONPATH": os.pathsep.join(filter(None, [str(Path.cwd()), *sys.path]))},
        )
        return [_findings(line) for line in answer.stdout.splitlines()]
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        log.warning("check of uploaded files failed", extra={"reason": type(error).__name__})
        return [[TOO_HEAVY] for _file in files]


def as_json(finding: Finding) -> dict[str, Any]:
    """A finding as JSON for other programs."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "element": finding.element,
        "name": finding.name,
        "message": finding.message,
    }


def limit() -> None:
    """Limit the time, memory and open files of this process from here on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    for what, value in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (value, value))
    signal.alarm(WALL_SECONDS)


def _question(
    files: Sequence[bytes], vocabulary: Vocabulary, deployed: Mapping[str, bytes]
) -> bytes:
    question = {
        "files": [b64encode(xml).decode() for xml in files],
        "forms": sorted(vocabulary.forms),
        "topics": {name: dict(known) for name, known in vocabulary.topics.items()},
        "delegates": {name: dict(known) for name, known in vocabulary.delegates.items()},
        "form_names": {form: sorted(names) for form, names in vocabulary.form_names.items()},
        "closed_forms": sorted(vocabulary.closed_forms),
        "given": sorted(vocabulary.given),
        "deployed": [b64encode(xml).decode() for xml in deployed.values()],
    }
    return json.dumps(question).encode()


def _findings(answer: bytes) -> list[Finding]:
    return [
        Finding(
            each["rule"], Severity(each["severity"]), each["element"], each["name"], each["message"]
        )
        for each in json.loads(answer)
    ]


def _answer(question: dict[str, Any]) -> None:
    """One line for each file; each is checked in a fork, which may die."""
    vocabulary = Vocabulary(
        frozenset(question["forms"]),
        question["topics"],
        question["delegates"],
        {form: frozenset(names) for form, names in question["form_names"].items()},
        frozenset(question["closed_forms"]),
        frozenset(question["given"]),
    )
    files = [b64decode(xml) for xml in question["files"]]
    deployed = [b64decode(xml) for xml in question["deployed"]]
    for number, xml in enumerate(files):
        others = [*deployed, *files[:number], *files[number + 1 :]]
        beside = {str(at): other for at, other in enumerate(others)}
        sys.stdout.write(_in_fork(xml, vocabulary, beside) + "\n")


def _in_fork(xml: bytes, vocabulary: Vocabulary, deployed: Mapping[str, bytes]) -> str:
    reading, writing = os.pipe()
    child = os.fork()  # this process has one thread
    if not child:
        _check_and_exit(xml, vocabulary, deployed, writing)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answer = pipe.read()
    _pid, status = os.waitpid(child, 0)
    return answer if status == 0 and answer else json.dumps([as_json(TOO_HEAVY)])


def _check_and_exit(
    xml: bytes, vocabulary: Vocabulary, deployed: Mapping[str, bytes], writing: int
) -> NoReturn:
    status = 1
    try:
        limit()
        findings = checker.check(xml, vocabulary, deployed=deployed)
        with os.fdopen(writing, "w") as pipe:
            json.dump([as_json(finding) for finding in findings], pipe)
        status = 0
    finally:
        os._exit(status)  # never back into the loop of the parent


if __name__ == "__main__":
    _answer(json.load(sys.stdin))
