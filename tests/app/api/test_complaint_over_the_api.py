"""The complaint of the guide over the API alone: begun, returned, corrected, answered, followed."""

from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from processes.engine.openings.clients import Rights, make
from processes.register.example_contact import EXAMPLE_CONTACT
from processes.register.providers import providers
from tests.app.begin.complaints import place

GUIDE = Path(__file__).parents[3] / "docs" / "process-owners"
PROVIDER, STRANGER = "68750110", "90000017"
KEY = "klacht_behandelen"
REVIEW, CORRECT, READ = "Klacht beoordelen", "Klacht aanvullen", "Antwoord lezen"
STORY, MORE, ANSWER = "De deur was dicht.", "De deur was dicht, tot tien uur.", "Het spijt ons."
numbers = count(1)


@dataclass
class System:
    """A program outside with a token that it asked for itself."""

    client: FlaskClient
    token: str

    def get(self, path: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = self.client.get(f"/api/v1/{path}", headers=headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json or {}
        return found

    def post(self, path: str, body: Any = None) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", "Message-Id": f"j-{next(numbers)}"}
        return self.client.post(f"/api/v1/{path}", json=body or {}, headers=headers)

    def tasks(self) -> list[str]:
        return [each["name"] for each in self.get("taken")["tasks"]]

    def task(self) -> dict[str, Any]:
        (only,) = self.get("taken")["tasks"]
        return self.get(f"taken/{only['id']}")

    def complete(self, **variables: Any) -> None:
        """Take the only task there is, and complete it."""
        id_ = self.task()["id"]
        for verb, body in (("oppakken", {}), ("afronden", {"variables": variables})):
            answer = self.post(f"taken/{id_}/{verb}", body)
            assert answer.status_code == 200, answer.text


def system(client: FlaskClient, session: Session, **rights: Any) -> System:
    name = f"system {next(numbers)}"
    opening, secret = make(session, name, Rights(**rights), by="test")
    session.commit()
    credentials = {"client_id": opening.id.hex, "client_secret": secret}
    form_sent = {"grant_type": "client_credentials", **credentials}
    answer = client.post("/api/v1/token", data=form_sent)
    assert answer.json is not None
    return System(client, answer.json["access_token"])


@pytest.fixture(autouse=True)
def provider(session: Session) -> None:
    """Two providers that are registered."""
    for kvk in (PROVIDER, STRANGER):
        providers.register(
            session,
            kvk=kvk,
            reference=f"AB-2026-{kvk[:6]}",
            company={},
            corrections={"name": "Voorbeeld Academie"},
            display_name="Voorbeeld Academie",
            company_known=False,
            contact=EXAMPLE_CONTACT,
            registered_by="test",
        )
    session.commit()


@pytest.fixture
def school(client: FlaskClient, session: Session) -> System:
    """The system of a school, where teachers complain."""
    place(session, (GUIDE / "klacht-behandelen.bpmn").read_bytes())
    return system(client, session, processes=[KEY], groups=["teacher"])


@pytest.fixture
def register(client: FlaskClient, session: Session) -> System:
    """What the people of the register work with."""
    return system(client, session, groups=["registrar"])


def begin(school: System) -> tuple[str, str]:
    """The case of a complaint, and its reference."""
    asked = school.get(f"processen/{KEY}")["fields"]
    assert [each["id"] for each in asked if each["required"]] == [
        "onderwerp",
        "aanbieder",
        "soort",
        "verhaal",
    ]
    given = {"onderwerp": "Dichte deur", "aanbieder": "123", "soort": "x", "verhaal": STORY}
    refused = school.post(f"processen/{KEY}", {"variables": given})
    assert refused.status_code == 400
    assert [each["pointer"] for each in refused.json["errors"]] == [  # type: ignore[index]
        "#/variables/aanbieder",
        "#/variables/soort",
    ]
    right = {**given, "aanbieder": PROVIDER, "soort": "organisatie", "datum": "2026-11-02"}
    begun = school.post(f"processen/{KEY}", {"variables": right})
    assert begun.json is not None
    return begun.json["instances"][0], begun.json["reference"]


def test_a_complaint_is_returned_corrected_answered_and_followed(
    school: System, register: System, client: FlaskClient, session: Session
) -> None:
    place(session, (GUIDE / "klacht-beantwoorden.bpmn").read_bytes())
    academy, stranger = (
        system(client, session, groups=["provider"], tenant=kvk) for kvk in (PROVIDER, STRANGER)
    )
    case, _reference = begin(school)
    assert school.get(f"zaken/{case}")["now"] == [REVIEW]

    assert register.tasks() == [REVIEW]
    answered = register.task()["answered"]
    assert (answered["verhaal"], answered["datum"]) == (STORY, "02-11-2026")
    register.complete(review_decision="returned", corrections={"verhaal": "Tot hoe laat?"})

    assert school.tasks() == [CORRECT]
    assert school.task()["corrections"] == {"verhaal": "Tot hoe laat?"}
    assert [each["value"] for each in school.task()["fields"]] == [STORY]
    school.complete(verhaal=MORE)
    assert register.task()["answered"]["verhaal"] == MORE
    register.complete(review_decision="approved")

    assert (school.tasks(), register.tasks(), stranger.tasks()) == ([], [], [])
    shown = {each["id"]: each["value"] for each in academy.task()["fields"]}
    assert shown["verhaal"] == MORE
    academy.complete(antwoord=ANSWER)

    assert school.tasks() == [READ]
    state = school.get(f"zaken/{case}")
    assert (state["status"], state["variables"]["antwoord"]) == ("active", ANSWER)
    school.complete()
    assert school.get(f"zaken/{case}")["status"] == "completed"
    assert school.get("zaken?status=active")["cases"] == []


def test_the_answer_may_come_as_a_message(
    school: System, register: System, client: FlaskClient, session: Session
) -> None:
    sends = system(client, session, messages=["antwoord van aanbieder"])
    case, reference = begin(school)
    register.complete(review_decision="approved")
    body = {"correlationKey": reference, "variables": {"antwoord": ANSWER}}
    sent = sends.post("berichten/antwoord%20van%20aanbieder", body)
    assert (sent.status_code, sent.json["outcome"]) == (200, "delivered")  # type: ignore[index]
    assert school.task()["fields"][0]["value"] == ANSWER
    school.complete()
    assert school.get(f"zaken/{case}")["status"] == "completed"
