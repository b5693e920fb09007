"""`loket run` starts everything, keeps its data, says what is wrong, and leaves nothing behind."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar
from urllib.request import urlopen

import pytest

from app.demo.ports import FIXED_OFFSET, answers
from processes.platform.running_demonstration import PORTS
from tests import patience
from tests.product import until
from tests.reliability.trees import tree_of
from tests.servers import free_port

ROOT = Path(__file__).parents[2]


class Run:
    """A `loket run` in a folder of its own."""

    begun: ClassVar[list["subprocess.Popen[bytes]"]] = []

    def __init__(self, folder: Path, port: int) -> None:
        given = {name: value for name, value in os.environ.items() if "LOKET" not in name}
        _choose_ports(folder)
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
        self.begun.append(self.process)
        self.seen: dict[int, str] = {}

    def wait_for(self, text: str) -> str:
        """What was written, as soon as this text is in it."""
        until = time.monotonic() + patience.SECONDS
        while text not in (written := self.output.read_text()):
            assert time.monotonic() < until, written
            assert self.process.poll() is None, written
            time.sleep(0.1)
        return written

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(patience.SECONDS)

    def children(self) -> dict[int, str]:
        """All processes that it started, with their command: each before those it started."""
        found = {
            pid: command for pid in tree_of(self.process.pid)[1:] if (command := _command(pid))
        }
        self.seen |= {pid: _began(pid) for pid in found}
        return found

    def left(self) -> list[int]:
        """Those of the children that were seen, and are there still."""
        return [pid for pid, began in self.seen.items() if began and _began(pid) == began]


def _choose_ports(folder: Path) -> None:
    """As if it ran before on these: those that it finds free may be another test's, a bit later."""
    if not (folder / PORTS).exists():
        folder.mkdir(parents=True)
        (folder / PORTS).write_text(json.dumps({part: free_port() for part in FIXED_OFFSET}))


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def _began(pid: int) -> str:
    """When it began, which tells it from another that got its number; empty when it has ended."""
    with contextlib.suppress(OSError):
        state, *numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return numbers[18] if state != "Z" else ""
    return ""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "var"
    while Run.begun:
        process = Run.begun.pop()
        process.kill()  # what it started ends with it
        process.wait()


def page(port: int, path: str = "/") -> str:
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=patience.SECONDS) as answer:
        return str(answer.read().decode())


def words(command: str) -> list[str]:
    """Those of a command, or of the title that Celery gives its processes."""
    return re.findall(r"[\w-]+", command)


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
    assert run.children()
    assert run.end(signal.SIGINT) == 0
    assert not run.left()

    secret = (folder / "secret_key").read_text()
    again = Run(folder, port)
    assert "rows" not in again.wait_for("Ctrl-C stops everything")
    assert (folder / "secret_key").read_text() == secret
    assert again.children()
    assert again.end(signal.SIGTERM) == 0
    assert not again.left()


def test_killing_it_leaves_no_orphan(folder: Path) -> None:
    run = Run(folder, free_port())
    run.wait_for("Ctrl-C stops everything")
    assert len(run.children()) > 6
    run.end(signal.SIGKILL)
    until(lambda: not run.left())


def test_a_part_that_ends_is_named_and_replaced(folder: Path) -> None:
    port = free_port()
    run = Run(folder, port)
    run.wait_for("Ctrl-C stops everything")
    for part, command in {
        "broker": "valkey-server",
        "worker": "worker",
        "mailbox": "mailbox",
        "scheduler": "scheduler",
        "login simulator": "login-simulator",
        "portal": "web",
    }.items():
        parts = [pid for pid, line in run.children().items() if command in words(line)]
        os.kill(parts[0], signal.SIGKILL)
        run.wait_for(f"the {part} stopped; starting another one")
    until(lambda: answers(port))
    assert "Loket" in page(port)
    login = int(json.loads((folder / PORTS).read_text())["login"])
    until(lambda: answers(login))
    assert run.end(signal.SIGINT) == 0
    assert not run.left()


def test_a_busy_port_gives_one_line_and_a_way_out(folder: Path) -> None:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        run = Run(folder, somebody.getsockname()[1])
        assert run.process.wait(patience.SECONDS) == 1
    [line] = run.output.read_text().splitlines()
    assert "is busy" in line
    assert "PORT=" in line


def test_two_runs_do_not_share_one_folder(folder: Path) -> None:
    run = Run(folder, free_port())
    run.wait_for("broker")
    second = Run(folder, free_port())
    assert second.process.wait(patience.SECONDS) == 1
    assert "running already" in second.output.read_text()
    run.children()
    run.end(signal.SIGTERM)
    assert not run.left()
