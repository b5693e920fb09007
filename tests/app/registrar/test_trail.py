"""Whoever reads the audit trail reads Dutch, whatever happened."""

import pytest

from app.operations.cases import tokens
from processes.casework.instance_changes import INSTANCE_CHANGES
from processes.engine.deployment.reviews import DraftAction
from processes.letters.trail import ACTIONS, words_of
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
WRITTEN = sorted(written_actions(COMPUTED))


@pytest.mark.rule("R61", "R70")
@pytest.mark.parametrize(("module", "action"), WRITTEN)
def test_every_action_that_the_code_writes_has_a_text(module: str, action: str) -> None:
    assert action in ACTIONS, (
        f"{module} writes {action}: give it a text in processes/letters/trail.py"
    )
    assert words_of(AuditEvent(action=action, actor="worker")) == ACTIONS[action]


def test_no_text_is_left_of_an_action_that_nobody_writes() -> None:
    assert set(ACTIONS) == {action for _, action in WRITTEN}


def test_an_event_of_an_older_release_keeps_its_own_name() -> None:
    assert words_of(AuditEvent(action="something-gone", actor="worker")) == "something-gone"
