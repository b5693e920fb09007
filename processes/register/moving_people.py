"""The people of a company whose KvK number ends: who goes along (R59)."""

from sqlalchemy.orm import Session

from processes.register.people import ProviderUser, people_of


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
