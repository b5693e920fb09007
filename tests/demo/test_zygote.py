"""The zygote starts programs that are like those that were started by themselves."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.demo.zygote import LOST, Child, Zygote
from tests import patience
from tests.product import until

TELLS = """
import os, sys
print(sys.argv[1:], os.environ["SAYS"], __name__, os.getpgid(0) == os.getpid(), flush=True)
sys.exit(int(sys.argv[1]))
"""
STARTS_ANOTHER = """
import os, signal, sys
from pathlib import Path
from app.demo.zygote import zygote
from tests.product import until
folder = Path(__file__).parent / "other"
is_warm = "app.factory" in sys.modules
with (folder / "log").open("wb") as log:
    other = zygote.start(["tests.demo.runs_a_file", str(folder)], os.environ, log)
whose = Path(f"/proc/{zygote.process_id}/stat").read_text().rpartition(")")[2].split()[1]
print(f"forked by {whose}: {int(whose) == os.getpid()}, imported: {is_warm}", flush=True)
until(lambda: (folder / "log").read_text())
print(other.pid, flush=True)
signal.pause()
"""
WAITS = "import signal; print('waits', flush=True); signal.pause()"


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    """To start one takes three seconds of a processor; one that has ended starts anew."""
    zygote = Zygote()
    yield zygote
    zygote.stop()


def begin(zygote: Zygote, folder: Path, program: str, *arguments: str) -> Child:
    (folder / "program.py").write_text(program)
    environment = {**os.environ, "SAYS": "hello"}
    with (folder / "log").open("wb") as log:
        return zygote.start(["tests.demo.runs_a_file", str(folder), *arguments], environment, log)


def test_it_has_its_own_arguments_environment_log_group_and_exit_code(
    zygote: Zygote, tmp_path: Path
) -> None:
    child = begin(zygote, tmp_path, TELLS, "7")
    assert child.wait(patience.SECONDS) == 7
    assert child.poll() == 7
    assert (tmp_path / "log").read_text() == "['7'] hello __main__ True\n"


def test_an_error_is_in_its_log(zygote: Zygote, tmp_path: Path) -> None:
    child = begin(zygote, tmp_path, "raise ValueError('no')")
    assert child.wait(patience.SECONDS) == 1
    assert "ValueError: no" in (tmp_path / "log").read_text()


def test_a_signal_ends_it_and_is_told(zygote: Zygote, tmp_path: Path) -> None:
    child = begin(zygote, tmp_path, WAITS)
    assert child.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(0)
    child.send_signal(signal.SIGKILL)
    assert child.wait(patience.SECONDS) == -signal.SIGKILL
    child.send_signal(signal.SIGKILL)  # it is nobody's any more


def test_a_program_that_starts_others_has_a_zygote_that_ends_with_it(
    zygote: Zygote, tmp_path: Path
) -> None:
    (tmp_path / "program.py").write_text(STARTS_ANOTHER)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "program.py").write_text(WAITS)
    arguments = ["tests.demo.runs_a_file", str(tmp_path)]
    with (tmp_path / "log").open("wb") as log:
        child = zygote.start(arguments, os.environ, log, starts_others=True)
    until(lambda: (tmp_path / "log").read_text().count("\n") == 2)
    first, second = (tmp_path / "log").read_text().splitlines()
    assert first == f"forked by {child.pid}: True, imported: True"
    other = int(second)
    assert (tmp_path / "other" / "log").read_text() == "waits\n"
    child.send_signal(signal.SIGKILL)
    assert child.wait(patience.SECONDS) == -signal.SIGKILL
    until(lambda: not Path(f"/proc/{other}").exists())


def test_after_a_zygote_that_was_killed_comes_another(zygote: Zygote, tmp_path: Path) -> None:
    first = begin(zygote, tmp_path, WAITS)
    os.kill(zygote.process_id, signal.SIGKILL)
    assert first.wait(patience.SECONDS) == LOST
    assert begin(zygote, tmp_path, TELLS, "3").wait(patience.SECONDS) == 3


def test_several_run_beside_each_other_and_end_with_the_zygote(
    zygote: Zygote, tmp_path: Path
) -> None:
    children = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        children.append(begin(zygote, tmp_path / name, WAITS))
    assert [child.poll() for child in children] == [None, None]
    zygote.stop()
    assert [child.wait(patience.SECONDS) for child in children] == [LOST, LOST]


def test_a_zygote_that_is_killed_before_it_read_all_is_lost_too() -> None:
    """The kernel then resets the connection, where it is closed at other times."""
    ours, theirs = socket.socketpair()
    with ours:
        theirs.sendall(b"123\n")
        ours.sendall(b"not read any more")
        child = Child(["program"], ours.makefile("rb", buffering=0))
        theirs.close()
        assert child.wait(patience.SECONDS) == LOST
