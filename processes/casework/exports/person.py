"""Everything that is kept about somebody who logs in: an employee, a teacher, staff (AVG 15)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from processes.casework.exports.case_parts import cases_part, files_part, tasks_part
from processes.casework.exports.log_parts import mails_part, trail_part
from processes.casework.exports.parts import BACKUPS, Contents, Part, part
from processes.engine.store.file_models import UploadedFile
from processes.engine.store.models import ProcessInstance, UserTask
from processes.engine.store.work_models import Delegation, KnownPerson, Notice
from processes.platform.roles import staff_id
from processes.register.changes import AuditEvent
from processes.register.mail import OutgoingMail
from processes.register.offers.evaluations import Evaluation
from processes.register.portfolio.entries import PortfolioEntry
from processes.register.portfolio.saved_searches import SavedSearch
from processes.register.portfolio.teachers import Teacher
from processes.register.providers.people import ProviderUser

LEFT_OUT = (
    (
        "Waar u nu bent ingelogd: dat ziet u op de pagina 'Mijn sessies'. Een sessie vergeten wij "
        "een dag nadat zij is geëindigd."
    ),
    "Wat anderen over hun eigen werk invulden in zaken waaraan u meewerkte.",
    BACKUPS,
)
OLDER = (
    "Gebeurtenissen op uw naam van voor de oudste keer inloggen die ons logboek van u kent. Het "
    "logboek noemt alleen een naam, die ook van een ander kan zijn. Vraag ze op bij de beheerder, "
    "die uitzoekt welke van u zijn."
)
NAMESAKES = (
    "Gebeurtenissen op uw naam: een ander heeft dezelfde naam, en het logboek kent van medewerkers "
    "alleen de naam. Vraag ze op bij de beheerder, die uitzoekt welke van u zijn."
)


def person_contents(session: Session, reference: str) -> Contents:
    """The parts of a person's export; `reference` is their user reference."""
    person = session.get(KnownPerson, reference)
    kind, _, id_ = reference.partition(":")
    user_id = UUID(id_)
    theirs = (UserTask.assignee == reference) | (UserTask.completed_by_user == reference)
    files, contents = files_part(session, UploadedFile.uploader == reference)
    trail = _trail_of(session, person, user_id)
    parts = [
        *_known(session, person, kind, user_id),
        *(_portfolio(session, user_id) if kind == "teacher" else ()),
        cases_part(session, ProcessInstance.initiator == reference),
        tasks_part(session, theirs),
        files,
        *_work(session, reference),
        mails_part(session, _recipient(person)),
        trail_part(session, false() if trail is None else trail),
    ]
    left_out = (*LEFT_OUT, *_of_trail(person, trail))
    name = (person and person.name) or "u"
    return Contents(f"Alles wat wij bewaren over {name}", parts, left_out, contents)


def _recipient(person: KnownPerson | None) -> ColumnElement[bool]:
    if person is None or not person.email:
        return false()
    return func.lower(OutgoingMail.recipient) == person.email.lower()


def _trail_of(
    session: Session, person: KnownPerson | None, user_id: UUID
) -> ColumnElement[bool] | None:
    """Events of this person; None where the trail cannot tell them from a namesake."""
    if person is None or not person.name:  # an erased name is that of no one
        return false()
    if person.tenant is not None:
        return _of_employee(session, user_id)
    is_theirs = AuditEvent.actor == person.name
    others = select(func.count()).where(
        KnownPerson.name == person.name, KnownPerson.tenant.is_(None)
    )
    logins = _logins_by_who(session, person.name)
    if session.scalar(others) != 1 or not logins.keys() <= {user_id}:
        return None
    return is_theirs & (AuditEvent.at >= logins[user_id]) if logins else false()


def _of_trail(person: KnownPerson | None, trail: ColumnElement[bool] | None) -> Sequence[str]:
    """What of the trail is left out, and why."""
    if trail is None:
        return (NAMESAKES,)
    return (OLDER,) if person is not None and person.tenant is None else ()


def _logins_by_who(session: Session, name: str) -> dict[UUID, datetime]:
    """Who logged in under this name, by their pseudonym, and when they first did as it is kept."""
    query = select(AuditEvent.at, AuditEvent.details).where(
        AuditEvent.action == "login", AuditEvent.actor == name, AuditEvent.kvk.is_(None)
    )
    first: dict[UUID, datetime] = {}
    for at, details in session.execute(query.order_by(AuditEvent.at)):
        subject = (details.get("authorizee") or {}).get("actingSubject", "")
        first.setdefault(_user_id(session, str(details.get("source")), str(subject)), at)
    return first


