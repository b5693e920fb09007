"""Each page that names a process keeps to the permissions of that process, whatever the roles."""

from collections.abc import Iterator
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.web.access import STUDIO_READERS, Role, User, roles_of
from app.web.process_rights import GOVERNED, NAMED_BY, OF_TABLES, UNGOVERNED, rights_of_view
from processes.engine.deployment import drafts
from processes.engine.store.models import Incident
from processes.engine.store.permission_models import ProcessPermission, Right
from tests.app.signing_in import ISSUER, sign_in_as
from tests.app.studio.deploying import TWO, a_draft, a_version
from tests.app.web.process_world import BROKEN, KEY, ProcessWorld, process_world
from tests.processes.engine.diagrams import process, straight, user

TABLE = "decision:toelatingstabel"
CHANGES = {Right.EDIT, Right.APPROVE, Right.DEPLOY}
WITHOUT_PROCESS = {"texts.show", "texts.save", "texts.restore", "operations.incident_group",
                   "operations.retry_group", "operations.webhook", "operations.change_webhook",
                   "operations.choose_events", "operations.new_secret",
                   "operations.send_webhook_again", "operations.end_outage"}  # fmt: skip
"""Views of texts; of a cause of incidents, whose list leaves out what is not theirs; and of
addresses of webhooks, which are of no process."""
EVERY_ROLE = frozenset({*STUDIO_READERS, Role.OPERATOR})
OTHER = "staff:11111111-7a2d-4a5a-9d0e-6c1c52a0f6f3"


@pytest.fixture
def world(app: Flask, session: Session) -> ProcessWorld:
    app.config["WTF_CSRF_ENABLED"] = False
    return process_world(session)


def governed(app: Flask) -> Iterator[Rule]:
    """The routes whose roles are those of processes, and that have something to name one by."""
    for rule in app.url_map.iter_rules():
        with app.app_context():
            rights = rights_of_view(rule.endpoint)
        if rights and rule.arguments and rule.endpoint not in WITHOUT_PROCESS:
            yield rule


def requests(app: Flask, world: ProcessWorld) -> Iterator[tuple[str, str, frozenset[Right]]]:
    """Method and address of each governed route for what is in the world, with its rights."""
    adapter = app.url_map.bind("127.0.0.1")
    for rule in governed(app):
        blueprint = rule.endpoint.partition(".")[0]
        known = world.table if blueprint in OF_TABLES else world.process
        given = {name: known.get(name, uuid4()) for name in rule.arguments}
        if "run_id" in given:
            given["run_id"] = world.runs[blueprint]
        with app.app_context():
            rights = rights_of_view(rule.endpoint)
        address = adapter.build(rule.endpoint, given)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, address, rights


def somebody(app: Flask, client: FlaskClient, *roles: Role) -> User:
    user = User(uuid4(), "Anna", frozenset(roles or EVERY_ROLE), ISSUER, "anna")
    return sign_in_as(app, client, user)


def name(session: Session, person: str, *rights: Right, keys: tuple[str, ...] = (KEY,)) -> None:
    for key in keys:
        for right in rights:
            session.add(
                ProcessPermission(
                    process_key=key, right=right, person=person, name="x", granted_by="x"
                )
            )
    session.commit()


def test_every_governed_route_names_its_process_in_a_way_that_is_looked_up(app: Flask) -> None:
    """A new route with an id of its own must say how that id leads to a process."""
    rules = list(governed(app))
    assert len(rules) > 50
    looked_up = {"key", *NAMED_BY}
    assert [rule.rule for rule in rules if not rule.arguments & looked_up] == []
    views = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert views >= WITHOUT_PROCESS | UNGOVERNED


def test_roles_of_processes_are_in_no_route_beside_those_of_others(app: Flask) -> None:
    """Such a route would be looked at by no rule of rights, unless it is of everybody.

    What names no process has none to look at: texts, and the words of the search.
    """
    for rule in app.url_map.iter_rules():
        roles = roles_of(app, rule.endpoint) or frozenset()
        names_one = bool(rule.arguments) and rule.endpoint not in WITHOUT_PROCESS
        if names_one and roles & GOVERNED and roles - GOVERNED:
            assert roles == frozenset(Role), rule


def test_who_is_named_for_nothing_finds_nothing_of_the_process(
    app: Flask, client: FlaskClient, session: Session, world: ProcessWorld
) -> None:
    name(session, OTHER, *Right, keys=(KEY, TABLE))
    somebody(app, client)
    wrong = [
        (method, address, answer.status_code)
        for method, address, _rights in requests(app, world)
        if (answer := client.open(address, method=method)).status_code != 404
    ]
    assert wrong == []


def test_who_may_only_see_it_changes_nothing(
    app: Flask, client: FlaskClient, session: Session, world: ProcessWorld
) -> None:
    name(session, OTHER, *Right, keys=(KEY, TABLE))
    user = somebody(app, client)
    name(session, user.person.reference, Right.SEE, keys=(KEY, TABLE))
    for method, address, rights in requests(app, world):
        status = client.open(address, method=method).status_code
        if rights <= CHANGES:
            assert status == 403, (method, address)
        elif Right.SEE in rights and method == "GET":
            assert status != 403, (method, address)


