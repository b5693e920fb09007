import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.access import Role
from tests.app.onboarding import CONTACT, DECLARATION, Employee, chosen, heading, prepare
from tests.app.signing_in import sign_in


@pytest.fixture
def employee(app: Flask, client: FlaskClient, session: Session) -> Employee:
    prepare(session)
    sign_in(app, client, Role.PROVIDER)
    return Employee(client)


def test_a_registration_goes_through_its_steps(employee: Employee) -> None:
    page = employee.begin()
    assert heading(page) == "Voldoet u aan de kwaliteitseisen?"
    page = employee.answer(page, DECLARATION)
    assert heading(page) == "Bedrijfsgegevens en contactpersoon"
    assert "Test BV Donald" in page.text
    page = employee.answer(page, {**chosen(page), **CONTACT, "next": "review"})
    assert heading(page) == "Controleer uw aanmelding"
    assert "noor@scholing.example" in page.text
    page = employee.answer(page, {})
    assert heading(page) == "Uw aanmelding is bevestigd"
    assert "nog niet verzonden" in page.text
