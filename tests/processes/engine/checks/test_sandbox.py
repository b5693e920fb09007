"""A file that is checked in a child process gets the same answer, and cannot hurt its parent."""

import json
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from processes.engine.checks import sandbox, sandbox_server
from processes.engine.checks.checker import check
from processes.engine.checks.findings import Severity
from tests import patience
from tests.processes.engine.checks.rules.judging import PLAIN, VOCABULARY
from tests.processes.engine.checks.rules.test_calls import OTHER, calls
from tests.processes.engine.diagrams import node, process, straight, user


@pytest.mark.parametrize(
    "xml", [PLAIN, b"<broken", process(straight(node("scriptTask", "a"), ids=("a",)))]
)
def test_the_child_finds_what_the_check_finds(xml: bytes) -> None:
    assert sandbox.check(xml, VOCABULARY) == check(xml, VOCABULARY)


def test_the_child_gets_every_word_of_the_vocabulary() -> None:
    whole = replace(VOCABULARY, form_names={"form": frozenset({"a"})})
    assert all(getattr(whole, field.name) for field in fields(whole))
    asked = json.loads(sandbox._question([], whole, {}))  # noqa: SLF001
    assert sandbox_server._vocabulary(asked) == whole  # noqa: SLF001


def test_the_child_knows_what_is_deployed() -> None:
    assert not sandbox.check(calls("q"), VOCABULARY, deployed=OTHER)


def test_each_file_gets_its_own_answer() -> None:
    files = [PLAIN, b"<broken", calls("q"), OTHER["q"]]

    broken, *others = sandbox.check_all([files[1], files[0], *files[2:]], VOCABULARY)

    assert [finding.rule for finding in broken] == ["not-xml"]
    assert others == [[], [], []]


def test_a_check_that_takes_too_long_becomes_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.0005)

    (finding,) = sandbox.check(process(straight(user("a"), ids=("a",))), VOCABULARY)

    assert (finding.rule, finding.severity) == ("too-heavy", Severity.ERROR)


def answer_when(happens: str, files: list[bytes]) -> bytes:
    """What the server answers where this happens while a file with `deadly` in it is judged."""
    code = (
        "import os, sys\n"
        "from processes.engine.checks import checker, sandbox_server\n"
        "judge = checker.check_among\n"
        "def dies(xml, around):\n"
        f"    return {happens} if b'deadly' in xml else judge(xml, around)\n"
        "checker.check_among = dies\n"
        "sys.stdout.buffer.write(sandbox_server.answer(sys.stdin.buffer.read()))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        input=sandbox._question(files, VOCABULARY, {}),  # noqa: SLF001
        check=True,
        capture_output=True,
        env={"PYTHONPATH": str(Path.cwd())},
    )
    return ended.stdout


DEADLY = process(straight(user("deadly"), ids=("deadly",)))


@pytest.mark.parametrize(
    ("happens", "rule"),
    [
        ("os.kill(os.getpid(), 9)", "too-heavy"),
        ("bytes(2**40)", "too-heavy"),
        ("{}['a mistake of ours']", "check-failed"),
    ],
)
@pytest.mark.parametrize("around", [[], [PLAIN]])
def test_a_check_that_ends_early_says_by_what_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    happens: str,
    rule: str,
    around: list[bytes],
) -> None:
    files = [*around, DEADLY, *around]
    answer = answer_when(happens, files)
    monkeypatch.setattr(sandbox.server, "ask", lambda *_asked, **_limits: answer)

    found = sandbox.check_all(files, VOCABULARY)

    expected: list[list[str]] = [[] for _file in around]
    assert [[each.rule for each in each_file] for each_file in found] == [
        *expected,
        [rule],
        *expected,
    ]
    places = [vars(each).get("places", "") for each in caplog.records]
    assert any("KeyError" in each for each in places) == (rule == "check-failed")
    assert not any("mistake" in each for each in places)  # it may be what somebody drew


def test_a_server_that_was_killed_is_started_again() -> None:
    assert sandbox.check(PLAIN, VOCABULARY) == []
    running = sandbox.server.process
    assert running is not None
    running.kill()
    running.wait()

    assert sandbox.check(PLAIN, VOCABULARY) == []


def test_many_files_are_checked_by_one_process() -> None:
    sandbox.check(PLAIN, VOCABULARY)
    running = sandbox.server.process

    assert sandbox.check_all([PLAIN] * 40, VOCABULARY) == [[]] * 40
    assert sandbox.server.process is running


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
        "from processes.engine.checks import limits; limits.CPU_SECONDS = 1; limits.limit()\n"
        + greed
    )

    ended = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        capture_output=True,
        timeout=patience.SECONDS,
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path.cwd())},
    )

    assert ended.returncode != 0
