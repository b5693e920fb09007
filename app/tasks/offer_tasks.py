"""Tasks about an offer: they have pages of their own, which know who may change which (R54)."""

from uuid import UUID

from flask import url_for

from app.tasks.pages import scope_of_task
from app.web.access import current_kvk, current_user, not_theirs
from app.web.db import db
from processes.engine.store.models import UserTask
from processes.register.offers.offers import OfferNotFoundError, readable_offer_of


def page_of_offer(task: UserTask) -> str:
    """The address of the offer that a task is about; 404 where this user may not read it."""
    offer_id = UUID(str(scope_of_task(task).variables.get("offer_id")))
    try:
        readable_offer_of(db.session(), offer_id, kvk=current_kvk(), branch=current_user().branch)
    except OfferNotFoundError:
        not_theirs(f"task:{task.id}")
    return url_for("offers.show", offer_id=offer_id)
