"""Trying a draft in the browser: real forms, chosen answers, a clock of its own, scenarios."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.setup.tables import all_tables
from app.web.access import Role
from processes.engine.deployment.definitions import deploy
from processes.engine.deployment.drafts import ProcessDraft, save_draft
from processes.engine.execution.instances import complete_user_task, open_user_tasks, start_process
from processes.fork_server import ChildFailedError
from processes.tryout import sandbox
from processes.tryout.models import KeptScenario, TryOut
from tests.app.begin.complaints import STORY, SUBJECT, complaint
from tests.app.signing_in import sign_in
from tests.processes.engine.diagrams import chain, message, node, process, straight
from tests.processes.engine.form_fields import field as drawn
from tests.processes.engine.form_fields import form
from tests.uploaded import PDF
from workers.vocabulary import vocabulary

ONBOARDING = Path("bpmn/provider_onboarding.bpmn").read_bytes()
ANSWERS = {f"requirement_{number}": "ja" for number in (1, 2, 3, 4)}
REQUIREMENTS = {**ANSWERS, "complaints_url": "https://voorbeeld.example/klachten"}
COMPANY = {
    "display_name": "Voorbeeld Opleidingen",
    "contact_name": "Noor",
    "contact_email": "noor@bedrijf.nl",
}
OWN = {"tryout", "scenario", "audit_event"}


@pytest.fixture(autouse=True)
def owner(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(app, client, Role.PROCESS_OWNER)


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    """The process that plays is shared by these tests, and gone after them."""
    yield
    sandbox.server.stop()


@pytest.fixture
def draft(session: Session) -> ProcessDraft:
    made = save_draft(session, ONBOARDING, vocabulary=vocabulary(), by="test")
    session.commit()
    return made


class Trying:
    """Somebody at the page of a try-out."""

    def __init__(self, client: FlaskClient, draft: ProcessDraft) -> None:
        self._client = client
        self.address = f"/processen/concepten/{draft.id}/proberen"

    def see(self) -> str:
        response = self._client.get(self.address)
        assert response.status_code == 200
        return response.text

    def post(self, does: str, element: str = "", **fields: Any) -> TestResponse:
        given = {"_do": does, "_element": element, "_which": "0", **fields}
        return self._client.post(self.address, data=given)

    def do(self, does: str, element: str = "", **fields: Any) -> str:
        response = self.post(does, element, **fields)
        assert response.status_code == 303, _errors(response.text)
        return self.see()

    def begin(self, company: str = "90000011") -> str:
        return self.do("begin", company=company)

    def fill_in(self) -> str:
        self.do("task", "quality_requirements", _form="requirements", **REQUIREMENTS)
        self.do("task", "company_details", _form="company", **COMPANY)
        return self.do("task", "review", _form="review")


def _errors(page: str) -> list[str]:
    return re.findall(r'<li><a href="#[^"]+">([^<]+)', page)


@pytest.fixture
def trying(client: FlaskClient, draft: ProcessDraft) -> Trying:
    return Trying(client, draft)


def tokens(page: str) -> set[str]:
    found = re.search(r'data-tokens="([^"]*)"', page)
    return set(found[1].split()) if found else set()


def rows(session: Session) -> dict[str, int]:
    tables = [table for table in all_tables().sorted_tables if table.name not in OWN]
    return {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}


def test_a_calculation_of_ours_that_failed_is_not_called_too_heavy(
    trying: Trying, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_question: bytes, *, seconds: float) -> bytes:
        raise ChildFailedError(seconds)

    trying.begin()
    monkeypatch.setattr(sandbox.server, "ask", fails)
    sandbox._kept.cache_clear()  # noqa: SLF001 - another process would have none
    page = trying.see()
    assert "De berekening van deze proef is mislukt" in page
    assert "te lang" not in page
    assert "Opnieuw beginnen" in page
    monkeypatch.setattr(sandbox.server, "ask", lambda _question, *, seconds: b"" * int(seconds))
    assert "Deze proef duurde te lang of kostte te veel" in trying.see()


def test_a_draft_is_tried_to_its_end_with_the_real_forms(trying: Trying) -> None:
    assert tokens(trying.begin()) == {"quality_requirements"}
    page = trying.fill_in()
    assert tokens(page) == {"send_confirmation", "migrate_offers"}
    trying.do("job", "send_confirmation", answer="ok")
    page = trying.do("job", "migrate_offers", answer="ok", values="offers_migrated: 3")
    assert "De zaak is afgelopen" in page
    assert "offers_migrated: 3" in page


def test_a_task_of_a_try_out_says_for_which_groups_it_is(
    client: FlaskClient, session: Session
) -> None:
    task = node("userTask", "t", camunda_candidateGroups="registrar, teacher")
    drawn = save_draft(
        session, process(straight(task, ids=("t",))), vocabulary=vocabulary(), by="test"
    )
    session.commit()
    page = Trying(client, drawn).begin()
    assert "Taak voor de medewerker van het register of de leraar<" in page


def test_a_version_that_no_column_holds_does_not_exist(client: FlaskClient) -> None:
    assert client.get(f"/processen/visits/{'9' * 30}/proberen").status_code == 404


def test_nothing_but_the_try_out_itself_is_written(trying: Trying, session: Session) -> None:
    before = rows(session)
    trying.begin()
    trying.fill_in()
    trying.do("job", "send_confirmation", answer="ok")
    assert rows(session) == before
    assert session.scalar(select(func.count()).select_from(TryOut)) == 1


def test_an_answer_that_is_missing_is_asked_again_and_nothing_is_lost(trying: Trying) -> None:
    trying.begin()
    response = trying.post(
        "task", "quality_requirements", _form="requirements", requirement_1="nee"
    )
    assert response.status_code == 422
    assert any("eis 2" in error for error in _errors(response.text))
    assert re.search(r'<input checked[^>]*name="requirement_1"[^>]*value="nee"', response.text)


def test_a_business_error_goes_to_its_boundary_event(trying: Trying) -> None:
    trying.begin()
    trying.fill_in()
    page = trying.do("job", "send_confirmation", answer="error address-refused")
    assert "repair_address" in tokens(page)
    page = trying.do("task", "repair_address", _form="address", email="nieuw@bedrijf.nl")
    assert "send_confirmation" in tokens(page)


def test_a_technical_failure_waits_for_an_operator(trying: Trying) -> None:
    trying.begin()
    trying.fill_in()
    page = trying.do("job", "send_confirmation", answer="failure")
    assert "Als beheerder opnieuw proberen" in page
    page = trying.do("retry", "send_confirmation")
    assert "Als beheerder opnieuw proberen" not in page


def test_the_last_action_is_undone(trying: Trying) -> None:
    trying.begin()
    trying.do("task", "quality_requirements", _form="requirements", **REQUIREMENTS)
    assert tokens(trying.do("undo")) == {"quality_requirements"}


def test_an_automatic_step_ends_as_was_agreed(trying: Trying) -> None:
    trying.begin()
    trying.do("instead", which="register_provider|error|requirements-changed")
    assert tokens(trying.fill_in()) == {"quality_requirements"}


def test_automatic_steps_without_names_are_told_apart(
    client: FlaskClient, session: Session
) -> None:
    ids = ("stap_een", "stap_twee")
    delegate = {"camunda_delegateExpression": "${register_provider}"}
    steps = [node("userTask", "eerst"), *(node("serviceTask", id_, **delegate) for id_ in ids)]
    nameless = process(straight(*steps, ids=("eerst", *ids)))
    for id_ in ids:
        nameless = nameless.replace(f' name="{id_}"'.encode(), b"")
    made = save_draft(session, nameless, vocabulary=vocabulary(), by="test")
    session.commit()
    page = Trying(client, made).begin()
    told = re.findall(r"Automatische stap zonder naam[^<]*technisch mislukt", page)
    assert told == [f"Automatische stap zonder naam ({id_}): technisch mislukt" for id_ in ids]


def test_a_run_is_kept_as_a_scenario_and_passes(
    trying: Trying, session: Session, client: FlaskClient
) -> None:
    trying.begin()
    trying.fill_in()
    trying.do("keep", name="Tot en met bevestigen")
    (kept,) = session.scalars(select(KeptScenario))
    assert "taak: Aanmelding nakijken en bevestigen (review)" in kept.yaml
    page = client.get(trying.address.replace("proberen", "scenarios")).text
    assert "Het scenario klopt" in page


def test_a_second_scenario_of_the_same_name_is_refused(trying: Trying) -> None:
    trying.begin()
    trying.do("keep", name="Begin")
    response = trying.post("keep", name="Begin")
    assert response.status_code == 422
    assert "Kies een andere naam" in response.text


def test_a_version_in_use_can_be_tried_too(client: FlaskClient, session: Session) -> None:
    (definition,) = deploy(session, ONBOARDING, vocabulary=vocabulary(), deployed_by="test")
    session.commit()
    page = client.get(f"/processen/{definition.key}/{definition.version}/proberen")
    assert page.status_code == 200
    assert "Een zaak beginnen" in page.text


def scenarios_page(client: FlaskClient, trying: Trying) -> str:
    return client.get(trying.address.replace("proberen", "scenarios")).text


@pytest.fixture
def broken(trying: Trying, draft: ProcessDraft, session: Session) -> KeptScenario:
    """A scenario that does not fit the draft any more."""
    trying.begin()
    trying.fill_in()
    trying.do("keep", name="Tot en met bevestigen")
    draft.xml = draft.xml.replace("${all_yes}", "${not all_yes}")
    session.commit()
    return session.scalars(select(KeptScenario)).one()


def test_a_run_that_does_not_fit_any_more_goes_on_from_there(
    trying: Trying, broken: KeptScenario
) -> None:
    assert broken.name in "Tot en met bevestigen"
    page = trying.see()
    assert "past niet meer bij het diagram" in page
    page = trying.do("undo")
    assert tokens(page) == {"requirements_not_met"}


def test_a_new_outcome_is_accepted_with_a_reason_only(
    client: FlaskClient, trying: Trying, broken: KeptScenario, session: Session
) -> None:
    assert "loopt anders af" in scenarios_page(client, trying)
    address = f"{trying.address.replace('proberen', 'scenarios')}/{broken.id}"
    assert client.post(address, data={"_do": "accept"}).status_code == 422
    response = client.post(address, data={"_do": "accept", "reason": "Eerst de uitleg."})
    assert response.status_code == 303
    page = scenarios_page(client, trying)
    assert "Het scenario klopt" in page
    assert "Eerst de uitleg." in page
    session.expire_all()
    assert "open:\n    - Uitleg lezen en terugkeren (requirements_not_met)" in broken.yaml


def test_a_scenario_is_dropped_with_a_reason(
    client: FlaskClient, trying: Trying, broken: KeptScenario
) -> None:
    address = f"{trying.address.replace('proberen', 'scenarios')}/{broken.id}"
    assert client.post(address, data={"_do": "drop", "reason": "Weg."}).status_code == 303
    assert "Nog geen scenario" in scenarios_page(client, trying)
    assert client.post(address, data={"_do": "drop", "reason": "Weg."}).status_code == 404


def test_what_cannot_be_deployed_cannot_be_tried_and_why_is_said(
    client: FlaskClient, session: Session
) -> None:
    xml = ONBOARDING.replace(b'"quality-requirements"', b'"bestaat-niet"')
    made = save_draft(session, xml, vocabulary=vocabulary(), by="test")
    session.commit()
    trying = Trying(client, made)
    assert "U kunt dit concept nog niet proberen" in trying.see()
    assert trying.post("begin", company="90000011").status_code == 400
    for page in ("scenarios", "naspelen"):
        assert client.get(trying.address.replace("proberen", page)).status_code == 200


def test_finished_cases_are_replayed_when_asked(client: FlaskClient, trying: Trying) -> None:
    address = trying.address.replace("proberen", "naspelen")
    assert "Geen zaken" not in client.get(address).text
    assert "Geen zaken om na te spelen" in client.get(f"{address}?dagen=30").text


def test_an_activity_is_tried_by_each_of_its_forms(client: FlaskClient, session: Session) -> None:
    xml = Path("bpmn/offer_publication.bpmn").read_bytes()
    made = save_draft(session, xml, vocabulary=vocabulary(), by="test")
    session.commit()
    trying = Trying(client, made)
    page = trying.begin("90000013")
    assert 'value="Lesgeven met beeld"' in page
    page = trying.do("task", "check_offer", _form="edit", title="Lesgeven met geluid")
    assert 'value="Lesgeven met geluid"' in page
    trying.do("undo")
    assert tokens(trying.do("task", "check_offer", _form="publish")) == {"manage_offer"}
    trying.do("task", "manage_offer", _form="end-date", end_date="31-12-2030")
    refused = trying.post("task", "manage_offer", _form="delete", confirmation="nee")
    assert refused.status_code == 422
    page = trying.do("task", "manage_offer", _form="delete", confirmation="verwijderen")
    assert "De zaak is afgelopen" in page


def test_only_who_may_see_processes_may_try_them(
    app: Flask, client: FlaskClient, trying: Trying
) -> None:
    sign_in(app, client, Role.REGISTRAR)
    assert client.get(trying.address).status_code == 403
    assert trying.post("begin").status_code == 403


def test_who_may_only_deploy_tries_but_keeps_nothing(
    app: Flask, client: FlaskClient, trying: Trying, session: Session
) -> None:
    sign_in(app, client, Role.PROCESS_DEPLOYER)
    assert "Bewaar als scenario" not in trying.begin()
    assert trying.post("keep", name="Begin").status_code == 403
    assert session.scalar(select(func.count()).select_from(KeptScenario)) == 0


def test_cases_that_would_go_otherwise_are_told(client: FlaskClient, session: Session) -> None:
    body = straight(node("manualTask", "visit"), ids=("visit",))
    deploy(session, process(body, "visits"), vocabulary=vocabulary(), deployed_by="test")
    start_process(session, "visits", started_by="test")
    (task,) = open_user_tasks(session)
    complete_user_task(session, task.id, completed_by="anna", variables={})
    more = straight(node("manualTask", "rate"), node("manualTask", "visit"), ids=("rate", "visit"))
    xml = process(more, "visits")
    made = save_draft(session, xml, vocabulary=vocabulary(), by="test")
    session.commit()
    page = client.get(f"/processen/concepten/{made.id}/naspelen?dagen=30").text
    assert "De zaak kan niet verder zoals toen: “visit” staat niet open." in page
    assert ">gaat anders</span>" in page


def test_where_a_case_begins_is_asked_where_there_is_a_choice(
    client: FlaskClient, session: Session
) -> None:
    body = (
        node("startEvent", "plain")
        + node("startEvent", "called", message("question"))
        + node("manualTask", "visit")
        + node("manualTask", "call")
        + node("endEvent", "end")
        + chain("plain", "visit", "end")
        + chain("called", "call", "end")
    )
    xml = process(body, "visits", messages=("question",))
    made = save_draft(session, xml, vocabulary=vocabulary(), by="test")
    session.commit()
    trying = Trying(client, made)
    assert "Waar begint de zaak?" in trying.see()
    assert trying.post("begin", company="90000011").status_code == 422
    assert tokens(trying.do("begin", company="90000011", begin_at="called")) == {"call"}


def test_the_start_form_is_asked_and_its_answers_are_kept_in_a_scenario(
    client: FlaskClient, session: Session
) -> None:
    xml = complaint(SUBJECT, STORY, business_key="${onderwerp}", start=' camunda:initiator="wie"')
    trying = Trying(client, save_draft(session, xml, vocabulary=vocabulary(), by="test"))
    session.commit()
    asked = trying.see()
    assert "Waar gaat uw klacht over?" in asked
    wrong = trying.post("begin", company="90000011", veld_verhaal="Er was niemand.")
    assert wrong.status_code == 422
    assert "Er was niemand." in wrong.text
    trying.do("begin", company="90000011", veld_onderwerp="De cursus")
    (started,) = session.scalars(select(TryOut)).one().actions
    assert started["key"] == "De cursus"
    given = started["values"]
    assert (given["onderwerp"], given["verhaal"], bool(given["wie"])) == ("De cursus", None, True)


def test_the_form_that_a_start_names_is_asked_too(client: FlaskClient, session: Session) -> None:
    xml = complaint(SUBJECT, start=' camunda:formKey="company-details"')
    trying = Trying(client, save_draft(session, xml, vocabulary=vocabulary(), by="test"))
    session.commit()
    assert "Contactpersoon" in trying.see()
    given = {**COMPANY, "veld_onderwerp": "De cursus"}
    wrong = trying.post("begin", company="90000011", **{**given, "contact_email": "geen adres"})
    assert wrong.status_code == 422
    trying.do("begin", company="90000011", **given)
    (action,) = session.scalars(select(TryOut)).one().actions
    assert action["values"]["contact"]["email"] == COMPANY["contact_email"]
    assert action["values"]["onderwerp"] == "De cursus"


def test_rounds_are_told_apart_by_what_they_are_about(
    client: FlaskClient, session: Session
) -> None:
    loop = (
        "<bpmn:extensionElements><camunda:properties><camunda:property "
        """name="label" value='${cursus["titel"]}'/>"""
        "</camunda:properties></bpmn:extensionElements>"
        '<bpmn:multiInstanceLoopCharacteristics camunda:collection="cursussen" '
        'camunda:elementVariable="cursus"/>'
    )
    title = drawn("titel", "string", label="Titel", **{"in": "cursussen"})
    body = (
        node("startEvent", "start", form(drawn("cursussen", "table", label="Welke?"), title))
        + node("userTask", "t", loop, camunda_candidateGroups="registrar")
        + node("endEvent", "end")
        + chain("start", "t", "end")
    )
    xml = process(body, "controle")
    trying = Trying(client, save_draft(session, xml, vocabulary=vocabulary(), by="test"))
    session.commit()
    rows = {f"veld_cursussen-{n}-veld_titel": each for n, each in enumerate(("Taal", "Rekenen"))}
    page = trying.do("begin", company="90000011", **rows)
    assert all(f"t: {each}" in page for each in ("Taal", "Rekenen"))


def test_a_file_is_tried_and_not_kept(client: FlaskClient, session: Session) -> None:
    xml = complaint(drawn("bewijs", "file", label="Uw bewijs", required=""))
    trying = Trying(client, save_draft(session, xml, vocabulary=vocabulary(), by="test"))
    session.commit()
    assert 'enctype="multipart/form-data"' in trying.see()
    file: dict[str, Any] = {"veld_bewijs-nieuw": (BytesIO(PDF), "scan.pdf")}
    trying.do("begin", company="90000011", **file)
    (started,) = session.scalars(select(TryOut)).one().actions
    (kept,) = started["values"]["bewijs"]
    assert (kept["name"], kept["size"], kept["type"]) == ("scan.pdf", len(PDF), "application/pdf")
    assert rows(session)["uploaded_file"] == 0


def test_who_begins_by_a_message_is_not_asked_the_start_form(
    client: FlaskClient, session: Session
) -> None:
    begins = node("startEvent", "bericht", message("binnen")) + chain("bericht", "beoordelen")
    xml = complaint(SUBJECT, body=begins)
    trying = Trying(client, save_draft(session, xml, vocabulary=vocabulary(), by="test"))
    session.commit()
    trying.do("begin", company="90000011", begin_at="bericht")
    (started,) = session.scalars(select(TryOut)).one().actions
    assert "onderwerp" not in started["values"]
