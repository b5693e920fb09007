"""The mailbox receives what is sent over SMTP, and shows it without trusting it."""

import asyncio
import os
import smtplib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr

from app.demo.mailbox import MailSink, create_mailbox
from processes.platform.settings import Settings
from tests import programs
from tests.servers import free_port


@pytest.fixture
def mail_settings(tmp_path: Path) -> Iterator[Settings]:
    settings = Settings(
        var=tmp_path,
        smtp_port=free_port(),
        secret_key=SecretStr("only for tests, thirty-two characters"),
    )
    sink = MailSink(settings)
    sink.start()
    yield settings
    sink.stop()


@pytest.fixture
def mailbox(mail_settings: Settings) -> FlaskClient:
    return create_mailbox(mail_settings).test_client()


def send(settings: Settings, *, to: str, html: str = "<p>Dag</p>") -> None:
    message = EmailMessage()
    message["Subject"] = "Uw aanmelding ✓"
    message["From"] = "Loket <noreply@loket.example>"
    message["To"] = to
    message["Message-ID"] = "<1@loket.example>"
    message.set_content("Beste aanbieder, gelukt.")
    message.add_alternative(html, subtype="html")
    with smtplib.SMTP(settings.smtp_host, settings.smtp_port) as server:
        server.send_message(message)


def test_a_mail_is_listed_and_can_be_read(mail_settings: Settings, mailbox: FlaskClient) -> None:
    assert "nog geen berichten" in mailbox.get("/").text
    send(mail_settings, to="jo@bedrijf.example")
    listed = mailbox.get("/").text
    assert "Uw aanmelding ✓" in listed
    assert "jo@bedrijf.example" in listed
    [file] = (mail_settings.var / "mailbox").glob("*.eml")
    page = mailbox.get(f"/{file.stem}").text
    assert "Beste aanbieder, gelukt." in page
    assert "&lt;1@loket.example&gt;" in page


def test_the_html_of_a_mail_runs_nothing(mail_settings: Settings, mailbox: FlaskClient) -> None:
    send(mail_settings, to="jo@bedrijf.example", html="<script>alert(1)</script><p>Dag</p>")
    [file] = (mail_settings.var / "mailbox").glob("*.eml")
    shown = mailbox.get(f"/{file.stem}/html")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert "<script>alert" not in mailbox.get(f"/{file.stem}").text


def test_some_addresses_are_refused(mail_settings: Settings) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(mail_settings, to="geweigerd@bedrijf.example")


def test_a_mail_that_is_not_there_is_not_found(mailbox: FlaskClient) -> None:
    assert mailbox.get("/12").status_code == 404


def test_a_busy_port_is_told_at_once(mail_settings: Settings) -> None:
    second = MailSink(mail_settings)
    with pytest.raises(OSError, match=str(mail_settings.smtp_port)):
        second.start()


def test_it_starts_and_stops_where_an_event_loop_runs_already(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path, smtp_port=free_port())

    async def with_a_loop() -> int:
        sink = MailSink(settings)
        sink.start()
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port) as server:
            code, _text = server.noop()
        sink.stop()
        return code

    with ThreadPoolExecutor(1) as beside:  # a browser test may have left a loop in this thread
        assert beside.submit(lambda: asyncio.run(with_a_loop())).result() == 250


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.1"])
def test_the_command_that_cannot_listen_ends_with_one_line(
    mail_settings: Settings, tmp_path: Path, host: str
) -> None:
    port = str(mail_settings.smtp_port)
    given = {"LOKET_VAR": str(tmp_path), "LOKET_SMTP_HOST": host, "LOKET_SMTP_PORT": port}
    ended = programs.run(
        ["app.cli", "mailbox", "--port", "0"], {**os.environ, **given}, tmp_path / "log"
    )
    assert ended.returncode == 1
    [line] = ended.stderr.splitlines()
    assert f"cannot receive mail on {host}:{port}" in line
