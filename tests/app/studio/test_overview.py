"""The list of processes: how to begin one, and what waits for an approver."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from processes.engine.deployment import reviews
from processes.engine.deployment.table_drafts import blank_table
from tests.app.studio.deploying import (
    APPROVE,
    DEPLOY,
    EDIT,
    PIETER,
    a_draft,
    a_version,
    address_of,
    sign_in_with,
)


def test_a_new_process_is_found_while_there_are_no_drafts(app: Flask, client: FlaskClient) -> None:
    sign_in_with(app, client, EDIT)
    assert "/processen/concepten#nieuw" in client.get("/processen").text


def test_an_approver_has_a_list_of_what_waits(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    draft, other = a_draft(session), a_draft(session)
    reviews.submit(session, draft, PIETER)
    session.commit()
    sign_in_with(app, client, APPROVE, name="Anna")
    assert "Goedkeuren (1)" in client.get("/processen").text
    page = client.get("/processen/goedkeuren").text
    assert "Wacht op uw goedkeuring" in page
    assert f"{address_of(draft)}/in-gebruik#beoordeling" in page
    assert str(other.id) not in page
    sign_in_with(app, client, DEPLOY)
    assert "Goedkeuren" not in client.get("/processen").text
    assert client.get("/processen/goedkeuren").status_code == 403


def test_nobody_waits_for_their_own_approval(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    draft = a_draft(session)
    reviews.submit(session, draft, PIETER, "Zoals besproken.")
    session.commit()
    sign_in_with(app, client, EDIT, APPROVE)
    assert "Goedkeuren (0)" in client.get("/processen").text
    page = client.get("/processen/goedkeuren").text
    assert "Er wacht niets op uw goedkeuring" in page
    assert "Uw eigen werk: een collega keurt dit goed" in page
    assert "Zoals besproken." in page


def test_a_table_that_waits_is_listed_too(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    draft = a_draft(session, blank_table("tabel", "Tabel"))
    reviews.submit(session, draft, PIETER)
    session.commit()
    sign_in_with(app, client, APPROVE, name="Anna")
    page = client.get("/processen/goedkeuren").text
    assert f"/processen/tabellen/concepten/{draft.id}#verder" in page


def test_deployed_processes_and_tables_are_chosen_from_a_list(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    a_version(session)
    sign_in_with(app, client, EDIT)
    found = {each["id"]: each for each in client.get("/processen/sjablonen.json").json or []}
    bound = {
        each["binding"]["name"]: each["value"]
        for each in found["loket.process.visits"]["properties"]
    }
    assert bound == {"calledElement": "visits"}
    assert found["loket.process.visits"]["appliesTo"] == ["bpmn:CallActivity"]
