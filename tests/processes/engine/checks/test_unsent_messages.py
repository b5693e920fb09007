"""A message that a diagram waits for and that nobody sends is told, with where it is waited for."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from processes.engine.checks.unsent_messages import unsent_messages
from processes.engine.openings.clients import Rights, disable, make
from workers.vocabulary import messages_from_elsewhere

ROOT = Path(__file__).parents[4]
GUIDE = ROOT / "docs" / "process-owners"
COMPLAINT = (GUIDE / "klacht-behandelen.bpmn").read_bytes()
ANSWER = (GUIDE / "klacht-beantwoorden.bpmn").read_bytes()


@pytest.mark.parametrize(
    ("file", "element", "name"),
    [
        (COMPLAINT, "Antwoord van de aanbieder", "antwoord van aanbieder"),
        (ANSWER, "Klacht gekregen", "klacht voor aanbieder"),
    ],
)
def test_a_message_is_sent_by_a_process_or_a_program(file: bytes, element: str, name: str) -> None:
    (told,) = unsent_messages(file, {}, set())
    assert told.startswith(f'"{element}" wacht op het bericht "{name}"')
    beside = {"behandelen": COMPLAINT, "beantwoorden": ANSWER}
    assert unsent_messages(file, beside, set()) == []
    assert unsent_messages(file, {}, {name}) == []


@pytest.mark.parametrize("path", sorted((ROOT / "bpmn").glob("*.bpmn")), ids=lambda path: path.stem)
def test_what_is_shipped_waits_for_what_loket_sends(session: Session, path: Path) -> None:
    assert unsent_messages(path.read_bytes(), {}, messages_from_elsewhere(session)) == []


def test_a_program_that_may_send_it_counts_while_it_is_let_in(session: Session) -> None:
    opening, _secret = make(session, "crm", Rights(messages=["m"]), by="test")
    assert "m" in messages_from_elsewhere(session)
    disable(session, opening)
    assert "m" not in messages_from_elsewhere(session)
