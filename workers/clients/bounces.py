"""Reads what mail servers report about mail that they could not deliver, in a maildir.

Delivery status notifications (RFC 3464, and RFC 6533 for addresses outside ASCII) are read here;
the plain texts of older mail servers (qmail, Exim, Exchange …) by flufl.bounce.
"""

import logging
import re
from binascii import Error, a2b_base64
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, message_from_string, policy
from email.message import Message
from pathlib import Path
from quopri import decodestring

from processes.reading.characters import line

log = logging.getLogger(__name__)

LARGEST = 1_000_000  # bytes; a report is small, whatever it is about
HEAD = 10_000  # bytes, in which stands what a letter is
REPORT = b"multipart/report"
SEEN, FLAGGED = ":2,S", ":2,FS"  # how file names in `cur/` of a maildir end
AT_A_TIME = 50
LINE = 998  # characters, RFC 5322 §2.1.1
NOTICE = 400  # lines: the notice stands before the mail that comes back
ANSWER = 500  # characters of it

STATUS = {"message/delivery-status", "message/global-delivery-status"}
RETURNED = {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}
AS_IT_STOOD = policy.compat32.clone(max_line_length=None)
BOUNDARY = re.compile(r"^--(\S(?:.{0,68}\S)?)[ \t\r]*$", re.MULTILINE)  # RFC 2046 §5.1.1
ID = r"<[^<>\s\x00-\x1f]+>"
MESSAGE_ID = re.compile(rf"^[>| \t]*message-id:\s*({ID})", re.IGNORECASE | re.MULTILINE)
# In the fields of a report, where the mail itself does not come back: Gmail, Exchange.
ORIGINAL_ID = re.compile(rf"^(?:x-)?original-message-id:\s*({ID})", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Bounce:
    """A mail that will never arrive."""

    message_id: str
    answer: str  # status and what the other server said


class UnreadableError(Exception):
    """It reports mail that did not arrive, and which mail, or what happened, cannot be read."""


@dataclass(frozen=True)
class Report:
    """One file of the maildir; `bounce` is None for what tells of no permanent failure."""

    file: Path
    bounce: Bounce | None
    is_readable: bool = True

    def settle(self) -> None:
        """Do not read it again, and flag what a person must read; another worker may be first."""
        flags = SEEN if self.is_readable else FLAGGED
        seen = self.file.parent.parent / "cur" / f"{self.file.name.partition(':')[0]}{flags}"
        with suppress(FileNotFoundError):
            self.file.rename(seen)


def unreadable(maildir: Path) -> int:
    """How many reports nobody could read are still in `cur/`."""
    return sum(1 for _file in (maildir / "cur").glob(f"*{FLAGGED}"))


def unread(maildir: Path) -> Iterator[Report]:
    """What arrived and was not read yet, the oldest first."""
    new = maildir / "new"
    if not new.is_dir():
        return
    (maildir / "cur").mkdir(exist_ok=True)
    for file in sorted(new.iterdir())[:AT_A_TIME]:
        with suppress(FileNotFoundError):
            if file.stat().st_size <= LARGEST:
                yield _read_what_anybody_sent(file)
            else:
                with file.open("rb") as letter:
                    yield Report(file, None, is_readable=REPORT not in letter.read(HEAD).lower())


def _read_what_anybody_sent(file: Path) -> Report:
    raw = file.read_bytes()
    try:
        return Report(file, read(raw))
    except Exception as error:  # noqa: BLE001 - one letter must not keep the others from being read
        facts = {"file": file.name, "error": type(error).__name__, "reason": str(error)[:ANSWER]}
        log.warning("a letter cannot be read", extra=facts)
        return Report(file, None, is_readable=False)


def _parsed(raw: bytes) -> Message:
    """The message; where the boundary that it names stands nowhere, by the one that does."""
    letter = message_from_bytes(raw.removeprefix(BOM_UTF8).lstrip())
    if letter.get_content_maintype() == "multipart" and not letter.is_multipart():
        if found := BOUNDARY.search(str(letter.get_payload())):
            letter.set_boundary(found[1])
            letter = message_from_bytes(letter.as_bytes())
        if not letter.is_multipart() and letter.get_content_type() == "multipart/report":
            message = "a report of a mail server has no parts that can be read"
            raise UnreadableError(message)
    return letter


def read(raw: bytes) -> Bounce | None:
    """The bounce that this message tells of, if it tells of one. Raises UnreadableError."""
    letter = _parsed(raw)
    parts = list(_parts(letter))
    reports = [part for part in parts if part.get_content_type() in STATUS]
    original = _original(letter, parts, reports)
    if original is None:
        if _reported(reports):
            message = "a report of a mail server does not say which mail did not arrive"
            raise UnreadableError(message)
        return None
    answer = _reported(reports) if reports else _told_in_words(letter, parts)
    if not answer and _is_of_delivery(letter) and not any(_actions(part) for part in reports):
        message = "a report of a mail server does not say what became of the mail"
        raise UnreadableError(message)
    return Bounce(original, line(answer)[:ANSWER]) if answer else None


def _is_of_delivery(letter: Message) -> bool:
    """Whether it calls itself a report of delivery: there are reports of other things."""
    report = str(letter.get_param("report-type", "")).lower()
    return letter.get_content_type() == "multipart/report" and report == "delivery-status"


def _actions(part: Message) -> list[str]:
    """What became of each recipient, as a report says it (RFC 3464 §2.3.3)."""
    return re.findall(r"^action:[ \t]*(\w+)", _text(part), re.IGNORECASE | re.MULTILINE)


def _parts(letter: Message) -> Iterator[Message]:
    """Its parts, without those of a message that came back within it."""
    if letter.get_content_maintype() == "multipart" and letter.is_multipart():
        for part in letter.get_payload():
            if isinstance(part, Message):
                yield from _parts(part)
    else:
        yield letter


def _reported(reports: list[Message]) -> str | None:
    """Status and diagnosis of a recipient that failed: for good, with a status 4.x.x as well.

    RFC 3464 §2.3.3: `failed` says that the server has given up.
    """
    for part in reports:
        for block in re.split(r"\n[ \t]*\n", _text(part)):
            fields = message_from_string(block.lstrip("\n"), policy=policy.compat32)
            if _field(fields, "Action").lower().startswith(("failed", "error")):  # OpenSMTPD: error
                diagnosis = _field(fields, "Diagnostic-Code")
                said = diagnosis.partition(";")[2].strip() or diagnosis
                return f"{_field(fields, 'Status')} {said}".strip() or "failed"
    return None


def _field(fields: Message, name: str) -> str:
    return " ".join(str(fields.get(name, "")).split())


def _told_in_words(letter: Message, parts: list[Message]) -> str | None:
    """What stands beside the address that failed for good, by the rules of flufl.bounce."""
    from flufl.bounce import scan_message  # it compiles a hundred patterns

    notice = "\n".join(_text(part) for part in parts if part.get_content_maintype() == "text")
    _shorten(letter)
    for address in sorted(filter(None, scan_message(letter))):
        before, found, beside = notice.partition(address.decode("ascii"))
        start = before.rpartition("\n")[2]
        said = line(start + found + beside.partition("\n\n")[0])
        return said if found else str(letter.get("Subject", "failed"))
    return None


def _shorten(letter: Message) -> None:
    """Plain text of few, short lines: rules that look for words take long over anything else."""
    fields = letter.items()
    for name, _ in fields:
        del letter[name]
    for name, value in fields:
        letter[name] = str(value)[:LINE]
    for part in letter.walk():
        if not part.is_multipart():
            text = _text(part)
            del part["Content-Transfer-Encoding"]
            part.set_payload("\n".join(line[:LINE] for line in text.splitlines()[:NOTICE]))


def _original(letter: Message, parts: list[Message], reports: list[Message]) -> str | None:
    """The Message-ID of what came back: in a part of its own, the text, the report, a reference."""
    returned = [part for part in parts if part.get_content_type() in RETURNED]
    others = [part for part in parts if part.get_content_maintype() == "text"]
    for part in [*returned, *others]:
        if found := MESSAGE_ID.search(_text(part)):
            return found[1]
    for part in reports:
        if found := ORIGINAL_ID.search(_text(part)):
            return found[1]
    referred = f"{letter.get('In-Reply-To', '')} {letter.get('References', '')}"
    ids = re.findall(ID, referred)
    return ids[-1] if ids else None


def _text(part: Message) -> str:
    """What stands in a part, without its transfer encoding, whatever kind of part it is."""
    _, _, body = part.as_bytes(policy=AS_IT_STOOD).replace(b"\r\n", b"\n").partition(b"\n\n")
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding == "quoted-printable":
        body = decodestring(body)
    elif encoding == "base64":
        with suppress(Error):
            body = a2b_base64(body)
    return _decoded(body.replace(b"\r\n", b"\n"))


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")
