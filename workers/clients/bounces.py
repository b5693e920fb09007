"""Reads what mail servers report about mail that they could not deliver: RFC 3464, in a maildir."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from pathlib import Path

LARGEST = 1_000_000  # bytes; a report is small, whatever it is about
AT_A_TIME = 50


@dataclass(frozen=True)
class Bounce:
    """A mail that will never arrive."""

    message_id: str
    answer: str  # status and what the other server said


@dataclass(frozen=True)
class Report:
    """One file of the maildir; `bounce` is None for what tells of no permanent failure."""

    file: Path
    bounce: Bounce | None

    def settle(self) -> None:
        """Do not read it again; another worker may have been first."""
        seen = self.file.parent.parent / "cur" / f"{self.file.name.partition(':')[0]}:2,S"
        with suppress(FileNotFoundError):
            self.file.rename(seen)


def unread(maildir: Path) -> Iterator[Report]:
    """What arrived and was not read yet, the oldest first."""
    new = maildir / "new"
    if not new.is_dir():
        return
    (maildir / "cur").mkdir(exist_ok=True)
    for file in sorted(new.iterdir())[:AT_A_TIME]:
        with suppress(FileNotFoundError):
            too_large = file.stat().st_size > LARGEST
            yield Report(file, None if too_large else read(file.read_bytes()))


def read(raw: bytes) -> Bounce | None:
    """The bounce that this message tells of, if it tells of one."""
    letter: EmailMessage = message_from_bytes(raw, policy=policy.default)
    status = answer = original = None
    for part in letter.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status" and status is None:
            status, answer = _failure(part)
        elif kind in {"message/rfc822", "text/rfc822-headers"}:
            original = original or _message_id(part)
    if status is None or not original:
        return None
    return Bounce(original, f"{status} {answer}".strip()[:500])


def _failure(part: Message) -> tuple[str | None, str]:
    """Status and diagnosis of a recipient that failed for good (5.x.x)."""
    for block in _within(part):
        status = str(block.get("Status", "")).strip()
        if str(block.get("Action", "")).strip().lower() == "failed" and status.startswith("5."):
            diagnosis = " ".join(str(block.get("Diagnostic-Code", "")).split())
            return status, diagnosis.partition(";")[2].strip() or diagnosis
    return None, ""


def _message_id(part: Message) -> str:
    """Of the message that came back, whole or only its headers."""
    for whole in _within(part):
        return str(whole.get("Message-ID", "")).strip()
    raw = part.get_payload(decode=True)
    headers = message_from_bytes(raw if isinstance(raw, bytes) else b"", policy=policy.default)
    return str(headers.get("Message-ID", "")).strip()


def _within(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Message)] if part.is_multipart() else []
