"""An operator sees what is local to a token, hidden like the variables of the case."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.access import Role
from tests.app.signing_in import sign_in
from tests.processes.engine.diagrams import user
from tests.processes.engine.execution.scopes.test_scopes import around, local
from tests.processes.engine.playing import start


def test_what_is_local_is_shown_at_its_element_and_hidden_until_somebody_says_why(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    instance = start(session, around(user("a", local("adres=anna@a.test")), ids=("a",)))
    session.commit()
    sign_in(app, client, Role.OPERATOR)
    address = f"/beheer/processen/{instance.id}"

    page = client.get(address).text
    assert "Alleen bij “a”" in page
    assert "anna@a.test" not in page
    shown = client.post(f"{address}/gegevens", data={"reason": "klacht"}).text
    assert "anna@a.test" in shown
