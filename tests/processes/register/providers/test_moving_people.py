"""Who goes along to another KvK number, and whose the trail is then (R3, R59)."""

import pytest
from sqlalchemy.orm import Session

from processes.casework.exports.person import person_contents
from processes.casework.providers.kvk_numbers import hand_over
from processes.engine.tasks.directory import remember
from processes.engine.tasks.rights import Person
from processes.register.changes import record_event
from processes.register.providers.former_numbers import NumberEnd
from processes.register.providers.people import ProviderUser, known_user
from processes.register.providers.providers import Provider
from tests.app.offers.offer_world import a_provider

pytestmark = [
    pytest.mark.rule("R3", "R59"),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]

ISSUER = "https://eherkenning.test"
OLD, NEW = "90000011", "90000012"


def logs_in(session: Session, who: str, kvk: str) -> ProviderUser:
    """This person, who does something for the company; the trail says it was them by `by`."""
    user = known_user(session, issuer=ISSUER, kvk=kvk, subject=who * 64)
    remember(
        session, Person(f"provider:{user.id}", user.shown_name, frozenset({"provider"}), kvk), None
    )
    record_event(session, "offers-looked-at", actor=user.shown_name, kvk=kvk, by=who)
    office = f"{user.shown_name} (KvK 90000099 namens {kvk})"
    record_event(session, "offers-looked-at", actor=office, kvk=kvk, by=f"{who} of an office")
    session.flush()
    return user


def moves(session: Session, provider: Provider) -> None:
    provider.kvk = NEW
    session.flush()
    hand_over(session, provider, OLD, NumberEnd.TRANSFERRED, provider.display_name, by="Ria")
    session.expire_all()


def exported(session: Session, user: ProviderUser) -> set[object]:
    contents = person_contents(session, f"provider:{user.id}")
    (trail,) = [part for part in contents.parts if part.name == "gebeurtenissen"]
    return {each["details"]["by"] for each in trail.records if "by" in each["details"]}


def test_each_keeps_their_own_trail_and_gets_that_of_nobody_else(session: Session) -> None:
    provider = a_provider(session, OLD)
    anna, bea = logs_in(session, "a", OLD), logs_in(session, "b", OLD)
    newcomer = logs_in(session, "c", NEW)
    anna.name = "Anna"
    moves(session, provider)
    labels = {each.label: each.kvk for each in (anna, bea, newcomer)}
    assert labels == dict.fromkeys(["medewerker 1", "medewerker 2", "medewerker 3"], NEW)
    assert newcomer.label == "medewerker 1"
    for user, who in ((anna, "a"), (bea, "b"), (newcomer, "c")):
        logs_in(session, who, NEW)
        assert exported(session, user) == {who, f"{who} of an office"}


def test_who_logged_in_with_the_new_number_before_has_what_they_did_under_the_old_one(
    session: Session,
) -> None:
    provider = a_provider(session, OLD)
    logs_in(session, "a", OLD)
    logs_in(session, "b", OLD)
    bea = logs_in(session, "b", NEW)
    moves(session, provider)
    assert exported(session, bea) == {"b", "b of an office"}
    assert bea.earlier_labels == [[OLD, "medewerker 2"]]


def test_who_logs_in_with_a_former_number_gets_a_label_that_nobody_had(session: Session) -> None:
    provider = a_provider(session, OLD)
    anna = logs_in(session, "a", OLD)
    logs_in(session, "b", OLD)
    logs_in(session, "b", NEW)
    moves(session, provider)
    late = logs_in(session, "d", OLD)
    assert late.label == "medewerker 3"
    assert exported(session, late) == {"d", "d of an office"}
    assert exported(session, anna) == {"a", "a of an office"}
