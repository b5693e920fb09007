"""Saves a drawing as a draft: checked, and logged in its review log."""

from uuid import UUID

from app.studio.deploy.people import current_person
from app.studio.draw.checking import findings_of
from app.web.db import db
from app.web.process_rights import keys_of_file, refuse_unless
from processes.engine.deployment import drafts, reviews
from processes.engine.deployment.drafts import ProcessDraft
from processes.engine.store.permission_models import Right
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work
from workers.vocabulary import vocabulary


def keep(
    xml: bytes,
    *,
    based_on: UUID | None = None,
    draft_id: UUID | None = None,
    version: int | None = None,
) -> ProcessDraft:
    """Save a file as a new draft, or as the next version of one that was read.

    Raises RejectedDeploymentError for a file that is no diagram, UnknownDraftError where the draft
    is gone, and StaleDraftError where another user saved first; then nothing is saved. Aborts with
    403 where somebody may not edit one of its processes.
    """
    findings, session, person = findings_of(xml), db.session(), current_person()
    refuse_unless(Right.EDIT, keys_of_file(xml))
    draft = drafts.save_draft(
        session,
        xml,
        vocabulary=vocabulary(),
        by=person.label,
        findings=findings,
        based_on=based_on,
        draft_id=draft_id,
        version=version,
    )
    if not any(person.did(event) for event in reviews.events_of(session, draft.id)):
        # Once for each person: what is drawn is kept many times a minute.
        record_event(
            session,
            "process-draft-saved",
            actor=person.label,
            subject=f"process:{draft.key}",
            draft=str(draft.id),
        )
    reviews.note_saved(session, draft, person)
    unit_of_work(session).commit()
    return draft
