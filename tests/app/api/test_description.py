"""The description of the API: valid OpenAPI 3.1, whole, and a page for people."""

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.api.openapi import PREFIX, UndescribedRouteError, document
from app.api.operation import Deprecation, Operation, describes
from app.api.problems import KINDS
from app.web.access import public
from app.web.problems import MEDIA_TYPE

SITE = "http://127.0.0.1:8080"


def errors_of(description: Any) -> list[Any]:
    """What is wrong with it, by the specification of OpenAPI 3.1."""
    from openapi_spec_validator import OpenAPIV31SpecValidator  # late: it takes two seconds

    return list(OpenAPIV31SpecValidator(description).iter_errors())


@pytest.fixture
def described(app: Flask) -> dict[str, Any]:
    return document(app, SITE)


def test_it_is_valid_openapi_3_1(client: FlaskClient) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.json is not None
    assert answer.json["openapi"].startswith("3.1.")
    assert errors_of(answer.json) == []


def test_a_fault_in_it_would_be_told(described: dict[str, Any]) -> None:
    del described["info"]["title"]
    assert errors_of(described) != []


def test_a_generator_of_clients_finds_all_that_it_needs(described: dict[str, Any]) -> None:
    """Each body has a schema and each tag a description, without which some leave a route out."""
    bare = [
        (path, method, kind)
        for path, methods in described["paths"].items()
        for method, one in methods.items()
        for each in (one.get("requestBody", {}), *one["responses"].values())
        for kind, body in each.get("content", {}).items()
        if not body.get("schema")
    ]
    assert bare == []
    sent = described["paths"]["/bestanden"]["post"]["requestBody"]["content"]
    assert sent["application/octet-stream"]["schema"]["format"] == "binary"
    assert all(len(tag["description"]) > 20 for tag in described["tags"])


def test_every_route_stands_in_it(app: Flask, described: dict[str, Any]) -> None:
    routes = {
        (re.sub(r"<(?:\w+:)?\w+>", "{}", rule.rule.removeprefix(PREFIX)), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    told = {
        (re.sub(r"{\w+}", "{}", path), method)
        for path, methods in described["paths"].items()
        for method in methods
    }
    assert told == routes - {("/token", "post")}  # RFC 6749 describes it
    assert ("/processen/{}", "post") in told


def test_a_route_that_says_nothing_of_itself_is_named(new_app: Flask) -> None:
    new_app.add_url_rule("/api/v1/stil", "stil", public(lambda: ""))
    with pytest.raises(UndescribedRouteError, match="/api/v1/stil"):
        document(new_app, SITE)


def test_every_problem_type_stands_in_it_and_on_the_page(
    client: FlaskClient, described: dict[str, Any]
) -> None:
    types = described["components"]["schemas"]["Problem"]["properties"]["type"]["enum"]
    assert types == ["about:blank", *(kind.type for kind in KINDS.values())]
    page = client.get("/api/v1/documentatie").text
    assert all(f'id="{kind.name}"' in page for kind in KINDS.values())
    refused = [
        answer
        for methods in described["paths"].values()
        for operation in methods.values()
        for status, answer in operation["responses"].items()
        if int(status) >= 400
    ]
    assert refused
    assert all(list(answer["content"]) == [MEDIA_TYPE] for answer in refused)


def test_names_are_in_camel_case_and_addresses_end_without_a_slash(
    described: dict[str, Any],
) -> None:
    schemas = described["components"]["schemas"].values()
    names = [name for schema in schemas for name in schema.get("properties", {})]
    operations = [one for methods in described["paths"].values() for one in methods.values()]
    names += [each["name"] for one in operations for each in one["parameters"]]
    assert [name for name in names if "_" in name] == []
    assert [path for path in described["paths"] if path.endswith("/")] == []
    ids = [one["operationId"] for one in operations]
    assert len(ids) == len(set(ids))


def test_both_ways_to_prove_oneself_stand_in_it(described: dict[str, Any]) -> None:
    schemes = described["components"]["securitySchemes"]
    flow = schemes["oauth2"]["flows"]["clientCredentials"]
    assert flow["tokenUrl"] == f"{SITE}/api/v1/token"
    assert schemes["signature"]["name"] == "Signature"
    assert [list(each) for each in described["security"]] == [["oauth2"], ["signature"]]
    is_open = [
        path
        for path, methods in described["paths"].items()
        for operation in methods.values()
        if operation.get("security") == []
    ]
    catalogue = {
        "/aanbieders",
        "/aanbieders/{kvk}",
        "/catalogus",
        "/catalogus/{offerId}",
        "/edudex-programmas",
    }
    assert set(is_open) == {"/documentatie", "/openapi.json"} | catalogue


def test_the_page_names_every_address_and_needs_nothing_from_elsewhere(
    client: FlaskClient, described: dict[str, Any]
) -> None:
    answer = client.get("/api/v1/documentatie")
    assert answer.status_code == 200
    for path, methods in described["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in answer.text
    loaded = re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="([^"]*)"', answer.text)
    assert loaded
    assert all(each.startswith("/static/") for each in loaded)
    assert " style=" not in answer.text
    assert "<style" not in answer.text


@pytest.mark.parametrize("path", ["openapi.json", "taken", "bestaat-niet"])
def test_every_answer_says_the_whole_version(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/api/v1/{path}")
    assert re.fullmatch(r"1\.\d+\.\d+", answer.headers["API-Version"])
    assert "API-Version" not in client.get("/").headers


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_an_address_that_will_go_says_since_when_until_when_and_what_to_use(new_app: Flask) -> None:
    going = Deprecation(date(2027, 1, 1), date(2027, 7, 1), f"{PREFIX}/catalogus")
    operation = Operation("catalogue", {200: "text/plain"}, is_open=True, deprecated=going)
    new_app.add_url_rule(f"{PREFIX}/oud", "oud", public(describes(operation)(lambda: "")))
    client = new_app.test_client()
    for answer in (client.get(f"{PREFIX}/oud"), client.get(f"{PREFIX}/oud?onbekend=1")):
        assert answer.headers["Deprecation"] == "@1798761600"
        assert answer.headers["Sunset"] == "Thu, 01 Jul 2027 00:00:00 GMT"
        assert answer.headers.getlist("Link") == [
            f'<{PREFIX}/documentatie>; rel="deprecation"',
            f'<{PREFIX}/catalogus>; rel="successor-version"',
        ]
    assert "Deprecation" not in client.get(f"{PREFIX}/catalogus").headers
    told = document(new_app, SITE)["paths"]
    assert told["/oud"]["get"]["deprecated"]
    assert "/api/v1/catalogus; it is here until 2027-07-01" in told["/oud"]["get"]["description"]
    assert "deprecated" not in told["/catalogus"]["get"]
