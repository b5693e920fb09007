"""A notice of an outage stands on every page from its beginning until its end."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.base import set_clock
from processes.platform.outages import OutageNotice
from processes.register.changes import AuditEvent
from tests.app.signing_in import sign_in

PAGE = "/beheer/storingen"
NOON = datetime(2026, 12, 1, 11, 0, tzinfo=UTC)  # 12.00 in Amsterdam
TEXT = "Inloggen lukt niet <nu>. Bel 088 000 00 00."
SENT = {"text": TEXT, "starts_at": "01-12-2026 13.00", "ends_at": "1-12-2026 15:30"}


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


@pytest.fixture(autouse=True)
def _noon(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    set_clock(at(NOON))


def is_told(app: Flask, address: str, hours: float) -> bool:
    set_clock(at(NOON + timedelta(hours=hours)))
    page = app.test_client().get(address).text
    assert "<nu>" not in page
    return "Inloggen lukt niet &lt;nu&gt;" in page


def test_it_is_told_on_every_page_for_a_while_and_kept(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    sign_in(app, client, Role.OPERATOR)
    assert "01-12-2026 12.00" in client.get(PAGE).text
    sent = SENT | {"submission_id": str(uuid4())}
    for _ in range(2):
        assert client.post(PAGE, data=sent).status_code == 303
    assert len(session.scalars(select(OutageNotice)).all()) == 1
    assert ">gepland<" in client.get(PAGE).text
    for address in ("/", "/catalogus", "/inloggen", "/bestaat-niet"):
        told = [is_told(app, address, hours) for hours in (0, 0.99, 1, 3.49, 3.5)]
        assert told == [False, False, True, True, False], address
    sign_in(app, client, Role.OPERATOR)
    assert "Wat eerder is gemeld" in client.get(PAGE).text
    assert session.scalars(select(AuditEvent.action)).all().count("outage-told") == 1


def test_it_can_be_ended_early(app: Flask, client: FlaskClient, session: Session) -> None:
    sign_in(app, client, Role.OPERATOR)
    client.post(PAGE, data=SENT | {"starts_at": "01-12-2026 12.00"})
    assert is_told(app, "/", 0)
    (notice,) = session.scalars(select(OutageNotice))
    client.post(f"{PAGE}/{notice.id}/beeindigen")
    assert not is_told(app, "/", 0)
    assert client.post(f"{PAGE}/{uuid4()}/beeindigen").status_code == 303
    ended = [each for each in session.scalars(select(AuditEvent.action)) if each == "outage-ended"]
    assert ended == ["outage-ended"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"text": ""}, "Vul in wat er niet werkt"),
        ({"starts_at": "morgen"}, "Vul een dag en een tijd in"),
        ({"ends_at": "31-02-2026 12.00"}, "Vul een dag en een tijd in"),
        ({"ends_at": "01-12-2026 12.30"}, "Kies een later moment"),
        ({"starts_at": "01-11-2026 12.00", "ends_at": "02-11-2026 12.00"}, "Kies een later moment"),
        ({"ends_at": "01-02-2027 12.00"}, "hoogstens 31 dagen"),
        ({"ends_at": ""}, "Vul in tot wanneer"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_typed_is_lost(
    app: Flask, client: FlaskClient, session: Session, changed: dict[str, str], told: str
) -> None:
    sign_in(app, client, Role.OPERATOR)
    sent = SENT | changed
    answer = client.post(PAGE, data=sent)
    assert answer.status_code == 422
    assert told in answer.text
    for value in (sent["starts_at"], sent["ends_at"]):
        assert f'value="{value}"' in answer.text
    assert session.scalars(select(OutageNotice)).all() == []
