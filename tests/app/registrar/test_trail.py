"""Whoever reads the audit trail reads Dutch, whatever happened."""

import pytest

from app.operations.cases import tokens
from processes.casework.instance_changes import INSTANCE_CHANGES
from processes.engine.deployment.reviews import DraftAction
from processes.letters.templates import LETTERS
from processes.letters.trail import ACTIONS, details_of, doer_in_words, words_of
from processes.register.changes import AuditEvent
from processes.tryout.deployment import DEPLOYED, ROLLED_BACK
from tests.app.registrar.trail_actions import written_actions

CHANGES = {change.event for change in INSTANCE_CHANGES.values()}
REVIEWED = (DraftAction.SUBMITTED, DraftAction.APPROVED, DraftAction.RETURNED)
COMPUTED = {
    ("app/operations/cases/tokens.py", "f'token-{form.action.data}'"): {
        f"token-{action}" for action in tokens.ACTIONS
    },
    ("app/studio/deploy/reviews.py", "f'process-draft-{action}'"): {
        f"process-draft-{action}" for action in REVIEWED
    },
    ("processes/casework/instance_changes.py", "change.event"): CHANGES,
    ("processes/tryout/deployment.py", "order.action"): {DEPLOYED, ROLLED_BACK},
    ("workers/handlers/instances.py", "f'{INSTANCE_CHANGES[change].event}-in-bulk'"): {
        f"{event}-in-bulk" for event in CHANGES
    },
}


@pytest.fixture(scope="module")
def written() -> set[tuple[str, str]]:
    """Which module writes which action: all source is read, so not while tests are collected."""
    return set(written_actions(COMPUTED))


@pytest.mark.rule("R61", "R70")
def test_every_action_that_the_code_writes_has_a_text(written: set[tuple[str, str]]) -> None:
    without = sorted(
        {f"{module} writes {action}" for module, action in written if action not in ACTIONS}
    )
    assert without == [], "give it a text in processes/letters/trail.py"
    told = {action: words_of(AuditEvent(action=action, actor="worker")) for _, action in written}
    assert told == {action: ACTIONS[action] for action in told}


def test_no_text_is_left_of_an_action_that_nobody_writes(written: set[tuple[str, str]]) -> None:
    assert set(ACTIONS) == {action for _, action in written}


def test_an_event_of_an_older_release_keeps_its_own_name() -> None:
    assert words_of(AuditEvent(action="something-gone", actor="worker")) == "something-gone"


@pytest.mark.parametrize(
    ("actor", "told"),
    [
        ("opening 68750110 Onze website", "sleutel Onze website"),
        ("opening zaaksysteem", "opening zaaksysteem"),
        ("worker", "Loket"),
        ("Noor de Wit", "Noor de Wit"),
    ],
)
def test_a_program_of_a_company_is_named_by_its_key(actor: str, told: str) -> None:
    assert doer_in_words(actor) == told


@pytest.mark.rule("R61", "R70")
@pytest.mark.parametrize(
    ("action", "details", "told"),
    [
        ("mail-sent", {"kind": "provider-suspended"}, "soort: Bericht over een schorsing"),
        ("mail-sent", {"kind": "of-an-older-release"}, "soort: of-an-older-release"),
        ("offer-reported", {"kind": "klopt-niet"}, "soort: De gegevens kloppen niet"),
        ("data-exported", {"kind": "alles"}, "soort: alles"),
        ("login", {"levelOfAssurance": "loa2plus"}, "niveau: EH2+"),
        ("offer-checked", {"checked": False}, "gecontroleerd: nee"),
        ("offer-published", {"visible": True}, "te zien in de catalogus: ja"),
        ("offer-edited", {"fields": ["content", "title"]}, "gegevens: Inhoud en opzet, Titel"),
        ("offer-edited", {"fields": ["of-an-older-release"]}, "gegevens: of-an-older-release"),
    ],
)
def test_the_details_of_an_event_are_told_as_pages_name_them(
    action: str, details: dict[str, object], told: str
) -> None:
    assert details_of(AuditEvent(action=action, actor="worker", details=details)) == [told]


def test_every_letter_has_a_title_in_the_trail() -> None:
    for kind, letter in LETTERS.items():
        event = AuditEvent(action="mail-sent", actor="worker", details={"kind": kind})
        assert details_of(event) == [f"soort: {letter.title}"]
