"""What binds a company (a declaration, a consent, a claim, an objection) is done by no program."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api import form_answers
from forms.registry import FORMS, Binds
from processes.engine import registry
from processes.engine.execution.instances import start_process
from processes.engine.store.models import ProcessInstance, TaskStatus, UserTask
from processes.register.declarations import declaration_of, seed_requirements
from processes.register.providers.people import Right
from tests.app.api.programs import program
from tests.app.begin.complaints import KEY, complaint, place
from tests.app.signing_in import KVK
from tests.processes.engine.diagrams import define, node, process, straight

BINDING = sorted(key for key, form in FORMS.items() if form.binds)

# The same refusal on every database.
on_sqlite = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _company(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "TENANT_CHECKS", [lambda _session, text: text == KVK])


def test_these_forms_bind_and_no_program_can_fill_one_in() -> None:
    assert BINDING == [
        "claim-offers",
        "consent-transfer",
        "object",
        "quality-requirements",
        "review",
    ]
    assert [key for key in BINDING if FORMS[key].json_names] == []
    assert {each.value for each in Binds} <= {each.value for each in Right}


@on_sqlite
@pytest.mark.rule("R54", "R55")
@pytest.mark.parametrize("key", BINDING)
def test_an_opening_of_the_company_itself_does_not_do_it(
    client: FlaskClient, session: Session, key: str
) -> None:
    task = node("userTask", "a", camunda_candidateGroups="provider", camunda_formKey=key)
    define(session, process(straight(task, ids=("a",))))
    start_process(session, "p", business_key="1", tenant=KVK, started_by="test")
    session.commit()
    row = session.scalars(select(UserTask)).one()
    sender = program(client, session, groups=["provider"], tenant=KVK)
    headers = {"Authorization": f"Bearer {sender.token}"}
    assert client.get(f"/api/v1/taken/{row.id}", headers=headers).status_code == 403
    for variables in ({}, {"objection": "x"}, {"declaration": {"answers": {"1": "ja"}}}):
        answer = sender.post(f"taken/{row.id}/afronden", {"variables": variables})
        assert answer.status_code == 403
        assert "Only a person" in str(answer.json)
    session.expire_all()
    assert session.scalars(select(UserTask)).one().status is TaskStatus.OPEN


@on_sqlite
@pytest.mark.rule("R54", "R55")
@pytest.mark.parametrize("is_guarded", [True, False], ids=["", "null"])
def test_a_case_that_begins_with_a_declaration_is_begun_by_no_program(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch, *, is_guarded: bool
) -> None:
    seed_requirements(session)
    declares = ' camunda:formKey="quality-requirements"'
    place(session, complaint(start=declares, groups="provider"))
    sender = program(client, session, processes=[KEY], tenant=KVK)
    if not is_guarded:
        monkeypatch.setattr(form_answers, "refuse_act", lambda _form_key: None)
    answer = sender.post(f"processen/{KEY}", {"variables": {}})
    assert answer.status_code == (403 if is_guarded else 400)
    assert session.scalar(select(func.count()).select_from(ProcessInstance)) == 0
    assert declaration_of(session, KVK) is None
