"""The people who have signed in: whom a task can be handed over to, and how they want mail."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import String, or_, select, type_coerce, update
from sqlalchemy.dialects.postgresql import insert as insert_or_update
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.store.models import UserTask
from processes.engine.store.work_models import KnownPerson, NoticeChoice, UserTaskGroup
from processes.engine.tasks.rights import Person, Verb, may
from processes.platform.roles import PERSONAL

GONE = timedelta(days=180)
"""Who has not signed in for so long is taken to have left."""
MOST = 200
"""So many people at most are offered to hand a task over to."""


def remember(session: Session, person: Person, email: str | None = None) -> None:
    """Note that this person signed in, with what they are now; their choice of mail stays."""
    told = {
        "name": person.name,
        "groups": person.groups,
        "tenant": person.tenant,
        "seen_at": now(),
        **({"email": email} if email else {}),
    }
    given = {"reference": person.reference, "notices": NoticeChoice.DIRECT, **told}
    statement = insert_or_update(KnownPerson).values(given)
    session.execute(statement.on_conflict_do_update(index_elements=["reference"], set_=told))


def forget(session: Session, person: Person) -> None:
    """Empty the name and the address; a choice of no mail stays, until they sign in again."""
    own = KnownPerson.reference == person.reference
    session.execute(update(KnownPerson).where(own).values(name="", email=None))


def person_of(known: KnownPerson) -> Person:
    """A known person as the rule of tasks sees them."""
    return Person(known.reference, known.name, known.groups, known.tenant)


def colleagues_of(session: Session, person: Person) -> list[Person]:
    """Who is of the same company, or has a role in common; teachers are not told of each other."""
    groups = person.groups - PERSONAL
    if not groups:
        return []
    return _found(session, person, groups)


def others_for(session: Session, person: Person, task: UserTask) -> list[Person]:
    """Who else may do this task, by name; teachers are not told of each other."""
    if person.groups <= PERSONAL:
        return []
    groups = set(candidates_for(session, task)) - PERSONAL
    people = _found(session, person, groups)
    return [each for each in people if may(session, each, Verb.COMPLETE, task)]


def candidates_for(session: Session, task: UserTask) -> list[str]:
    """The groups and user references that a task is for; the first one first."""
    first = task.candidate_group
    further = select(UserTaskGroup.group).where(UserTaskGroup.task_id == task.id)
    found = session.scalars(further.order_by(UserTaskGroup.group))
    return [*([] if first is None else [first]), *found]


def _found(session: Session, person: Person, groups: Collection[str]) -> list[Person]:
    """The others of a company; else those of the register in one of these groups, by name."""
    if person.tenant is not None:
        query = select(KnownPerson).where(
            KnownPerson.tenant == person.tenant, ~KnownPerson.reference.startswith("company:")
        )
    else:
        words = type_coerce(KnownPerson.groups, String)
        named = [words.contains(f",{group},", autoescape=True) for group in groups]
        query = select(KnownPerson).where(
            KnownPerson.tenant.is_(None), or_(KnownPerson.reference.in_(groups), *named)
        )
    query = query.where(KnownPerson.reference != person.reference)
    found = session.scalars(query.order_by(KnownPerson.name, KnownPerson.reference).limit(MOST))
    return [person_of(each) for each in found]
