"""The page of permissions per process: who changes them, and what they do at once."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.store.permission_models import ProcessPermission
from processes.engine.tasks.directory import remember
from processes.register.changes import AuditEvent
from tests.app.studio.deploying import APPROVE, EDIT, a_version, sign_in_with

PAGE = "/processen/visits/rechten"


def people(app: Flask, client: FlaskClient, session: Session, *roles: Role) -> tuple[str, str]:
    """The references of who is signed in, and of a colleague with the same roles."""
    colleague = sign_in_with(app, app.test_client(), *roles, name="Bas").person
    mine = sign_in_with(app, client, *roles, name="Anna").person
    for person in (colleague, mine):
        remember(session, person)
    session.commit()
    return mine.reference, colleague.reference


def rows(session: Session) -> list[tuple[str, str]]:
    found = session.scalars(
        select(ProcessPermission).order_by(ProcessPermission.right, ProcessPermission.name)
    )
    return [(str(each.right), each.name) for each in found]


def test_an_owner_names_who_may(app: Flask, client: FlaskClient, session: Session) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    a_version(session)
    mine, _colleague = people(app, client, session, EDIT)
    page = client.get(PAGE).text
    assert "Anna" in page
    assert "Bas" in page
    saved = client.post(PAGE, data={"edit": mine}, follow_redirects=True)
    assert "Bewaard: dit zijn nu de rechten bij dit proces." in saved.text
    assert rows(session) == [("edit", "Anna")]
    (event,) = session.scalars(
        select(AuditEvent).where(AuditEvent.action == "process-permissions-changed")
    )
    assert event.details["kind"] == "edit"
    assert event.details["after"] == "Anna"
    client.post(PAGE, data={"edit": mine})  # as it was: no event
    count = select(AuditEvent).where(AuditEvent.action == "process-permissions-changed")
    assert len(session.scalars(count).all()) == 1


def test_an_owner_who_may_not_edit_it_reads_who_may(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    a_version(session)
    mine, colleague = people(app, client, session, EDIT, APPROVE)
    client.post(PAGE, data={"edit": colleague})
    page = client.get(PAGE).text
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    assert "Bas" in page
    assert client.post(PAGE, data={"edit": mine}).status_code == 403
    assert rows(session) == [("edit", "Bas")]


def test_an_operator_can_always_mend_the_permissions(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    """Also of a process that the operator does not operate: nobody can be locked out for good."""
    app.config["WTF_CSRF_ENABLED"] = False
    a_version(session)
    mine, colleague = people(app, client, session, Role.OPERATOR)
    client.post(PAGE, data={"operate": colleague})
    assert rows(session) == [("operate", "Bas")]
    assert "visits" not in client.get("/beheer").text
    assert client.get(PAGE).status_code == 200
    client.post(PAGE, data={"operate": [mine, colleague]})
    assert rows(session) == [("operate", "Anna"), ("operate", "Bas")]


def test_somebody_without_the_role_cannot_be_named(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    a_version(session)
    mine, _colleague = people(app, client, session, EDIT)
    refused = client.post(PAGE, data={"approve": mine})
    assert refused.status_code == 422
    assert "Kies een van de mogelijkheden die u hier ziet." in refused.text
    assert rows(session) == []


def test_what_is_no_process_has_no_permissions(app: Flask, client: FlaskClient) -> None:
    sign_in_with(app, client, EDIT)
    assert client.get("/processen/onbekend/rechten").status_code == 404
