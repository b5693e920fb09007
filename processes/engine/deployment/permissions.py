"""Who may see, edit, approve, deploy or operate which process: kept per process, beside the roles.

A right for which nobody is named is that of everybody with its role. Somebody who is named for
editing, approving or deploying sees the process as well. Operating is a right of its own.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from processes.engine.store.permission_models import ProcessPermission, Right
from processes.engine.store.work_models import KnownPerson
from processes.platform.roles import Role

ROLES: Mapping[Right, frozenset[Role]] = {
    Right.SEE: frozenset({Role.PROCESS_OWNER, Role.PROCESS_APPROVER, Role.PROCESS_DEPLOYER}),
    Right.EDIT: frozenset({Role.PROCESS_OWNER}),
    Right.APPROVE: frozenset({Role.PROCESS_APPROVER}),
    Right.DEPLOY: frozenset({Role.PROCESS_DEPLOYER}),
    Right.OPERATE: frozenset({Role.OPERATOR}),
}
"""The roles of which a right asks one."""

SHOWS = frozenset({Right.SEE, Right.EDIT, Right.APPROVE, Right.DEPLOY})
"""Who is named for one of these, sees the process."""

Named = Mapping[Right, frozenset[str]]
NOBODY: frozenset[str] = frozenset()


class NoSuchPersonError(LookupError):
    """Nobody with this user reference and a role of this right has signed in."""


@dataclass(frozen=True)
class Permissions:
    """Everything that is kept: by process, the people named for each right."""

    named: Mapping[str, Named] = field(default_factory=dict)

    def allow(self, person: str, right: Right, key: str) -> bool:
        """Whether this person (a user reference) may, once their role does."""
        of_process = self.named.get(key, {})
        if right is Right.SEE:
            return _sees(person, of_process)
        if people := of_process.get(right):
            return person in people
        return right is Right.OPERATE or _sees(person, of_process)

    def hidden(self, person: str, right: Right) -> frozenset[str]:
        """The processes that this person may not."""
        return frozenset(key for key in self.named if not self.allow(person, right, key))


def _sees(person: str, of_process: Named) -> bool:
    seers = of_process.get(Right.SEE, NOBODY)
    return not seers or any(person in of_process.get(right, NOBODY) for right in SHOWS)


def permissions(session: Session) -> Permissions:
    """All that is kept, in one statement."""
    found: dict[str, dict[Right, set[str]]] = defaultdict(lambda: defaultdict(set))
    columns = (ProcessPermission.process_key, ProcessPermission.right, ProcessPermission.person)
    for key, right, person in session.execute(select(*columns)):
        found[key][right].add(person)
    return Permissions(
        {
            key: {right: frozenset(people) for right, people in rights.items()}
            for key, rights in found.items()
        }
    )


def named_for(session: Session, key: str | None = None) -> list[ProcessPermission]:
    """The rows of one process, or of all, by process, right and name."""
    query = select(ProcessPermission)
    if key is not None:
        query = query.where(ProcessPermission.process_key == key)
    order = (ProcessPermission.process_key, ProcessPermission.right, ProcessPermission.name)
    return list(session.scalars(query.order_by(*order)))


def candidates(session: Session, right: Right) -> list[KnownPerson]:
    """Who has signed in with a role of this right, by name."""
    staff = session.scalars(
        select(KnownPerson)
        .where(KnownPerson.tenant.is_(None))
        .order_by(KnownPerson.name, KnownPerson.reference)
    )
    return [each for each in staff if each.groups & ROLES[right]]


def set_named(
    session: Session, key: str, right: Right, people: Collection[str], *, by: str
) -> tuple[list[str], list[str]]:
    """Name exactly these people (user references) for a right; the names before and after.

    Whoever was named before may stay, also where they have the role no more. Raises
    NoSuchPersonError.
    """
    before = [each for each in named_for(session, key) if each.right is right]
    names = {each.reference: each.name for each in candidates(session, right)}
    names |= {each.person: each.name for each in before}
    unknown = sorted(set(people) - names.keys())
    if unknown:
        raise NoSuchPersonError(unknown[0])
    gone = {each.person for each in before} - set(people)
    session.execute(
        delete(ProcessPermission).where(
            ProcessPermission.process_key == key,
            ProcessPermission.right == right,
            ProcessPermission.person.in_(gone),
        )
    )
    kept = {each.person for each in before}
    for person in set(people) - kept:
        session.add(
            ProcessPermission(
                process_key=key, right=right, person=person, name=names[person], granted_by=by
            )
        )
    session.flush()
    return sorted(each.name for each in before), sorted(names[each] for each in people)
