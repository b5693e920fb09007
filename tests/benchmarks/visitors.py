"""Signed-in employees for benchmarks: logging in is the broker's work, not ours."""

from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session

from app.auth import sessions
from app.web.access import Role, User
from app.web.db import db
from processes.engine.deployment.definitions import deploy
from processes.engine.execution.instances import open_user_tasks, start_process
from processes.register.declarations import seed_requirements
from processes.register.providers.people import known_user
from processes.register.providers.providers import new_reference
from tests.benchmarks import onboarding
from workers.vocabulary import vocabulary

ROOT = Path(__file__).parents[2]
ISSUER = "https://eherkenning.test"
SUBJECT = "a" * 64
ANSWERS = {
    **{f"requirement_{number}": "ja" for number in range(1, 5)},
    "complaints_url": "https://www.scholing.example/klachten",
}


@dataclass(frozen=True)
class Visitor:
    """One signed-in browser, with the token that its forms carry."""

    kvk: str
    cookie: str
    csrf: str


@dataclass(frozen=True)
class Post:
    """One request of one signed-in employee."""

    path: str
    cookie: str
    body: str


def prepare(database: Session) -> None:
    """The diagram as it is shipped, and the requirements."""
    seed_requirements(database)
    xml = (ROOT / "bpmn" / f"{onboarding.KEY}.bpmn").read_bytes()
    deploy(database, xml, vocabulary=vocabulary(), deployed_by="benchmark", from_file=True)
    database.commit()


def visitors(app: Flask, kvks: list[str]) -> list[Visitor]:
    """An employee of each of these companies, signed in; call it within the app's context."""
    csrf, cookie = _csrf(app)
    return [Visitor(kvk, f"{cookie}; {_signed_in(app, kvk)}", csrf) for kvk in kvks]


def at_first_task(database: Session, kvk: str) -> str:
    """Begin this company's onboarding; the id of its first task."""
    start_process(
        database,
        onboarding.KEY,
        business_key=kvk,
        tenant=kvk,
        variables={"kvk": kvk, "reference": new_reference()},
        started_by=onboarding.ACTOR,
    )
    (task,) = open_user_tasks(database, tenant=kvk)
    task_id = str(task.id)
    database.commit()
    return task_id


def form_of(visitor: Visitor, path: str, fields: dict[str, str]) -> Post:
    """This form, filled in by this visitor."""
    return Post(path, visitor.cookie, urlencode({"csrf_token": visitor.csrf, **fields}))


def send(connection: HTTPConnection, post: Post) -> HTTPResponse:
    """Send it; the answer is not read yet."""
    headers = {"Cookie": post.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", post.path, post.body, headers)
    return connection.getresponse()


def _csrf(app: Flask) -> tuple[str, str]:
    """A token for forms, and the cookie that it belongs to."""
    with app.test_request_context():
        token: str = generate_csrf()
        signer: Any = app.session_interface
        value = signer.get_signing_serializer(app).dumps(dict(session))
    return token, f"{app.config['SESSION_COOKIE_NAME']}={value}"


def _signed_in(app: Flask, kvk: str) -> str:
    with app.test_request_context(method="POST"):
        known = known_user(db.session(), issuer=ISSUER, kvk=kvk, subject=SUBJECT)
        roles = frozenset({Role.PROVIDER})
        user = User(
            known.id, known.label, roles, ISSUER, SUBJECT, kvk=kvk, loa="loa3", right=known.right
        )
        sessions.start(db.session(), user)
        db.session().commit()
        return f"{sessions.cookie_name(app.config['LOKET_SETTINGS'])}={g.new_token}"
