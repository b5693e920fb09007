"""The classes of personal data: their usual terms, what is removed, and what stays and why (D6)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, cast, delete, func, or_, select, update
from sqlalchemy.orm import Session

from processes.base import now
from processes.casework.retention.case_data import MACHINES, SOMEBODY, UNSEEN, erase_case
from processes.casework.retention.substitutions import forget_notices, over, remove_substitutions
from processes.engine.execution.instances import cancel
from processes.engine.store.models import InstanceStatus, Job, JobStatus, ProcessInstance, UserTask
from processes.engine.store.work_models import KnownPerson
from processes.engine.tasks.files import delete_outside_cases
from processes.register.audit.erasing import erase as erase_events
from processes.register.changes import AuditEvent
from processes.register.declarations import Declaration
from processes.register.mail import MailStatus, OutgoingMail
from processes.register.portfolio.erasing import erase as erase_portfolio
from processes.register.portfolio.teachers import Teacher
from processes.register.providers.people import ProviderUser
from processes.register.providers.providers import Provider

ONBOARDING = "provider_onboarding"
BY = "bewaartermijn"
ENDED = (InstanceStatus.COMPLETED, InstanceStatus.CANCELLED)
OF_LOGINS = ("login", "login-refused", "access-denied", "own-sessions-ended", "sessions-ended")
FORGOTTEN = "vergeten:"  # in the place of the code of a login, which no provider gives
NEVER = ("trail-erased",)  # tells how much of the chain was erased: the check counts them


@dataclass(frozen=True)
class DataClass:
    """One class: `due` gives the keys of what is older than a moment, `remove` removes those.

    `parameter` is the name of its term in the diagram, in days.
    """

    parameter: str
    days: int
    title: str
    removed: str
    stays: str
    due: Callable[[datetime], Select[Any]]
    remove: Callable[[Session, Sequence[Any]], None]


def _onboardings(before: datetime) -> Select[Any]:
    """Registrations under way in which nobody did anything since; not of who is registered."""
    done = func.coalesce(UserTask.draft_at, UserTask.opened_at) >= before
    is_recent = (UserTask.instance_id == ProcessInstance.id) & or_(
        done, UserTask.opened_at >= before, UserTask.completed_at >= before
    )
    is_registered = select(Provider.id).where(Provider.kvk == ProcessInstance.business_key)
    return select(ProcessInstance.id).where(
        ProcessInstance.process_key == ONBOARDING,
        ProcessInstance.status == InstanceStatus.ACTIVE,
        ProcessInstance.started_at < before,
        ~select(UserTask.id).where(is_recent).exists(),
        ~is_registered.exists(),
    )


def _end_onboardings(session: Session, ids: Sequence[Any]) -> None:
    numbers = select(ProcessInstance.business_key).where(ProcessInstance.id.in_(ids))
    unfrozen = Declaration.kvk.in_(session.scalars(numbers).all()) & Declaration.frozen_at.is_(None)
    for each in ids:
        cancel(session, each, by=BY)
        session.flush()
        erase_case(session, each)
    session.execute(delete(Declaration).where(unfrozen), execution_options=UNSEEN)


def _cases(before: datetime) -> Select[Any]:
    return select(ProcessInstance.id).where(
        ProcessInstance.status.in_(ENDED),
        ProcessInstance.ended_at < before,
        or_(func.length(ProcessInstance.state) > 0, _names_its_starter()),
    )


def _names_its_starter() -> ColumnElement[bool]:
    """As cases did that were erased before the names went too; not what erasing leaves there."""
    return ProcessInstance.started_by.not_in((SOMEBODY, *MACHINES))


def _erase_cases(session: Session, ids: Sequence[Any]) -> None:
    for each in ids:
        erase_case(session, each)


def _sent(before: datetime) -> ColumnElement[bool]:
    return (OutgoingMail.created_at < before) & (OutgoingMail.status != MailStatus.WAITING)


def _mail_texts(before: datetime) -> Select[Any]:
    return select(OutgoingMail.id).where(_sent(before), OutgoingMail.text != "")


def _empty_mails(session: Session, ids: Sequence[Any]) -> None:
    emptied = update(OutgoingMail).where(OutgoingMail.id.in_(ids)).values(text="", html="")
    session.execute(emptied, execution_options=UNSEEN)


def _mails(before: datetime) -> Select[Any]:
    return select(OutgoingMail.id).where(_sent(before))


def _delete_mails(session: Session, ids: Sequence[Any]) -> None:
    gone = delete(OutgoingMail).where(OutgoingMail.id.in_(ids))
    session.execute(gone, execution_options=UNSEEN)


def _logins(before: datetime) -> Select[Any]:
    return _events(before).where(AuditEvent.action.in_(OF_LOGINS))


def _others(before: datetime) -> Select[Any]:
    return _events(before).where(AuditEvent.action.not_in((*OF_LOGINS, *NEVER)))


def _events(before: datetime) -> Select[Any]:
    return select(AuditEvent.id).where(AuditEvent.at < before, AuditEvent.actor != "")


def _erase_events(session: Session, ids: Sequence[Any]) -> None:
    erase_events(session, ids, by=BY, reason="De bewaartermijn is voorbij.")


def _jobs(before: datetime) -> Select[Any]:
    is_over = Job.status.in_((JobStatus.DONE, JobStatus.CANCELLED))
    holds = or_(cast(Job.arguments, String) != "{}", Job.last_error.is_not(None))
    return select(Job.id).where(is_over, func.coalesce(Job.done_at, Job.due_at) < before, holds)


def _empty_jobs(session: Session, ids: Sequence[Any]) -> None:
    emptied = update(Job).where(Job.id.in_(ids)).values(arguments={}, last_error=None)
    session.execute(emptied, execution_options=UNSEEN)


def _people(before: datetime) -> Select[Any]:
    return select(KnownPerson.reference).where(KnownPerson.seen_at < before)


def _forget(session: Session, references: Sequence[Any]) -> None:
    gone = delete(KnownPerson).where(KnownPerson.reference.in_(references))
    session.execute(gone, execution_options=UNSEEN)
    kinds = (each.partition(":") for each in references)
    employees = [UUID(id_) for kind, _colon, id_ in kinds if kind == "provider"]
    forget_notices(session, references)
    nameless = update(ProviderUser).where(ProviderUser.id.in_(employees)).values(name=None)
    session.execute(nameless, execution_options=UNSEEN)


def _employees(before: datetime) -> Select[Any]:
    known = ~ProviderUser.subject.startswith(FORGOTTEN, autoescape=True)
    return select(ProviderUser.id).where(ProviderUser.last_login_at < before, known)


def _forget_employees(session: Session, ids: Sequence[Any]) -> None:
    """Their line stays, so that nobody else gets their number in the trail."""
    for user in session.scalars(select(ProviderUser).where(ProviderUser.id.in_(ids))):
        user.subject, user.issuer, user.name = f"{FORGOTTEN}{user.id}", "", None
        user.branch, user.ended_at = None, user.ended_at or now()


def _portfolios(before: datetime) -> Select[Any]:
    known = ~Teacher.subject.startswith(FORGOTTEN, autoescape=True)
    last = func.coalesce(Teacher.last_login_at, Teacher.created_at)
    return select(Teacher.id).where(last < before, known)


def _erase_portfolios(session: Session, ids: Sequence[Any]) -> None:
    for teacher in session.scalars(select(Teacher).where(Teacher.id.in_(ids))):
        files = [UUID(each) for each in erase_portfolio(session, teacher)]
        delete_outside_cases(session, f"teacher:{teacher.id}", files)
        teacher.subject, teacher.issuer = f"{FORGOTTEN}{teacher.id}", ""


CLASSES = (
    DataClass(
        "onboarding_days",
        90,
        "Een aanmelding die niet af is",
        "De aanmelding stopt; wat er was ingevuld en de antwoorden op de eisen gaan weg.",
        "Dat er een aanmelding was, welke stappen zijn gedaan en hoe lang die duurden: voor de "
        "cijfers.",
        _onboardings,
        _end_onboardings,
    ),
    DataClass(
        "case_days",
        730,
        "Een zaak die is geëindigd",
        "Wat er was ingevuld, de gegevens van de zaak, bestanden en foutmeldingen, en de namen van "
        "wie eraan werkten.",
        "Kenmerk, stappen en doorlooptijd: voor de cijfers. Wat in het register staat, zoals een "
        "activiteit: dat is geen gegeven van de zaak.",
        _cases,
        _erase_cases,
    ),
    DataClass(
        "mail_text_days",
        90,
        "De tekst van een e-mail",
        "De tekst.",
        "Aan wie en wanneer wij stuurden: dat moeten wij kunnen aantonen (Awb 2:17).",
        _mail_texts,
        _empty_mails,
    ),
    DataClass(
        "mail_days",
        730,
        "Dat er een e-mail is verstuurd",
        "De hele regel.",
        "Een e-mail die nog verstuurd moet worden.",
        _mails,
        _delete_mails,
    ),
    DataClass(
        "login_days",
        365,
        "Het logboek van het inloggen",
        "Wie het was en alle gegevens.",
        "Dat er iets gebeurde en wanneer: anders is niet meer na te gaan of het logboek compleet "
        "is.",
        _logins,
        _erase_events,
    ),
    DataClass(
        "trail_days",
        2555,
        "Het logboek van verklaringen, publiceren en verwijderen",
        "Wie het was en alle gegevens.",
        "Dat er iets gebeurde en wanneer. Zeven jaar lang alles: het is het bewijs van wat er is "
        "verklaard en gepubliceerd.",
        _others,
        _erase_events,
    ),
    DataClass(
        "job_days",
        90,
        "Een achtergrondtaak die klaar is",
        "Waarmee de taak werkte, en wat er misging.",
        "Welke taak, wanneer en na hoeveel pogingen: voor de cijfers. Een mislukte taak: daar moet "
        "een beheerder nog naar kijken.",
        _jobs,
        _empty_jobs,
    ),
    DataClass(
        "person_days",
        730,
        "Iemand die niet meer inlogt",
        "Naam, e-mailadres, rollen, en welke e-mail over taken wij stuurden.",
        "De naam in een zaak en in het logboek, zolang die blijven. De code waarmee "
        "iemand inlogt en het portfolio van een leraar: die hebben een eigen termijn.",
        _people,
        _forget,
    ),
    DataClass(
        "substitution_days",
        365,
        "Een vervanging die voorbij is",
        "De hele regel: wie, voor wie, wanneer en waarom.",
        "Wat een vervanger deed staat in de zaak en in het logboek, zolang die blijven.",
        over,
        remove_substitutions,
    ),
    DataClass(
        "pseudonym_days",
        2555,
        "De code waarmee een medewerker van een bedrijf inlogt",
        "De code van eHerkenning, de gekozen naam en de vestiging. Logt iemand daarna weer in, dan "
        "is dat een nieuwe medewerker.",
        "Het nummer, zoals “medewerker 2”: het logboek van zeven jaar noemt dat, en het is nooit "
        "van twee mensen.",
        _employees,
        _forget_employees,
    ),
    DataClass(
        "portfolio_days",
        2555,
        "Het portfolio van een leraar die niet meer inlogt",
        "Het portfolio met de bewijzen, de beoordelingen, bewaarde zoekopdrachten, de naam en de "
        "code waarmee de leraar inlogt.",
        "Zaken die de leraar begon, zolang die blijven. Wie eerder weg wil, verwijdert zelf.",
        _portfolios,
        _erase_portfolios,
    ),
)
"""The order counts: a mail loses its text before its line goes, a case its jobs."""
