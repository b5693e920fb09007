"""Virus scanner of uploaded files: clamd, over its INSTREAM command (clamd(8))."""

import socket
from enum import Enum, auto
from struct import pack

from processes.platform.settings import Settings

CONNECT, ANSWER = 3.0, 30.0  # seconds; a person is waiting for the page
CHUNK = 64 * 1024
LONGEST_ANSWER = 4096


class Verdict(Enum):
    CLEAN = auto()
    INFECTED = auto()
    NOT_SCANNED = auto()  # no scanner is set


class ScannerAwayError(Exception):
    """The scanner does not answer, or could not look at this file: it is not known to be clean."""


def scan(settings: Settings, content: bytes) -> Verdict:
    """What the scanner says of this content. Raises ScannerAwayError."""
    if not settings.clamd_address:
        return Verdict.NOT_SCANNED
    try:
        answer = _ask(settings.clamd_address, content)
    except (OSError, ValueError) as error:
        raise ScannerAwayError(settings.clamd_address) from error
    if answer.endswith(b" FOUND"):
        return Verdict.INFECTED
    if answer == b"stream: OK":
        return Verdict.CLEAN
    raise ScannerAwayError(answer[:100].decode(errors="replace"))


def _ask(address: str, content: bytes) -> bytes:
    with _connection(address) as connection:
        connection.settimeout(ANSWER)
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK):
            part = content[start : start + CHUNK]
            connection.sendall(pack("!L", len(part)) + part)
        connection.sendall(pack("!L", 0))
        return _answer(connection)


def _connection(address: str) -> socket.socket:
    """A connection to host:port, or to a socket by its path. Raises OSError and ValueError."""
    if not address.startswith("/"):
        host, _colon, port = address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(CONNECT)
        connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection


def _answer(connection: socket.socket) -> bytes:
    """All of the answer, up to the NUL that ends it."""
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        part = connection.recv(LONGEST_ANSWER)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\0\n")
