"""People begin a process: who may, the start form, one case for each submission, the receipt."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth.sessions import cookie_name
from app.begin import receipt
from app.web.access import Role, User
from processes.base import now
from processes.engine.execution.events.messages import send_message
from processes.engine.execution.instances import variables
from processes.engine.execution.starting import beginning
from processes.engine.store.models import Incident, InstanceStatus, Job, ProcessInstance, UserTask
from processes.engine.store.start_models import BegunCase, ProcessStartRight
from processes.register.changes import AuditEvent
from processes.register.mail import MailStatus, OutgoingMail
from processes.register.providers.web_sessions import WebSession
from tests.app.begin.complaints import (
    ADDRESS,
    ADDRESS_OF,
    KEY,
    STORY,
    SUBJECT,
    complaint,
    place,
    send,
)
from tests.app.onboarding import field, heading
from tests.app.signing_in import ISSUER, KVK, sign_in, sign_in_as
from tests.processes.engine.diagrams import chain, define, message, node
from tests.processes.engine.form_fields import field as drawn
from tests.processes.engine.form_fields import value

TYPED = {"veld_onderwerp": "De cursus ging niet door", "veld_verhaal": "Er was niemand."}
OTHER = "12345678"
COLUMNS = ("recipient", "kind", "message_id", "subject", "text", "html")
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def instances(session: Session) -> list[ProcessInstance]:
    session.expire_all()
    return list(session.scalars(select(ProcessInstance).order_by(ProcessInstance.started_at)))


@pytest.fixture
def teacher(app: Flask, client: FlaskClient, session: Session) -> FlaskClient:
    place(session, complaint(SUBJECT, STORY, ADDRESS))
    sign_in(app, client, Role.TEACHER)
    return client


# -- who may


def test_the_list_shows_what_this_role_may_begin(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT))
    sign_in(app, client, Role.TEACHER)
    page = client.get("/starten")
    assert f'href="{ADDRESS_OF}"' in page.text
    assert "<strong>binnen een week</strong>" in page.text
    other = app.test_client()
    sign_in(app, other, Role.PROVIDER)
    page = other.get("/starten")
    assert "Klacht behandelen" not in page.text
    assert "Er is nu niets om te beginnen" in page.text


@pytest.mark.parametrize("role", list(Role))
def test_every_role_may_be_drawn_as_a_starter(
    app: Flask, client: FlaskClient, session: Session, role: Role
) -> None:
    place(session, complaint(SUBJECT, groups=role))
    sign_in(app, client, role)
    assert "Klacht behandelen" in client.get("/starten").text
    page = send(client, client.get(ADDRESS_OF), TYPED)
    assert heading(page) == "Wij hebben het ontvangen"


def test_who_is_not_drawn_may_not_begin_by_the_address_either(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, groups="registrar"))
    sign_in(app, client, Role.TEACHER)
    assert client.get(ADDRESS_OF).status_code == 404
    app.config["WTF_CSRF_ENABLED"] = False
    sent = client.post(ADDRESS_OF, data={"version": "1", "submission_id": str(uuid4()), **TYPED})
    assert sent.status_code == 404
    assert "Waar gaat uw klacht over?" not in sent.text
    assert instances(session) == []


USERS = ' camunda:candidateStarterUsers="registrar, iemand"'


def test_an_account_of_staff_may_be_drawn_as_a_starter(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    """By the name of the account at the login, which nobody chooses; never by the name shown."""
    place(session, complaint(SUBJECT, groups="", process=USERS))
    sign_in(app, client, Role.REGISTRAR)
    assert "Klacht behandelen" in client.get("/starten").text
    page = send(client, client.get(ADDRESS_OF), TYPED)
    assert heading(page) == "Wij hebben het ontvangen"


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.TEACHER, Role.PROVIDER])
def test_another_account_may_not_begin(
    app: Flask, client: FlaskClient, session: Session, role: Role
) -> None:
    """A teacher or a provider neither, were their account called the same."""
    place(session, complaint(SUBJECT, groups="", process=USERS))
    name = "registrar" if role is not Role.OPERATOR else "operator"
    user = User(uuid4(), "registrar", frozenset({role}), ISSUER, name, kvk=KVK, loa="loa3")
    sign_in_as(app, client, user)
    assert "Klacht behandelen" not in client.get("/starten").text
    assert client.get(ADDRESS_OF).status_code == 404


def test_a_decision_table_is_nothing_to_begin(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    table = f'<definitions xmlns="{DMN}" id="d" name="d"/>'
    define(session, table.encode(), "decision:tabel")
    session.commit()
    sign_in(app, client, Role.TEACHER)
    assert client.get("/starten/decision:tabel").status_code == 404


def test_nobody_begins_what_names_no_starters(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, groups=""))
    sign_in(app, client, Role.PROCESS_OWNER)
    assert client.get(ADDRESS_OF).status_code == 404


def test_a_hidden_process_is_not_listed_and_can_be_begun(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, process=' camunda:isStartableInTasklist="false"'))
    sign_in(app, client, Role.TEACHER)
    assert "Klacht behandelen" not in client.get("/starten").text
    assert client.get(ADDRESS_OF).status_code == 200


def test_only_the_newest_version_counts(app: Flask, client: FlaskClient, session: Session) -> None:
    place(session, complaint(SUBJECT, groups="teacher"))
    place(session, complaint(SUBJECT, groups="registrar"))
    sign_in(app, client, Role.TEACHER)
    assert "Klacht behandelen" not in client.get("/starten").text
    assert client.get(ADDRESS_OF).status_code == 404
    place(session, complaint(SUBJECT, STORY, groups="teacher"))
    assert client.get(ADDRESS_OF).status_code == 200


def test_a_deployment_of_the_same_content_grants_again(session: Session) -> None:
    definition = place(session, complaint(SUBJECT))
    for right in session.scalars(select(ProcessStartRight)):
        session.delete(right)
    session.commit()
    assert place(session, complaint(SUBJECT)).id == definition.id
    assert [each.group for each in session.scalars(select(ProcessStartRight))] == ["teacher"]


def test_a_right_that_was_taken_away_meanwhile_loses_nothing_that_was_typed(
    teacher: FlaskClient, session: Session
) -> None:
    page = teacher.get(ADDRESS_OF)
    place(session, complaint(SUBJECT, STORY, groups="registrar"))
    answer = send(teacher, page, TYPED)
    assert answer.status_code == 403
    assert "U mag dit niet meer beginnen" in answer.text
    assert field(answer, "veld_onderwerp") == TYPED["veld_onderwerp"]
    assert instances(session) == []


# -- the start form


def test_the_answers_are_the_first_variables(teacher: FlaskClient, session: Session) -> None:
    page = teacher.get(ADDRESS_OF)
    assert heading(page) == "Klacht behandelen"
    page = send(teacher, page, TYPED)
    (instance,) = instances(session)
    given = variables(session, instance)
    assert (given["onderwerp"], given["verhaal"], given["adres"]) == (
        "De cursus ging niet door",
        "Er was niemand.",
        None,
    )
    assert (instance.tenant, instance.started_by) == (None, "Test teacher")
    assert given["reference"] in page.text


def test_a_wrong_answer_keeps_what_was_typed(teacher: FlaskClient, session: Session) -> None:
    page = send(teacher, teacher.get(ADDRESS_OF), {"veld_verhaal": "Er was niemand."})
    assert page.status_code == 422
    assert "Beantwoord de vraag: Waar gaat uw klacht over?" in page.text
    assert "Er was niemand." in page.text
    assert instances(session) == []


def test_fields_that_are_not_drawn_become_no_variables(
    teacher: FlaskClient, session: Session
) -> None:
    more = {"veld_kvk": OTHER, "kvk": OTHER, "tenant": OTHER, "reference": "ZK-1", "company": OTHER}
    send(teacher, teacher.get(ADDRESS_OF), {**TYPED, **more})
    (instance,) = instances(session)
    assert instance.tenant is None
    given = variables(session, instance)
    assert "kvk" not in given
    assert given["reference"].startswith("ZK-2")


def test_the_initiator_is_kept_by_an_opaque_reference(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, start=' camunda:initiator="indiener"'))
    user = sign_in(app, client, Role.TEACHER)
    send(client, client.get(ADDRESS_OF), TYPED)
    (instance,) = instances(session)
    assert variables(session, instance)["indiener"] == f"teacher:{user.id}"


def test_the_review_comes_before_anything_begins(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, STORY, review=True))
    sign_in(app, client, Role.TEACHER)
    review = send(client, client.get(ADDRESS_OF), TYPED)
    assert heading(review) == "Controleer uw antwoorden"
    assert TYPED["veld_onderwerp"] in review.text
    assert instances(session) == []
    typed = {name: field(review, name) for name in TYPED}
    back = send(client, review, {**typed, "wijzigen": "1"})
    assert back.status_code == 200
    assert field(back, "veld_onderwerp") == TYPED["veld_onderwerp"]
    assert instances(session) == []
    page = send(client, review, {**typed, "klopt": "1"})
    assert heading(page) == "Wij hebben het ontvangen"
    assert len(instances(session)) == 1


def test_a_review_that_is_claimed_does_not_replace_the_checks(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, review=True))
    sign_in(app, client, Role.TEACHER)
    page = send(client, client.get(ADDRESS_OF), {"klopt": "1"})
    assert page.status_code == 422
    assert instances(session) == []


def test_what_was_typed_after_the_session_ended_comes_back(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT))
    user = sign_in(app, client, Role.TEACHER)
    page = client.get(ADDRESS_OF)
    for ended in session.scalars(select(WebSession)):
        ended.seen_at = now() - timedelta(hours=3)
    session.commit()
    name = cookie_name(app.config["LOKET_SETTINGS"])
    former = client.get_cookie(name)
    assert former
    assert "Inloggen" in send(client, page, TYPED).text
    sign_in_as(app, client, user, cookies={name: former.value})
    assert field(client.get(ADDRESS_OF), "veld_onderwerp") == TYPED["veld_onderwerp"]
    assert instances(session) == []


# -- one case for each submission


def test_a_double_click_is_one_case(teacher: FlaskClient, session: Session) -> None:
    page = teacher.get(ADDRESS_OF)
    first = send(teacher, page, TYPED)
    again = send(teacher, page, {**TYPED, "veld_verhaal": "Iets anders"})
    assert heading(again) == "Wij hebben het ontvangen"
    assert reference(again.text) == reference(first.text)
    assert len(instances(session)) == 1


def reference(text: str) -> str:
    found = re.search(r"ZK-\d{4}-[0-9A-Z]{6}", text)
    assert found, text
    return found[0]


def test_the_same_form_opened_again_is_another_case(teacher: FlaskClient, session: Session) -> None:
    send(teacher, teacher.get(ADDRESS_OF), TYPED)
    send(teacher, teacher.get(ADDRESS_OF), TYPED)
    assert len(instances(session)) == 2


def test_a_submission_of_somebody_else_shows_nothing(
    app: Flask, teacher: FlaskClient, session: Session
) -> None:
    page = teacher.get(ADDRESS_OF)
    send(teacher, page, TYPED)
    other = app.test_client()
    sign_in(app, other, Role.REGISTRAR)
    case = session.scalars(select(BegunCase)).one()
    assert other.get(f"/starten/ontvangst/{case.submission_id}").status_code == 404
    assert other.get(f"/starten/ontvangst/{uuid4()}").status_code == 404


def test_a_version_that_no_column_holds_is_another_version(
    teacher: FlaskClient, session: Session
) -> None:
    answer = send(teacher, teacher.get(ADDRESS_OF), {**TYPED, "version": "9" * 30})
    assert answer.status_code == 409
    assert instances(session) == []


def test_a_version_that_was_deployed_meanwhile_is_looked_at_first(
    teacher: FlaskClient, session: Session
) -> None:
    page = teacher.get(ADDRESS_OF)
    place(session, complaint(SUBJECT, drawn("sinds", "date", label="Sinds wanneer?", required="")))
    answer = send(teacher, page, TYPED)
    assert answer.status_code == 409
    assert "Dit formulier is net veranderd" in answer.text
    assert field(answer, "veld_onderwerp") == TYPED["veld_onderwerp"]
    assert re.search(r"Wat is er gebeurd\?</dt><dd>Er was niemand\.</dd>", answer.text)
    assert instances(session) == []
    done = send(teacher, answer, {**TYPED, "veld_sinds": "1-9-2026"})
    assert heading(done) == "Wij hebben het ontvangen"


# -- company and business key


def test_a_case_of_a_provider_belongs_to_its_company(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, groups="provider"))
    sign_in(app, client, Role.PROVIDER)
    send(client, client.get(ADDRESS_OF), {**TYPED, "company": OTHER, "kvk": OTHER})
    (instance,) = instances(session)
    assert instance.tenant == KVK
    assert variables(session, instance)["kvk"] == KVK


def test_a_colleague_sees_the_receipt_and_another_company_does_not(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, groups="provider"))
    sign_in(app, client, Role.PROVIDER)
    send(client, client.get(ADDRESS_OF), TYPED)
    case = session.scalars(select(BegunCase)).one()
    address = f"/starten/ontvangst/{case.submission_id}"
    colleague, stranger = app.test_client(), app.test_client()
    sign_in(app, colleague, Role.PROVIDER, employee="b" * 64)
    sign_in(app, stranger, Role.PROVIDER, kvk=OTHER, employee="c" * 64)
    assert case.reference in colleague.get(address).text
    assert stranger.get(address).status_code == 404


def test_one_runs_already_shows_that_one(app: Flask, client: FlaskClient, session: Session) -> None:
    place(session, complaint(SUBJECT, groups="provider", business_key="${kvk}"))
    sign_in(app, client, Role.PROVIDER)
    first = send(client, client.get(ADDRESS_OF), TYPED)
    second = send(client, client.get(ADDRESS_OF), {"veld_onderwerp": "Nog iets"})
    assert second.status_code == 409
    assert "Dit loopt al" in second.text
    assert reference(first.text) in second.text
    assert f'href="/zaken/{instances(session)[0].id}"' in second.text
    assert field(second, "veld_onderwerp") == "Nog iets"
    assert [each.business_key for each in instances(session)] == [KVK]


def test_a_running_case_of_somebody_else_is_told_without_its_reference(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, business_key="${onderwerp}"))
    sign_in(app, client, Role.TEACHER)
    first = send(client, client.get(ADDRESS_OF), TYPED)
    other = app.test_client()
    sign_in(app, other, Role.TEACHER)
    second = send(other, other.get(ADDRESS_OF), TYPED)
    assert second.status_code == 409
    assert reference(first.text) not in second.text


def test_after_its_end_the_business_key_is_free(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, groups="provider", business_key="${kvk}"))
    sign_in(app, client, Role.PROVIDER)
    send(client, client.get(ADDRESS_OF), TYPED)
    (instance,) = instances(session)
    instance.status = InstanceStatus.CANCELLED
    session.commit()
    assert heading(send(client, client.get(ADDRESS_OF), TYPED)) == "Wij hebben het ontvangen"


def test_without_a_rule_each_case_has_a_key_of_its_own(
    teacher: FlaskClient, session: Session
) -> None:
    send(teacher, teacher.get(ADDRESS_OF), TYPED)
    send(teacher, teacher.get(ADDRESS_OF), TYPED)
    assert len({each.business_key for each in instances(session)}) == 2


def test_an_empty_answer_gives_no_business_key(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, STORY, business_key="${verhaal}"))
    sign_in(app, client, Role.TEACHER)
    page = send(client, client.get(ADDRESS_OF), {"veld_onderwerp": "Zonder verhaal"})
    assert page.status_code == 422
    assert "Met deze antwoorden kan dit niet beginnen" in page.text
    assert field(page, "veld_onderwerp") == "Zonder verhaal"
    assert instances(session) == []


def test_a_process_may_begin_by_a_form_and_by_a_message(
    teacher: FlaskClient, session: Session
) -> None:
    begins = node("startEvent", "bericht", message("binnen"))
    place(session, complaint(SUBJECT, body=begins + chain("bericht", "beoordelen")))
    send(teacher, teacher.get(ADDRESS_OF), TYPED)
    send_message(session, "binnen", correlation_key="k1", variables={"onderwerp": "per post"})
    session.commit()
    given = [variables(session, each)["onderwerp"] for each in instances(session)]
    assert given == [TYPED["veld_onderwerp"], "per post"]


# -- limits, receipt, trail


def test_who_begins_a_lot_is_asked_to_wait(
    teacher: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beginning, "MOST_AN_HOUR", 1)
    send(teacher, teacher.get(ADDRESS_OF), TYPED)
    page = send(teacher, teacher.get(ADDRESS_OF), TYPED)
    assert page.status_code == 429
    assert field(page, "veld_onderwerp") == TYPED["veld_onderwerp"]
    case = session.scalars(select(BegunCase)).one()
    case.begun_at = now() - beginning.HOUR
    session.commit()
    assert heading(send(teacher, page, TYPED)) == "Wij hebben het ontvangen"


def test_a_company_has_a_limit_of_open_cases(
    app: Flask, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beginning, "MOST_OPEN", 1)
    place(session, complaint(SUBJECT, groups="provider"))
    sign_in(app, client, Role.PROVIDER)
    send(client, client.get(ADDRESS_OF), TYPED)
    page = send(client, client.get(ADDRESS_OF), TYPED)
    assert page.status_code == 429
    assert "vijftig zaken open" in page.text
    other = app.test_client()
    sign_in(app, other, Role.PROVIDER, kvk=OTHER, employee="c" * 64)
    assert heading(send(other, other.get(ADDRESS_OF), TYPED)) == "Wij hebben het ontvangen"


def test_the_receipt_is_a_copy_and_goes_by_mail(teacher: FlaskClient, session: Session) -> None:
    typed = {**TYPED, "veld_adres": "leraar@school.example"}
    page = send(teacher, teacher.get(ADDRESS_OF), typed)
    assert "leraar@school.example" in page.text
    assert re.search(r"Wat is er gebeurd\?</dt><dd>Er was niemand\.</dd>", page.text)
    (job,) = session.scalars(select(Job).where(Job.topic == "send-receipt"))
    assert job.arguments["submission_id"] in page.request.path


def test_a_receipt_that_came_back_is_told_on_its_page(
    teacher: FlaskClient, session: Session
) -> None:
    typed = {**TYPED, "veld_adres": "leraar@school.example"}
    address = send(teacher, teacher.get(ADDRESS_OF), typed).request.path
    assert "kwam niet aan" not in teacher.get(address).text
    (job,) = session.scalars(select(Job).where(Job.topic == "send-receipt"))
    refused: dict[str, Any] = {"status": MailStatus.REFUSED, "kvk": None}
    texts: dict[str, Any] = dict.fromkeys(COLUMNS, "x")
    session.add(OutgoingMail(key=job.idempotency_key, **refused, **texts))
    session.commit()
    page = teacher.get(address).text
    assert "De e-mail kwam niet aan" in page
    assert "Bewaar of druk deze pagina af." in page
    assert "Wij sturen een ontvangstbevestiging" not in page
    assert "Wijzig het adres" not in page  # there is no contact person of a teacher


def test_a_company_whose_receipt_came_back_is_shown_where_to_mend_its_address(
    app: Flask, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipt, "is_refused", lambda *_given: True)
    place(session, complaint(SUBJECT, groups="provider"))
    sign_in(app, client, Role.PROVIDER)
    page = send(client, client.get(ADDRESS_OF), TYPED).text
    assert re.search(r'<a href="/bedrijf[^"]*">Wijzig het adres</a>', page)


def test_without_an_address_no_mail_is_promised(teacher: FlaskClient, session: Session) -> None:
    page = send(teacher, teacher.get(ADDRESS_OF), TYPED)
    assert "ontvangstbevestiging" not in page.text
    assert session.scalars(select(Job)).all() == []


def test_who_has_the_first_task_goes_on_from_the_receipt(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, groups="registrar, teacher"))
    for role, goes_on in (Role.REGISTRAR, True), (Role.TEACHER, False):
        sign_in(app, client, role)
        page = send(client, client.get(ADDRESS_OF), TYPED)
        task = session.scalars(select(UserTask).order_by(UserTask.opened_at.desc())).first()
        assert task is not None
        assert (f'href="/taken/{task.id}"' in page.text) is goes_on
        assert ("U bent nu aan de beurt" in page.text) is goes_on


def test_the_trail_tells_what_was_refused_and_why(
    teacher: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beginning, "MOST_AN_HOUR", 1)
    for _time in range(2):
        send(teacher, teacher.get(ADDRESS_OF), TYPED)
    event = session.scalars(select(AuditEvent).filter_by(action="start-refused")).one()
    assert (event.actor, event.subject) == ("Test teacher", f"process:{KEY}")
    assert event.details == {"reason": "many-begun"}


def test_the_trail_tells_who_began(teacher: FlaskClient, session: Session) -> None:
    page = send(teacher, teacher.get(ADDRESS_OF), TYPED)
    event = session.scalars(select(AuditEvent).filter_by(action="process-started")).one()
    assert (event.actor, event.subject) == ("Test teacher", f"process:{KEY}")
    assert event.details == {"reference": reference(page.text)}


def test_a_first_step_that_fails_leaves_an_incident_and_what_was_typed(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    xml = complaint(SUBJECT).decode()
    xml = xml.replace(chain("begin", "beoordelen"), chain("begin", "kies"))
    condition = "<bpmn:conditionExpression>${onderwerp &gt; 3}</bpmn:conditionExpression>"
    body = node("exclusiveGateway", "kies") + (
        '<bpmn:sequenceFlow id="x" sourceRef="kies" targetRef="beoordelen">'
        f"{condition}</bpmn:sequenceFlow>"
        '<bpmn:sequenceFlow id="y" sourceRef="kies" targetRef="eind">'
        f"{condition}</bpmn:sequenceFlow>"
    )
    place(session, xml.replace("</bpmn:process>", f"{body}</bpmn:process>").encode())
    sign_in(app, client, Role.TEACHER)
    page = send(client, client.get(ADDRESS_OF), TYPED)
    assert page.status_code == 500
    assert field(page, "veld_onderwerp") == TYPED["veld_onderwerp"]
    assert instances(session) == []
    assert session.scalars(select(Incident)).one().element_id == "kies"
    assert session.scalars(select(BegunCase)).all() == []


# -- fields of the diagram


KIND = drawn("soort", "enum", value("cursus"), value("anders"), label="Wat voor klacht is het?")
WHICH = drawn("welke", "string", label="Welke dan?", required="", visible="${soort == 'anders'}")


def check(client: FlaskClient, page: TestResponse, name: str, **typed: str) -> str:
    """What htmx gets when this field changed."""
    data = {"csrf_token": field(page, "csrf_token"), **typed}
    answer = client.post(f"{ADDRESS_OF}/veld", data=data, headers={"HX-Trigger": f"{name}-vak"})
    assert answer.status_code == 200
    return answer.text


def test_a_question_that_appears_is_asked_before_anything_begins(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(KIND, WHICH))
    sign_in(app, client, Role.TEACHER)
    page = client.get(ADDRESS_OF)
    assert "Welke dan?" not in page.text
    answer = send(client, page, {"veld_soort": "anders"})
    assert answer.status_code == 422
    assert 'name="veld_welke"' in answer.text
    done = send(client, answer, {"veld_soort": "anders", "veld_welke": "De lunch"})
    assert heading(done) == "Wij hebben het ontvangen"
    (instance,) = instances(session)
    assert variables(session, instance)["welke"] == "De lunch"


def test_what_is_not_asked_stands_in_no_copy(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(KIND, WHICH))
    sign_in(app, client, Role.TEACHER)
    page = send(client, client.get(ADDRESS_OF), {"veld_soort": "cursus", "veld_welke": "geheim"})
    assert "Welke dan?" not in page.text
    (instance,) = instances(session)
    assert variables(session, instance)["welke"] is None


def test_the_browser_is_told_of_a_mistake_and_of_a_question_that_appears(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    people = drawn("mensen", "long", label="Hoeveel mensen?", min="1")
    place(session, complaint(KIND, WHICH, people))
    sign_in(app, client, Role.TEACHER)
    page = client.get(ADDRESS_OF)
    assert f'hx-post="{ADDRESS_OF}/veld"' in page.text
    told = check(client, page, "veld_mensen", veld_mensen="0")
    assert "Vul 1 of meer in." in told
    assert "Welke dan?" not in told
    told = check(client, page, "veld_soort", veld_soort="anders")
    assert re.search(r'id="veld_welke-vak"[^>]*hx-swap-oob="true"', told)
    assert "Welke dan?" in told
    assert "Vul in" not in told
    assert instances(session) == []


def test_only_who_may_begin_has_a_field_judged(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(KIND))
    sign_in(app, client, Role.TEACHER)
    app.config["WTF_CSRF_ENABLED"] = False
    assert client.post(f"{ADDRESS_OF}/veld").status_code == 200
    other = app.test_client()
    sign_in(app, other, Role.REGISTRAR)
    assert other.post(f"{ADDRESS_OF}/veld").status_code == 404


def test_a_form_opens_with_the_company_and_with_earlier_answers(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    name = drawn("naam", "string", label="Naam", prefill="${company['kvk']}")
    city = drawn("plaats", "string", label="Plaats", prefill="${earlier['plaats']}")
    place(session, complaint(name, city, groups="provider"))
    sign_in(app, client, Role.PROVIDER)
    page = client.get(ADDRESS_OF)
    assert field(page, "veld_naam") == KVK
    send(client, page, {"veld_naam": "x", "veld_plaats": "Utrecht"})
    assert field(client.get(ADDRESS_OF), "veld_plaats") == "Utrecht"
    other = app.test_client()
    sign_in(app, other, Role.PROVIDER, kvk=OTHER, employee="c" * 64)
    assert "Utrecht" not in other.get(ADDRESS_OF).text


def test_a_table_is_filled_in_row_by_row(app: Flask, client: FlaskClient, session: Session) -> None:
    table = drawn("cursussen", "table", label="Welke cursussen?", required="", max="3")
    name = drawn("naam", "string", label="Naam", required="", **{"in": "cursussen"})
    hours = drawn("uren", "long", label="Uren", min="1", **{"in": "cursussen"})
    place(session, complaint(table, name, hours, review=True))
    sign_in(app, client, Role.TEACHER)
    page = client.get(ADDRESS_OF)
    assert page.text.count("toevoegen</summary>") == 2
    cell = "veld_cursussen-{}-veld_{}".format
    wrong = send(client, page, {cell(0, "naam"): "Rekenen", cell(0, "uren"): "0"})
    assert wrong.status_code == 422
    assert "Vul 1 of meer in." in wrong.text
    assert field(wrong, cell(0, "naam")) == "Rekenen"
    typed = {cell(0, "naam"): "Rekenen", cell(0, "uren"): "8", cell(2, "naam"): "Taal"}
    review = send(client, wrong, typed)
    assert "Naam Rekenen, Uren 8; Naam Taal" in review.text
    send(client, review, {**typed, "klopt": "1"})
    (instance,) = instances(session)
    assert variables(session, instance)["cursussen"] == [
        {"naam": "Rekenen", "uren": 8},
        {"naam": "Taal", "uren": None},
    ]
