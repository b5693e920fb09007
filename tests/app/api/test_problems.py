"""Whatever goes wrong below /api is a problem document, never a page."""

from http import HTTPStatus
from typing import NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.web.access import public
from app.web.serving.config import LARGEST_REQUEST
from tests.app.api.programs import Program, program

BLANK = "about:blank"


@pytest.fixture
def sender(client: FlaskClient, session: Session) -> Program:
    return program(client, session, messages=["m"], processes=["p"])


def is_problem(answer: TestResponse, status: int, type_: str = BLANK) -> bool:
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["status"] == answer.status_code == status
    assert answer.json["detail"]
    if type_ == BLANK:
        assert (answer.json["type"], answer.json["title"]) == (BLANK, HTTPStatus(status).phrase)
    else:
        assert answer.json["type"].endswith(f"/api/v1/documentatie#{type_}")
    return True


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1", "/api/v1/x", "/api/v2/taken", "/api/v1/taken/"]
)
def test_an_address_that_is_not_there(client: FlaskClient, path: str, method: str) -> None:
    assert is_problem(client.open(path, method=method), 404)


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/api/v1/berichten/m", "GET", {"POST", "OPTIONS"}),
        ("/api/v1/openapi.json", "POST", {"GET", "HEAD", "OPTIONS"}),
        ("/api/v1/taken", "DELETE", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_a_method_that_is_not_taken_names_those_that_are(
    client: FlaskClient, path: str, method: str, allowed: set[str]
) -> None:
    answer = client.open(path, method=method)
    assert is_problem(answer, 405)
    assert set(answer.headers["Allow"].split(", ")) == allowed


def test_a_body_larger_than_any_request_may_be(sender: Program) -> None:
    answer = sender.post("berichten/m", {"variables": {"x": "a" * LARGEST_REQUEST}})
    assert is_problem(answer, 413)


def test_another_kind_of_body(sender: Program) -> None:
    answer = sender.client.post(
        "/api/v1/berichten/m",
        data="x",
        content_type="text/plain",
        headers={"Authorization": f"Bearer {sender.token}", "Message-Id": "one"},
    )
    assert is_problem(answer, 415)


def test_no_token_and_no_right(sender: Program) -> None:
    assert is_problem(sender.post("berichten/m", Authorization="Bearer x"), 401, "unauthorized")
    assert is_problem(sender.post("berichten/x"), 403, "not-allowed")


def test_too_many_requests_say_when_to_come_back(client: FlaskClient, session: Session) -> None:
    quick = program(client, session, messages=["m"], per_minute=1)
    answers = [quick.post("berichten/m") for _ in range(5)]
    answer = next(each for each in answers if each.status_code == 429)
    assert is_problem(answer, 429)
    assert int(answer.headers["Retry-After"]) >= 0


def test_a_nul_another_site_and_another_host(client: FlaskClient, sender: Program) -> None:
    assert is_problem(client.get("/api/v1/taken?x=%00"), 400)
    assert is_problem(sender.post("berichten/m", Origin="https://elsewhere.example"), 403)
    assert is_problem(client.get("/api/v1/taken", base_url="http://elsewhere.example"), 400)


def test_the_database_is_away_or_something_is_wrong_with_us(new_app: Flask) -> None:
    def database_away() -> NoReturn:
        raise OperationalError(statement="secret", params=None, orig=Exception("secret"))

    def fault() -> NoReturn:
        message = "secret"
        raise RuntimeError(message)

    new_app.add_url_rule("/api/v1/weg", "weg", public(database_away))
    new_app.add_url_rule("/api/v1/fout", "fout", public(fault))
    new_app.testing = False
    away, wrong = (new_app.test_client().get(f"/api/v1/{path}") for path in ("weg", "fout"))
    assert is_problem(away, 503)
    assert is_problem(wrong, 500)
    assert wrong.json is not None
    assert len(wrong.json["reference"]) == 8
    assert "secret" not in away.text + wrong.text


def test_pages_keep_their_errors_in_html(client: FlaskClient) -> None:
    answer = client.get("/bestaat-niet")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
