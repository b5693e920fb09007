"""The description of the API keeps the NLGov REST API Design Rules, judged by Spectral."""

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.api.openapi import document
from tests import patience

SPECTRAL = Path(__file__).parents[2] / "spectral"
NODE = shutil.which("node")
Document = dict[str, Any]
KEPT = (
    "/aanbieders",
    "/aanbieders/{kvk}",
    "/catalogus",
    "/documentatie",
    "/catalogus/{offerId}",
    "/openapi.json",
)
REF = {"$ref": "#/components/schemas/Answer"}


def judged(documents: Sequence[Document]) -> list[list[dict[str, str]]]:
    """The findings of each, by the rules of tests/spectral/adr.mjs and those of Spectral itself."""
    ran = subprocess.run(
        [NODE or "", "lint.mjs"],
        cwd=SPECTRAL,
        input=json.dumps(documents),
        capture_output=True,
        text=True,
        check=True,
        timeout=patience.SECONDS,
    )
    found: list[list[dict[str, str]]] = json.loads(ran.stdout)
    return found


def small(found: Document) -> Document:
    """Some addresses of it, with short answers: enough to break each rule, judged soon."""
    cut = deepcopy(found)
    cut["paths"] = {path: cut["paths"][path] for path in KEPT}
    schemas = cut["components"]["schemas"]
    answer = {"type": "object", "properties": {"startTime": {}}}
    cut["components"]["schemas"] = {"Answer": answer, "Problem": schemas["Problem"]}
    for path in KEPT:
        operation(cut, path)["parameters"] = [
            each for each in operation(cut, path)["parameters"] if each["in"] == "path"
        ]
        operation(cut, path)["responses"]["200"]["content"] = {"application/json": {"schema": REF}}
    return cut


def operation(found: Document, path: str = "/catalogus/{offerId}", method: str = "get") -> Document:
    chosen: Document = found["paths"][path][method]
    return chosen


def with_property(found: Document, name: str, value: Document) -> None:
    found["components"]["schemas"]["Answer"]["properties"][name] = value


def moved(found: Document, path: str, to: str) -> None:
    found["paths"][to] = found["paths"].pop(path)


WRONG: dict[str, Callable[[Document], Any]] = {
    "core/no-trailing-slash": lambda found: moved(found, "/aanbieders", "/aanbieders/"),
    "core/path-segments-kebab-case": lambda found: moved(found, "/documentatie", "/deDocumentatie"),
    "core/query-keys-camel-case": lambda found: operation(found, "/catalogus")["parameters"].append(
        {"name": "hours_from", "in": "query", "schema": {"type": "integer"}}
    ),
    "core/properties-camel-case": lambda found: with_property(
        found, "kvk_number", {"type": "string"}
    ),
    "core/http-methods": lambda found: found["paths"]["/catalogus"].update(
        trace=operation(found, "/catalogus")
    ),
    "core/date-time/format": lambda found: with_property(found, "endDate", {"type": "string"}),
    "core/date-time/local": lambda found: with_property(
        found, "startTime", {"type": "string", "format": "time"}
    ),
    "core/error-handling/problem-details": lambda found: operation(found)["responses"][
        "404"
    ].update(content={"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}),
    "core/error-handling/problem-members": lambda found: found["components"]["schemas"][
        "Problem"
    ].update(required=["type", "title"]),
    "core/error-handling/invalid-input": lambda found: operation(found)["responses"].pop("400"),
    "core/error-handling/not-422-alone": lambda found: operation(found, "/openapi.json")[
        "responses"
    ].update({"422": operation(found)["responses"]["404"]}),
    "core/doc-openapi": lambda found: found.update(openapi="3"),
    "core/doc-openapi-contact": lambda found: found["info"]["contact"].pop("email"),
    "core/publish-openapi": lambda found: moved(found, "/openapi.json", "/beschrijving.json"),
    "core/uri-version": lambda found: found["servers"].append({"url": "https://loket.example/api"}),
    "core/semver": lambda found: found["info"].update(version="1.5"),
    "core/version-header": lambda found: operation(found)["responses"]["200"].pop("headers"),
    "core/transport/tls": lambda found: found["servers"][0].update(url="http://loket.example/v1"),
    "operation-operationId-unique": lambda found: operation(found).update(operationId="catalogue"),
    "path-params": lambda found: operation(found, "/aanbieders/{kvk}").update(parameters=[]),
}
"""What breaks each rule; each in a place of its own, so that one document has them all."""


@pytest.mark.skipif(
    NODE is None or not (SPECTRAL / "node_modules" / "@stoplight").exists(),
    reason="no Node, or no packages in tests/spectral: run npm ci there",
)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_description_keeps_the_rules_and_each_rule_finds_what_breaks_it(app: Flask) -> None:
    right = document(app, "https://loket.example")
    cut = small(right)
    wrong = deepcopy(cut)
    for spoil in WRONG.values():
        spoil(wrong)
    whole, unbroken, broken = judged([right, cut, wrong])
    assert (whole, unbroken) == ([], [])
    assert WRONG.keys() - {finding["rule"] for finding in broken} == set()


def test_every_rule_of_ours_is_tried() -> None:
    text = (SPECTRAL / "adr.mjs").read_text("utf-8")
    rules = {line.split("'")[1] for line in text.splitlines() if line.startswith("    'core/")}
    assert rules <= WRONG.keys()
