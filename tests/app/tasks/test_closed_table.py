"""The page of a task that is done shows the rows that were typed in a table."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.execution.instances import open_user_tasks, start_process
from tests.app.signing_in import sign_in
from tests.processes.engine.diagrams import define, node, process, straight
from tests.processes.engine.form_fields import field, form

ROWS = (
    field("dagen", "table", label="Dagen"),
    field("plaats", "string", label="Plaats", **{"in": "dagen"}),
)


def test_a_task_with_a_table_is_looked_at_after_it_was_done(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    asked = node("userTask", "a", form(*ROWS), camunda_candidateGroups="registrar")
    after = node("userTask", "b", camunda_candidateGroups="registrar")
    define(session, process(straight(asked, after, ids=("a", "b"))))
    start_process(session, "p", started_by="test")
    session.commit()
    (task,) = open_user_tasks(session, group="registrar")
    sign_in(app, client, Role.REGISTRAR)
    given = {"veld_dagen-0-veld_plaats": "Gouda", "veld_dagen-1-veld_plaats": "Delft"}
    client.post(f"/taken/{task.id}", data=given)
    page = client.get(f"/taken/{task.id}")
    assert page.status_code == 200
    assert "Gouda" in page.text
    assert "Delft" in page.text
