"""Evaluations: who may, one for each teacher, shown from five answers up."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.register.offers import offers
from processes.register.offers.evaluations import Evaluation, summary_of
from processes.register.offers.offers import Offer, OfferKind, OfferStatus
from processes.register.portfolio.entries import EntryNotFoundError, add_entry, remove_entry
from processes.register.portfolio.evaluating import (
    evaluate,
    evaluated_by,
    withdraw_without_entry,
)
from processes.register.portfolio.teachers import Teacher, known_teacher
from tests.processes.register.conftest import TODAY, NewOffer

YESTERDAY = TODAY - timedelta(days=1)


def followers(session: Session, offer: Offer, number: int) -> list[Teacher]:
    """Teachers who followed it."""
    names = [f"leraar-{offer.id}-{each}" for each in range(number)]
    found = [known_teacher(session, issuer="school", subject=name, name=name) for name in names]
    for teacher in found:
        add_entry(session, teacher, offer.id, YESTERDAY, on=TODAY)
    return found


def answers(value: int) -> dict[str, int]:
    return {"useful": value, "accurate": 5, "recommended": 1}


def given(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Evaluation)) or 0


@pytest.mark.rule("R37")
def test_four_answers_stay_hidden_and_five_are_shown(session: Session, published: Offer) -> None:
    *four, fifth = followers(session, published, 5)
    for teacher in four:
        evaluate(session, teacher, published.id, answers(4))
    assert summary_of(session, published.id) is None

    evaluate(session, fifth, published.id, answers(1))
    summary = summary_of(session, published.id)

    assert summary is not None
    assert summary.answers == 5
    assert [(each.name, each.value) for each in summary.means] == [
        ("useful", 3.4),
        ("accurate", 5.0),
        ("recommended", 1.0),
    ]


def test_a_second_answer_of_a_teacher_replaces_the_first(
    session: Session, published: Offer
) -> None:
    (teacher,) = followers(session, published, 1)
    add_entry(session, teacher, published.id, TODAY - timedelta(days=9), on=TODAY)
    evaluate(session, teacher, published.id, answers(1))
    evaluate(session, teacher, published.id, answers(5))

    assert session.scalars(select(Evaluation.useful)).all() == [5]
    assert evaluated_by(session, teacher) == {published.id}


@pytest.mark.rule("R37")
def test_only_who_holds_the_activity_evaluates_it(session: Session, published: Offer) -> None:
    (holder,) = followers(session, published, 1)
    other = known_teacher(session, issuer="school", subject="ander", name="Yusuf")
    with pytest.raises(EntryNotFoundError):
        evaluate(session, other, published.id, answers(5))

    evaluate(session, holder, published.id, answers(5))
    entry = add_entry(session, holder, published.id, TODAY - timedelta(days=9), on=TODAY)
    remove_entry(session, holder, entry.id)
    withdraw_without_entry(session, holder, published.id)
    assert given(session) == 1

    last = add_entry(session, holder, published.id, YESTERDAY, on=TODAY)
    remove_entry(session, holder, last.id)
    withdraw_without_entry(session, holder, published.id)
    assert given(session) == 0


def test_self_study_is_not_evaluated(session: Session, new_offer: NewOffer) -> None:
    offer = new_offer(
        status=OfferStatus.PUBLISHED,
        kind=OfferKind.SELF_STUDY,
        self_study_account="Lezen",
        closing_test="Verslag",
    )
    (teacher,) = followers(session, offer, 1)
    with pytest.raises(EntryNotFoundError):
        evaluate(session, teacher, offer.id, answers(5))


@pytest.mark.rule("R37")
def test_evaluations_survive_hiding_and_go_with_a_deletion(
    session: Session, published: Offer
) -> None:
    for teacher in followers(session, published, 5):
        evaluate(session, teacher, published.id, answers(4))
    offers.set_end_date(session, published.id, YESTERDAY, by="medewerker 1")
    assert summary_of(session, published.id) is not None

    offers.delete(session, published.id, by="medewerker 1")
    assert given(session) == 0
    assert summary_of(session, published.id) is None
