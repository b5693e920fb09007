"""Versions of the quality requirements, answers, and frozen declarations."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from processes.base import now, set_clock
from processes.register.changes import events_of
from processes.register.declarations import (
    AnswersIncompleteError,
    NoRequirementsError,
    NothingDeclaredError,
    Requirement,
    UnknownRequirementsError,
    current_requirements,
    declaration_of,
    freeze,
    publish_requirements,
    record_answers,
    seed_requirements,
)

KVK = "68750110"
ALL_YES = {"1": "ja", "2": "ja", "3": "ja", "4": "ja"}


def test_the_shipped_set_has_four_requirements_and_says_it_is_an_example(session: Session) -> None:
    shipped = seed_requirements(session)

    assert shipped.is_example
    assert [each.number for each in shipped.requirements] == [1, 2, 3, 4]
    assert [each.asks_url for each in shipped.requirements] == [False, False, False, True]
    assert all(each.explanation and each.advice for each in shipped.requirements)


def test_seeding_again_changes_nothing(session: Session) -> None:
    first = seed_requirements(session)

    assert seed_requirements(session) is first
    assert current_requirements(session).version == 1


def test_without_a_set_nothing_can_be_answered(session: Session) -> None:
    with pytest.raises(NoRequirementsError):
        current_requirements(session)


@pytest.mark.rule("R19")
def test_each_attempt_is_kept_also_with_a_no(session: Session) -> None:
    seed_requirements(session)

    first = record_answers(
        session,
        kvk=KVK,
        set_version=1,
        answers=ALL_YES | {"2": "nee"},
        complaints_url=None,
        by="medewerker 1",
    )
    set_clock(lambda: first.answered_at + timedelta(minutes=1))
    second = record_answers(
        session,
        kvk=KVK,
        set_version=1,
        answers=ALL_YES,
        complaints_url="https://voorbeeld.nl",
        by="medewerker 2",
    )

    assert not first.all_yes
    assert second.all_yes
    assert declaration_of(session, KVK) is second
    answered = [event.details["answers"]["2"] for event in events_of(session, KVK)]
    assert sorted(answered) == ["ja", "nee"]


@pytest.mark.rule("R39")
@pytest.mark.parametrize("answers", [{}, {"1": "ja"}, ALL_YES | {"3": "misschien"}])
def test_an_unanswered_requirement_is_refused(session: Session, answers: dict[str, str]) -> None:
    seed_requirements(session)

    with pytest.raises(AnswersIncompleteError) as error:
        record_answers(
            session, kvk=KVK, set_version=1, answers=answers, complaints_url=None, by="medewerker 1"
        )
    assert "3" in error.value.numbers


def test_a_new_set_gets_the_next_version_and_leaves_old_answers_alone(session: Session) -> None:
    seed_requirements(session)
    old = record_answers(
        session, kvk=KVK, set_version=1, answers=ALL_YES, complaints_url=None, by="medewerker 1"
    )

    new = publish_requirements(
        session,
        [Requirement(number=1, title="Eén eis", explanation="Uitleg", advice="Advies")],
        by="proceseigenaar",
    )

    assert (new.version, new.is_example) == (2, False)
    assert current_requirements(session) is new
    assert old.all_yes


def test_an_unknown_set_cannot_be_answered(session: Session) -> None:
    with pytest.raises(UnknownRequirementsError):
        record_answers(
            session, kvk=KVK, set_version=7, answers=ALL_YES, complaints_url=None, by="medewerker 1"
        )


@pytest.mark.rule("R44")
def test_a_declaration_is_frozen_once(session: Session) -> None:
    seed_requirements(session)
    with pytest.raises(NothingDeclaredError):
        freeze(session, KVK, on=now())
    record_answers(
        session, kvk=KVK, set_version=1, answers=ALL_YES, complaints_url=None, by="medewerker 1"
    )

    frozen = freeze(session, KVK, on=now())
    moment = frozen.frozen_at

    assert freeze(session, KVK, on=now()).frozen_at == moment