def _user_id(session: Session, issuer: str, subject: str) -> UUID:
    """Whose code this is: a teacher's, else that of staff."""
    teacher = select(Teacher.id).filter_by(issuer=issuer, subject=subject)
    return session.scalar(teacher) or staff_id(issuer, subject)


def _of_employee(session: Session, user_id: UUID) -> ColumnElement[bool]:
    """A label is one employee's under one KvK number (R3, R59), whatever name they chose."""
    user = session.get(ProviderUser, user_id)
    if user is None:
        return false()
    called = [(user.kvk, user.label), *user.earlier_labels]
    return or_(*((AuditEvent.kvk == kvk) & _is_called(label) for kvk, label in called))


def _is_called(label: str) -> ColumnElement[bool]:
    actor, named = AuditEvent.actor, f"({label})"
    return or_(
        actor == label,
        actor.startswith(f"{label} (", autoescape=True),
        actor.endswith(f" {named}", autoescape=True),
        actor.contains(f" {named} (", autoescape=True),
    )


def _known(
    session: Session, person: KnownPerson | None, kind: str, user_id: UUID
) -> Iterable[Part]:
    columns = {
        "name": "Naam",
        "email": "E-mailadres",
        "groups": "Rollen",
        "tenant": "KvK-nummer",
        "notices": "E-mail over taken",
        "seen_at": "Laatst ingelogd",
    }
    yield part("persoon", "Wie u bent", columns, [person] if person else [])
    if kind == "provider":
        login = {
            "label": "Medewerker",
            "earlier_labels": "Eerder, onder een ander KvK-nummer",
            "name": "Gekozen naam",
            "right": "Recht",
            "subject": "Code van eHerkenning",
            "issuer": "Ingelogd bij",
            "first_login_at": "Eerste keer ingelogd",
            "last_login_at": "Laatst ingelogd",
        }
        users = session.scalars(select(ProviderUser).where(ProviderUser.id == user_id))
        yield part("inlogaccount", "Uw inlogaccount", login, users)


LOGIN_COLUMNS = {
    "name": "Naam",
    "subject": "Code van uw inlogaccount",
    "issuer": "Ingelogd bij",
    "sector": "Sector",
    "period_start": "Begin van de vier jaar",
}
ENTRY_COLUMNS = {
    "followed_on": "Gevolgd op",
    "title": "Titel",
    "provider_name": "Aanbieder",
    "contact_hours": "Contacturen",
    "self_study_hours": "Uren zelfstudie",
    "areas": "Bekwaamheidsgebieden",
    "contribution": "Geleerd",
    "added_at": "Toegevoegd op",
}
EVALUATION_COLUMNS = {
    "offer_id": "Activiteit",
    "useful": "Bruikbaar (1-5)",
    "accurate": "Klopt (1-5)",
    "recommended": "Aan te raden (1-5)",
    "given_at": "Gegeven op",
}
SEARCH_COLUMNS = {"in_words": "Zoekopdracht", "is_mailed": "Per e-mail", "created_at": "Bewaard op"}


def _portfolio(session: Session, teacher_id: UUID) -> Iterable[Part]:
    teachers = session.scalars(select(Teacher).where(Teacher.id == teacher_id))
    yield part("leraar", "Uw account als leraar", LOGIN_COLUMNS, teachers)
    entries = select(PortfolioEntry).where(PortfolioEntry.teacher_id == teacher_id)
    ordered = session.scalars(entries.order_by(PortfolioEntry.followed_on, PortfolioEntry.added_at))
    yield part("portfolio", "Uw portfolio", ENTRY_COLUMNS, ordered)
    given = session.scalars(select(Evaluation).where(Evaluation.teacher_id == teacher_id))
    yield part("beoordelingen", "Uw beoordelingen", EVALUATION_COLUMNS, given)
    searches = session.scalars(select(SavedSearch).where(SavedSearch.teacher_id == teacher_id))
    yield part("zoekopdrachten", "Uw bewaarde zoekopdrachten", SEARCH_COLUMNS, searches)


def _work(session: Session, reference: str) -> Iterable[Part]:
    mine = or_(Delegation.from_person == reference, Delegation.to_person == reference)
    columns = {
        "from_date": "Van",
        "until_date": "Tot en met",
        "process_key": "Proces",
        "reason": "Reden",
    }
    delegations = session.scalars(select(Delegation).where(mine).order_by(Delegation.made_at))
    yield part("vervangingen", "Vervangingen", columns, delegations)
    notices = session.scalars(
        select(Notice).where(Notice.person == reference).order_by(Notice.made_at, Notice.id)
    )
    told = {"kind": "Soort", "on_day": "Dag", "made_at": "Gemaakt"}
    yield part("berichten", "E-mails over taken", told, notices)
