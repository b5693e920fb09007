"""The people of a company whose KvK number ends: who goes along, whose sessions end (R59)."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from processes.register.people import ProviderUser, people_of

SESSION_ENDS: list[Callable[[Session, str], object]] = []


def ends_sessions(end: Callable[[Session, str], int]) -> Callable[[Session, str], int]:
    """Register a function (session, KvK number) that signs out everybody of a company."""
    SESSION_ENDS.append(end)
    return end


def end_sessions(session: Session, kvk: str) -> None:
    """Sign out everybody of a company, where the web runs; elsewhere nobody is signed in."""
    for end in SESSION_ENDS:
        end(session, kvk)


def move_people(session: Session, former: str, kvk: str) -> list[ProviderUser]:
    """Let the people of a company be those of another KvK number (R59); who moved.

    Names, rights and history stay theirs. Who logged in with the new number already is known there.
    """
    there = people_of(session, kvk)
    known, labels = {each.subject for each in there}, {each.label for each in there}
    moved = [each for each in people_of(session, former) if each.subject not in known]
    for person in moved:
        if person.label in labels:
            person.label = f"{person.label} (KvK {former})"
        person.kvk = kvk
    session.flush()
    return moved
