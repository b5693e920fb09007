"""Test helper: small files of each kind, and a virus scanner that speaks clamd's protocol."""

import socket
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from struct import unpack
from threading import Thread

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\0" * 50 + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 30
SUSPECT = b"%PDF-1.7\nthe scanner of the tests takes this sentence for a virus"
TYPE = "<Types/>"


def archive(*parts: str) -> bytes:
    """A zip archive with these parts, as Word and Excel write them."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as written:
        for part in parts:
            written.writestr(part, TYPE)
    return content.getvalue()


WORD = archive("[Content_Types].xml", "_rels/.rels", "word/document.xml")
EXCEL = archive("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml")


@contextmanager
def scanner(*, says: bytes = b"") -> Iterator[tuple[str, list[bytes]]]:
    """The address of a scanner, and what it was given; `says` replaces its answer."""
    given: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=_serve, args=(server, given, says), daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", given
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def _serve(server: socket.socket, given: list[bytes], says: bytes) -> None:
    while True:
        try:
            connection, _address = server.accept()
        except OSError:
            return
        with connection, connection.makefile("rwb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            content = b""
            while size := unpack("!L", stream.read(4))[0]:
                content += stream.read(size)
            given.append(content)
            found = b"stream: Test.Virus FOUND" if content == SUSPECT else b"stream: OK"
            stream.write((says or found) + b"\0")
