"""A file that is checked in a child process gets the same answer, and cannot hurt its parent."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from processes.engine.checks import sandbox
from processes.engine.checks.checker import check
from processes.engine.checks.findings import Severity
from tests.processes.engine.checks.rules.judging import PLAIN, VOCABULARY
from tests.processes.engine.checks.rules.test_calls import OTHER, calls
from tests.processes.engine.diagrams import node, process, straight, user


@pytest.mark.parametrize(
    "xml", [PLAIN, b"<broken", process(straight(node("scriptTask", "a"), ids=("a",)))]
)
def test_the_child_finds_what_the_check_finds(xml: bytes) -> None:
    assert sandbox.check(xml, VOCABULARY) == check(xml, VOCABULARY)


def test_the_child_knows_what_is_deployed() -> None:
    assert not sandbox.check(calls("q"), VOCABULARY, deployed=OTHER)


def test_each_file_gets_its_own_answer() -> None:
    files = [PLAIN, b"<broken", calls("q"), OTHER["q"]]

    broken, *others = sandbox.check_all([files[1], files[0], *files[2:]], VOCABULARY)

    assert [finding.rule for finding in broken] == ["not-xml"]
    assert others == [[], [], []]


def test_a_check_that_takes_too_long_becomes_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "START_SECONDS", -sandbox.WALL_SECONDS + 0.01)

    (finding,) = sandbox.check(process(straight(user("a"), ids=("a",))), VOCABULARY)

    assert (finding.rule, finding.severity) == ("too-heavy", Severity.ERROR)


def test_a_check_that_dies_becomes_a_finding_and_the_next_goes_on() -> None:
    code = (
        "from processes.engine.checks import sandbox\n"
        "sandbox.limit = lambda: os.kill(os.getpid(), 9)\n"
        "import json, os, sys; sandbox._answer(json.load(sys.stdin))"
    )
    question = sandbox._question([PLAIN, PLAIN], VOCABULARY, {})  # noqa: SLF001

    ended = subprocess.run(
        [sys.executable, "-c", code],
        input=question,
        check=True,
        capture_output=True,
        timeout=30,
        env={"PYTHONPATH": str(Path.cwd())},
    )

    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [[each["rule"] for each in answer] for answer in answers] == [["too-heavy"]] * 2


@pytest.mark.parametrize(
    "greed",
    [
        "while True: pass",
        "hoard = [bytes(10**8) for _ in range(99)]",
        "import pathlib; pathlib.Path('written').write_text('x')",
    ],
)
def test_a_limited_process_gets_no_more_than_its_limits(greed: str, tmp_path: Path) -> None:
    code = (
        "from processes.engine.checks import sandbox; sandbox.CPU_SECONDS = 1; sandbox.limit()\n"
        + greed
    )

    ended = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        capture_output=True,
        timeout=30,
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path.cwd())},
    )

    assert ended.returncode != 0
