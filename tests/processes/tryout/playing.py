"""Test helper for try-outs: shipped diagrams, actions, and how to play them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from processes.register.example_contact import EXAMPLE_CONTACT
from processes.tryout.actions import Action, Answer, Do
from processes.tryout.outcome import Outcome
from processes.tryout.play import Play
from processes.tryout.player import play
from processes.tryout.world import beginning_of
from workers.vocabulary import vocabulary

BPMN = Path(__file__).parents[3] / "bpmn"
ONBOARDING = "provider_onboarding"
VOCABULARY = vocabulary()  # its import is what registers delegates and topics

DECLARED: dict[str, Any] = {
    "declaration": {
        "set_version": 1,
        "answers": {"1": "ja", "2": "ja", "3": "ja", "4": "ja"},
        "complaints_url": "https://voorbeeld.example/klachten",
    },
    "all_yes": True,
}
COMPANY: dict[str, Any] = {
    "company": {"known": True, "corrections": {}, "display_name": "Voorbeeld Opleidingen"},
    "contact": dict(EXAMPLE_CONTACT),
    "next": "review",
}


def xml_of(key: str) -> str:
    return (BPMN / f"{key}.bpmn").read_text()


def start(key: str = "p", **values: Any) -> Action:
    usual = beginning_of(key)
    given: Mapping[str, Any] = {**usual.variables, **values} if key != "p" else values
    return Action(
        Do.START, key=usual.key, tenant=usual.tenant, moment="2026-11-23T09:00", values=given
    )


def task(element: str, **values: Any) -> Action:
    return Action(Do.TASK, element, values=values)


def job(element: str, answer: Answer = Answer.OK, code: str = "", **values: Any) -> Action:
    return Action(Do.JOB, element, answer=answer, code=code, values=values)


def wait(length: str = "") -> Action:
    return Action(Do.WAIT, length=length)


def registered() -> Iterator[Action]:
    """An onboarding up to its confirmation."""
    yield start(ONBOARDING)
    yield task("quality_requirements", **DECLARED)
    yield task("company_details", **COMPANY)
    yield task("review", change=None)


def run(xml: bytes | str, *actions: Action, key: str = "p", **more: Any) -> Outcome:
    text = xml.decode() if isinstance(xml, bytes) else xml
    return play(Play(text, key, actions, **more))


def path(outcome: Outcome) -> list[str]:
    return [passed.element for passed in outcome.path]
