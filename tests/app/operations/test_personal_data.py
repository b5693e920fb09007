"""What people type is in no log, in no incident's text, and hidden where operators see errors."""

import io
import logging
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.operations.masks import without_texts
from app.web.access import Role
from app.web.kept_pages import KeptPage
from processes.engine import registry
from processes.engine.execution.jobs import claim, create_job, fail
from processes.engine.store.models import Incident
from processes.platform.logs import json_lines
from processes.register.changes import AuditEvent
from tests.app.onboarding import Employee, chosen, prepare
from tests.app.signing_in import sign_in

MARKERS = ("Zonneveldmark", "zonneveldmark@scholing.example", "0612345678", "Markstraat")
CONTACT = {"contact_name": MARKERS[0], "contact_email": MARKERS[1], "contact_phone": MARKERS[2]}


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What production would log, from INFO on."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(json_lines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def markers_in(text: str) -> list[str]:
    return [each for each in MARKERS if each.casefold() in text.casefold()]


def test_a_step_that_fails_tells_nobody_what_was_typed(
    app: Flask,
    client: FlaskClient,
    session: Session,
    logged: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An exception of a library, with all that it was given in its text, and a statement's."""

    def breaks(*_given: object, **arguments: object) -> dict[str, object]:
        message = f"no such thing: {MARKERS} {arguments}"
        raise ValueError(message)

    working = registry.DELEGATES["register_provider"]
    monkeypatch.setitem(registry.DELEGATES, "register_provider", replace(working, perform=breaks))
    prepare(session)
    sign_in(app, client, Role.PROVIDER)
    employee = Employee(client)
    page = employee.to_company()
    page = employee.answer(page, {**chosen(page), **CONTACT, "next": "review"})
    assert markers_in(page.text)  # it was typed
    failed = employee.answer(page, {})
    assert failed.status_code == 500
    client.get(f"/catalogus?zoek={MARKERS[0]}")
    client.get(f"/{MARKERS[0]}")

    incident = session.scalars(select(Incident)).one()
    assert markers_in(incident.message) == []
    assert "no such thing: ('•••', '•••', " in incident.details
    assert not {MARKERS[0], MARKERS[1]} & set(markers_in(incident.details))
    assert "a step failed" in logged.getvalue()
    assert markers_in(logged.getvalue()) == []

    sign_in(app, client, Role.OPERATOR)
    for address in (
        "/beheer",
        "/beheer/incidenten",
        f"/beheer/incidenten/{incident.id}",
        f"/beheer/incidenten/oorzaak/{incident.cause}",
        f"/beheer/processen/{incident.instance_id}",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert markers_in(answer.text) == [], address


def test_who_wants_to_read_the_text_of_an_error_says_why(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(app, client, Role.OPERATOR)
    given = {"to": MARKERS[0]}
    job = create_job(session, "bulk-publish", given, idempotency_key=str(uuid4()))
    job.max_attempts = 1
    session.flush()
    claim(session, job.id, owner="test", lease=timedelta(minutes=1))
    fail(session, job.id, "test", 1, RuntimeError(f"550 {MARKERS[1]} unknown: {MARKERS[0]}"))
    session.commit()
    incident = session.scalars(select(Incident)).one()
    pages = {
        f"/beheer/incidenten/{incident.id}": "incident-details-shown",
        f"/beheer/taken/{job.id}": "arguments-shown",
    }
    for address, action in pages.items():
        page = client.get(address)
        assert "RuntimeError: •••" in page.text
        assert markers_in(page.text) == []
        assert client.post(f"{address}/gegevens", data={"reason": ""}).status_code == 422
        shown = client.post(f"{address}/gegevens", data={"reason": "De mail komt niet aan."})
        assert "550 ••• unknown: •••" in shown.text
        assert (markers_in(shown.text) == [MARKERS[0]]) is address.startswith("/beheer/taken")
        kept = session.scalars(select(KeptPage.page)).all()
        shown_once = (MARKERS[0].encode(), b"550 ")
        assert [each for each in kept if any(map(zlib.decompress(each).count, shown_once))] == []
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == action)).one()
        assert event.details["reason"] == "De mail komt niet aan."


PLACES = """Traceback (most recent call last):
  File "x.py", line 1, in f
    g(name)
ValueError: {0}
During handling of the above exception, another exception occurred:

  File "y.py", line 2, in h
    i()
a.b.OddError: {1}"""
TRACE = PLACES.format("Noor\n    de Wit\nNoor\n", "Noor")
SHOWN = PLACES.format("•••\n•••\n", "•••")


@pytest.mark.parametrize(
    ("trace", "shown"),
    [
        ("RuntimeError: Noor", "RuntimeError: •••"),
        ("RuntimeError", "RuntimeError"),
        ("Noor de Wit", "•••"),
        (TRACE, SHOWN),
        ("00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000000"),
    ],
)
def test_of_a_trace_the_places_and_types_are_shown(trace: str, shown: str) -> None:
    assert without_texts(trace) == shown
