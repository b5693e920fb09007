"""A form that is registered once is there for a real task, in the preview and in the try-out."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from forms.fields import LineField
from forms.pages import Case, Page
from forms.registry import FORMS, UserTaskForm, user_task_form
from processes.engine.deployment.definitions import deploy
from processes.engine.deployment.drafts import save_draft
from processes.engine.execution.instances import start_process, variables
from processes.engine.store.models import ProcessInstance, UserTask
from processes.register.declarations import seed_requirements
from processes.tryout import sandbox
from tests.app.signing_in import KVK, sign_in
from tests.processes.engine.diagrams import node, process, straight
from workers.vocabulary import vocabulary

TEMPLATE = """{% extends "tasks/step.html" %}
{% import "macros/fields.html" as fields %}
{% block intro %}<p>Over {{ subject }}, van {{ kvk }}</p>{% endblock %}
{% block questions %}{{ fields.text_field(form.colour) }}{% endblock %}"""
VALUES = {"subject": "de schutting"}


def _around(case: Case) -> dict[str, Any]:
    return {"subject": case.variables["subject"], "kvk": case.kvk}


@pytest.fixture(autouse=True)
def paint(app: Flask, session: Session) -> Iterator[None]:
    """A form that asks for a colour, under the key "paint"."""
    seed_requirements(session)
    page = Page("tasks/paint.html", around=_around, example=lambda _case: dict(VALUES))

    @user_task_form("paint", title="Verf kiezen", page=page)
    class Paint(UserTaskForm):
        gives = frozenset({"colour"})
        colour = LineField("Welke kleur?", required="Kies een kleur.")

        def variables(self) -> dict[str, Any]:
            return {"colour": self.colour.data}

    app.config["WTF_CSRF_ENABLED"] = False
    loader = app.jinja_env.loader
    assert loader is not None
    app.jinja_env.loader = ChoiceLoader([DictLoader({"tasks/paint.html": TEMPLATE}), loader])
    yield
    del FORMS["paint"]
    sandbox.server.stop()


def diagram() -> bytes:
    """One task, of a provider, with that form."""
    asked = node("userTask", "kies", **{"camunda:formKey": "paint"})
    return process(straight(asked, ids=("kies",)))


def test_a_real_task_asks_it(app: Flask, client: FlaskClient, session: Session) -> None:
    [made] = deploy(session, diagram(), vocabulary=vocabulary(), deployed_by="petra")
    instance = start_process(session, made.key, tenant=KVK, variables=VALUES, started_by="anna")
    session.commit()
    sign_in(app, client, Role.PROVIDER)
    task = session.scalars(select(UserTask)).one()
    page = client.get(f"/taken/{task.id}").text
    assert "Welke kleur?" in page
    assert f"Over de schutting, van {KVK}" in page
    refused = client.post(f"/taken/{task.id}", data={"colour": ""})
    assert "Kies een kleur." in refused.text
    client.post(f"/taken/{task.id}", data={"colour": "groen"})
    session.expire_all()
    assert variables(session, session.get_one(ProcessInstance, instance.id))["colour"] == "groen"


def test_the_preview_shows_it_around_its_own_example(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    sign_in(app, client, Role.PROCESS_OWNER)
    draft = save_draft(session, diagram(), vocabulary=vocabulary(), by="petra")
    session.commit()
    address = f"/processen/concepten/{draft.id}/formulieren/kies"
    page = client.get(address).text
    assert "Welke kleur?" in page
    assert "Over de schutting" in page
    tried = client.post(address, data={"colour": "groen"}).text
    assert "groen" in tried
    assert "Zo komt het in het proces" in tried


def test_a_try_out_asks_it(app: Flask, client: FlaskClient, session: Session) -> None:
    sign_in(app, client, Role.PROCESS_OWNER)
    draft = save_draft(session, diagram(), vocabulary=vocabulary(), by="petra")
    session.commit()
    address = f"/processen/concepten/{draft.id}/proberen"
    client.post(
        address,
        data={"_do": "begin", "company": "90000011", "values": "subject: de schutting"},
    )
    page = client.get(address).text
    assert "Welke kleur?" in page
    assert "Over de schutting, van 90000011" in page
    sent = {"_do": "task", "_element": "kies", "_which": "0", "colour": "groen"}
    client.post(address, data=sent)
    page = client.get(address).text
    assert "colour: groen" in page
    assert "De zaak is afgelopen" in page
