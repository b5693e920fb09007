"""The complaint of the guide: a teacher, a registrar and a provider handle it on their pages."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.base import now
from processes.engine.checks.checker import check
from processes.engine.store.models import InstanceStatus, ProcessInstance, UserTask
from processes.register.example_contact import EXAMPLE_CONTACT
from processes.register.providers import providers
from tests.app.begin.complaints import place, send
from tests.app.onboarding import heading
from tests.app.tasks.test_worklist import browser, listed
from workers.vocabulary import vocabulary

GUIDE = Path(__file__).parents[3] / "docs" / "process-owners"
FILES = [GUIDE / f"klacht-{name}.bpmn" for name in ("behandelen", "beantwoorden")]
ADDRESS = "/starten/klacht_behandelen"
PROVIDER, STRANGER = "68750110", "90000017"
STORY, ANSWER = "Wij stonden voor een dichte deur.", "U krijgt uw geld terug."
TYPED = {
    "veld_onderwerp": "De deur was dicht",
    "veld_aanbieder": PROVIDER,
    "veld_soort": "organisatie",
    "veld_verhaal": STORY,
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_examples_of_the_guide_have_nothing_left_to_do(file: Path) -> None:
    findings = check(file.read_bytes(), vocabulary())
    assert {each.rule for each in findings} == {"due-alone"}  # which is information


@pytest.fixture
def complaint(session: Session) -> None:
    """Both processes of the guide, and a provider that is registered."""
    for file in FILES:
        place(session, file.read_bytes())
    providers.register(
        session,
        kvk=PROVIDER,
        reference="AB-2026-PR9EFK",
        company={},
        corrections={"name": "Voorbeeld Academie"},
        display_name="Voorbeeld Academie",
        company_known=False,
        contact=EXAMPLE_CONTACT,
        registered_by="test",
    )
    session.commit()


def only_task(session: Session, name: str) -> UserTask:
    session.expire_all()
    return session.scalars(select(UserTask).where(UserTask.name == name)).one()


@pytest.mark.usefixtures("complaint")
def test_a_complaint_goes_from_teacher_to_registrar_to_provider_and_back(
    app: Flask, session: Session
) -> None:
    teacher = browser(app, session, Role.TEACHER)
    registrar = browser(app, session, Role.REGISTRAR)
    provider = browser(app, session, Role.PROVIDER, kvk=PROVIDER)
    stranger = browser(app, session, Role.PROVIDER, kvk=STRANGER)

    sent = send(teacher.client, teacher.open(ADDRESS), TYPED, address=ADDRESS)
    assert heading(sent) == "Wij hebben het ontvangen"

    assert listed(registrar.open("/taken")) == ["Klacht beoordelen"]
    task = only_task(session, "Klacht beoordelen")
    assert task.due_at is not None
    assert task.due_at - now() > timedelta(days=13)
    page = registrar.at(task)
    assert STORY in page.text
    registrar.press(page, f"/taken/{task.id}", {"decision": "approved"})

    assert listed(stranger.open("/taken")) == []
    assert listed(provider.open("/taken")) == ["Klacht beantwoorden"]
    task = only_task(session, "Klacht beantwoorden")
    assert stranger.at(task).status_code == 404
    page = provider.at(task)
    assert STORY in page.text
    provider.press(page, f"/taken/{task.id}", {"veld_antwoord": ANSWER})

    task = only_task(session, "Antwoord lezen")
    page = teacher.at(task)
    assert ANSWER in page.text
    assert "Later doen" in page.text
    for shared in ("Nog niemand is met deze taak bezig", "Oppakken", "Overdragen"):
        assert shared not in page.text  # the task is this teacher's alone
    teacher.press(page, f"/taken/{task.id}", {})
    cases = session.scalars(select(ProcessInstance)).all()
    assert {case.status for case in cases} == {InstanceStatus.COMPLETED}
    assert {case.process_key: case.tenant for case in cases} == {
        "klacht_behandelen": None,
        "klacht_beantwoorden": PROVIDER,
    }
    assert "Klacht behandelen" in teacher.open("/zaken?lijst=afgesloten").text
    assert "Klacht beantwoorden" in provider.open("/zaken?lijst=afgesloten").text
