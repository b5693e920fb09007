"""Suspending a provider: its process with the term and the objection, and ending it (R60)."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from processes.base import local, today
from processes.casework.providers.cases import begin_case, tell_case
from processes.casework.providers.leaving import leave_of
from processes.engine.deployment.definitions import UnknownProcessError
from processes.engine.execution.instances import (
    AlreadyRunningError,
    open_instance,
    open_user_tasks,
    variables,
)
from processes.engine.execution.jobs import create_job
from processes.engine.language.iso8601 import duration
from processes.engine.language.working_days import end_of_term
from processes.engine.registry import BpmnError, delegate
from processes.engine.store.models import UserTask
from processes.register.providers import providers
from processes.register.providers.leaving import close
from processes.register.providers.providers import Provider, provider_of
from processes.register.providers.suspension import Suspension, suspension_of

PROCESS = "provider_suspension"
LIFTED = "schorsing opgeheven"
"""The message that ends the process when the staff ends the suspension."""
OBJECTION_TERM = "P6W"  # Awb 6:7, from the day after it was made known (6:8)
SAME_PERSON = "same-person"


def suspend(session: Session, provider: Provider, reason: str, *, by: str) -> bool:
    """Hide all offers; the process mails why, and how and until when to object.

    False, and nothing changes, for who is suspended already or has left: the reason that was
    mailed is the one that can be objected to.
    """
    if provider.is_closed:
        return False
    providers.suspend(session, provider, reason, by=by)
    _job(session, "begin-suspension", provider)
    return True


def reinstate(session: Session, provider: Provider, *, by: str) -> bool:
    """What was published is visible again; the mail says so, and the process ends.

    Who left meanwhile has left. False, and nothing changes, for who is not suspended.
    """
    if not provider.is_suspended:
        return False
    providers.reinstate(session, provider, by=by)
    leave = leave_of(session, provider.kvk)
    if leave is not None and leave.last_day < today():
        close(session, provider, by=by)
    _job(session, "send-reinstated", provider)
    tell_case(session, PROCESS, provider, LIFTED, {})
    return True


def object_until(suspension: Suspension) -> date:
    """The last day to object, in Amsterdam; never one on which nobody works (Awt 1)."""
    return end_of_term(local(suspension.at).date(), duration(OBJECTION_TERM))


def begin(session: Session, provider: Provider) -> bool:
    """Begin the process of the last suspension; False where it is not deployed.

    Nothing for a provider that is not suspended any more, or whose process runs. Raises
    AlreadyRunningError while the process of an earlier suspension still ends: later, then.
    """
    suspension = suspension_of(session, provider)
    if suspension is None or not provider.is_suspended:
        return True
    until = object_until(suspension).isoformat()
    at = suspension.at.isoformat()
    given = {"object_until": until, "suspended_by": suspension.by, "suspended_at": at}
    try:
        begin_case(session, PROCESS, provider, given, by=suspension.by)
    except AlreadyRunningError:
        running = open_instance(session, PROCESS, provider.kvk)
        if running is not None and variables(session, running).get("suspended_at") != at:
            raise
    except UnknownProcessError:
        return False
    return True


def objection_task(session: Session, kvk: str) -> UserTask | None:
    """The task in which this provider may object, while it can."""
    tasks = open_user_tasks(session, process_key=PROCESS, business_key=kvk, group="provider")
    return tasks[0] if tasks else None


@delegate(
    "decide_objection",
    title="Besluit op een bezwaar verwerken",
    description=(
        "Heft de schorsing op als het bezwaar gegrond is. Fout same-person: wie de aanbieder "
        "schorste, beslist niet over het bezwaar."
    ),
    labels={
        "kvk": "KvK-nummer van de aanbieder",
        "objection_verdict": "Het besluit: gegrond of ongegrond",
        "suspended_by": "Wie de aanbieder schorste",
        "actor": "Wie het doet",
    },
    throws={SAME_PERSON},
)
def decide_objection(
    session: Session, kvk: str, objection_verdict: str, actor: str, suspended_by: str = ""
) -> None:
    """End the suspension where the objection is right. Raises BpmnError same-person (Awb 10:3)."""
    if actor == suspended_by:
        message = "Wie de aanbieder schorste, beslist niet over het bezwaar."
        raise BpmnError(SAME_PERSON, message)
    provider = provider_of(session, kvk)
    if provider is not None and objection_verdict == "gegrond" and provider.is_suspended:
        providers.reinstate(session, provider, by=actor)


def provider_with_id(session: Session, provider_id: UUID) -> Provider:
    """The provider of a job."""
    return session.get_one(Provider, provider_id)


def _job(session: Session, topic: str, provider: Provider) -> None:
    create_job(
        session,
        topic,
        {"provider_id": str(provider.id)},
        idempotency_key=f"{topic}:{provider.id}:{provider.version}",
        tenant=provider.kvk,
    )
