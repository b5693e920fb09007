"""Files with a user task: kept with what was typed, shown to the next person, of the case."""

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.web.access import Role
from processes.engine.execution import instances
from processes.engine.store.file_models import UploadedFile
from processes.engine.store.models import ProcessInstance, UserTask
from tests.app.begin.test_uploads import tokens
from tests.app.onboarding import field, heading, prepare
from tests.app.signing_in import KVK, sign_in
from tests.app.tasks.test_drawn_fields import place
from tests.processes.engine.diagrams import chain, flow, node, process
from tests.processes.engine.form_fields import field as drawn
from tests.processes.engine.form_fields import form
from tests.uploaded import PDF

ASKED = form(
    drawn("titel", "string", label="Titel", required=""),
    drawn("plan", "file", label="Uw plan"),
)
SEEN = form(drawn("plan", "file", label="Het plan", readonly=""))
DIAGRAM = process(
    node("startEvent", "start")
    + node("userTask", "ask", ASKED, camunda_candidateGroups="provider")
    + node("exclusiveGateway", "with_plan", default="with_plan_to_judge")
    + node("userTask", "look", SEEN, camunda_candidateGroups="registrar")
    + node(
        "userTask", "judge", camunda_formKey="review-answers", camunda_candidateGroups="registrar"
    )
    + node("exclusiveGateway", "good", default="good_to_end")
    + node("endEvent", "end")
    + chain("start", "ask", "with_plan", "judge", "good", "end")
    + flow("with_plan", "look", "${plan != null}")
    + flow("look", "judge")
    + flow("good", "ask", "${review_decision == 'returned'}"),
    "aanvraag",
).decode()


@pytest.fixture
def provider(app: Flask, client: FlaskClient, session: Session) -> FlaskClient:
    prepare(session)
    place(session, DIAGRAM)
    instances.start_process(session, "aanvraag", tenant=KVK, started_by="test")
    session.commit()
    sign_in(app, client, Role.PROVIDER)
    return client


@pytest.fixture
def registrar(app: Flask, provider: FlaskClient) -> FlaskClient:  # noqa: ARG001 - after it
    other = app.test_client()
    sign_in(app, other, Role.REGISTRAR)
    return other


def address(session: Session) -> str:
    session.expire_all()
    (task,) = instances.open_user_tasks(session, process_key="aanvraag")
    return f"/taken/{task.id}"


def send(client: FlaskClient, at: str, **typed: object) -> TestResponse:
    page = client.get(at)
    hidden = {
        "csrf_token": field(page, "csrf_token"),
        "submission_id": field(page, "submission_id"),
    }
    given = {name.replace("_nieuw", "-nieuw"): value for name, value in typed.items()}
    return client.post(at, data={**hidden, **given}, follow_redirects=True)


def the_file(session: Session) -> UploadedFile:
    session.expire_all()
    return session.scalars(select(UploadedFile)).one()


def plan(name: str = "plan.pdf", content: bytes = PDF) -> dict[str, object]:
    return {"veld_plan_nieuw": (BytesIO(content), name)}


def test_the_next_person_gets_the_file(
    provider: FlaskClient, registrar: FlaskClient, session: Session
) -> None:
    send(provider, address(session), veld_titel="Rekenen", **plan())
    file = the_file(session)
    assert (file.name, file.sent_at is not None) == ("plan.pdf", True)
    page = registrar.get(address(session))
    link = f'href="/bestanden/{file.id}">plan.pdf (1 kB)</a>'
    assert heading(page) == "look"
    assert link in page.text
    assert registrar.get(f"/bestanden/{file.id}").data == PDF
    page = send(registrar, address(session))
    assert heading(page) == "judge"
    assert link in page.text


def test_a_way_may_depend_on_whether_there_is_a_file(
    provider: FlaskClient, session: Session
) -> None:
    send(provider, address(session), veld_titel="Rekenen")
    task = session.scalars(select(UserTask).where(UserTask.status == "open")).one()
    assert task.element_id == "judge"


def test_a_file_goes_back_for_correction_and_is_replaced(
    provider: FlaskClient, registrar: FlaskClient, session: Session
) -> None:
    send(provider, address(session), veld_titel="Rekenen", **plan())
    send(registrar, address(session))
    typed = {"decision": "returned", "opmerking_plan": "Dit is een oud plan."}
    send(registrar, address(session), **typed)
    page = provider.get(address(session))
    (token,) = tokens(page, "veld_plan")
    assert "plan.pdf (1 kB)" in page.text
    newer = plan("plan.pdf", PDF + b"2")  # of the same size in words
    send(provider, address(session), veld_titel="Rekenen", veld_plan=token, **newer)
    send(registrar, address(session))
    page = registrar.get(address(session))
    assert heading(page) == "judge"
    assert page.text.count(">veranderd<") == 1
    assert "Was: plan.pdf (1 kB)" in page.text
    assert session.scalars(select(func.count(UploadedFile.id))).one() == 2  # what was judged stays


def test_later_keeps_the_file_with_the_draft(
    provider: FlaskClient, registrar: FlaskClient, session: Session
) -> None:
    at = address(session)
    send(provider, at, later="1", veld_titel="Rek", **plan())
    file = the_file(session)
    assert file.sent_at is None
    assert registrar.get(f"/bestanden/{file.id}").status_code == 404
    page = provider.get(at)
    (token,) = tokens(page, "veld_plan")
    assert field(page, "veld_titel") == "Rek"
    send(provider, at, veld_titel="Rekenen", veld_plan=token)
    assert the_file(session).sent_at is not None


def test_later_tells_which_file_is_not_kept(provider: FlaskClient, session: Session) -> None:
    at = address(session)
    page = send(provider, at, later="1", veld_titel="Rek", **plan("plan.pdf", b"geen plan"))
    assert page.status_code == 422
    assert page.text.count("“plan.pdf” is geen PDF, JPEG of PNG.") == 2
    assert "Vul in: Titel" not in page.text
    assert field(provider.get(at), "veld_titel") == "Rek"


def test_saving_while_somebody_types_keeps_what_the_page_carries(
    provider: FlaskClient, session: Session
) -> None:
    at = address(session)
    page = send(provider, at, **plan())
    assert 'hx-params="not veld_plan-nieuw"' in page.text
    (token,) = tokens(page, "veld_plan")
    csrf = field(page, "csrf_token")
    typed = {"csrf_token": csrf, "veld_titel": "R", "veld_plan": token}
    assert provider.post(f"{at}/concept", data=typed).status_code == 200
    assert tokens(provider.get(at), "veld_plan") == [token]


def test_who_comes_too_late_reads_names_of_files(provider: FlaskClient, session: Session) -> None:
    at = address(session)
    page = send(provider, at, **plan())
    (token,) = tokens(page, "veld_plan")
    csrf = field(page, "csrf_token")
    send(provider, at, veld_titel="Rekenen", veld_plan=token)
    late = {"csrf_token": csrf, "veld_titel": "Taal", "veld_plan": token}
    page = provider.post(at, data=late)
    assert page.status_code == 409
    assert page.text.count("plan.pdf (1 kB)") == 2
    assert token not in page.text


def test_the_case_of_the_company_shows_it(provider: FlaskClient, session: Session) -> None:
    send(provider, address(session), veld_titel="Rekenen", **plan())
    case = session.scalars(select(ProcessInstance)).one()
    page = provider.get(f"/zaken/{case.id}")
    assert f'href="/bestanden/{the_file(session).id}">plan.pdf</a>' in page.text
