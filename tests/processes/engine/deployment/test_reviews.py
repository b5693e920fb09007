"""Four eyes: another person approves a draft, as it is and not as it becomes."""

import pytest
from sqlalchemy.orm import Session

from processes.engine.checks.findings import Vocabulary
from processes.engine.deployment import drafts, reviews
from processes.engine.deployment.drafts import ProcessDraft
from processes.engine.deployment.reviews import (
    DraftAction,
    NotInReviewError,
    OwnWorkError,
    Person,
    ReviewState,
    state_of,
)
from tests.processes.engine.diagrams import process, straight, user

KNOWN = Vocabulary(forms=frozenset({"ask", "check"}))
ANNA = Person("Anna", "https://staff", "anna")
BO = Person("Bo", "https://staff", "bo")


def xml(id_: str = "ask") -> bytes:
    return process(straight(user(id_), ids=(id_,)))


@pytest.fixture
def draft(session: Session) -> ProcessDraft:
    draft = drafts.save_draft(session, xml(), vocabulary=KNOWN, by=ANNA.label)
    reviews.note_saved(session, draft, ANNA)
    return draft


def test_a_draft_that_another_person_approves_is_approved(
    session: Session, draft: ProcessDraft
) -> None:
    assert state_of(session, draft) is ReviewState.DRAFT
    reviews.submit(session, draft, ANNA, "Graag vandaag")
    assert state_of(session, draft) is ReviewState.IN_REVIEW
    reviews.approve(session, draft, BO)
    assert state_of(session, draft) is ReviewState.APPROVED


def test_nobody_approves_their_own_work(session: Session, draft: ProcessDraft) -> None:
    reviews.submit(session, draft, BO)
    for person in (ANNA, BO):  # one saved it, the other offered it
        with pytest.raises(OwnWorkError):
            reviews.approve(session, draft, person)
    again = Person("Anna B.", ANNA.issuer, ANNA.subject)  # another name, the same person
    with pytest.raises(OwnWorkError):
        reviews.approve(session, draft, again)
    namesake = Person("Bo", "https://elsewhere", "bo")
    reviews.approve(session, draft, namesake)


def test_who_saved_it_last_is_known_by_name_if_by_nothing_else(session: Session) -> None:
    draft = drafts.save_draft(session, xml(), vocabulary=KNOWN, by=ANNA.label)
    reviews.submit(session, draft, BO)
    with pytest.raises(OwnWorkError):
        reviews.approve(session, draft, ANNA)


def test_a_change_drops_the_approval(session: Session, draft: ProcessDraft) -> None:
    reviews.submit(session, draft, ANNA)
    reviews.approve(session, draft, BO)
    drafts.save_draft(
        session, xml("check"), vocabulary=KNOWN, by="Anna", draft_id=draft.id, version=1
    )
    assert state_of(session, draft) is ReviewState.DRAFT
    with pytest.raises(NotInReviewError):
        reviews.approve(session, draft, BO)


def test_what_is_sent_back_may_be_offered_again(session: Session, draft: ProcessDraft) -> None:
    reviews.submit(session, draft, ANNA)
    reviews.send_back(session, draft, BO, "De termijn klopt niet")
    assert state_of(session, draft) is ReviewState.RETURNED
    with pytest.raises(NotInReviewError):
        reviews.approve(session, draft, BO)
    reviews.submit(session, draft, ANNA)
    assert state_of(session, draft) is ReviewState.IN_REVIEW


def test_the_history_stays_when_the_draft_is_gone(session: Session, draft: ProcessDraft) -> None:
    reviews.note_saved(session, draft, ANNA)  # a second time tells nothing new
    reviews.submit(session, draft, ANNA)
    reviews.approve(session, draft, BO, "Goed zo")
    reviews.note_deployed(session, draft, ANNA, 1, "Eerste versie")
    draft_id = draft.id
    drafts.delete_draft(session, draft_id, version=1)
    assert [(event.action, event.by) for event in reviews.events_of(session, draft_id)] == [
        (DraftAction.SAVED, "Anna"),
        (DraftAction.SUBMITTED, "Anna"),
        (DraftAction.APPROVED, "Bo"),
        (DraftAction.DEPLOYED, "Anna"),
    ]
    (last, *_) = reviews.events_of_process(session, "p")
    assert (last.version, last.note) == (1, "Eerste versie")
