"""Test helper: signs a test client in without the login provider."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

from flask import Flask, g
from flask.testing import FlaskClient

from app.auth import sessions
from app.web.access import Role, User
from app.web.db import db
from processes.base import now
from processes.register.providers.people import known_user

ISSUER = "https://eherkenning.test"
KVK = "68750110"


def sign_in(
    app: Flask, client: FlaskClient, role: Role, *, kvk: str = KVK, employee: str = "a" * 64
) -> User:
    """A session for somebody with this role; providers get their own company."""
    return sign_in_as(app, client, user_with(app, role, kvk=kvk, employee=employee))


def user_with(
    app: Flask,
    role: Role,
    *,
    kvk: str = KVK,
    employee: str = "a" * 64,
    branch: str | None = None,
) -> User:
    """Somebody with this role."""
    if role is not Role.PROVIDER:
        return User(uuid4(), f"Test {role}", frozenset({role}), ISSUER, str(role))
    with app.test_request_context(method="POST"):
        known = known_user(db.session(), issuer=ISSUER, kvk=kvk, subject=employee, branch=branch)
        user = User(
            known.id,
            known.shown_name,
            frozenset({role}),
            ISSUER,
            employee,
            kvk=kvk,
            branch=branch,
            loa="loa3",
            right=known.right,
        )
        db.session().commit()
    return user


def sign_in_as(
    app: Flask, client: FlaskClient, user: User, cookies: Mapping[str, str] | None = None
) -> User:
    """A session for this user, in a browser that has these cookies already."""
    header = "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())
    with app.test_request_context(method="POST", headers={"Cookie": header}):
        at = user.authenticated_at or now()
        sessions.start(db.session(), replace(user, authenticated_at=at))
        db.session().commit()
        token: str = g.new_token
    client.set_cookie(sessions.cookie_name(app.config["LOKET_SETTINGS"]), token)
    return user
