"""The forms of a draft, shown before anybody uses them: as they will be, and nothing is kept."""

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.deployment.drafts import ProcessDraft, save_draft
from processes.engine.store.file_models import UploadedFile
from processes.engine.store.models import ProcessInstance
from processes.register.declarations import seed_requirements
from tests.app.begin.complaints import SUBJECT, complaint
from tests.app.onboarding import CONTACT
from tests.app.signing_in import sign_in
from tests.app.tasks.test_drawn_fields import CONSENT, DIAGRAM, PEOPLE, with_fields
from tests.processes.engine.diagrams import node, process, straight
from tests.processes.engine.form_fields import field as drawn
from tests.processes.engine.form_fields import form
from tests.uploaded import PDF
from workers.vocabulary import vocabulary

CODED = {
    "quality_requirements": "Voldoet u aan de kwaliteitseisen?",
    "requirements_not_met": "U voldoet nog niet aan alle eisen",
    "company_details": "Bedrijfsgegevens en contactpersoon",
    "review": "Controleer uw aanmelding",
    "repair_address": "E-mailadres herstellen",
    "assess_company": "Wat is uw oordeel?",
}


@pytest.fixture(autouse=True)
def owner(app: Flask, client: FlaskClient, session: Session) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    seed_requirements(session)
    sign_in(app, client, Role.PROCESS_OWNER)


def kept(session: Session, xml: str) -> str:
    draft = save_draft(session, xml.encode(), vocabulary=vocabulary(), by="petra")
    session.commit()
    return f"/processen/concepten/{draft.id}/formulieren"


@pytest.fixture
def forms(session: Session) -> str:
    return kept(session, with_fields(DIAGRAM.read_text(), "company_details", CONSENT, PEOPLE))


def test_a_file_is_judged_and_not_kept(client: FlaskClient, session: Session) -> None:
    proof = drawn("bewijs", "file", label="Bewijs", required="")
    xml = with_fields(DIAGRAM.read_text(), "review", proof)
    at = f"{kept(session, xml)}/review"
    assert 'enctype="multipart/form-data"' in client.get(at).text
    wrong = client.post(at, data={"veld_bewijs-nieuw": (BytesIO(b"geen"), "a.pdf")})
    assert wrong.text.count("“a.pdf” is geen PDF, JPEG of PNG.") == 2
    right = client.post(at, data={"veld_bewijs-nieuw": (BytesIO(PDF), "a.pdf")})
    assert "Er is niets bewaard" in right.text
    assert "application/pdf" in right.text
    assert session.scalar(select(func.count(UploadedFile.id))) == 0


def test_every_user_task_is_listed_with_the_form_it_gets(client: FlaskClient, forms: str) -> None:
    page = client.get(forms).text
    assert "Bedrijfsgegevens en contactpersoon" in page
    assert page.count(">Bekijken<") == len(CODED)
    assert "<iframe" not in page


def test_the_form_of_one_task_stands_in_a_frame(client: FlaskClient, forms: str) -> None:
    page = client.get(f"{forms}?element=company_details").text
    assert f'<iframe class="loket-formframe" src="{forms}/company_details"' in page


def test_the_editor_can_ask_for_the_list(client: FlaskClient, forms: str) -> None:
    listed = {each["element"]: each for each in client.get(f"{forms}.json").json or []}
    assert listed["company_details"] == {
        "element": "company_details",
        "name": "Bedrijfsgegevens controleren en aanvullen",
        "form_key": "company-details",
        "title": "Bedrijfsgegevens en contactpersoon",
        "fields": 2,
        "href": f"{forms}/company_details",
    }


@pytest.mark.parametrize("element", CODED)
def test_a_coded_form_is_shown_as_its_users_see_it(
    client: FlaskClient, forms: str, element: str
) -> None:
    shown = client.get(f"{forms}/{element}")
    assert CODED[element] in shown.text
    assert "Dit is een voorbeeld met een verzonnen bedrijf" in shown.text
    assert "hx-post" not in shown.text
    assert f'action="{forms}/{element}"' in shown.text


def test_only_pages_of_ours_may_frame_it(client: FlaskClient, forms: str) -> None:
    framed = client.get(f"{forms}/review").headers["Content-Security-Policy"]
    around = client.get(forms).headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in framed
    assert "frame-ancestors 'none'" in around
    assert "frame-src 'self'" in around


def test_the_fields_of_the_diagram_are_in_it_and_can_be_tried(
    client: FlaskClient, session: Session, forms: str
) -> None:
    address = f"{forms}/company_details"
    assert "Mogen wij uw logo tonen?" in client.get(address).text
    wrong = client.post(address, data={"veld_mensen": "0"})
    assert wrong.status_code == 422
    assert "Vul 1 of meer in." in wrong.text
    right = {"display_name": "Voorbeeld Opleidingen", **CONTACT, "next": "review"}
    tried = client.post(address, data={**right, "veld_geeft_toestemming": "ja"})
    assert "Zo komt het in het proces" in tried.text
    assert "<dt>geeft_toestemming</dt><dd>true</dd>" in tried.text
    assert "<dt>mensen</dt><dd>null</dd>" in tried.text
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(ProcessInstance)) == 0
    assert session.scalars(select(ProcessDraft)).one().version == 1


def test_a_task_without_a_coded_form_shows_what_is_drawn(
    client: FlaskClient, session: Session
) -> None:
    said = "<bpmn:documentation>Lees dit **eerst**.</bpmn:documentation>"
    asking = node("userTask", "ask", said + form(CONSENT))
    telling = node("userTask", "tell", said)
    xml = process(straight(asking, telling, ids=("ask", "tell")))
    forms = kept(session, xml.decode())
    listed = client.get(forms).text
    assert "velden uit het diagram" in listed
    assert "toelichting en één knop" in listed
    assert "Mogen wij uw logo tonen?" in client.get(f"{forms}/ask").text
    assert "<strong>eerst</strong>" in client.get(f"{forms}/tell").text


def test_a_start_form_is_shown_too(client: FlaskClient, session: Session) -> None:
    forms = kept(session, complaint(SUBJECT).decode())
    assert "Waar gaat uw klacht over?" in client.get(f"{forms}/begin").text
    tried = client.post(f"{forms}/begin", data={"veld_onderwerp": "De deur was dicht"})
    assert "<dt>onderwerp</dt>" in tried.text


def test_what_does_not_exist_is_not_found(client: FlaskClient, forms: str) -> None:
    assert client.get(f"{forms}/nothing").status_code == 404
    assert client.get(f"{forms}/start").status_code == 404
    other = "/processen/concepten/00000000-0000-4000-8000-000000000000/formulieren"
    assert client.get(other).status_code == 404


def test_a_provider_sees_none_of_it(app: Flask, forms: str) -> None:
    browser = app.test_client()
    sign_in(app, browser, Role.PROVIDER)
    assert browser.get(f"{forms}/review").status_code == 403
