"""Mail that comes back is known as refused, and a registrar is asked for an address that works."""

from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import deploy
from processes.engine.execution.instances import open_user_tasks
from processes.platform.database import open_session
from processes.platform.settings import Settings, use_settings
from processes.register.changes import events_of
from processes.register.mail import MailStatus, OutgoingMail, refused_address
from processes.register.providers import Provider
from tests.app.offers.offer_world import BPMN, a_provider
from workers import bounced_mail
from workers.clients.bounces import Bounce, read
from workers.vocabulary import vocabulary

KVK = "68750110"
REPORT = """From: MAILER-DAEMON@mx.example
To: noreply@loket.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your mail could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; anna@leerkring.test
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <anna@leerkring.test>:
    user unknown

--b
Content-Type: {kind}

Message-ID: {message_id}
From: noreply@loket.example
Subject: Bevestiging

--b--
"""


def a_report(**changes: str) -> bytes:
    facts = {
        "action": "failed",
        "status": "5.1.1",
        "kind": "text/rfc822-headers",
        "message_id": "<een@loket.example>",
    }
    return REPORT.format(**facts | changes).encode()


@pytest.fixture
def world(worker_settings: Settings, tmp_path: Path) -> Path:
    """A registered provider with a mail that was sent, and a maildir."""
    maildir = tmp_path / "maildir"
    (maildir / "new").mkdir(parents=True)
    use_settings(worker_settings.model_copy(update={"bounce_maildir": maildir}))
    with open_session() as session:
        xml = (BPMN / "mail_bounced.bpmn").read_bytes()
        deploy(session, xml, vocabulary=vocabulary(), deployed_by="test", from_file=True)
        a_provider(session, KVK)
        session.add(a_mail())
        session.commit()
    return maildir


def a_mail(**changes: object) -> OutgoingMail:
    facts = {
        "key": str(uuid4()),
        "kvk": KVK,
        "kind": "registration-confirmed",
        "recipient": "anna@leerkring.test",
        "message_id": "<een@loket.example>",
        "subject": "Bevestiging",
        "text": "t",
        "html": "h",
        "status": MailStatus.SENT,
    }
    return OutgoingMail(**facts | changes)  # type: ignore[arg-type]


def arrives(maildir: Path, raw: bytes) -> Path:
    file = maildir / "new" / f"{uuid4().hex}.host"
    file.write_bytes(raw)
    return file


def tasks(session: Session) -> list[str | None]:
    return [task.form_key for task in open_user_tasks(session, tenant=KVK, group="registrar")]


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_report_names_the_message_and_what_the_server_said(kind: str) -> None:
    assert read(a_report(kind=kind)) == Bounce(
        "<een@loket.example>", "5.1.1 550 5.1.1 <anna@leerkring.test>: user unknown"
    )


@pytest.mark.parametrize(
    "raw",
    [
        a_report(action="delayed", status="4.4.1"),
        a_report(action="delivered", status="2.0.0"),
        a_report(status="4.2.2"),
        a_report(message_id=""),
        b"Subject: Ik ben met vakantie\n\nTot maandag.",
        b"",
        b"\xff\xfe\x00 no mail at all",
    ],
)
def test_what_tells_of_no_permanent_failure_is_no_bounce(raw: bytes) -> None:
    assert read(raw) is None


def test_a_mail_that_came_back_is_refused_and_a_registrar_gets_a_task(world: Path) -> None:
    file = arrives(world, a_report())
    assert bounced_mail.take_in() == 1
    with open_session() as session:
        mail = session.scalars(select(OutgoingMail)).one()
        assert mail.status is MailStatus.REFUSED
        assert "user unknown" in (mail.last_answer or "")
        assert refused_address(session, session.scalars(select(Provider)).one())
        assert tasks(session) == ["repair-address"]
        assert events_of(session, KVK)[0].action == "mail-refused"
    assert not file.exists()
    assert len(list((world / "cur").iterdir())) == 1


def test_the_same_report_again_changes_nothing(world: Path) -> None:
    for _ in range(2):
        arrives(world, a_report())
    assert bounced_mail.take_in() == 1
    arrives(world, a_report())
    assert bounced_mail.take_in() == 0
    with open_session() as session:
        assert tasks(session) == ["repair-address"]


def test_mail_that_is_not_ours_is_put_aside(world: Path) -> None:
    arrives(world, a_report(message_id="<van-een-ander@elders.example>"))
    arrives(world, b"x" * 2_000_000)
    assert bounced_mail.take_in() == 0
    assert list((world / "new").iterdir()) == []


def test_a_former_address_that_bounces_asks_nothing_of_a_registrar(world: Path) -> None:
    with open_session() as session, session.begin():
        former = {"recipient": "oud@leerkring.test", "message_id": "<oud@loket.example>"}
        session.add(a_mail(**former))
    arrives(world, a_report(message_id="<oud@loket.example>"))
    assert bounced_mail.take_in() == 1
    with open_session() as session:
        assert tasks(session) == []


def test_without_a_maildir_there_is_nothing_to_read(worker_settings: Settings) -> None:
    assert worker_settings.bounce_maildir is None
    assert bounced_mail.take_in() == 0
