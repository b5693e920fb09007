"""Mail about tasks: a digest per working day, a mail at hand-over, and of what is long late."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.execution.jobs import create_job
from processes.engine.store.models import TaskStatus, UserTask
from processes.engine.store.work_models import KnownPerson, Notice, NoticeChoice
from processes.engine.tasks.delegations import is_away
from processes.engine.tasks.digest import can_be_made, long_late
from processes.engine.tasks.directory import GONE, person_of
from processes.engine.tasks.rights import Person
from processes.platform.settings import current_settings
from processes.questions import Question, day_ago
from processes.register.providers.providers import Provider, ProviderStatus, provider_of

OWN_LISTS = frozenset({"offer"})
"""Forms of tasks that have a list of their own: activities stand at /aanbod."""
COMPANY = "company"
"""Kind of reference of a whole company: its digest goes to the contact person."""
DIGESTS = "digests"
LONG_LATE = "long-late"
EVERYBODY = UUID(int=0)


def company_reference(kvk: str) -> str:
    """The user reference of a company as a whole."""
    return f"{COMPANY}:{kvk}"


def are_made(session: Session, day: date) -> bool:
    """Whether the digests of this day have been made."""
    made = exists().where(Notice.for_everybody(DIGESTS, day))
    return bool(session.scalar(select(made)))


DUE = Question(~exists().where(Notice.for_everybody(DIGESTS, day_ago())), can_be_made)
"""Whether the digests of a working day can be made, and are not."""


def make_digests(session: Session, day: date) -> int:
    """A job for each who may get a digest on this day, once; how many."""
    if are_made(session, day):
        return 0
    session.add(Notice(person="", kind=DIGESTS, on_day=day, task_id=EVERYBODY))
    session.flush()
    _tell_of_long_late(session, day)
    people = [*_people(session, now() - GONE), *_companies(session)]
    for reference in people:
        given = {"person": reference, "day": day.isoformat()}
        create_job(session, "send-task-digest", given, idempotency_key=f"digest:{day}:{reference}")
    return len(people)


def _tell_of_long_late(session: Session, day: date) -> None:
    """A job that tells who leads the work of tasks that are five working days late, each once."""
    if current_settings().late_tasks_to is None:
        return
    late = long_late(session, day, told_as=LONG_LATE, hidden_forms=OWN_LISTS)
    if not late:
        return
    session.add_all(Notice(person="", kind=LONG_LATE, on_day=day, task_id=each.id) for each in late)
    given = {"tasks": [str(each.id) for each in late]}
    create_job(session, "send-late-tasks", given, idempotency_key=f"{LONG_LATE}:{day}")


def _people(session: Session, since: datetime) -> list[str]:
    query = select(KnownPerson.reference).where(
        KnownPerson.tenant.is_(None),
        KnownPerson.email.is_not(None),
        KnownPerson.notices != NoticeChoice.NONE,
        KnownPerson.seen_at > since,
        ~is_away(KnownPerson.reference),
    )
    return list(session.scalars(query.order_by(KnownPerson.reference)))


def _companies(session: Session) -> list[str]:
    """The registered providers with a task, but for those that want no mail."""
    with_task = exists().where(
        UserTask.tenant == Provider.kvk,
        UserTask.status == TaskStatus.OPEN,
        UserTask.form_key.is_(None) | UserTask.form_key.not_in(OWN_LISTS),
    )
    query = (
        select(Provider.kvk)
        .where(with_task, Provider.status == ProviderStatus.ACTIVE)
        .order_by(Provider.kvk)
    )
    silent = set(
        session.scalars(
            select(KnownPerson.reference).where(
                KnownPerson.reference.startswith(f"{COMPANY}:"),
                KnownPerson.notices == NoticeChoice.NONE,
            )
        )
    )
    references = map(company_reference, session.scalars(query))
    return [each for each in references if each not in silent]


def recipient_of(session: Session, reference: str) -> tuple[Person, str, str] | None:
    """Who a notice is for, with the name and address; None where nobody is (any more)."""
    kind, _, id_ = reference.partition(":")
    if kind == COMPANY:
        provider = provider_of(session, id_)
        if provider is None:
            return None
        person = Person(reference, provider.contact_name, frozenset({"provider"}), id_)
        return person, provider.contact_name, provider.contact_email
    known = session.get(KnownPerson, reference)
    if known is None or not known.email or known.notices is NoticeChoice.NONE:
        return None
    return person_of(known), known.name, known.email


def tell_of_hand_over(session: Session, task: UserTask, to: Person) -> None:
    """A job that mails whom a task was handed over to, if they want that."""
    known = session.get(KnownPerson, to.reference)
    if known is None or not known.email or known.notices is not NoticeChoice.DIRECT:
        return
    key = f"handed-over:{task.id}:{to.reference}:{task.claimed_at}"
    given = {"person": to.reference, "task_id": str(task.id)}
    create_job(session, "send-handed-over", given, idempotency_key=key, tenant=task.tenant)


def choice_of(session: Session, reference: str) -> NoticeChoice:
    """Which mail about tasks somebody wants."""
    known = session.get(KnownPerson, reference)
    return known.notices if known else NoticeChoice.DIRECT


def choose(session: Session, person: Person, choice: NoticeChoice) -> None:
    """Keep which mail somebody wants; of a company, for all its people."""
    known = session.get(KnownPerson, person.reference)
    if known is None:
        known = KnownPerson(
            reference=person.reference, name=person.name, groups=person.groups, tenant=person.tenant
        )
        session.add(known)
    known.notices = choice
    session.flush()
