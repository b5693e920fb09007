"""The client of clamd: what its answers mean, and that no answer is no clearance."""

import os
import socket
from pathlib import Path
from threading import Thread

import pytest

from processes.platform.settings import Settings
from tests.uploaded import PDF, SUSPECT, scanner
from workers.clients.virus_scanner import CHUNK, ScannerAwayError, Verdict, scan


def at(address: str) -> Settings:
    return Settings().model_copy(update={"clamd_address": address})


def test_without_an_address_nothing_is_scanned() -> None:
    assert scan(at(""), PDF) is Verdict.NOT_SCANNED


def test_all_of_the_content_is_looked_at() -> None:
    content = os.urandom(CHUNK) + PDF
    with scanner() as (address, given):
        assert scan(at(address), content) is Verdict.CLEAN
        assert scan(at(address), SUSPECT) is Verdict.INFECTED
    assert given == [content, SUSPECT]


def test_a_socket_is_named_by_its_path(tmp_path: Path) -> None:
    path = str(tmp_path / "clamd")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()

        def answer() -> None:
            connection, _ = server.accept()
            received = b""
            with connection:
                while not received.endswith(b"\0\0\0\0"):
                    received += connection.recv(CHUNK)
                connection.sendall(b"stream: OK\0")

        thread = Thread(target=answer)
        thread.start()
        assert scan(at(path), PDF) is Verdict.CLEAN
        thread.join()


@pytest.mark.parametrize(
    "says", [b"INSTREAM size limit exceeded. ERROR", b"stream: OKAY", b"UNKNOWN COMMAND"]
)
def test_any_other_answer_is_no_clearance(says: bytes) -> None:
    with scanner(says=says) as (address, _given), pytest.raises(ScannerAwayError):
        scan(at(address), PDF)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "127.0.0.1", "127.0.0.1:", "/nowhere"])
def test_a_scanner_that_is_away_is_told(address: str) -> None:
    with pytest.raises(ScannerAwayError):
        scan(at(address), PDF)
