"""Which letters tell of mail that will never arrive, and what they say of it (R45b)."""

from email.message import Message

import pytest

from tests.workers.clients.reports import (
    EXCHANGE,
    EXIM,
    QMAIL,
    QMAIL_DELAY,
    a_global_report,
    a_report,
    with_encoded_text,
)
from workers.clients.bounces import Bounce, UnreadableError, read

OURS = "<een@loket.example>"
ANNA = b"From: anna@leerkring.test\nIn-Reply-To: <een@loket.example>\n"
ENCODINGS = ["8bit", "quoted-printable", "base64"]


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_report_names_the_message_and_what_the_server_said(kind: str) -> None:
    assert read(a_report(kind=kind)) == Bounce(
        OURS, "5.1.1 550 5.1.1 <anna@leerkring.test>: user unknown"
    )


@pytest.mark.parametrize(
    ("given", "instead"),
    [
        ('boundary="b"', 'boundary="other"'),
        ('boundary="b"', 'boundary=""'),
        ('; boundary="b"', ""),
        ("\n--b", "\n--=_x (1)? /y"),
        ("\n--b\n", "\n--b2 \n"),
    ],
)
def test_a_report_with_a_boundary_that_stands_nowhere_is_read_by_the_one_that_does(
    given: str, instead: str
) -> None:
    report = a_report().decode().replace(given, instead)
    assert report != a_report().decode()
    for text in (report, report.replace("\n", "\r\n")):
        assert read(text.encode()) == Bounce(
            OURS, "5.1.1 550 5.1.1 <anna@leerkring.test>: user unknown"
        )


@pytest.mark.parametrize("text", ["", "--\n--\n", "-- \n", "--" + "x" * 200 + "\n"])
def test_a_report_without_any_part_cannot_be_read(text: str) -> None:
    head = "Content-Type: multipart/report; boundary=c\nSubject: Undelivered\n\n"
    with pytest.raises(UnreadableError, match="no parts"):
        read((head + text).encode())
    assert read((head.replace("report", "mixed") + text).encode()) is None


def test_a_report_that_does_not_say_which_mail_failed_cannot_be_read() -> None:
    with pytest.raises(UnreadableError, match="which mail"):
        read(a_report(message_id=""))
    assert read(a_report(message_id="", action="delayed")) is None


@pytest.mark.parametrize(
    ("given", "instead"),
    [
        ("message/delivery-status", "text/plain"),  # a mail gateway took its kind away
        ("Action: failed\n", ""),
        ("Action: failed\n", "Action:\n"),
    ],
)
def test_a_report_of_delivery_that_does_not_say_what_happened_cannot_be_read(
    given: str, instead: str
) -> None:
    report = a_report().decode()
    assert given in report
    with pytest.raises(UnreadableError, match="what became"):
        read(report.replace(given, instead).encode())


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\n", b"\r\n\r\n"])
def test_what_stands_before_a_report_is_passed_over(before: bytes) -> None:
    assert read(before + a_report()) == read(a_report())


@pytest.mark.parametrize(
    "status", ["4.4.1", "4.2.2", "4.4.7", "5.0.0", "5.7.1", "5.1.10", "5.7.26", ""]
)
@pytest.mark.parametrize("action", ["failed", "Failed", "failed (gave up)", "error"])
def test_failed_is_final_whatever_the_status(action: str, status: str) -> None:
    """RFC 3464 §2.3.3: the server has given up; OpenSMTPD writes `error`."""
    bounce = read(a_report(action=action, status=status))
    assert bounce is not None
    assert bounce.answer.startswith(status)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("kind", ["message/global", "message/global-headers", "message/rfc822"])
