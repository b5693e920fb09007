"""`loket run` starts everything, keeps its data, says what is wrong, and leaves nothing behind."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from app.demo.ports import answers
from tests.product import until
from tests.servers import free_port

PATIENCE = 60.0
ROOT = Path(__file__).parents[2]


class Run:
    """A `loket run` in a folder of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        given = {name: value for name, value in os.environ.items() if "LOKET" not in name}
        self.folder, self.output = folder, folder.parent / "output.txt"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "run", "--port", str(port)],
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env={**given, "LOKET_VAR": str(folder)},
                start_new_session=True,
            )

    def wait_for(self, text: str) -> str:
        """What was written, as soon as this text is in it."""
        until = time.monotonic() + PATIENCE
        while text not in (written := self.output.read_text()):
            assert time.monotonic() < until, written
            assert self.process.poll() is None, written
            time.sleep(0.1)
        return written

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def children(self) -> dict[int, str]:
        """All processes that work on this folder, with their command."""
        return {
            pid: command for pid, command, given in _processes() if str(self.folder) in given
        } | {pid: command for pid, command, _ in _processes() if str(self.folder) in command}

    def wait_until_nothing_is_left(self) -> None:
        until = time.monotonic() + PATIENCE
        while left := self.children():
            assert time.monotonic() < until, left
            time.sleep(0.1)


def _processes() -> Iterator[tuple[int, str, str]]:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            given = (folder / "environ").read_bytes().decode(errors="replace")
            if command:
                yield int(folder.name), command, given


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "var"
    yield folder
    for pid, command, given in _processes():
        if str(folder) in given or str(folder) in command:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def page(port: int, path: str = "/") -> str:
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
        return str(answer.read().decode())


def test_everything_starts_is_shown_and_stops_and_a_second_run_keeps_the_data(
    folder: Path,
) -> None:
    port = free_port()
    run = Run(folder, port)
    written = run.wait_for("Ctrl-C stops everything")
    for part in ("broker", "mailbox", "login simulator", "worker", "scheduler", "portal"):
        assert re.search(rf"^ +{part} +ready$", written, re.MULTILINE)
    assert "Loket" in page(port)
    mailbox = re.search(r"Mailbox +http://127\.0\.0\.1:(\d+)/", written)
    assert mailbox
    assert "Postvak" in page(int(mailbox[1]))
    assert run.end(signal.SIGINT) == 0
    assert not run.children()

    secret = (folder / "secret_key").read_text()
    again = Run(folder, port)
    assert "rows" not in again.wait_for("Ctrl-C stops everything")
    assert (folder / "secret_key").read_text() == secret
    assert again.end(signal.SIGTERM) == 0
    assert not again.children()


def test_killing_it_leaves_no_orphan(folder: Path) -> None:
    run = Run(folder, free_port())
    run.wait_for("Ctrl-C stops everything")
    assert len(run.children()) > 6
    run.end(signal.SIGKILL)
    run.wait_until_nothing_is_left()


def test_a_part_that_ends_is_named_and_what_the_portal_can_miss_is_replaced(folder: Path) -> None:
    port = free_port()
    run = Run(folder, port)
    run.wait_for("Ctrl-C stops everything")
    for part, command in {
        "worker": " worker",
        "mailbox": " mailbox",
        "scheduler": " scheduler",
        "portal": " web",
    }.items():
        os.kill(min(pid for pid, line in run.children().items() if command in line), signal.SIGKILL)
        run.wait_for(f"the {part} stopped; starting another one")
    until(lambda: answers(port))
    assert "Loket" in page(port)
    login = next(pid for pid, command in run.children().items() if "login-simulator" in command)
    os.kill(login, signal.SIGKILL)
    assert run.process.wait(PATIENCE) == 1
    assert "the login simulator stopped" in run.output.read_text()
    assert not run.children()


def test_a_busy_port_gives_one_line_and_a_way_out(folder: Path) -> None:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        run = Run(folder, somebody.getsockname()[1])
        assert run.process.wait(PATIENCE) == 1
    [line] = run.output.read_text().splitlines()
    assert "is busy" in line
    assert "PORT=" in line


def test_two_runs_do_not_share_one_folder(folder: Path) -> None:
    run = Run(folder, free_port())
    run.wait_for("broker")
    second = Run(folder, free_port())
    assert second.process.wait(PATIENCE) == 1
    assert "running already" in second.output.read_text()
    run.end(signal.SIGTERM)
    run.wait_until_nothing_is_left()
