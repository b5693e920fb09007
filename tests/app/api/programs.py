"""Test helper: a program outside, with an access token of an opening."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from processes.engine.openings import access
from processes.engine.openings.clients import Rights, make

numbers = count(1)


@dataclass
class Program:
    client: FlaskClient
    token: str

    def post(
        self, path: str, body: Any = None, *, id_: str | None = None, **headers: str
    ) -> TestResponse:
        given = {
            "Authorization": f"Bearer {self.token}",
            "Message-Id": id_ or f"id-{next(numbers)}",
        }
        return self.client.post(f"/api/v1/{path}", json=body or {}, headers={**given, **headers})


def program(client: FlaskClient, session: Session, **rights: Any) -> Program:
    """A program whose opening has these rights."""
    opening, _secret = make(session, f"opening {next(numbers)}", Rights(**rights), by="test")
    token = access.issue(session, opening)
    session.commit()
    return Program(client, token)
