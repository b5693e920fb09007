"""Page of an approver: the drafts that wait for their approval, and what they cannot approve."""

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


@bp.get("")
@requires(Role.PROCESS_APPROVER)
def index() -> ResponseReturnValue:
    """What waits for who is signed in; their own work waits for a colleague."""
    return render_template(
        "studio/approving.html", mine=waiting_for_me(), of_others=waiting_for_others()
    )


def waiting_for_me() -> list[Waiting]:
    """What who is signed in may approve, the longest waiting first."""
    return [each for each in _offered() if not _is_own(each)]


def waiting_for_others() -> list[Waiting]:
    """What who is signed in worked on: somebody else approves it."""
    return [each for each in _offered() if _is_own(each)]


def _is_own(waiting: Waiting) -> bool:
    return reviews.is_own_work(db.session(), waiting.draft, current_person())


def _offered() -> list[Waiting]:
    session = db.session()
    found = [
        Waiting(draft, _offering(draft), _address(draft))
        for draft in seen((*drafts(session), *table_drafts(session)))
        if may_process(Right.APPROVE, draft.key)
        and reviews.state_of(session, draft) is reviews.ReviewState.IN_REVIEW
    ]
    return sorted(found, key=lambda each: each.offered.at if each.offered else each.draft.saved_at)


def _offering(draft: ProcessDraft) -> DraftEvent | None:
    """When and by whom it was offered, last."""
    events = reviews.events_of(db.session(), draft.id)
    offered = [each for each in events if each.action is DraftAction.SUBMITTED]
    return max(offered, key=lambda each: each.at, default=None)


def _address(draft: ProcessDraft) -> str:
    if draft.key.startswith(DECISION):
        return url_for("table_drafts.show", draft_id=draft.id, _anchor="verder")
    return url_for("deployment.prepare", draft_id=draft.id, _anchor="beoordeling")