def test_no_page_offers_a_change_to_who_may_only_see(
    app: Flask, client: FlaskClient, session: Session, world: ProcessWorld
) -> None:
    name(session, OTHER, *Right, keys=(KEY, TABLE))
    user = somebody(app, client)
    name(session, user.person.reference, Right.SEE, keys=(KEY, TABLE))
    offered = set()
    for method, address, rights in requests(app, world):
        if method == "GET" and Right.SEE in rights:
            answer = client.get(address)
            offered |= {
                (urlsplit(address).path, action)
                for action in actions_of(answer.text, address)
                if action.startswith("/processen") and client.post(action).status_code == 403
            }
    assert offered == set()


def actions_of(page: str, address: str) -> set[str]:
    """Where the forms and buttons of a page send to."""
    if not page.lstrip().startswith("<!"):
        return set()
    forms = html.fromstring(page).iter("form")
    found = set()
    for each in forms:
        if each.get("method", "get").lower() == "post":
            own = each.get("action") or address
            found |= {own, *(button.get("formaction") or own for button in each.iter("button"))}
    return found


def test_without_permissions_all_is_as_the_roles_say(
    app: Flask, client: FlaskClient, world: ProcessWorld
) -> None:
    somebody(app, client)
    for method, address, _rights in requests(app, world):
        if method == "GET":
            assert client.get(address).status_code != 403, address


@pytest.mark.parametrize("right", [Right.EDIT, Right.APPROVE, Right.DEPLOY])
def test_who_is_named_for_a_change_sees_the_process_too(
    app: Flask, client: FlaskClient, session: Session, world: ProcessWorld, right: Right
) -> None:
    assert world
    name(session, OTHER, Right.SEE)
    user = somebody(app, client)
    assert client.get(f"/processen/{KEY}").status_code == 404
    name(session, user.person.reference, right)
    assert client.get(f"/processen/{KEY}").status_code == 200


def test_a_permission_gives_no_role(
    app: Flask, client: FlaskClient, session: Session, world: ProcessWorld
) -> None:
    user = somebody(app, client, Role.PROCESS_APPROVER)
    name(session, user.person.reference, *Right)
    address = f"/processen/concepten/{world.process['draft_id']}"
    assert client.get(address).status_code == 200
    assert client.post(f"{address}/weggooien").status_code == 403
    assert client.get(f"/beheer/processen/{world.process['instance_id']}").status_code == 403


def test_lists_leave_out_what_is_not_theirs(
    app: Flask, client: FlaskClient, session: Session, world: ProcessWorld
) -> None:
    somebody(app, client)
    listed = ["/processen", "/processen/concepten", "/processen/tabellen", "/processen/goedkeuren",
              "/beheer", "/beheer/processen", "/beheer/taken", "/beheer/incidenten"]  # fmt: skip
    ids = {str(value) for value in (*world.process.values(), *world.table.values())} | {BROKEN}

    def told(address: str) -> bool:
        answer = client.get(address)
        assert answer.status_code == 200, address
        return any(each in answer.text for each in ids if len(each) > 3)

    assert [address for address in listed if not told(address)] == []
    name(session, OTHER, *Right, keys=(KEY, TABLE))
    assert [address for address in listed if told(address)] == []


def test_a_file_with_another_process_in_it_is_not_saved_by_who_may_not_edit_that(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    """Nor by way of a new draft, or of a draft of one's own that takes its key."""
    app.config["WTF_CSRF_ENABLED"] = False
    a_version(session)
    name(session, OTHER, Right.EDIT)
    somebody(app, client)
    own = process(straight(user("a"), ids=("a",)), "eigen")
    draft = a_draft(session, own)
    for address in ("/processen/nieuwe-versie", "/processen/concepten"):
        assert client.post(address, data={"xml": TWO.decode()}).status_code == 403, address
    saved = client.post(f"/processen/concepten/{draft.id}/bewaren?versie=1", data=TWO)
    assert saved.status_code == 403
    assert [each.key for each in drafts.drafts(session)] == ["eigen"]
    again = client.post(f"/processen/concepten/{draft.id}/bewaren?versie=1", data=own)
    assert again.status_code == 200


def test_a_change_of_many_leaves_alone_what_somebody_does_not_operate(
    app: Flask, client: FlaskClient, session: Session, world: ProcessWorld
) -> None:
    name(session, OTHER, Right.OPERATE)
    somebody(app, client)
    chosen = {"wat": "suspend", "zaak": str(world.process["instance_id"]), "reason": "Omdat."}
    assert client.post("/beheer/processen/wijzigen", data=chosen).status_code == 400
    every = {"wat": "suspend", "alle": "ja", "aantal": "1", "reason": "Omdat."}
    assert client.post("/beheer/processen/wijzigen", data=every).status_code == 400


def test_the_incidents_of_others_are_not_retried_with_those_of_the_same_cause(
    app: Flask, client: FlaskClient, session: Session, world: ProcessWorld
) -> None:
    incident_id = world.process["incident_id"]
    assert isinstance(incident_id, UUID)
    cause = session.get_one(Incident, incident_id).cause
    name(session, OTHER, Right.OPERATE)
    somebody(app, client)
    tried = client.post(f"/beheer/incidenten/oorzaak/{cause}/opnieuw", data={"mode": "all"})
    assert tried.location == "/beheer/incidenten"
