"""A start event that names a form of Loket: on the pages, and over the API."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import form_answers
from app.web.access import Role
from forms.registry import UserTaskForm, names_of, start_forms
from processes.base import now, set_clock
from processes.engine.execution.instances import variables
from processes.engine.execution.starting import public_start
from processes.engine.store.models import ProcessInstance
from processes.engine.store.start_models import PendingStart
from processes.register.declarations import declaration_of, seed_requirements
from tests.app.api.programs import program
from tests.app.begin.complaints import ADDRESS_OF, KEY, SUBJECT, complaint, place, send
from tests.app.offers.offer_world import a_provider
from tests.app.onboarding import field, heading
from tests.app.signing_in import KVK, sign_in

STARTED_WITH = ' camunda:formKey="company-details"'
DECLARES = ' camunda:formKey="quality-requirements"'
TYPED = {
    "name": "Academie West",
    "street": "Dorpsstraat",
    "house_number": "5",
    "postcode": "1234 AB",
    "city": "Utrecht",
    "contact_name": "Noor de Wit",
    "contact_email": "noor@academie.example",
    "veld_onderwerp": "Een vraag",
}


def started(session: Session) -> dict[str, object]:
    session.expire_all()
    return dict(variables(session, session.scalars(select(ProcessInstance)).one()))


def assert_begun(known: dict[str, object]) -> None:
    company, contact = known["company"], known["contact"]
    assert isinstance(company, dict)
    assert isinstance(contact, dict)
    assert company["facts"]["name"] == "Academie West"
    assert contact["email"] == "noor@academie.example"
    assert known["onderwerp"] == "Een vraag"


def test_the_form_stands_above_the_drawn_fields_and_its_answers_are_told(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, start=STARTED_WITH, review=True))
    sign_in(app, client, Role.TEACHER)
    page = client.get(ADDRESS_OF)
    assert page.text.index("Naam van het bedrijf") < page.text.index("Waar gaat uw klacht over?")
    wrong = send(client, page, {**TYPED, "city": ""})
    assert "Vul de plaats in." in wrong.text
    assert field(wrong, "street") == "Dorpsstraat"
    review = send(client, page, TYPED)
    assert heading(review) == "Controleer uw antwoorden"
    assert "Academie West" in review.text
    receipt = send(client, page, {**TYPED, "klopt": "1"})
    assert heading(receipt) == "Wij hebben het ontvangen"
    assert "Academie West" in receipt.text
    assert "noor@academie.example" in receipt.text
    assert_begun(started(session))


def test_going_back_from_a_start_form_leads_nowhere(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(start=STARTED_WITH))
    sign_in(app, client, Role.TEACHER)
    wrong = send(client, client.get(ADDRESS_OF), {**TYPED, "city": "", "next": "back"})
    assert "Vul de plaats in." in wrong.text


def test_staff_begin_on_behalf_of_a_company_with_such_a_form(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, start=STARTED_WITH, groups="registrar,provider"))
    sign_in(app, client, Role.REGISTRAR)
    page = client.get(f"{ADDRESS_OF}?aanbieder={a_provider(session).kvk}")
    assert page.text.count("Namens") == 1
    assert "Test BV Donald" in page.text  # what the trade register knows of the one that was chosen
    send(client, page, {**TYPED, "company": KVK, "display_name": "Test BV Donald"})
    known = started(session)
    assert "Test BV Donald" in str(known["company"])
    assert known["onderwerp"] == "Een vraag"
    assert session.scalars(select(ProcessInstance.tenant)).one() == KVK


def test_what_a_company_declares_at_a_start_is_kept_by_the_register(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    seed_requirements(session)
    place(session, complaint(start=DECLARES, groups="provider"))
    sign_in(app, client, Role.PROVIDER)
    page = client.get(ADDRESS_OF)
    names = {each for each in page.text.split('"') if each.startswith("requirement_")}
    numbers = {"_".join(each.split("_")[:2]).split("-")[0] for each in names}
    answers = dict.fromkeys(numbers, "ja") | {"complaints_url": "https://klacht.example"}
    receipt = send(client, page, {**answers, "set_version": field(page, "set_version")})
    assert heading(receipt) == "Wij hebben het ontvangen", receipt.text
    declared = declaration_of(session, KVK)
    assert declared is not None
    assert set(declared.answers.values()) == {"ja"}


def test_a_visitor_fills_it_in_and_sees_it_before_confirming(
    client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, start=STARTED_WITH, groups="public"))
    public_start.turn(session, [KEY], is_open=True, by="beheer")
    session.commit()
    address = f"/processen/{KEY}/openbaar"
    page = client.get(address)
    moment = now() + timedelta(seconds=10)
    set_clock(lambda: moment)
    hidden = ("csrf_token", "submission_id", "version", "sinds")
    data = {name: field(page, name) for name in hidden} | TYPED
    client.post(address, data={**data, "email": "bezoeker@voorbeeld.example"})
    session.expire_all()
    pending = session.scalars(select(PendingStart)).one()
    assert_begun(dict(pending.answers))


def test_a_program_is_told_what_it_asks_and_fills_it_in(
    client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, start=STARTED_WITH))
    sender = program(client, session, processes=[KEY])
    headers = {"Authorization": f"Bearer {sender.token}"}
    told = client.get(f"/api/v1/processen/{KEY}", headers=headers).json
    assert told is not None
    assert told["form"] == "company-details"
    asked = {each["pointer"]: each["required"] for each in told["asks"]}
    assert asked["#/variables/company/facts/city"]
    assert not asked["#/variables/contact/public"]
    facts = {name: TYPED[name] for name in ("name", "street", "house_number", "postcode", "city")}
    given = {
        "company": {"facts": facts},
        "contact": {"name": "Noor", "email": TYPED["contact_email"], "public": True},
        "onderwerp": "Een vraag",
    }
    wrong = sender.post(f"processen/{KEY}", {"variables": {**given, "contact": {"public": "ja"}}})
    assert {each["pointer"] for each in wrong.json["errors"]} == {  # type: ignore[index]
        "#/variables/contact/public",
        "#/variables/contact/name",
        "#/variables/contact/email",
    }
    assert sender.post(f"processen/{KEY}", {"variables": given}).status_code == 200
    known = started(session)
    assert_begun(known)
    assert known["contact"]["public"] is True  # type: ignore[index]


def test_no_start_form_has_a_field_that_a_page_of_a_start_asks_itself() -> None:
    of_pages = {"company", "email", "bijnaam", "key", "values", "begin_at"}
    assert {key for key, form in start_forms().items() if names_of(form) & of_pages} == set()


def test_a_form_of_a_page_alone_is_told_to_a_program_and_refused_when_it_begins(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(form_answers, "start_form_class", lambda *_: UserTaskForm)
    place(session, complaint(SUBJECT, start=STARTED_WITH))
    sender = program(client, session, processes=[KEY])
    headers = {"Authorization": f"Bearer {sender.token}"}
    told = client.get(f"/api/v1/processen/{KEY}", headers=headers)
    assert told.status_code == 200
    assert told.json is not None
    assert (told.json["form"], told.json["asks"]) == ("company-details", [])
    assert sender.post(f"processen/{KEY}", {"variables": {}}).status_code == 400
