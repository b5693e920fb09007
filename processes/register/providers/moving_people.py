"""The people of a company whose KvK number ends: who goes along (R59)."""

from sqlalchemy.orm import Session

from processes.register.providers.people import PSEUDONYM, ProviderUser, free_label, people_of


def move_people(session: Session, former: str, kvk: str) -> list[ProviderUser]:
    """Let the people of a company be those of another KvK number (R59); who moved.

    Names, rights and history stay theirs: each keeps how the trail called them under the former
    number. Whose label somebody there has already gets the next one that is free. Who logged in
    with the new number already is known there.
    """
    before = list(people_of(session, former))
    there = {_identity(each): each for each in people_of(session, kvk)}
    moved = [each for each in before if _identity(each) not in there]
    labels = {each.label for each in there.values()}
    taken = labels | {each.label for each in moved}
    for person in before:
        known = there.get(_identity(person), person)
        earlier = [*person.earlier_labels, [former, person.label]]
        known.earlier_labels = [*known.earlier_labels, *earlier] if known is not person else earlier
    for person in moved:
        if person.label in labels:
            person.label = free_label(taken)
            taken.add(person.label)
        person.kvk = kvk
    session.flush()
    return moved


def _identity(person: ProviderUser) -> tuple[str, str]:
    """The pseudonym alone where it is eHerkenning's own: every broker brings the same (B5)."""
    return ("" if PSEUDONYM.fullmatch(person.subject) else person.issuer, person.subject)
