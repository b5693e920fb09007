"""What an operator sees and does with webhooks: addresses, secrets, messages, sending again."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select, update
from sqlalchemy.orm import Session

from app.web.access import Role
from app.web.kept_pages import KeptPage
from processes.base import new_id, now
from processes.casework.webhooks import webhook_log
from processes.casework.webhooks.webhook_log import MOST_COUNTED, State
from processes.engine.store.models import Job, JobStatus
from processes.register.changes import AuditEvent, record_event
from processes.webhooks.addresses import add, disable, events_of
from processes.webhooks.keys import unlocked
from processes.webhooks.models import Disabled, Trouble, WebhookAddress, WebhookDelivery
from tests.app.signing_in import sign_in
from tests.planning import as_never_used

URL = "https://haak.voorbeeld.nl/in"
PUBLISHED = "nl.loket.offer.published"


@pytest.fixture(autouse=True)
def operator(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(app, client, Role.OPERATOR)


@pytest.fixture
def address(session: Session) -> WebhookAddress:
    made, _ = add(session, "crm", URL, [PUBLISHED], by="beheer")
    session.commit()
    return made


def secrets_of(session: Session, address: WebhookAddress) -> list[str]:
    session.refresh(address)
    return [unlocked(each) for each in (address.secret, address.previous_secret) if each]


def page_of(address: WebhookAddress) -> str:
    return f"/beheer/webhooks/{address.id}"


def failed(session: Session, address: WebhookAddress, subject: str, status: int) -> int:
    """A message that is tried no more; its number."""
    job = Job(topic="send-event", idempotency_key=subject, arguments={}, status=JobStatus.FAILED)
    session.add(job)
    session.flush()
    delivery = WebhookDelivery(
        event_id=job.id if subject.startswith("case") else UUID(int=status),
        address_id=address.id,
        event_type=PUBLISHED,
        subject=subject,
        job_id=job.id,
        status=status,
        answer="text/html, 21 bytes",
        answered_at=now(),
    )
    session.add(delivery)
    session.commit()
    return delivery.number


def test_only_an_operator_sees_them(app: Flask, client: FlaskClient) -> None:
    sign_in(app, client, Role.PROCESS_OWNER)
    for path in ("/beheer/webhooks", "/beheer/webhooks/nieuw"):
        assert client.get(path).status_code == 403


def test_an_address_is_added_and_its_secret_shown_once(
    client: FlaskClient, session: Session
) -> None:
    assert "Er zijn nog geen adressen" in client.get("/beheer/webhooks").text
    sent = {"name": "crm", "url": URL, "events": [PUBLISHED]}
    answer = client.post("/beheer/webhooks/nieuw", data=sent)
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]+", unescape(answer.text))
    assert answer.headers["Cache-Control"] == "no-store"
    address = session.scalars(select(WebhookAddress)).one()
    assert unlocked(address.secret) == secret
    assert session.scalars(select(KeptPage)).all() == []
    assert events_of(session, address.id) == {PUBLISHED}
    for path in ("/beheer/webhooks", page_of(address)):
        assert "whsec_" not in client.get(path).text
    assert address.created_by == session.scalars(select(AuditEvent.actor)).one()


def test_faults_are_told_at_their_fields_and_nothing_typed_is_lost(
    client: FlaskClient, address: WebhookAddress, session: Session
) -> None:
    sent = {"name": "crm", "url": "https://10.0.0.1/x", "events": [PUBLISHED]}
    answer = client.post("/beheer/webhooks/nieuw", data=sent)
    assert answer.status_code == 422
    assert "Er is al een adres met deze naam." in answer.text
    assert "besloten netwerk" in answer.text
    assert 'value="https://10.0.0.1/x"' in answer.text
    (box,) = re.findall(rf'<input[^>]*"{PUBLISHED}"[^>]*>', answer.text)
    assert "checked" in box
    answer = client.post("/beheer/webhooks/nieuw", data={"url": "http://x.nl", "events": ["x"]})
    assert answer.status_code == 422
    for text in ("Vul een naam in.", "begint met https://", "Er zijn nog 3 dingen"):
        assert text in answer.text
    assert len(session.scalars(select(WebhookAddress)).all()) == 1
    assert client.get(page_of(address)).status_code == 200


def test_the_buttons_of_an_address(
    client: FlaskClient, address: WebhookAddress, session: Session
) -> None:
    page = page_of(address)
    answer = client.post(f"{page}/sleutel")
    (shown,) = re.findall(r"whsec_[A-Za-z0-9+/=]+", unescape(answer.text))
    newest, before = secrets_of(session, address)
    assert shown == newest != before
    assert "Oude sleutel laten vervallen" in client.get(page).text
    client.post(f"{page}/doen", data={"wat": "oude-sleutel"})
    assert secrets_of(session, address) == [newest]
    client.post(f"{page}/gebeurtenissen", data={"events": ["nl.loket.case.ended"]})
    assert events_of(session, address.id) == {"nl.loket.case.ended"}
    client.post(f"{page}/doen", data={"wat": "uit"})
    told = client.post(f"{page}/doen", data={"wat": "test"}, follow_redirects=True).text
    assert "Dit adres staat uit" in told
    client.post(f"{page}/doen", data={"wat": "aan"})
    session.refresh(address)
    assert address.enabled
    told = client.post(f"{page}/doen", data={"wat": "test"}, follow_redirects=True).text
    assert "Testbericht" in told
    assert "onderweg" in told
    assert client.post(f"{page}/doen", data={"wat": "weg"}).status_code == 400
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.at)).all()
    assert actions == [
        "webhook-rotated",
        "webhook-rotation-ended",
        "webhook-events-changed",
        "webhook-disabled",
        "webhook-enabled",
        "webhook-tested",
    ]


def test_messages_show_their_state_and_answer_and_are_filtered(
    client: FlaskClient, address: WebhookAddress, session: Session
) -> None:
    record_event(session, "offer-published", actor="x", subject="offer:wacht")
    failed(session, address, "offer/mis", 503)
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.subject == "offer/wacht")
        .values(answer=Trouble.CERTIFICATE)
    )
    session.commit()
    page = client.get(page_of(address)).text
    for text in ("status 503", "text/html, 21 bytes", "het certificaat klopt niet", "2 berichten"):
        assert text in page
    assert "volgende poging" not in page
    session.execute(update(Job).values(status=JobStatus.NEW, attempts=1))
    session.commit()
    assert "volgende poging" in client.get(page_of(address)).text
    session.execute(update(Job).values(status=JobStatus.FAILED))
    session.commit()
    page = client.get(f"{page_of(address)}?stand=failed&soort={PUBLISHED}").text
    assert "offer/mis" in page
    assert "offer/wacht" not in page
    assert "Geen berichten gevonden" in client.get(f"{page_of(address)}?soort=x").text
    assert client.get(f"{page_of(address)}?stand=x&pagina=99").status_code == 200
    assert ">1<" in client.get("/beheer/webhooks").text


def test_one_is_sent_again_and_then_all_that_failed(
    client: FlaskClient, address: WebhookAddress, session: Session
) -> None:
    first = failed(session, address, "offer/1", 500)
    again = f"/beheer/webhooks/berichten/{first}/opnieuw"
    assert "verstuurt het bericht opnieuw" in client.post(again, follow_redirects=True).text
    assert "al onderweg" in client.post(again, follow_redirects=True).text
    failed(session, address, "offer/2", 501)
    failed(session, address, "offer/3", 502)
    page = client.get(page_of(address)).text
    assert "Alle 2 mislukte opnieuw sturen" in page
    data = {"wat": "mislukte"}
    told = client.post(f"{page_of(address)}/doen", data=data, follow_redirects=True).text
    assert "2 berichten gaan opnieuw." in told
    assert "mislukte opnieuw sturen" not in told
    assert client.post("/beheer/webhooks/berichten/999999/opnieuw").status_code == 404


def test_an_address_that_is_gone_says_what_to_do(
    client: FlaskClient, address: WebhookAddress, session: Session
) -> None:
    disable(session, address, Disabled.GONE)
    session.commit()
    assert "bestaat niet meer" in client.get("/beheer/webhooks").text
    assert "status 410" in client.get(page_of(address)).text


def messages(
    session: Session,
    address: WebhookAddress,
    number: int,
    job: JobStatus | None = None,
    **told: Any,
) -> None:
    """So many messages, each with a job of this status where one is given."""
    jobs = [new_id() for _ in range(number if job else 0)]
    fixed: dict[str, Any] = {"topic": "send-event", "arguments": {}, "status": job}
    fixed |= {"created_at": now(), "due_at": now()}
    rows = [{"id": id_, "idempotency_key": str(id_), **fixed} for id_ in jobs]
    if rows:
        session.execute(insert(Job), rows)
    facts = {"address_id": address.id, "event_type": PUBLISHED, "subject": "offer/1", **told}
    ids: list[UUID | None] = [*jobs] or [None] * number
    sent = [{"event_id": new_id(), "job_id": id_, "data": {}, "at": now(), **facts} for id_ in ids]
    session.execute(insert(WebhookDelivery), sent)


def rows_of(page: str) -> list[list[str]]:
    """The four numbers of each address: waiting, under way, arrived, failed."""
    cells = re.findall(r'class="num">([^<]*)</td>', page)
    return [cells[at : at + 4] for at in range(0, len(cells), 4)]


@contextmanager
def statements(session: Session) -> Iterator[list[tuple[str, Any]]]:
    """What is sent meanwhile, with its parameters."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, given: Any, *_more: Any) -> None:
        sent.append((statement, given))

    listen = (session.get_bind(), "before_cursor_execute", note)
    event.listen(*listen)
    yield sent
    event.remove(*listen)


