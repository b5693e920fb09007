"""A run is played in a process of its own: a diagram that will not end cannot harm this one."""

import os
import signal
from collections.abc import Iterator
from typing import Self

import pytest

from processes.fork_server import ANSWER, BEGUN, END, START, ForkServer
from processes.tryout import sandbox
from processes.tryout.play import Play
from tests.processes.engine.diagrams import chain, node, process, straight, user
from tests.processes.tryout.playing import ONBOARDING, path, registered, run, start, xml_of


@pytest.fixture(scope="module", autouse=True)
def _server() -> Iterator[None]:
    """Started when it is first asked; to start it takes longer than a run."""
    yield
    sandbox.server.stop()


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    sandbox._kept.cache_clear()  # noqa: SLF001 - another process would have none


def test_a_run_in_the_sandbox_is_the_same_run() -> None:
    played = Play(xml_of(ONBOARDING), ONBOARDING, list(registered()))
    outcome = sandbox.play(played)
    assert path(outcome) == path(run(played.xml, *played.actions, key=ONBOARDING))
    assert outcome.waits_at == ["send_confirmation", "migrate_offers"]


def test_a_file_that_is_no_diagram_ends_the_child_and_not_the_server(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(sandbox.PlayFailedError):
        sandbox.play(Play("<geen", "p", [start()]))
    (told,) = [each for each in caplog.records if each.message == "a child failed"]
    places = vars(told)["places"]
    assert places.startswith("UnreadableDiagramError; fork_server.py:")
    assert "server.py:" in places
    assert "geen" not in places
    good = process(straight(user("visit"), ids=("visit",))).decode()
    assert sandbox.play(Play(good, "p", [start()])).waits_at == ["visit"]


def test_a_circle_without_a_wait_ends_as_trouble() -> None:
    body = (
        node("startEvent", "start")
        + node("exclusiveGateway", "again", default="again_to_pass")
        + node("task", "pass")
        + node("endEvent", "end")
        + chain("start", "again", "pass", "again")
        + '<bpmn:sequenceFlow id="out" sourceRef="again" targetRef="end">'
        "<bpmn:conditionExpression>${1 == 2}</bpmn:conditionExpression></bpmn:sequenceFlow>"
    )
    outcome = sandbox.play(Play(process(body).decode(), "p", [start()]))
    assert outcome.status == "none"
    assert outcome.log[0].problem


def test_the_child_knows_no_settings_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox.server.stop()
    monkeypatch.setenv("LOKET_DATABASE_URL", "postgresql://secret")
    good = process(straight(user("visit"), ids=("visit",))).decode()
    sandbox.play(Play(good, "p", [start()]))
    assert sandbox.server.process is not None
    with open(f"/proc/{sandbox.server.process.pid}/environ", "rb") as environment:  # noqa: PTH123 - not a file
        assert b"LOKET_" not in environment.read()


class Pipe:
    """Our side of the socket to a child that answers yes; `told` is what was done, in order."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self._given = iter([BEGUN, ANSWER + b"yes" + END, b""])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        pass

    def settimeout(self, seconds: float) -> None:
        self.told.append(seconds)

    def sendall(self, question: bytes) -> None:
        self.told.append(question)

    def shutdown(self, _how: int) -> None:
        pass

    def recv(self, _size: int) -> bytes:
        self.told.append("read")
        return next(self._given)


def test_the_time_of_a_child_counts_from_when_it_began(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long its server takes to start."""
    server, ours = ForkServer("nothing"), Pipe()
    monkeypatch.setattr(server, "_hand_over", lambda _theirs: None)
    monkeypatch.setattr("socket.socketpair", lambda: (ours, Pipe()))
    assert server.ask(b"what", seconds=5.0) == b"yes"
    assert ours.told == [START, "read", 5.0, b"what", "read", "read"]


def test_half_an_answer_of_a_child_that_was_killed_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox.server, "_sent", lambda _question, _seconds: b'+{"status": "act')
    with pytest.raises(sandbox.TooHeavyError):
        sandbox.play(Play("<any/>", "p", [start()]))


def test_a_server_that_was_killed_is_started_again() -> None:
    good = Play(process(straight(user("visit"), ids=("visit",))).decode(), "p", [start()])
    sandbox.play(good)
    server = sandbox.server.process
    assert server is not None
    os.kill(server.pid, signal.SIGKILL)
    server.wait()
    sandbox._kept.cache_clear()  # noqa: SLF001 - another process would have none
    assert sandbox.play(good).waits_at == ["visit"]


def test_the_same_run_is_played_once() -> None:
    good = Play(process(straight(user("visit"), ids=("visit",))).decode(), "p", [start()])
    first = sandbox.play(good)
    sandbox.server.stop()
    assert sandbox.play(good) == first
    assert sandbox.server.process is None
