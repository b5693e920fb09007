"""What a provider reads of how far the registration is."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.base import set_clock
from processes.engine.execution import instances
from processes.engine.repair import suspension
from processes.engine.store.models import (
    ActivityInstance,
    InstanceStatus,
    ProcessInstance,
    TaskStatus,
)
from tests.app.onboarding import DECLARATION, Employee, prepare
from tests.app.signing_in import sign_in

PAGE = "/aanmelding/voortgang"
MONDAY = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def employee(app: Flask, client: FlaskClient, session: Session) -> Employee:
    prepare(session)
    sign_in(app, client, Role.PROVIDER)
    return Employee(client)


def items(page: str, state: str) -> list[str]:
    found = html.fromstring(page)
    path = f"//li[contains(@class, 'timeline__item--{state}')]/p[1]"
    elements: list[html.HtmlElement] = list(found.xpath(path))
    return [" ".join(each.text_content().split()) for each in elements]


def test_before_the_registration_there_is_nothing_to_tell(employee: Employee) -> None:
    assert employee.client.get(PAGE).location == "/aanmelding"


def test_done_now_and_next(employee: Employee) -> None:
    employee.to_company()
    page = employee.client.get(PAGE).text
    assert items(page, "done") == ["Aanmelding begonnen", "Kwaliteitseisen beantwoorden"]
    assert items(page, "now") == ["Bedrijfsgegevens controleren en aanvullen nu"]
    assert items(page, "next")[:2] == [
        *("Aanmelding nakijken en bevestigen", "Aanbieder registreren")
    ]
    assert "u of een collega" in page
    assert "gaat vanzelf" in page
    assert "Verdergaan" in page


def test_after_the_confirmation_the_provider_need_do_nothing(employee: Employee) -> None:
    employee.register()
    page = employee.client.get(PAGE).text
    assert "U hoeft nu niets te doen" in page
    assert "Bevestiging per e-mail versturen nu" in items(page, "now")


def test_a_registration_that_was_stopped_says_so(employee: Employee, session: Session) -> None:
    employee.begin()
    (one,) = session.query(ProcessInstance).all()
    instances.cancel(session, one.id, by="olga")
    session.commit()
    page = employee.client.get(PAGE).text
    assert "is gestopt" in page
    assert items(page, "now") == []


def test_a_registration_that_is_held_says_so_everywhere(
    employee: Employee, session: Session
) -> None:
    step = employee.begin()
    (one,) = session.query(ProcessInstance).all()
    suspension.suspend(session, one.id)
    session.commit()
    for page in (employee.open(PAGE), employee.open("/aanmelding")):
        assert "staat even stil" in page.text
        assert "kunt nu niet verder" in page.text
        assert "U hoeft nu niets te doen" not in page.text
    sent = employee.answer(step, DECLARATION)
    assert sent.status_code == 409
    assert "staat even stil" in sent.text
    assert "al afgerond" not in sent.text
    assert DECLARATION["complaints_url"] in sent.text


def test_a_date_is_only_told_when_enough_others_went_before(
    employee: Employee, session: Session
) -> None:
    employee.begin()
    assert "Wanneer bent u klaar?" not in employee.client.get(PAGE).text

    for number in range(20):
        set_clock(lambda: MONDAY)
        other = instances.start_process(
            session, "provider_onboarding", business_key=f"{number}", started_by="test"
        )
        other.status, other.ended_at = InstanceStatus.COMPLETED, MONDAY
        _passed(session, other, timedelta(days=number + 1))
    set_clock(None)
    session.commit()

    page = employee.client.get(PAGE).text
    assert "Wanneer bent u klaar?" in page
    assert "kans van 9 op 10" in page


def _passed(session: Session, instance: ProcessInstance, took: timedelta) -> None:
    (task,) = instances.open_user_tasks(session, business_key=instance.business_key)
    task.status = TaskStatus.COMPLETED
    instance.ended_at = MONDAY + took
    session.add(
        ActivityInstance(
            id=task.id,
            instance_id=instance.id,
            element_id=task.element_id,
            element_type="userTask",
            name=task.name,
            entered_at=MONDAY,
            left_at=MONDAY + took,
            result="completed",
            actor=None,
        )
    )


def test_every_step_leads_to_it(employee: Employee) -> None:
    for page in (employee.begin(), employee.to_company()):
        assert PAGE in page.text


def test_nobody_sees_the_progress_of_another_company(app: Flask, employee: Employee) -> None:
    employee.begin()
    sign_in(app, employee.client, Role.PROVIDER, kvk="99999990")
    assert employee.client.get(PAGE).location == "/aanmelding"
