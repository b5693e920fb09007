"""Mail that comes back is known as refused, and a registrar is asked for an address that works."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.operations import overview
from processes.base import now, set_clock
from processes.engine.deployment.definitions import deploy
from processes.engine.execution.instances import open_user_tasks
from processes.platform.settings import Settings, use_settings
from processes.register.changes import events_of
from processes.register.mail import MailStatus, OutgoingMail, refused_address
from processes.register.providers.providers import Provider
from tests.app.offers.offer_world import BPMN, a_provider
from tests.workers.clients.reports import a_report
from workers import bounced_mail
from workers.enqueue import open_session
from workers.vocabulary import vocabulary

KVK = "68750110"


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


@pytest.mark.rule("R45b")
def test_a_mail_that_came_back_is_refused_and_a_registrar_gets_a_task(world: Path) -> None:
    file = arrives(world, a_report())
    assert bounced_mail.process_bounces() == 1
    with open_session() as session:
        mail = session.scalars(select(OutgoingMail)).one()
        assert mail.status is MailStatus.REFUSED
        assert "user unknown" in (mail.last_answer or "")
        assert refused_address(session, session.scalars(select(Provider)).one())
        assert tasks(session) == ["repair-address"]
        assert events_of(session, KVK)[0].action == "mail-refused"
    assert not file.exists()
    assert len(list((world / "cur").iterdir())) == 1


def test_a_report_with_a_nul_is_read_like_others(world: Path) -> None:
    file = arrives(world, a_report().replace(b"user unknown", b"user\x00 unknown"))
    assert bounced_mail.process_bounces() == 1
    assert not file.exists()


def test_the_same_report_again_changes_nothing(world: Path) -> None:
    for _ in range(2):
        arrives(world, a_report())
    assert bounced_mail.process_bounces() == 1
    arrives(world, a_report())
    assert bounced_mail.process_bounces() == 0
    with open_session() as session:
        assert tasks(session) == ["repair-address"]


def test_a_letter_that_cannot_be_read_does_not_keep_the_others_from_it(
    world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_letter: object) -> None:
        raise IndexError

    monkeypatch.setattr("flufl.bounce.scan_message", fail)
    broken = world / "new" / "0.host"
    broken.write_bytes(b"References: <een@loket.example>\n\nHoi")
    arrives(world, a_report())
    assert bounced_mail.process_bounces() == 1
    assert list((world / "new").iterdir()) == []


def test_a_server_that_gave_up_after_trying_for_days_is_final(world: Path) -> None:
    """RFC 3464 §2.3.3: `failed` is final, also with a status that begins with 4 (R45b)."""
    arrives(world, a_report(status="4.4.1"))
    assert bounced_mail.process_bounces() == 1
    with open_session() as session:
        assert session.scalars(select(OutgoingMail)).one().status is MailStatus.REFUSED
        assert tasks(session) == ["repair-address"]


def test_mail_that_is_not_ours_is_put_aside(world: Path) -> None:
    arrives(world, a_report(message_id="<van-een-ander@elders.example>"))
    arrives(world, b"x" * 2_000_000)
    assert bounced_mail.process_bounces() == 0
    assert list((world / "new").iterdir()) == []


def test_a_former_address_that_bounces_asks_nothing_of_a_registrar(world: Path) -> None:
    with open_session() as session, session.begin():
        former = {"recipient": "oud@leerkring.test", "message_id": "<oud@loket.example>"}
        session.add(a_mail(**former))
    arrives(world, a_report(message_id="<oud@loket.example>"))
    assert bounced_mail.process_bounces() == 1
    with open_session() as session:
        assert tasks(session) == []


def told_to_operators() -> list[tuple[str, bool | None, str]]:
    with open_session() as session:
        return [(each.title, each.is_well, each.detail) for each in overview.systems(session)]


def test_operators_see_how_many_reports_could_not_be_read_until_they_are_put_away(
    world: Path,
) -> None:
    broken = a_report(message_id="")
    arrives(world, broken)
    arrives(world, b"Content-Type: multipart/report; boundary=c\n\nniets")
    arrives(world, b"Content-Type: multipart/report; boundary=c\n\n" + b"x" * 2_000_000)
    arrives(world, b"Subject: Reclame\n\n" + b"x" * 2_000_000)
    arrives(world, a_report(message_id="<van-een-ander@elders.example>"))
    assert bounced_mail.process_bounces() == 0
    title, is_well, detail = told_to_operators()[-1]
    assert (title, is_well) == ("Teruggekomen e-mail", False)
    assert detail.startswith("3 berichten")
    flagged = sorted((world / "cur").glob("*:2,FS"))
    assert len(flagged) == 3
    for each in flagged:
        each.unlink()
    moment = now() + timedelta(seconds=31)
    set_clock(lambda: moment)
    bounced_mail.process_bounces()
    assert told_to_operators()[-1] == ("Teruggekomen e-mail", True, "alles is gelezen")


def test_without_a_maildir_there_is_nothing_to_read(worker_settings: Settings) -> None:
    assert worker_settings.bounce_maildir is None
    assert bounced_mail.process_bounces() == 0