def test_of_each_address_no_more_than_a_thousand_are_counted(
    client: FlaskClient, address: WebhookAddress, session: Session
) -> None:
    other, _ = add(session, "zaken", URL, [PUBLISHED], by="beheer")
    more = MOST_COUNTED + 5
    messages(session, address, more)
    messages(session, address, more, JobStatus.DONE, delivered_at=now())
    messages(session, address, more, JobStatus.FAILED)
    messages(session, address, 3, JobStatus.NEW)
    messages(session, other, MOST_COUNTED, JobStatus.DONE, delivered_at=now())
    messages(session, other, 1, JobStatus.LEASED)
    messages(session, other, 2, JobStatus.CANCELLED)
    session.commit()

    assert rows_of(client.get("/beheer/webhooks").text) == [
        ["1000+", "3", "1000+", "1000+"],
        ["0", "1", "1000", "2"],
    ]
    assert "Alle 1000+ mislukte opnieuw sturen" in client.get(page_of(address)).text
    counted = webhook_log.counts(session, most=None)  # as the command line tells it
    assert {state: counted.get((address.id, state)) for state in State} == {
        State.WAITING: more,
        State.SENDING: 3,
        State.DELIVERED: more,
        State.FAILED: more,
    }


def test_counting_takes_as_many_statements_however_many_addresses_there_are(
    address: WebhookAddress, session: Session
) -> None:
    messages(session, address, 2)
    with statements(session) as of_one:
        webhook_log.counts(session)
    for name in ("zaken", "financien"):
        other, _ = add(session, name, URL, [PUBLISHED], by="beheer")
        messages(session, other, 2, JobStatus.FAILED)
    session.flush()
    with statements(session) as of_three:
        webhook_log.counts(session)
    assert len(of_one) == len(of_three) == 2


def test_counting_reads_indexes_of_each_state(address: WebhookAddress, session: Session) -> None:
    as_never_used(session, "job", "webhook_delivery")
    messages(session, address, 2, JobStatus.DONE, delivered_at=now())
    with statements(session) as sent:
        webhook_log.counts(session)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    driver: Any = session.connection().connection.driver_connection
    for way in () if is_sqlite else ("seqscan", "bitmapscan", "hashjoin", "mergejoin"):
        driver.execute(f"SET LOCAL enable_{way} = off")
    how = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
    sending, others = (
        "\n".join(str(row) for row in driver.execute(f"{how} {statement}", given))
        for statement, given in sent
    )
    assert "ix_job_topic_due" in sending
    assert "ix_webhook_delivery_job" in sending
    assert "ix_webhook_delivery_delivered" in others
    assert others.count("ix_webhook_delivery_undelivered") >= 2
