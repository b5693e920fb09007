"""Webhooks from the command line: addresses, secrets once, what was sent, sending it again."""

import json
from collections.abc import Iterator

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from processes.casework.webhooks import own_webhooks
from processes.engine.store.models import Job, JobStatus
from processes.platform import database
from processes.platform.settings import Settings, use_settings
from processes.register.changes import AuditEvent, record_event
from processes.webhooks.keys import unlocked
from processes.webhooks.models import Disabled, WebhookAddress, WebhookDelivery
from processes.webhooks.own_addresses import Wanted
from tests.app.cli.test_operations import loket

URL = "https://haak.voorbeeld.nl/in"
PUBLISHED = "nl.loket.offer.published"


@pytest.fixture(autouse=True)
def command_settings(settings: Settings, own_database_url: str) -> Iterator[None]:
    use_settings(settings.model_copy(update={"database_url": own_database_url}))
    yield
    database.close_databases()


@pytest.fixture
def own(own_engine: Engine) -> Iterator[Session]:
    with Session(own_engine) as session:
        yield session


def secrets_of(session: Session) -> list[str]:
    address = session.scalars(select(WebhookAddress)).one()
    found = [unlocked(each) for each in (address.secret, address.previous_secret) if each]
    session.rollback()  # SQLite has one writer
    return found


def test_an_address_is_added_rotated_disabled_and_listed_without_its_secret(own: Session) -> None:
    added = loket("webhooks", "add", "crm", URL, "--event", PUBLISHED)
    assert added.exit_code == 0, added.output
    first = added.stdout.strip()
    assert first.startswith("whsec_")
    assert secrets_of(own) == [first]
    stored = own.scalars(select(WebhookAddress.secret)).one()
    assert first not in stored
    own.rollback()
    listed = loket("webhooks", "list", "--json").stdout
    (row,) = json.loads(listed)
    assert (row["name"], row["url"], row["events"], row["enabled"]) == ("crm", URL, PUBLISHED, True)
    assert "whsec_" not in listed
    second = json.loads(loket("webhooks", "secret", "crm", "--json").stdout)["secret"]
    assert secrets_of(own) == [second, first]
    loket("webhooks", "expire", "crm")
    assert secrets_of(own) == [second]
    assert loket("webhooks", "disable", "crm").stdout.strip() == "crm: disabled"
    assert "disabled" in loket("webhooks", "ping", "crm").stderr
    loket("webhooks", "enable", "crm")
    loket("webhooks", "events", "crm", "--event", "nl.loket.offer.deleted")
    (row,) = json.loads(loket("webhooks", "list", "--json").stdout)
    assert row["events"] == "nl.loket.offer.deleted"
    actions = own.scalars(select(AuditEvent.action).order_by(AuditEvent.at)).all()
    assert actions == [
        "webhook-added",
        "webhook-rotated",
        "webhook-rotation-ended",
        "webhook-disabled",
        "webhook-enabled",
        "webhook-events-changed",
    ]


def test_what_is_wrong_with_an_address_is_told_at_once(own: Session) -> None:
    refused = loket("webhooks", "add", "", "https://10.0.0.1/", "--event", "nl.loket.nothing")
    assert refused.exit_code == 1
    for reason in ("name", "private network", "loket webhooks types"):
        assert reason in refused.stderr
    assert "https://" in loket("webhooks", "add", "crm", "http://voorbeeld.nl").stderr
    assert own.scalars(select(WebhookAddress)).all() == []
    own.rollback()
    loket("webhooks", "add", "crm", URL)
    assert "taken" in loket("webhooks", "add", "crm", URL).stderr
    assert PUBLISHED in loket("webhooks", "types").stdout
    for word in ("secret", "expire", "disable", "enable", "ping"):
        assert "no address with this name" in loket("webhooks", word, "elders").stderr


def test_what_was_sent_is_listed_and_sent_again(own: Session) -> None:
    loket("webhooks", "add", "crm", URL, "--event", PUBLISHED)
    record_event(own, "offer-published", actor="x", subject="offer:1")
    own.commit()
    (row,) = json.loads(loket("webhooks", "deliveries", "--json").stdout)
    assert (row["state"], row["subject"], row["attempts"]) == ("waiting", "offer/1", 0)
    assert "no such message" in loket("webhooks", "replay", str(row["number"])).stderr
    loket("webhooks", "ping", "crm")
    own.execute(update(Job).values(status=JobStatus.FAILED))
    own.commit()
    assert len(json.loads(loket("webhooks", "deliveries", "--json").stdout)) == 2
    failed = loket("webhooks", "deliveries", "--state", "failed", "--address", "crm", "--json")
    assert [each["type"] for each in json.loads(failed.stdout)] == ["nl.loket.ping"]
    assert loket("webhooks", "replay", "--failed", "crm").stdout.strip() == "crm: 1 are sent again"
    assert own.scalars(select(WebhookDelivery.delivered_at)).all() == [None, None]
    for wrong in ((), ("1", "--failed", "crm")):
        assert "give a number" in loket("webhooks", "replay", *wrong).stderr
    assert loket("webhooks", "replay", "9" * 30).exit_code == 2
    assert "a state is one of" in loket("webhooks", "deliveries", "--state", "x").stderr


def test_secrets_move_to_a_new_key_of_the_installation(own: Session, settings: Settings) -> None:
    loket("webhooks", "add", "crm", URL)
    url = {"database_url": str(own.get_bind().engine.url.render_as_string(hide_password=False))}
    newer = SecretStr("another secret key, thirty-two characters")
    both = {**url, "secret_key": newer, "secret_key_before": settings.secret_key}
    use_settings(settings.model_copy(update={**url, "secret_key": newer}))
    assert "cannot be read" in loket("webhooks", "reencrypt").stderr
    other = loket("webhooks", "secret", "crm").stdout.strip()
    assert secrets_of(own) == [other]  # one that nobody can read signs nothing
    use_settings(settings.model_copy(update=both))
    secret = loket("webhooks", "secret", "crm").stdout.strip()
    loket("webhooks", "expire", "crm")
    use_settings(settings.model_copy(update={**url, "secret_key": settings.secret_key}))
    assert "cannot be read" in loket("webhooks", "reencrypt").stderr
    use_settings(settings.model_copy(update=both))
    assert loket("webhooks", "reencrypt").stdout.strip() == "1 addresses"
    use_settings(settings.model_copy(update={**url, "secret_key": newer}))
    assert secrets_of(own) == [secret]


def test_the_webhook_of_a_company_is_allowed_and_disabled_and_nothing_else(own: Session) -> None:
    wanted = Wanted("website", URL, [PUBLISHED])
    own_webhooks.ask(own, "68750110", wanted, by="anna")
    own.commit()
    name = "68750110 website"
    for command in (["secret"], ["expire"], ["ping"], ["events"], ["replay", "--failed"]):
        refused = loket("webhooks", *command, name)
        assert refused.exit_code == 1
        assert "it is of a company" in refused.stderr
    assert loket("webhooks", "enable", name).stdout.strip() == f"{name}: unconfirmed"
    assert loket("webhooks", "disable", name).exit_code == 0
    assert own.scalars(select(WebhookAddress.disabled_because)).one() == Disabled.OPERATOR
