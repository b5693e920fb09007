"""A task with a form of Loket itself says which answers it takes, before any is refused."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, joinedload

from app.api import form_answers
from app.web.db import db
from forms.registry import FORMS
from processes.engine import registry
from processes.engine.execution.instances import start_process, variables
from processes.engine.store.models import ProcessInstance, UserTask
from processes.register.legacy.claims import accounts_named
from processes.register.legacy.staging import stage
from tests.app.api.programs import Program, program
from tests.app.api.test_work import get
from tests.processes.engine.diagrams import define, node, process, straight
from tests.processes.engine.form_fields import field, form

KVK = "12345678"
OF_PERSONS = {key for key, each in FORMS.items() if each.binds}
OF_ITS_PAGE = {"offer", "requirements-not-met"}  # the register's API has offers; asks nothing
OF_PROGRAMS = sorted({*FORMS} - OF_PERSONS - OF_ITS_PAGE)
BUTTONS = {"next"}  # which way to leave a page


@pytest.fixture
def register(client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch) -> Program:
    """A program that does the tasks of the register, in which there is one company."""
    monkeypatch.setattr(registry, "TENANT_CHECKS", [lambda _session, text: text == KVK])
    return program(client, session, groups=["registrar"])


def place(session: Session, form_key: str, **given: Any) -> UserTask:
    """A task of the register with this form, after one whose answers may be judged."""
    group = {"camunda_candidateGroups": "registrar"}
    first = node("userTask", "b", form(field("verhaal", "string", label="Verhaal")), **group)
    task = node("userTask", "a", **group, camunda_formKey=form_key)
    define(session, process(straight(task, first, ids=("a", "b"))))
    case = start_process(session, "p", tenant=KVK, started_by="test", variables=given)
    session.commit()
    return session.query(UserTask).where(UserTask.instance_id == case.id).one()


def asked(sender: Program, task: UserTask) -> dict[str, dict[str, Any]]:
    """Its questions by their pointer."""
    answer = get(sender, f"taken/{task.id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json or {}
    return {each["pointer"]: each for each in found["asks"]}


@pytest.mark.parametrize("key", OF_PROGRAMS)
def test_what_a_task_says_that_it_asks_is_what_it_judges(
    register: Program, session: Session, key: str
) -> None:
    task = place(session, key)
    questions = asked(register, task)
    assert get(register, f"taken/{task.id}").json["form"] == key  # type: ignore[index]

    refused = register.post(f"taken/{task.id}/afronden", {"variables": {}})

    missed = {each["pointer"] for each in refused.json["errors"]}  # type: ignore[index]
    assert missed == {pointer for pointer, each in questions.items() if each["required"]}
    assert all(each["label"] for each in questions.values())
    for each in questions.values():
        assert each["type"] in {"string", "longtext", "date", "boolean", "enum", "list"}
        assert each["type"] != "enum" or each["choices"]


@pytest.mark.parametrize("key", OF_PROGRAMS)
def test_all_that_a_form_asks_has_its_name_in_json(
    app: Flask, register: Program, session: Session, key: str
) -> None:
    task = place(session, key)
    with app.test_request_context():
        loaded = joinedload(UserTask.instance)
        of_request = db.session().get_one(UserTask, task.id, options=[loaded])
        form_class, _scope = form_answers.task_form(of_request)
    fields = {each.name for each in form_class().own_fields}
    assert set(form_class.json_names.values()) == fields - BUTTONS
    assert len(asked(register, task)) == len(form_class.json_names)


def test_the_reason_of_a_suspension_is_taken_where_a_program_chooses_it(
    register: Program, session: Session
) -> None:
    chosen: dict[str, dict[str, Any]] = {
        "assess-declaration": {"declaration_verdict": "schorsen"},
        "assess-company": {"assessment": {"verdict": "schorsen"}},
    }
    for key, path in chosen.items():
        task = place(session, key)
        address = f"taken/{task.id}/afronden"
        refused = register.post(address, {"variables": path}).json
        assert refused is not None
        assert [each["pointer"] for each in refused["errors"]] == ["#/variables/assessment/reason"]
        given = {"reason": "De verklaring bleef uit."}
        assessment = {**path.get("assessment", {}), **given}
        done = register.post(address, {"variables": {**path, "assessment": assessment}})
        assert done.status_code == 200, done.text
        session.expire_all()
        case = session.get_one(ProcessInstance, task.instance_id)
        kept = variables(session, case)["assessment"]
        assert kept == {"verdict": "schorsen", "reason": "De verklaring bleef uit."}


def test_another_account_of_the_older_register_is_named_by_a_program(
    register: Program, session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "export.csv"
    path.write_text(
        "activiteit_id;account;kvknummer;aanbieder;titel\n1;oud;;Leerkring;Dag\n2;ander;90000099;Ander;Dag\n"
    )
    stage(session, path, source="registerleraar")
    (account,) = accounts_named(session, "oud")
    task = place(session, "assess-claim")
    given = {"claim_verdict": "toewijzen", "claim_other_account": "oud"}
    done = register.post(f"taken/{task.id}/afronden", {"variables": given})
    assert done.status_code == 200, done.text
    case = session.get_one(ProcessInstance, task.instance_id)
    session.expire_all()
    assert variables(session, case)["claim_accounts"] == [str(account.id)]


def test_a_working_address_is_given_by_a_program(register: Program, session: Session) -> None:
    task = place(session, "repair-address")
    address = f"taken/{task.id}/afronden"
    wrong = register.post(address, {"variables": {"repaired_address": {"email": "geen adres"}}})
    assert [each["pointer"] for each in (wrong.json or {})["errors"]] == [
        "#/variables/repaired_address/email"
    ]
    given = {"email": "noor@academie.example", "note": "Gebeld."}
    done = register.post(address, {"variables": {"repaired_address": given}})
    assert done.status_code == 200, done.text
    session.expire_all()
    case = session.get_one(ProcessInstance, task.instance_id)
    assert variables(session, case)["repaired_address"] == given


def test_a_review_says_what_to_choose_and_where_comments_go(
    register: Program, session: Session
) -> None:
    task = place(session, "review-answers", verhaal="De deur was dicht.")

    questions = asked(register, task)

    at = "#/variables/"
    decision = questions[f"{at}review_decision"]
    assert (decision["type"], decision["required"]) == ("enum", True)
    assert list(decision["choices"]) == ["approved", "returned"]
    comment = questions[f"{at}corrections/verhaal"]
    assert (comment["label"], comment["type"]) == ("Opmerking bij: Verhaal", "longtext")
    assert (comment["required"], comment["choices"]) == (False, {})
    given = {"review_decision": "returned", "corrections": {"verhaal": "Tot hoe laat?"}}
    done = register.post(f"taken/{task.id}/afronden", {"variables": given})
    assert done.status_code == 200, done.text
    session.expire_all()
    case = session.get_one(ProcessInstance, task.instance_id)
    assert variables(session, case)["corrections"] == {"verhaal": "Tot hoe laat?"}


def test_a_task_without_a_form_of_loket_asks_its_fields_alone(
    register: Program, session: Session
) -> None:
    drawn = form(field("oordeel", "string", label="Oordeel"))
    task = node("userTask", "a", drawn, camunda_candidateGroups="registrar")
    define(session, process(straight(task, ids=("a",))))
    start_process(session, "p", started_by="test")
    session.commit()
    shown = get(register, f"taken/{session.query(UserTask).one().id}").json
    assert shown is not None
    assert (shown["form"], shown["asks"]) == (None, [])
    assert [each["id"] for each in shown["fields"]] == ["oordeel"]