def test_a_report_about_an_address_outside_ascii(kind: str, encoding: str) -> None:
    """RFC 6533: its parts are UTF-8, and may be encoded."""
    assert read(a_global_report(kind, encoding)) == Bounce(
        OURS, "5.1.1 550 5.1.1 <zoë@leerkring.test> onbekend"
    )


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("report", "said"),
    [
        (QMAIL, "<anna@leerkring.test>: Sorry, no mailbox here by that name. (#5.1.1)"),
        (EXIM, "anna@leerkring.test SMTP error from remote mail server after RCPT TO:"),
    ],
)
def test_a_report_in_plain_text(report: str, said: str, encoding: str) -> None:
    bounce = read(with_encoded_text(report, encoding))
    assert bounce is not None
    assert bounce.message_id == OURS
    assert bounce.answer.startswith(said)


def test_a_report_of_exchange_with_the_message_beside_it() -> None:
    bounce = read(EXCHANGE.encode())
    assert bounce is not None
    assert bounce.message_id == OURS
    assert "The recipient name is not recognized" in bounce.answer


def test_a_report_with_line_ends_of_mail() -> None:
    for report in (a_report(), QMAIL.encode(), a_global_report("message/global", "base64")):
        assert read(report.replace(b"\n", b"\r\n")) == read(report) != None  # noqa: E711


@pytest.mark.parametrize(
    "raw",
    [
        a_report(action="delayed", status="4.4.1"),
        a_report(action="delayed", status="5.4.1"),
        a_report(action="delivered", status="2.0.0"),
        a_report(action="relayed", status="2.0.0"),
        b"Content-Type: multipart/report; boundary=c\n\n--b\n--b--\n",
        QMAIL_DELAY.encode(),
        QMAIL.replace(OURS, "").encode(),
        ANNA + b"Subject: Ik ben met vakantie\n\nTot maandag.",
        ANNA + b"\nBeste, het is gelukt.\n\n> Message-ID: <een@loket.example>",
        b"",
        b"\xff\xfe\x00 no mail at all",
    ],
)
def test_what_tells_of_no_permanent_failure_is_no_bounce(raw: bytes) -> None:
    assert read(raw) is None


def test_only_short_lines_are_searched_for_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules of many kinds look at what anybody may send: they get little to look at."""
    seen: list[int] = []

    def look(letter: Message) -> set[bytes]:
        lines = [line for part in letter.walk() for line in part.as_string().splitlines()]
        seen.extend((len(lines), max(map(len, lines))))
        return set()

    monkeypatch.setattr("flufl.bounce.scan_message", look)
    head = b"Subject: " + b"x" * 5_000 + b"\nReferences: <een@loket.example>\n\n"
    assert read(head + b"y" * 5_000 + b"\nregel" * 5_000) is None
    lines, longest = seen
    assert lines < 500
    assert longest <= 1_100


def test_what_nobody_sees_is_no_part_of_the_answer() -> None:
    """A NUL would be refused by PostgreSQL, and every later report would wait behind it."""
    bounce = read(a_report().replace(b"user unknown", b"user\x00 un\x07known\x1b"))
    assert bounce == Bounce(OURS, "5.1.1 550 5.1.1 <anna@leerkring.test>: user unknown")


@pytest.mark.parametrize("name", ["In-Reply-To", "References"])
def test_an_unseen_character_in_a_reference_makes_it_no_message_of_ours(name: str) -> None:
    report = a_report().replace(b"Message-ID: <een@loket.example>", b"Message-ID: ")
    referred = f"{name}: <e\x00en@loket.example>\n".encode()
    with pytest.raises(UnreadableError):
        read(referred + report)
    assert read(referred.replace(b"\x00", b"") + report) is not None


@pytest.mark.parametrize("name", ["X-Original-Message-ID", "Original-Message-Id"])
def test_the_report_may_name_the_message_itself(name: str) -> None:
    report = a_report().replace(b"Message-ID: <een@loket.example>", b"Message-ID: ")
    with pytest.raises(UnreadableError):
        read(report)
    named = report.replace(b"Reporting-MTA:", f"{name}: {OURS}\nReporting-MTA:".encode())
    bounce = read(named)
    assert bounce is not None
    assert bounce.message_id == OURS
