"""Page of an approver: the drafts that wait for their approval, and what they cannot approve."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from app.studio.deploy.people import current_person
from app.web.access import Role, requires
from app.web.db import db
from app.web.pages import add_helpers
from app.web.process_rights import may_process, seen
from processes.engine.deployment import reviews
from processes.engine.deployment.definitions import DECISION
from processes.engine.deployment.drafts import ProcessDraft, drafts
from processes.engine.deployment.reviews import DraftAction, DraftEvent
from processes.engine.deployment.table_drafts import table_drafts
from processes.engine.store.permission_models import Right

bp = Blueprint("approving", __name__, url_prefix="/processen/goedkeuren")
add_helpers(bp)


@dataclass(frozen=True)
class Waiting:
    """A draft that waits for approval, who offered it, and where to approve it."""

    draft: ProcessDraft
    offered: DraftEvent | None
    address: str
    is_own: bool  # of who is signed in: a colleague approves it


@bp.get("")
@requires(Role.PROCESS_APPROVER)
def index() -> ResponseReturnValue:
    """What waits for who is signed in; their own work waits for a colleague."""
    offered = _offered()
    return render_template(
        "studio/approving.html",
        mine=[each for each in offered if not each.is_own],
        of_others=[each for each in offered if each.is_own],
    )


def waiting_for_me() -> list[Waiting]:
    """What who is signed in may approve, the longest waiting first."""
    return [each for each in _offered() if not each.is_own]


def _offered() -> list[Waiting]:
    session = db.session()
    shown = [
        draft
        for draft in seen((*drafts(session), *table_drafts(session)))
        if may_process(Right.APPROVE, draft.key)
    ]
    events = reviews.events_of_each(session, [draft.id for draft in shown])
    found = [
        _waiting(draft, events[draft.id])
        for draft in shown
        if reviews.state_after(events[draft.id], draft) is reviews.ReviewState.IN_REVIEW
    ]
    return sorted(found, key=lambda each: each.offered.at if each.offered else each.draft.saved_at)


def _waiting(draft: ProcessDraft, events: Sequence[DraftEvent]) -> Waiting:
    offered = [each for each in events if each.action is DraftAction.SUBMITTED]
    return Waiting(
        draft,
        max(offered, key=lambda each: each.at, default=None),
        _address(draft),
        reviews.worked_on(events, draft, current_person()),
    )


def _address(draft: ProcessDraft) -> str:
    if draft.key.startswith(DECISION):
        return url_for("table_drafts.show", draft_id=draft.id, _anchor="verder")
    return url_for("deployment.prepare", draft_id=draft.id, _anchor="beoordeling")
