"""Matrix of route, role and object: whoever asks for what is not theirs gets 404, as if missing.

Made from the URL map: a new address with something to name in it must be put somewhere here.
"""

import re
from collections.abc import Iterator, Mapping
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.web.access import Role, User, roles_of
from app.web.process_rights import UNGOVERNED, rights_of_view
from processes.casework.offers.publication import PROCESS as OFFERS
from processes.register.offers.rules import Offer
from tests.app.api.programs import Program
from tests.app.api.programs import program as new_program
from tests.app.signing_in import sign_in_as, user_with
from tests.app.web.object_world import KEY, World, object_world
from tests.app.web.test_process_rights import WITHOUT_PROCESS

# Who may see what is asked of the same code on both databases: one is enough.
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

VARYING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9_.-]{60,}")
OWNED = {
    ("offers", "offer_id"),
    ("offers", "import_id"),
    ("offers", "action_id"),
    ("tasks", "task_id"),
    ("tasks", "case_id"),
    ("tasks", "file_id"),
    ("tasks", "delegation_id"),
    ("begin", "submission_id"),
    ("portfolio", "entry_id"),
    ("portfolio", "search_id"),
    ("people", "person_id"),
    ("people", "invitation_id"),
    ("account", "export_id"),
    ("own_webhooks", "address_id"),
}
"""Blueprint and part of the address that names something which belongs to somebody."""
OF_NOBODY = {
    "offers.export": "the kind of file",
    "portfolio.evaluation": "an activity of the catalogue",
    "portfolio.give_evaluation": "an activity of the catalogue",
    "portfolio.followed": "an activity of the catalogue",
    "portfolio.add": "an activity of the catalogue",
    "begin.show": "a process: tests/app/begin/test_begin.py",
    "begin.send": "a process: tests/app/begin/test_begin.py",
    "begin.choose_provider": "a process: tests/app/begin/test_on_behalf.py",
    "begin.check_field": "a process: tests/app/begin/test_begin.py",
}
OF_THE_REGISTER = {"registrar"}
"""Blueprints in which the whole register is looked at by those who keep it."""
BY_CREDENTIALS = {"api", "external"}
"""Blueprints for programs: tests/app/api has their rights."""
OF_EVERYBODY = {
    *("api_entrance.provider", "api_entrance.catalogue_activity", "catalogue.show"),
    *("catalogue.provider", "catalogue.sitemap_part", "subscriptions.offer_feed"),
    *("subscriptions.offer_calendar", "static"),
    *("catalogue.report_form", "catalogue.send_report"),
}
"""What is published."""
BY_SIGNED_LINK = {
    "auth.new_key",  # by a random code that counts once
    "auth.ask_for_new_key",
    "auth.add_key",
    *("portfolio.unsubscribing", "portfolio.unsubscribe", "public_start.show"),
    *("public_start.send", "public_start.follow", "public_start.confirmed"),
}
"""Without logging in: the address itself is the secret, or the process is open to everybody."""


def program_asks(
    program: Program, app: Flask, rule: Rule, method: str, named: Mapping[str, UUID]
) -> tuple[int, str]:
    """Status and text, without what differs from one answer to the next."""
    answer = program.client.open(
        app.url_map.bind("localhost").build(rule.endpoint, named),
        method=method,
        json=None if method in {"GET", "DELETE"} else {},
        headers={
            "Authorization": f"Bearer {program.token}",
            "Message-Id": str(uuid4()),
            "If-Match": '"1"',
        },
    )
    return answer.status_code, told(answer)


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    app.config["WTF_CSRF_ENABLED"] = False
    return object_world(app, session)


def blueprint(rule: Rule) -> str:
    return str(rule.endpoint).rpartition(".")[0]


def owned(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Routes that name something of somebody, and by which part of their address."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in OF_NOBODY:
            yield from ((rule, name) for name in rule.arguments if (blueprint(rule), name) in OWNED)


def test_every_address_that_names_something_is_in_the_matrix(app: Flask) -> None:
    in_matrix = {rule.endpoint for rule, _name in owned(app)}
    with app.app_context():
        governed = {
            rule.endpoint for rule in app.url_map.iter_rules() if rights_of_view(rule.endpoint)
        }
    elsewhere = {*governed, *UNGOVERNED, *WITHOUT_PROCESS, *OF_NOBODY, *OF_EVERYBODY}
    left = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.arguments
        and rule.endpoint not in in_matrix | elsewhere | BY_SIGNED_LINK
        and blueprint(rule) not in OF_THE_REGISTER | BY_CREDENTIALS
    }
    assert left == set(), "say in tests/app/web/test_objects.py whose that is"
    assert len(in_matrix) > 25
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert {*OF_NOBODY, *OF_EVERYBODY, *BY_SIGNED_LINK} <= known
    assert {(blueprint(rule), name) for rule, name in owned(app)} == OWNED


def addresses(app: Flask, objects: Mapping[str, UUID]) -> Iterator[tuple[Rule, str, str]]:
    """Rule, method and address of each route for these objects."""
    adapter = app.url_map.bind("localhost")
    for rule, name in owned(app):
        if name in objects:
            address = adapter.build(rule.endpoint, {name: objects[name]})
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, address


