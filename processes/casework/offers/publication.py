"""Publishes offers through their process: starts it, and takes its next step (F3, R14, R15)."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import today
from processes.engine.execution.instances import (
    AlreadyRunningError,
    TaskNotOpenError,
    begin_process,
    complete_user_task,
    open_instance,
    open_user_tasks,
)
from processes.engine.execution.steps import StepFailedError
from processes.engine.store.models import ProcessInstance, UserTask
from processes.register.offers.end_dates import EndBeforeStartError
from processes.register.offers.fields import OfferFieldError
from processes.register.offers.offers import (
    Missing,
    Offer,
    OfferDeletedError,
    OfferIncompleteError,
    OfferNotFoundError,
    OfferStatus,
    OfferTransitionError,
    StaleOfferError,
    offer_of,
)
from processes.register.providers.providers import CompanyEndedError, ProviderSuspendedError

PROCESS = "offer_publication"
CHANGED = "Iemand anders wijzigde deze activiteit op dit moment. Probeer het opnieuw."

REFUSALS = (
    CompanyEndedError,
    EndBeforeStartError,
    OfferDeletedError,
    OfferFieldError,
    OfferIncompleteError,
    OfferTransitionError,
    ProviderSuspendedError,
    StaleOfferError,
    TaskNotOpenError,
)
"""What a rule, or somebody who was quicker, may answer: for a person to read, no incident."""


class OfferBusyError(Exception):
    """The process of this offer has no open user task: busy, or it has an incident."""


@dataclass(frozen=True)
class Worker:
    """On whose behalf a step is taken: company, branch it is limited to, recorded name."""

    kvk: str
    branch: str | None
    label: str


@dataclass(frozen=True)
class Outcome:
    """The outcome of one offer in a bulk action (R25)."""

    offer_id: UUID
    title: str
    done: bool
    remark: str  # Dutch: what it is now, or why it did not go
    missing: tuple[Missing, ...] = ()


def begin(session: Session, offer: Offer, *, by: Worker) -> None:
    """Start the process of a new offer."""
    begin_process(
        session,
        PROCESS,
        business_key=str(offer.id),
        tenant=by.kvk,
        variables={"offer_id": str(offer.id)},
        started_by=by.label,
    )


def take_step(
    session: Session,
    offer: Offer,
    variables: Mapping[str, Any],
    *,
    by: Worker,
    submission_id: UUID | None = None,
) -> None:
    """Complete the offer's open task with these variables; a repeated submission does nothing.

    Raises OfferBusyError, and what the register refuses as it is (REFUSALS): roll back, and say so.
    """
    if submission_id and offer_submitted(session, submission_id, by=by):
        return
    _complete(session, _open_task(session, offer, by=by), variables, by, submission_id)


def _complete(
    session: Session,
    task: UserTask,
    variables: Mapping[str, Any],
    by: Worker,
    submission_id: UUID | None = None,
) -> None:
    try:
        complete_user_task(
            session,
            task.id,
            completed_by=by.label,
            variables={**variables, "actor": by.label},
            submission_id=submission_id,
        )
    except StepFailedError as failed:
        if isinstance(failed.__cause__, REFUSALS):
            raise failed.__cause__ from None
        raise


def offer_submitted(session: Session, submission_id: UUID, *, by: Worker) -> UUID | None:
    """The offer that a form with this token was about, if it was handled before (R15)."""
    query = (
        select(ProcessInstance.business_key)
        .join(UserTask, UserTask.instance_id == ProcessInstance.id)
        .where(
            UserTask.submission_id == submission_id,
            ProcessInstance.process_key == PROCESS,
            ProcessInstance.tenant == by.kvk,
        )
    )
    key = session.scalar(query)
    return UUID(key) if key else None


def _open_task(session: Session, offer: Offer, *, by: Worker) -> UserTask:
    key = str(offer.id)
    if open_instance(session, PROCESS, key) is None:
        with suppress(AlreadyRunningError):  # a colleague began it at this moment
            begin(session, offer, by=by)
    tasks = open_user_tasks(session, process_key=PROCESS, business_key=key)
    if not tasks:
        raise OfferBusyError(offer.id)
    return tasks[0]


def publish_if_possible(session: Session, offer_id: UUID, *, by: Worker) -> Outcome:
    """Publish this offer, or say why not (R24, R25, R42)."""
    try:
        offer = offer_of(session, offer_id, kvk=by.kvk, branch=by.branch)
    except OfferNotFoundError:
        return Outcome(offer_id, "Onbekende activiteit", done=False, remark="Bestaat niet meer.")
    outcome = publication_of(offer)
    if outcome.done or outcome.missing or outcome.remark:
        return outcome
    was_taken = try_step(session, offer, {"action": "publish"}, by=by)
    session.refresh(offer, ["status", "end_date"])
    now = publication_of(offer)  # a colleague may have published it at this moment
    return now if was_taken or now.done else replace(outcome, remark=CHANGED)


def publication_of(offer: Offer) -> Outcome:
    """Whether this offer can be published now; no remark when it can."""
    on, title = today(), offer.title or "Activiteit zonder titel"
    if offer.status is OfferStatus.PUBLISHED:
        remark = (
            "Gepubliceerd."
            if not offer.has_ended(on)
            else ("Gepubliceerd, maar niet zichtbaar: de einddatum ligt in het verleden.")
        )
        return Outcome(offer.id, title, done=True, remark=remark)
    if missing := offer.missing_fields():
        remark = "Nog niet compleet."
        return Outcome(offer.id, title, done=False, remark=remark, missing=tuple(missing))
    if offer.provider.company_has_ended(on):
        remark = "Uw bedrijf is volgens het handelsregister gestopt. Publiceren kan niet."
        return Outcome(offer.id, title, done=False, remark=remark)
    return Outcome(offer.id, title, done=False, remark="")


def end(session: Session, offer_id: UUID, end_date: date | None, *, by: Worker) -> Outcome:
    """Set the end date of this offer; None: the day its old validation ended (R53)."""
    try:
        offer = offer_of(session, offer_id, kvk=by.kvk, branch=by.branch)
    except OfferNotFoundError:
        return Outcome(offer_id, "Onbekende activiteit", done=False, remark="Bestaat niet meer.")
    title, last_day = offer.title or "Activiteit zonder titel", end_date or offer.legacy_valid_until
    if last_day is None:
        return Outcome(offer.id, title, done=False, remark="Had geen oude validatie.")
    if offer.start_date and today() <= last_day < offer.start_date:
        return Outcome(offer.id, title, done=False, remark="De einddatum ligt voor de begindatum.")
    variables = {"action": "end-date", "end_date": last_day.isoformat()}
    if not try_step(session, offer, variables, by=by):
        return Outcome(offer.id, title, done=False, remark=CHANGED)
    remark = f"Einddatum is {last_day:%d-%m-%Y}."
    if offer.is_called_off(today()):
        remark += " De begindatum is later: de activiteit gaat niet door."
    return Outcome(offer.id, title, done=True, remark=remark)


def try_step(session: Session, offer: Offer, variables: Mapping[str, Any], *, by: Worker) -> bool:
    """Take the step, without harm to the others when this one is refused."""
    was = offer.status
    try:
        with session.begin_nested():
            task = _open_task(session, offer, by=by)
            # The task was found first: so if the offer is still what it was, the task is for that.
            session.refresh(offer, ["status"])
            if offer.status is not was:
                return False
            _complete(session, task, variables, by)
    except (*REFUSALS, OfferBusyError):
        return False
    return True
