"""Whoever reads the audit trail reads Dutch, whatever happened."""

import pytest

from app.operations.cases import tokens
from processes.casework.instance_changes import INSTANCE_CHANGES
from processes.engine.deployment.reviews import DraftAction
from processes.letters.templates import LETTERS
from processes.letters.trail import ACTIONS, doer_in_words, words_of
from processes.letters.trail_details import DETAILS, details_of
from processes.register.changes import AuditEvent
from processes.tryout.deployment import DEPLOYED, ROLLED_BACK
from tests.app.registrar.trail_actions import written_actions, written_details

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


LEFT_OUT = {
    "authorizee",  # the pseudonym of who logged in
    "roles",  # of a company always the same
    "element",  # `step` is its name
    "jobs",  # ids
    "message_id",
    "mapping",
    "sha256",
}
"""Names of details that people have no use for: ids, and what another detail says."""


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
        ("sessions-ended", {"count": 3}, "aantal: 3"),
        ("own-sessions-ended", {"number": 2}, "aantal: 2"),
        ("webhook-sent-again", {"number": 41}, "nummer van het bericht: 41"),
        ("webhook-added", {"url": "https://ons.test/hook"}, "webadres: https://ons.test/hook"),
        (
            "webhook-events-changed",
            {"events": ["nl.loket.offer.created", "nl.loket.of-an-older-release"]},
            "berichten over: Activiteit gemaakt, nl.loket.of-an-older-release",
        ),
        ("external-task-completed", {"topic": "ons-onderwerp"}, "onderwerp: ons-onderwerp"),
        ("external-tasks-fetched", {"worker": "pc 4", "jobs": ["1"]}, "programma: pc 4"),
        ("token-move", {"variables": ["besluit", "dagen"]}, "gegevens: besluit, dagen"),
        ("notices-chosen", {"choice": "none"}, "keuze: geen e-mail over taken"),
        ("break-glass-key-added", {"label": "sleutel in de kluis"}, "naam: sleutel in de kluis"),
        ("provider-leaving", {"last_day": "2026-12-31"}, "laatste dag: 31 december 2026"),
        ("provider-leaving", {"last_day": "2026-31-12"}, "laatste dag: 2026-31-12"),
        ("offer-hidden", {"reason": "9999-12-31T23:59:59Z"}, "reden: 9999-12-31T23:59:59Z"),
        ("offer-hidden", {"reason": "0001-01-01T00:00+14:00"}, "reden: 0001-01-01T00:00+14:00"),
        (
            "offer-end-date",
            {"end_date": [None, "2027-01-01"]},
            "einddatum: leeg \u2192 1 januari 2027",
        ),
        (
            "task-due-changed",
            {"before": "2026-11-30T12:00:00+00:00"},
            "was: 30 november 2026, 13.00 uur",
        ),
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


def test_the_events_of_a_webhook_say_which_one() -> None:
    event = AuditEvent(
        action="webhook-disabled",
        actor="worker",
        subject="webhook:Planning",
        details={"reason": "gepauzeerd"},
    )
    assert details_of(event) == ["webhook: Planning", "reden: gepauzeerd"]


def test_every_detail_of_a_company_is_told_or_left_out_on_purpose() -> None:
    """Each name with which the code records a detail of an event of a company."""
    assert set(written_details()) - set(DETAILS) == LEFT_OUT
