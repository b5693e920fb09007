"""What belongs to a KvK number goes to another one: for a transfer and for a merge (R59)."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from processes.casework.providers.leaving import PROCESS as LEAVING
from processes.casework.webhooks import own_webhooks
from processes.engine.openings import clients
from processes.engine.store.models import (
    InstanceStatus,
    Job,
    JobStatus,
    ProcessDefinition,
    ProcessInstance,
    UserTask,
)
from processes.engine.store.work_models import KnownPerson
from processes.register.changes import record_event
from processes.register.declarations import Declaration
from processes.register.legacy.claims import move as move_account
from processes.register.legacy.staging import LegacyProvider
from processes.register.mail import OutgoingMail
from processes.register.migration_report import MigrationResult
from processes.register.providers.former_numbers import FormerNumber, NumberEnd, former_number
from processes.register.providers.moving_people import move_people
from processes.register.providers.people import Invitation
from processes.register.providers.providers import Provider, provider_of
from processes.register.providers.web_sessions import end_all_of

TRANSFER, MERGE = "kvk_transfer", "provider_merge"
OWN = (TRANSFER, MERGE)
"""The processes that change a number: their own case stays where it began."""
OPEN = (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED)
NOT_POSSIBLE = "number-not-possible"
ONBOARDING = "provider_onboarding"
BACKGROUND = {
    "bulk-offers": "een wijziging van veel activiteiten tegelijk",
    "read-offer-import": "een bestand met aanbod dat gelezen wordt",
    "apply-offer-import": "een bestand met aanbod dat toegepast wordt",
    "migrate-offers": "aanbod uit het oude register dat overkomt",
}
"""Jobs of a company that belong to no case, by topic; any other is a mail or the like."""
CHUNK = 500


def why_no_transfer(session: Session, kvk: str, new_kvk: str) -> str | None:
    """Why a provider cannot get this number now; None where it can."""
    provider = provider_of(session, kvk)
    if provider is None:
        return "Er is geen aanbieder meer met het KvK-nummer van nu."
    if provider_of(session, new_kvk) is not None:
        return "Onder dit KvK-nummer staat al een aanbieder. Voeg de aanbieders samen."
    if former_number(session, new_kvk) is not None:
        return "Dit KvK-nummer is van een aanbieder geweest en wijst naar een ander."
    return _why_busy(session, provider, but=TRANSFER)


def why_no_merge(session: Session, kvk: str, new_kvk: str) -> str | None:
    """Why these two cannot be merged now; None where they can."""
    provider, target = provider_of(session, kvk), provider_of(session, new_kvk)
    if target is None or provider is None or kvk == new_kvk:
        return "Er is geen andere aanbieder met dit KvK-nummer."
    for each, what in ((target, "krijgen"), (provider, "afstaan")):
        if each.is_suspended:
            name = each.display_name
            return f"{name} is geschorst en kan geen aanbod {what}. Hef eerst de schorsing op."
    if target.has_left:
        return (
            f"{target.display_name} is vertrokken en kan geen aanbod krijgen. Vraag de aanbieder "
            "om eerst terug te komen. Dat doet de aanbieder zelf, bij Bedrijf."
        )
    return _why_busy(session, provider, but=MERGE) or _why_cannot_stay(session, target)


def _why_busy(session: Session, provider: Provider, *, but: str) -> str | None:
    """What runs that knows a provider by its number, beside the one that would change it."""
    running = {key: name for key, name in _running(session, provider.kvk).items() if key != but}
    return _finish_first(provider, running) or _why_wait(session, provider)


def _why_cannot_stay(session: Session, target: Provider) -> str | None:
    """What runs about the provider that remains, and would let it leave or change its number."""
    running = _running(session, target.kvk)
    about = {key: name for key, name in running.items() if key in (LEAVING, *OWN)}
    return _finish_first(target, about)


def _running(session: Session, kvk: str) -> dict[str, str]:
    """The open processes that know this number, by key: their names."""
    is_key, is_own = ProcessInstance.business_key == kvk, ProcessInstance.process_key.in_(OWN)
    is_tenant = ProcessInstance.tenant == kvk
    query = select(ProcessInstance.process_key, ProcessDefinition.name).join(
        ProcessDefinition, ProcessInstance.definition_id == ProcessDefinition.id
    )
    query = query.where(
        ProcessInstance.status.in_(OPEN), or_(is_tenant & is_key, is_own & (is_tenant | is_key))
    )
    return {row.process_key: row.name for row in session.execute(query)}


def _finish_first(provider: Provider, running: Mapping[str, str]) -> str | None:
    """What to do about these processes first; a provider that leaves does that by itself."""
    name = provider.display_name
    if LEAVING in running:
        what = "is vertrokken" if provider.has_left else "gaat vertrekken"
        instead = "terug te komen" if provider.has_left else "te blijven"
        return (
            f"{name} {what}. Vraag de aanbieder om {instead}; dat doet de aanbieder zelf, bij "
            f"Bedrijf. Of wacht tot de zaak '{running[LEAVING]}' voorbij is."
        )
    names = ", ".join(sorted(set(running.values())))
    return f"Rond eerst af wat er over {name} loopt: {names}." if names else None


def _why_wait(session: Session, provider: Provider) -> str | None:
    """Jobs of no case that were begun under its number, and would go on with it."""
    query = select(Job.topic).where(
        Job.tenant == provider.kvk,
        Job.instance_id.is_(None),
        Job.status.in_((JobStatus.NEW, JobStatus.LEASED)),
    )
    topics = session.scalars(query.distinct())
    names = sorted({BACKGROUND.get(each, "een bericht dat klaarstaat") for each in topics})
    name = provider.display_name
    return f"Wacht tot klaar is wat voor {name} loopt: {', '.join(names)}." if names else None


def onboarding_of(session: Session, kvk: str) -> ProcessInstance | None:
    """The registration that runs for this number."""
    query = select(ProcessInstance).where(
        ProcessInstance.process_key == ONBOARDING,
        ProcessInstance.business_key == kvk,
        ProcessInstance.status.in_(OPEN),
    )
    return session.scalar(query)


def hand_over(  # noqa: PLR0913 - what ends, what it becomes, and who says so
    session: Session, provider: Provider, former: str, because: NumberEnd, name: str, *, by: str
) -> None:
    """All that stands under a former number goes to its provider, who has its last number by now.

    Sessions, keys and invitations of the former number end; the trail stays as it was written.
    """
    pointing = FormerNumber(kvk=former, provider_id=provider.id, because=because, name=name, by=by)
    session.add(pointing)
    accounts = session.scalars(select(LegacyProvider).filter_by(kvk=former)).all()
    for account in accounts:
        move_account(session, account, provider.kvk, by=by)
    for table in (MigrationResult, OutgoingMail):
        session.execute(update(table).where(table.kvk == former).values(kvk=provider.kvk))
    if because is NumberEnd.TRANSFERRED:
        _move_registration(session, provider.kvk, former)
    session.execute(delete(Invitation).where(Invitation.kvk == former))
    _move_cases(session, provider.kvk, former)
    _end_access(session, former, by)
    own_webhooks.hand_over(session, former, provider.kvk, by=by)
    session.flush()
    about = f"provider:{provider.id}"
    for kvk, subject in ((former, None), (provider.kvk, about)):  # told to webhooks once
        record_event(
            session,
            "kvk-number-ended",
            actor=by,
            kvk=kvk,
            subject=subject,
            kvk_number=[former, provider.kvk],
            display_name=name,
            because=because.value,
        )


def _move_registration(session: Session, kvk: str, former: str) -> None:
    """The declaration and the people, who log in with the new number from now on."""
    session.execute(update(Declaration).where(Declaration.kvk == former).values(kvk=kvk))
    for each in move_people(session, former, kvk):
        known = update(KnownPerson).where(KnownPerson.reference == f"provider:{each.id}")
        session.execute(known.values(tenant=kvk, name=each.shown_name))


def _move_cases(session: Session, kvk: str, former: str) -> None:
    """Its cases with their tasks and jobs; a case that changes the number stays where it began."""
    theirs = (ProcessInstance.tenant == former) & ProcessInstance.process_key.not_in(OWN)
    move_cases(session, theirs, former, kvk)
    alone = update(Job).where(Job.tenant == former, Job.instance_id.is_(None))
    session.execute(alone.values(tenant=kvk))


def move_cases(session: Session, theirs: ColumnElement[bool], former: str, kvk: str) -> None:
    """Let these cases be of another number, with their tasks and jobs.

    The cases are locked before their tasks and jobs are looked for: a step that is being taken
    adds none under the former number meanwhile.
    """
    query = select(ProcessInstance.id).where(ProcessInstance.tenant == former, theirs)
    query = query.order_by(ProcessInstance.id).limit(CHUNK).with_for_update()
    while ids := session.scalars(query).all():
        for table in (UserTask, Job):
            rows = update(table).where(table.tenant == former, table.instance_id.in_(ids))
            session.execute(rows.values(tenant=kvk))
        cases = update(ProcessInstance).where(ProcessInstance.id.in_(ids))
        session.execute(cases.values(tenant=kvk))


def _end_access(session: Session, former: str, by: str) -> None:
    end_all_of(session, former)
    for opening in clients.openings(session):
        if opening.tenant == former and opening.enabled:
            clients.disable(session, opening)
            about = f"opening:{opening.name}"
            record_event(session, "opening-disabled", actor=by, kvk=former, subject=about)
