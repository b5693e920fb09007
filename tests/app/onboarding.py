"""Test helper: a provider's employee who goes through the registration in a test client."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from processes.engine.deployment.definitions import deploy
from processes.register.declarations import seed_requirements
from workers.vocabulary import vocabulary

BPMN = Path(__file__).parents[2] / "bpmn"
YES = {f"requirement_{number}": "ja" for number in range(1, 5)}
DECLARATION = {**YES, "complaints_url": "https://www.scholing.example/klachten"}
CONTACT = {"contact_name": "Noor de Wit", "contact_email": "noor@scholing.example"}


def prepare(session: Session) -> None:
    """The diagram and the example requirements, as after a deployment."""
    seed_requirements(session)
    xml = (BPMN / "provider_onboarding.bpmn").read_bytes()
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="test", from_file=True)
    session.commit()


class Employee:
    """A browser at the registration."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def begin(self) -> TestResponse:
        """Start the registration, and stand at its first step."""
        self.press(self.open("/aanmelding"), "/aanmelding", {})
        return self.open("/aanmelding")

    def open(self, address: str) -> TestResponse:
        return self.client.get(address, follow_redirects=True)

    def press(
        self, page: TestResponse, address: str, answers: Mapping[str, Any], *, follow: bool = True
    ) -> TestResponse:
        """Send the form of this page to this address."""
        hidden = {"csrf_token": field(page, "csrf_token")}
        if 'name="submission_id"' in page.text:
            hidden["submission_id"] = field(page, "submission_id")
        return self.client.post(address, data={**hidden, **answers}, follow_redirects=follow)

    def answer(self, page: TestResponse, answers: Mapping[str, Any]) -> TestResponse:
        """Send the step that this page shows."""
        return self.press(page, step_address(page), answers)

    def to_company(self) -> TestResponse:
        return self.answer(self.begin(), DECLARATION)

    def to_review(self) -> TestResponse:
        page = self.to_company()
        return self.answer(page, {**chosen(page), **CONTACT, "next": "review"})

    def register(self) -> TestResponse:
        """All steps, and the confirmation."""
        return self.answer(self.to_review(), {})


def field(page: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)
    found = found or re.search(rf'value="([^"]*)"[^>]*name="{name}"', page.text)
    assert found, f"{name} is not on the page"
    return found[1]


def chosen(page: TestResponse) -> dict[str, str]:
    """What stands in the radio buttons of a page already."""
    return {
        tag[1]: value[1]
        for tag in re.finditer(r'<input[^>]*\bchecked\b[^>]*name="([^"]+)"[^>]*>', page.text)
        if (value := re.search(r'value="([^"]*)"', tag[0]))
    }


def step_address(page: TestResponse) -> str:
    found = re.search(r'action="(/taken/[0-9a-f-]{36})"', page.text)
    assert found, page.text
    return found[1]


def heading(page: TestResponse) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", found[1]).strip() if found else ""
