"""Fields that an owner adds to the steps of the registration: shown, judged, kept, looked over."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.web.access import Role
from forms.drawn.form import ASKED
from processes.engine.deployment.definitions import deploy
from processes.engine.execution.instances import variables
from processes.engine.store.models import ProcessInstance, UserTask
from tests.app.onboarding import (
    CONTACT,
    DECLARATION,
    Employee,
    chosen,
    field,
    heading,
    prepare,
    step_address,
)
from tests.app.signing_in import sign_in
from tests.processes.engine.diagrams import node, process, straight
from tests.processes.engine.form_fields import field as drawn
from tests.processes.engine.form_fields import form
from workers.vocabulary import vocabulary

DIAGRAM = Path(__file__).parents[3] / "bpmn" / "provider_onboarding.bpmn"
CONSENT = drawn(
    "geeft_toestemming",
    "boolean",
    label="Mogen wij uw logo tonen?",
    required="",
    help="Alleen in de **catalogus**. <script>alert(1)</script>",
)
PEOPLE = drawn("mensen", "long", label="Hoeveel mensen werken er?", min="1")
COMPANY = {"veld_geeft_toestemming": "ja", "veld_mensen": "12"}


def with_fields(xml: str, task: str, *fields: str) -> str:
    """The diagram with fields in the task of this id."""
    return re.sub(rf'(<bpmn:userTask id="{task}"[^>]*>)', lambda at: at[1] + form(*fields), xml)


def place(session: Session, xml: str) -> None:
    deploy(session, xml.encode(), vocabulary=vocabulary(), deployed_by="petra")
    session.commit()


@pytest.fixture
def employee(app: Flask, client: FlaskClient, session: Session) -> Employee:
    prepare(session)
    place(session, with_fields(DIAGRAM.read_text(), "company_details", CONSENT, PEOPLE))
    sign_in(app, client, Role.PROVIDER)
    return Employee(client)


def of_process(session: Session) -> dict[str, object]:
    session.expire_all()
    return variables(session, session.scalars(select(ProcessInstance)).one())


def filled(page: TestResponse, **answers: str) -> dict[str, str]:
    return {**chosen(page), **CONTACT, **COMPANY, "next": "review", **answers}


def test_a_coded_step_asks_the_fields_below_its_own(employee: Employee) -> None:
    page = employee.to_company()
    assert "Mogen wij uw logo tonen?" in page.text
    assert page.text.index('name="contact_name"') < page.text.index('name="veld_mensen"')
    assert "<strong>catalogus</strong>" in page.text
    assert "<script>alert" not in page.text


def test_the_answers_become_variables_and_stand_in_the_review(
    employee: Employee, session: Session
) -> None:
    page = employee.to_company()
    page = employee.answer(page, filled(page))
    assert heading(page) == "Controleer uw aanmelding"
    assert re.search(r"Mogen wij uw logo tonen\?</dt><dd>Ja</dd>", page.text)
    given = of_process(session)
    assert (given["geeft_toestemming"], given["mensen"]) == (True, 12)


def test_a_wrong_answer_keeps_the_page_and_what_was_typed(employee: Employee) -> None:
    page = employee.to_company()
    answers = filled(page, veld_mensen="0")
    del answers["veld_geeft_toestemming"]
    page = employee.answer(page, answers)
    assert page.status_code == 422
    assert page.text.count("Kies ja of nee: Mogen wij uw logo tonen?") == 2
    assert page.text.count("Vul 1 of meer in.") == 2
    assert field(page, "veld_mensen") == "0"


def test_what_is_half_filled_in_is_kept(employee: Employee, session: Session) -> None:
    page = employee.to_company()
    task = session.scalars(select(UserTask).where(UserTask.form_key == "company-details")).one()
    kept = employee.press(page, f"/taken/{task.id}/concept", {"veld_mensen": "twaalf"})
    assert "Bewaard op" in kept.text
    page = employee.open(f"/taken/{task.id}")
    assert field(page, "veld_mensen") == "twaalf"


def test_who_goes_back_finds_it_again(employee: Employee, session: Session) -> None:
    page = employee.to_company()
    page = employee.answer(page, {**COMPANY, "veld_mensen": "12", "next": "back"})
    assert heading(page) == "Voldoet u aan de kwaliteitseisen?"
    assert of_process(session)["mensen"] == 12
    page = employee.answer(page, DECLARATION)
    assert field(page, "veld_mensen") == "12"
    assert chosen(page)["veld_geeft_toestemming"] == "ja"


def test_a_second_submit_of_the_same_page_changes_nothing(
    employee: Employee, session: Session
) -> None:
    page = employee.to_company()
    answers = filled(page)
    employee.answer(page, answers)
    again = employee.answer(page, {**answers, "veld_mensen": "99"})
    assert heading(again) == "Controleer uw aanmelding"
    assert of_process(session)["mensen"] == 12


def test_who_is_too_late_can_copy_what_they_typed(app: Flask, employee: Employee) -> None:
    page = employee.to_company()
    browser = app.test_client()
    sign_in(app, browser, Role.PROVIDER, employee="b" * 64)
    colleague = Employee(browser)
    theirs = colleague.open("/aanmelding")
    employee.answer(page, filled(page))
    late = colleague.answer(theirs, filled(theirs, veld_mensen="77"))
    assert late.status_code == 409
    assert re.search(r"Hoeveel mensen werken er\?</dt><dd>77</dd>", late.text)
    assert re.search(r"Hoeveel mensen werken er\?</dt><dd>12</dd>", late.text)


@pytest.mark.parametrize("task", ["quality_requirements", "review", "requirements_not_met"])
def test_every_step_of_the_provider_can_ask_more(
    app: Flask, client: FlaskClient, session: Session, task: str
) -> None:
    prepare(session)
    place(session, with_fields(DIAGRAM.read_text(), task, CONSENT))
    sign_in(app, client, Role.PROVIDER)
    employee = Employee(client)
    page = employee.begin()
    if task == "requirements_not_met":
        page = employee.answer(page, {**DECLARATION, "requirement_1": "nee"})
    if task == "review":
        page = employee.to_review()
        back = employee.answer(page, {"change": "company"})
        assert heading(back) == "Bedrijfsgegevens en contactpersoon"
        page = employee.answer(back, {**chosen(back), **CONTACT, "next": "review"})
    answers = DECLARATION if task == "quality_requirements" else {}
    refused = employee.answer(page, answers)
    assert refused.status_code == 422
    employee.answer(refused, {**answers, "veld_geeft_toestemming": "nee"})
    assert of_process(session)["geeft_toestemming"] is False


def test_a_task_without_a_form_of_its_own_asks_what_is_drawn(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    task = node(
        "userTask",
        "ask",
        "<bpmn:documentation>Lees dit **eerst**. &lt;b&gt;</bpmn:documentation>" + form(CONSENT),
        camunda_candidateGroups="provider",
    )
    place(session, process(straight(task, ids=("ask",)), "provider_onboarding").decode())
    prepared = sign_in(app, client, Role.PROVIDER)
    employee = Employee(client)
    page = employee.begin()
    assert prepared.kvk
    assert heading(page) == "ask"
    assert "Lees dit <strong>eerst</strong>. &lt;b&gt;" in page.text
    assert "Klaar, verder" in page.text
    employee.answer(page, {"veld_geeft_toestemming": "ja"})
    assert of_process(session)["geeft_toestemming"] is True


def test_a_task_of_a_called_process_has_the_words_of_its_own_diagram(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    def asking(id_: str, words: str) -> str:
        told = f"<bpmn:documentation>{words}</bpmn:documentation>"
        return node("userTask", id_, told + form(CONSENT), camunda_candidateGroups="provider")

    place(session, process(straight(asking("ask", "Van binnen."), ids=("ask",)), "inner").decode())
    call = node("callActivity", "call", calledElement="inner")
    caller = straight(call, asking("ask", "Van buiten."), ids=("call", "ask"))
    place(session, process(caller, "provider_onboarding").decode())
    sign_in(app, client, Role.PROVIDER)
    employee = Employee(client)

    page = employee.begin()
    assert "Van binnen." in page.text
    assert "Van buiten." not in page.text
    page = employee.answer(page, {"veld_geeft_toestemming": "ja"})
    assert "Van buiten." in page.text


def test_a_field_to_read_shows_what_is_known(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    prepare(session)
    told = drawn("mensen", "long", label="Mensen", readonly="")
    xml = with_fields(DIAGRAM.read_text(), "company_details", PEOPLE)
    place(session, with_fields(xml, "review", told))
    sign_in(app, client, Role.PROVIDER)
    employee = Employee(client)
    page = employee.to_company()
    page = employee.answer(page, filled(page))
    assert re.search(r"Mensen</dt><dd>12</dd>", page.text)
    employee.answer(page, {"veld_mensen": "999"})
    assert of_process(session)["mensen"] == 12


def test_a_step_placed_by_a_newer_version_does_not_change_a_running_one(
    employee: Employee, session: Session
) -> None:
    page = employee.to_company()
    place(session, DIAGRAM.read_text().replace("Kwaliteitseisen beantwoorden", "Eisen lezen"))
    page = employee.answer(page, filled(page))
    assert "Mogen wij uw logo tonen?" in page.text


def test_a_field_of_a_task_is_judged_while_it_is_filled_in(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    prepare(session)
    why = drawn("waarom", "string", label="Waarom niet?", visible="${geeft_toestemming == false}")
    fields = with_fields(DIAGRAM.read_text(), "company_details", CONSENT, PEOPLE, why)
    place(session, fields)
    sign_in(app, client, Role.PROVIDER)
    employee = Employee(client)
    page = employee.to_company()
    address = f"{step_address(page)}/veld"
    data = {"csrf_token": field(page, "csrf_token"), "veld_mensen": "nul"}
    told = client.post(address, data=data, headers={"HX-Trigger": "veld_mensen-vak"}).text
    assert "loket-error" in told
    data |= {"veld_geeft_toestemming": "nee"}
    headers = {"HX-Trigger": "veld_geeft_toestemming-vak"}
    assert "Waarom niet?" in client.post(address, data=data, headers=headers).text
    asked = employee.answer(page, filled(page, veld_geeft_toestemming="nee"))
    assert asked.status_code == 422
    assert "er een vraag bij gekomen: Waarom niet?" in asked.text
    seen = {ASKED: field(asked, ASKED), "veld_geeft_toestemming": "nee"}
    done = employee.answer(asked, filled(asked, **seen))
    assert heading(done) == "Controleer uw aanmelding"
