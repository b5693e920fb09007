"""Elements with the same name are told apart wherever an operator chooses one."""

import re
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.store.models import ProcessInstance
from tests.app.signing_in import sign_in
from tests.processes.engine.diagrams import define, process, straight, user
from tests.processes.engine.playing import start


def asking(*ids: str) -> bytes:
    """Tasks one after the other, the first called Beginnen, all others Opslaan."""
    xml = process(straight(*map(user, ids), ids=ids)).decode()
    for place, id_ in enumerate(ids):
        name = "Opslaan" if place else "Beginnen"
        xml = xml.replace(f'name="{id_}"', f'name="{name}"')
    return xml.encode()


def options(page: str, select_: str) -> list[str]:
    """The words of the options of the field with this name."""
    found = re.search(rf'<select[^>]*name="{select_}".*?</select>', page, re.DOTALL)
    assert found, page
    texts = re.findall(r"<option[^>]*>(.*?)</option>", found[0], re.DOTALL)
    return [unescape(each).strip() for each in texts]


def begun(app: Flask, client: FlaskClient, session: Session, xml: bytes) -> ProcessInstance:
    one = start(session, xml)
    session.commit()
    sign_in(app, client, Role.OPERATOR)
    return one


def test_where_a_case_is_moved_to(app: Flask, client: FlaskClient, session: Session) -> None:
    one = begun(app, client, session, asking("a", "b", "c"))
    case = client.get(f"/beheer/processen/{one.id}").text
    place = re.search(rf'href="(/beheer/processen/{one.id}/plek/[^"/]+)"', case)
    assert place, case
    page = client.get(place[1]).text
    named = [each for each in options(page, "to") if each[:7] in {"Beginne", "Opslaan"}]
    assert named == ["Beginnen", "Opslaan (b)", "Opslaan (c)"]


def test_where_a_case_goes_on_in_another_version(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    one = begun(app, client, session, process(straight(user("old"), ids=("old",))))
    define(session, asking("a", "b", "c"))
    session.commit()
    page = client.get(f"/beheer/processen/{one.id}/versie").text
    assert {"Beginnen", "Opslaan (b)", "Opslaan (c)"} <= set(options(page, "naar-old"))


def test_where_cases_wait_that_are_filtered(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    begun(app, client, session, asking("a", "b", "c"))
    page = client.get("/beheer/processen?proces=p").text
    for field in ("wacht", "onderdeel"):
        assert {"Beginnen", "Opslaan (b)", "Opslaan (c)"} <= set(options(page, field))
