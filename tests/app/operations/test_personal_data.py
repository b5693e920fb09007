"""What people type is in no log, in no incident's text, and hidden where operators see errors."""

import io
import logging
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.operations.masks import PLACE, without_texts
from app.web.access import Role
from app.web.kept_pages import KeptPage
from processes.engine import registry
from processes.engine.execution.failure_sentences import ReportedError
from processes.engine.execution.jobs import claim, create_job, fail, fail_as_told
from processes.engine.execution.steps import StepFailedError
from processes.engine.registry import BpmnError, RefusedError
from processes.engine.store.models import Incident, Job
from processes.platform.logs import json_lines
from processes.register.changes import AuditEvent
from tests.app.onboarding import Employee, chosen, prepare
from tests.app.signing_in import sign_in
from tests.processes.engine.diagrams import delegate, job, process, straight, user
from tests.processes.engine.playing import do, start

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


TYPED: dict[str, Any] = {
    "first": "Li",
    "last": "Bo",
    "phone": "06-12345678",
    "email": "li.bo@x.test",
    "note": "Mijn zoon is ziek",
    "age": 87,
}
HELD = re.compile(r"\bli\b|\bbo\b|06-?1234|li\.bo|zoon is|\b87\b", re.IGNORECASE)


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two delegates that fail with what was typed in their words."""

    def fails(_session: Session, first: str, note: str) -> None:
        message = f"nobody is called {first.upper()}: {note!r}"
        raise LookupError(message)

    def refuses(_session: Session, first: str, age: int) -> None:
        code, told = "vol", f"{first} ({age}) kan er niet bij"
        raise BpmnError(code, told)

    monkeypatch.setattr(registry, "DELEGATES", dict(registry.DELEGATES))
    registry.delegate("fails", title="Kapot")(fails)
    registry.delegate("refuses", title="Weigeren", throws={"vol"})(refuses)


STEPS = {
    "delegate": delegate("b", "fails"),
    "uncaught": delegate("b", "refuses"),
    "expression": user("b", camunda_dueDate="${note}"),
    "key": user("b", camunda_dueDate="${{'x': 1}[first]}"),
    "feel": user("b", camunda_dueDate="= date(first)"),
    "group": user("b", camunda_candidateGroups="${last}"),
    "priority": user("b", camunda_priority="${age * 2 - 87 + 87}"),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.usefixtures("breaking")
def test_nothing_that_was_typed_is_in_what_a_failed_step_leaves(
    app: Flask, client: FlaskClient, session: Session, logged: io.StringIO, step: str
) -> None:
    case = start(session, process(straight(user("a"), STEPS[step], ids=("a", "b"))))
    with pytest.raises(StepFailedError):
        do(session, "a", **TYPED)
    session.commit()
    incident = session.scalars(select(Incident)).one()
    look_for_what_was_typed(app, client, session, logged, f"/beheer/processen/{case.id}", incident)


JOBS = [
    RuntimeError(f"550 {TYPED['email']}: no such user {TYPED['first']}, age 87"),
    BpmnError("vol", "Li Bo kan er niet bij"),
    RefusedError("Het adres van Bo is niet bekend"),
    ReportedError("LI: 87 jaar?", 'at Main.java: {"phone": "06-12345678"}', 0, timedelta(0)),
]


@pytest.mark.parametrize("error", JOBS, ids=lambda each: type(each).__name__)
def test_nothing_that_was_typed_is_in_what_a_failed_job_leaves(
    app: Flask, client: FlaskClient, session: Session, logged: io.StringIO, error: Exception
) -> None:
    start(session, process(straight(job("mail"), ids=("mail",))), **TYPED)
    made = session.scalars(select(Job)).one()
    made.max_attempts = 1
    session.flush()
    claim(session, made.id, owner="w", lease=timedelta(minutes=1))
    if isinstance(error, ReportedError):
        assert fail_as_told(session, made.id, "w", 1, error)
    else:
        assert fail(session, made.id, "w", 1, error)
    session.commit()
    incident = session.scalars(select(Incident)).one()
    assert HELD.findall(made.last_error or "") == []
    look_for_what_was_typed(app, client, session, logged, f"/beheer/taken/{made.id}", incident)


def look_for_what_was_typed(
    app: Flask,
    client: FlaskClient,
    session: Session,
    logged: io.StringIO,
    page: str,
    incident: Incident,
) -> None:
    """In the rows of the incident and the trail, in the log, and on the pages of an operator."""
    assert HELD.findall(f"{incident.message} {without_places(incident.details)}") == []
    trail = [str(each.details) for each in session.scalars(select(AuditEvent))]
    assert HELD.findall(" ".join([*trail, logged.getvalue()])) == []
    sign_in(app, client, Role.OPERATOR)
    for address in ("/beheer", "/beheer/incidenten", f"/beheer/incidenten/{incident.id}", page):
        answer = client.get(address)
        assert answer.status_code == 200, address
        told = re.sub(r"<[^>]*>", " ", answer.text)
        assert HELD.findall(re.sub(r"line \d+|[\d.]+ ?(ms|kB)", "", told)) == [], address


def without_places(trace: str) -> str:
    """The texts of a trace; what the code of a frame says is no value."""
    lines = trace.splitlines()
    return "\n".join(each for each in lines if not each.startswith((PLACE, "    ")))
