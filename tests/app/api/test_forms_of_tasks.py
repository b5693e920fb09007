"""A task with a form of Loket itself says which answers it takes, before any is refused."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from forms.registry import FORMS
from processes.engine import registry
from processes.engine.execution.instances import start_process, variables
from processes.engine.store.models import ProcessInstance, UserTask
from tests.app.api.programs import Program, program
from tests.app.api.test_work import get
from tests.processes.engine.diagrams import define, node, process, straight
from tests.processes.engine.form_fields import field, form

KVK = "12345678"
OF_PROGRAMS = sorted(key for key, each in FORMS.items() if each.json_names)


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