def told(answer: TestResponse) -> str:
    """The page, without what differs from one answer to the next."""
    return VARYING.sub("…", str(answer.text))


def found(
    app: Flask, client: FlaskClient, objects: Mapping[str, UUID], user: User
) -> list[tuple[str, str, int]]:
    """What of these is not like something that is missing, for this user.

    403 is for who may not do such a thing at all, whatever it is done with.
    """
    missing = {name: uuid4() for name in objects}
    wrong = []
    pairs = zip(addresses(app, objects), addresses(app, missing), strict=True)
    for (rule, method, address), (_rule, _method, nowhere) in pairs:
        if not user.roles & (roles_of(app, rule.endpoint) or frozenset()):
            continue
        answer = client.open(address, method=method)
        if answer.status_code not in {403, 404} or told(answer) != told(
            client.open(nowhere, method=method)
        ):
            wrong.append((method, rule.rule, answer.status_code))
    return wrong


@pytest.mark.rule("R62", "R54")
def test_what_is_of_others_is_as_what_is_missing(
    app: Flask, client: FlaskClient, world: World
) -> None:
    strangers = {
        "another company": (world.other_company, world.ours),
        "another company's branch": (world.other_company, world.branch),
        "a company, of a teacher": (world.ours, world.teacher),
        "another teacher": (world.other_teacher, world.teacher),
        "a teacher, of a company": (world.teacher, world.ours),
    }
    wrong = {}
    for name, (owner, asker) in strangers.items():
        sign_in_as(app, client, asker.user)
        wrong[name] = [
            each
            for objects in (owner.objects, owner.of_branch)
            for each in found(app, client, objects, asker.user)
        ]
    assert {name: each for name, each in wrong.items() if each} == {}


@pytest.mark.rule("R54")
def test_what_is_of_another_branch_is_as_what_is_missing(
    app: Flask, client: FlaskClient, world: World
) -> None:
    sign_in_as(app, client, world.branch.user)
    wrong = found(app, client, world.other_branch.of_branch, world.branch.user)
    assert wrong == [], wrong


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PROVIDER, Role.TEACHER}))
def test_staff_find_nothing_of_companies_and_teachers_there(
    app: Flask, client: FlaskClient, world: World, role: Role
) -> None:
    user = sign_in_as(app, client, user_with(app, role))
    for owner in (world.ours, world.teacher):
        assert found(app, client, owner.objects, user) == []


def test_what_is_ones_own_is_there(
    app: Flask, client: FlaskClient, world: World, connection: Connection
) -> None:
    """Also the other way round: the matrix above asks for addresses that exist."""
    seen = set()
    for owner in (world.ours, world.branch, world.teacher):
        sign_in_as(app, client, owner.user)
        for rule, method, address in addresses(app, owner.objects):
            if owner.user.roles & (roles_of(app, rule.endpoint) or frozenset()):
                step = connection.begin_nested()
                status = client.open(address, method=method).status_code
                step.rollback()
                assert status not in {404, 405}, (owner.user.label, method, rule.rule)
                assert status < 500, (method, rule.rule)
                if status != 403:  # what is not of a branch, somebody of the company may do
                    seen.add(rule.endpoint)
    assert seen == {rule.endpoint for rule, _name in owned(app)}


def test_an_activity_is_looked_at_by_its_own_provider_alone(
    app: Flask, client: FlaskClient, world: World, session: Session
) -> None:
    """Also those who may look at every provider."""
    sign_in_as(app, client, user_with(app, Role.REGISTRAR))
    ours, others = (
        session.get_one(Offer, owner.of_branch["offer_id"])
        for owner in (world.ours, world.other_company)
    )
    assert client.get(f"/register/{ours.provider_id}/aanbod/{ours.id}").status_code == 200
    assert client.get(f"/register/{ours.provider_id}/aanbod/{others.id}").status_code == 404


def test_a_program_finds_nothing_of_another_company(
    app: Flask, client: FlaskClient, world: World, session: Session
) -> None:
    rights = {"tenant": "90001354", "groups": ["provider"], "processes": [KEY, OFFERS]}
    program = new_program(client, session, offers=True, **rights)
    named = {
        "offer_id": world.ours.of_branch["offer_id"],
        "task_id": world.ours.objects["task_id"],
        "instance_id": world.ours.objects["case_id"],
    }
    own = {**named, "offer_id": world.other_company.of_branch["offer_id"]}
    own["task_id"] = world.other_company.objects["task_id"]
    own["instance_id"] = world.other_company.objects["case_id"]
    seen = set()
    for rule in app.url_map.iter_rules():
        if blueprint(rule) != "api" or not rule.arguments & named.keys():
            continue
        (name,) = rule.arguments
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answers = [
                program_asks(program, app, rule, method, {name: each})
                for each in (named[name], uuid4(), own[name])
            ]
            hidden = 412 if method == "PUT" else 404  # with If-Match there is nothing to replace
            assert answers[0] == answers[1], (method, rule.rule)
            assert answers[0][0] == hidden, (method, rule.rule)
            assert answers[2][0] != 404, (method, rule.rule)
            seen.add((method, rule.endpoint))
    assert len(seen) > 6
