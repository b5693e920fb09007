"""Reminders to providers: whom, at most one a week, and an unfinished registration (R67)."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import now
from processes.casework.mail.notices import EVERYBODY, choice_of, company_reference
from processes.engine.execution.instances import variables
from processes.engine.execution.jobs import create_job
from processes.engine.store.models import InstanceStatus, ProcessInstance
from processes.engine.store.work_models import Notice, NoticeChoice
from processes.platform import outages
from processes.register.offers.reminders import WEEK, ReminderDays, points_of, providers_to_remind
from processes.register.providers.providers import provider_of

REMINDER = "provider-reminder"  # the kind of notice
ONBOARDING = "provider_onboarding"
TOPIC = "send-provider-reminder"


def make_reminders(session: Session, on: date, days: ReminderDays) -> int:
    """A job for each provider with something to be reminded of; how many. Not again in a week.

    None while an outage is told: nobody can do then what they are reminded of (D5). What is due
    stays so for a week.
    """
    if outages.is_told_now(session):
        return 0
    wanted = [*providers_to_remind(session, on, days), *_unfinished(session, days)]
    due = [kvk for kvk in dict.fromkeys(wanted) if _may_be_told(session, kvk, on)]
    for kvk in due:
        given = {
            "kvk": kvk,
            "day": on.isoformat(),
            "end_days": list(days.end),
            "concept_days": days.concept,
            "onboarding_days": days.onboarding,
        }
        reference = company_reference(kvk)
        session.add(Notice(person=reference, kind=REMINDER, on_day=on, task_id=EVERYBODY))
        create_job(session, TOPIC, given, idempotency_key=f"{TOPIC}:{on}:{kvk}", tenant=kvk)
    session.flush()
    return len(due)


def _may_be_told(session: Session, kvk: str, on: date) -> bool:
    reference = company_reference(kvk)
    if choice_of(session, reference) is NoticeChoice.NONE:
        return False
    told = select(Notice.id).where(
        Notice.person == reference, Notice.kind == REMINDER, Notice.on_day > on - timedelta(WEEK)
    )
    return session.scalar(told.limit(1)) is None


def _unfinished(session: Session, days: ReminderDays) -> list[str]:
    """The companies whose registration began a term ago, in the past week, and still runs."""
    since = now() - timedelta(days.onboarding)
    query = select(ProcessInstance).where(
        ProcessInstance.process_key == ONBOARDING,
        ProcessInstance.status == InstanceStatus.ACTIVE,
        ProcessInstance.started_at <= since,
        ProcessInstance.started_at > since - timedelta(WEEK),
    )
    kvks = [each.tenant for each in session.scalars(query) if each.tenant]
    return [kvk for kvk in kvks if recipient_of_reminder(session, kvk) is not None]


def recipient_of_reminder(session: Session, kvk: str) -> tuple[str, str] | None:
    """Name and address: of the contact person, or what the unfinished registration has of one."""
    provider = provider_of(session, kvk)
    if provider is not None:
        return provider.contact_name, provider.contact_email
    instance = unfinished_registration(session, kvk)
    contact: Any = variables(session, instance).get("contact") if instance else None
    if not isinstance(contact, dict) or not contact.get("email"):
        return None
    return str(contact.get("name") or ""), str(contact["email"])


def unfinished_registration(session: Session, kvk: str) -> ProcessInstance | None:
    """The registration of this company that is not confirmed, if there is one."""
    if provider_of(session, kvk) is not None:
        return None
    query = select(ProcessInstance).where(
        ProcessInstance.process_key == ONBOARDING,
        ProcessInstance.tenant == kvk,
        ProcessInstance.status == InstanceStatus.ACTIVE,
    )
    return session.scalar(query.order_by(ProcessInstance.started_at.desc()).limit(1))


def reminder_points(
    session: Session, kvk: str, on: date, days: ReminderDays
) -> list[tuple[str, str]]:
    """What there is to remind this company of at this moment; empty when all is done."""
    instance = unfinished_registration(session, kvk)
    if instance is not None:
        return [
            ("Uw aanmelding", f"nog niet bevestigd, begonnen op {instance.started_at:%d-%m-%Y}")
        ]
    return points_of(session, kvk, on, days)
