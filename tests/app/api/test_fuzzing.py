"""Schemathesis: whatever is sent, the API answers as its description says it may."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from sqlalchemy.orm import Session

from app.api.openapi import document
from tests.app.api.programs import program
from tests.app.begin.complaints import KEY, SUBJECT, complaint, place
from tests.app.offers.offer_world import a_catalogue_offer, a_provider, deploy_offer_publication

Request = Case[Any]
Operation = APIOperation[Any, Any, Any, Any]
load_all_checks()
# A schema cannot say all that we refuse: a cursor of ours, text that prints, a version of now.
BEYOND_SCHEMAS: list[Any] = CHECKS.get_by_names(["positive_data_acceptance"])
# The same examples each time: what is found by chance is not for a test that all wait for.
ALIKE = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=4,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
OFTEN = 10_000  # requests a minute: not what is tried here


@pytest.fixture
def known(client: FlaskClient, session: Session) -> dict[str, Any]:
    """What there is to ask for, by the names of the parts of addresses."""
    deploy_offer_publication(session)
    offer = a_catalogue_offer(session, a_provider(session))
    place(session, complaint(SUBJECT))
    staff = program(client, session, groups=["registrar"], processes=[KEY], per_minute=OFTEN)
    begun = staff.post(f"processen/{KEY}", {"variables": {"onderwerp": "x"}})
    headers = {"Authorization": f"Bearer {staff.token}"}
    listed: Any = client.get("/api/v1/taken", headers=headers).json
    return {
        "offerId": str(offer.id),
        "kvk": offer.provider.kvk,
        "key": KEY,
        "instanceId": begun.json["instances"][0],  # type: ignore[index]
        "taskId": listed["tasks"][0]["id"],
        "name": "m",
    }


@pytest.fixture
def tokens(known: dict[str, Any], client: FlaskClient, session: Session) -> dict[str, str]:
    """By tag: of a program of that provider for its activities, else of one of the register."""
    rights = {"groups": ["registrar"], "processes": [KEY], "messages": ["m"], "signals": ["m"]}
    staff = program(client, session, **rights, per_minute=OFTEN)
    own = program(client, session, offers=True, tenant=known["kvk"], per_minute=OFTEN)
    return defaultdict(lambda: staff.token, {"activities": own.token})


@pytest.fixture
def _same_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hypothesis tries constants of the modules that happen to be loaded, too: not here."""
    monkeypatch.setattr(providers, "_get_local_constants", Constants)


def cases(operation: Operation, mode: GenerationMode) -> Iterator[Request]:
    """Requests that fit the description, or do not; none where nothing can be wrong."""
    found: list[Request] = []

    @ALIKE
    @given(case=operation.as_strategy(generation_mode=mode))
    def keep(case: Request) -> None:
        found.append(case)

    try:
        keep()
    except Unsatisfiable:
        return
    yield from found


def about(case: Request, known: dict[str, Any]) -> Request:
    """The same request for something that is there."""
    case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
    return case


@pytest.mark.usefixtures("_same_examples")
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_whatever_is_sent_is_answered_as_the_description_says(
    app: Flask, known: dict[str, Any], tokens: dict[str, str]
) -> None:
    schema = schemathesis.openapi.from_dict(document(app, "http://localhost"))
    schema.app = app
    answered: dict[str, set[int]] = defaultdict(set)
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]
        (tag,) = operation.definition.raw["tags"]
        right = list(cases(operation, GenerationMode.POSITIVE))
        wrong = cases(operation, GenerationMode.NEGATIVE)
        for case in (*right[::2], *(about(each, known) for each in right[1::2]), *wrong):
            headers = {"Authorization": f"Bearer {tokens[tag]}"}
            answer = case.call_and_validate(headers=headers, excluded_checks=BEYOND_SCHEMAS)
            answered[operation.label].add(answer.status_code)
    done = {label for label, codes in answered.items() if codes & {200, 201, 204}}
    assert {label for label in answered if label.startswith("GET /aan")} <= done
    assert {"PUT /aanbod/{offerId}", "POST /aanbod/bulk", "GET /taken/{taskId}"} <= done


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_description_that_is_wrong_would_be_told(app: Flask, known: dict[str, Any]) -> None:
    lie = document(app, "http://localhost")
    lie["components"]["schemas"]["ProviderAnswer"]["required"].append("phone")
    schema = schemathesis.openapi.from_dict(lie)
    schema.app = app
    operation = schema["/aanbieders/{kvk}"]["GET"]
    case = operation.Case(path_parameters={"kvk": known["kvk"]})
    with pytest.raises(BaseExceptionGroup, match="violates schema"):
        case.call_and_validate(excluded_checks=BEYOND_SCHEMAS)
