"""Publishes a chunk of offers in one transaction; each succeeds or fails by itself (R25)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager

from processes.casework.offers.publication import (
    CHANGED,
    PROCESS,
    REFUSALS,
    Outcome,
    Worker,
    publication_of,
)
from processes.engine.execution.bulk import (
    InstanceStart,
    Result,
    TaskCompletion,
    complete_user_tasks,
    start_processes,
)
from processes.engine.execution.steps import StepFailedError
from processes.engine.store.chunk_locks import lock_by_keys
from processes.engine.store.models import InstanceStatus, ProcessInstance, TaskStatus, UserTask
from processes.register.offers.hand import Hand
from processes.register.offers.locks import lock_all
from processes.register.offers.offers import Offer, OfferStatus
from processes.register.providers.providers import Provider

RUNNING = (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED)


@dataclass(frozen=True)
class PublicationOutcomes:
    """The outcome per offer of a chunk, and the failed steps that no rule explains."""

    outcomes: list[Outcome]
    failures: list[StepFailedError]


def publish_all(session: Session, offer_ids: Sequence[UUID], *, by: Worker) -> PublicationOutcomes:
    """Publish each of these offers, or say why not; the caller commits.

    Their processes are locked and then the offers, each in one order, as a step does; what is read
    with the locks stays true.
    """
    tasks = _locked_tasks(session, offer_ids, by)
    hand = Hand(session, offer_ids, by.kvk)
    offers = _editable_for(by, hand.offers.values())
    outcomes = {id_: _outcome(id_, offers.get(id_)) for id_ in offer_ids}
    ready = [offers[id_] for id_, its in outcomes.items() if _is_ready(its)]
    given = {"action": "publish", "actor": by.label}
    items = {
        offer.id: TaskCompletion(task_id, by.label, given)
        for offer in ready
        if (task_id := tasks.get(offer.id)) is not None
    }
    done = complete_user_tasks(
        session, list(items.values()), expected=(Exception,), finish=hand.keep
    )
    results, after = dict(zip(items, done, strict=True)), hand.now()
    for offer in ready:
        # A colleague may have published it at this moment.
        now = publication_of(after.get(offer.id, offer))
        outcomes[offer.id] = now if now.done else replace(outcomes[offer.id], remark=CHANGED)
    return PublicationOutcomes(list(outcomes.values()), _failures(results.values()))


def offers_to_change(session: Session, offer_ids: Sequence[UUID], by: Worker) -> dict[UUID, Offer]:
    """The offers that this worker may change, as `offer_of` finds one."""
    return _editable_for(by, session.scalars(_query(offer_ids, by)))


def _editable_for(by: Worker, found: Iterable[Offer]) -> dict[UUID, Offer]:
    return {offer.id: offer for offer in found if offer.is_editable_for(by.branch)}


def _query(offer_ids: Sequence[UUID], by: Worker) -> Select[Offer]:
    return (
        select(Offer)
        .join(Provider)
        .where(Offer.id.in_(offer_ids), Provider.kvk == by.kvk)
        .where(Offer.status != OfferStatus.DELETED)
        .options(contains_eager(Offer.provider))
    )


def _outcome(offer_id: UUID, offer: Offer | None) -> Outcome:
    if offer is None:
        return Outcome(offer_id, "Onbekende activiteit", done=False, remark="Bestaat niet meer.")
    return publication_of(offer)


def _is_ready(outcome: Outcome) -> bool:
    return not outcome.done and not outcome.remark


def _locked_tasks(
    session: Session, offer_ids: Sequence[UUID], by: Worker
) -> dict[UUID, UUID | None]:
    """The open task of each offer, with its instance locked; a process that lacks is started."""
    keys = {str(id_): id_ for id_ in offer_ids}
    running = lock_by_keys(session, PROCESS, keys)
    if lacking := [id_ for key, id_ in keys.items() if key not in running]:
        offers = offers_to_change(session, lacking, by).values()
        if new := [offer for offer in offers if _is_ready(publication_of(offer))]:
            open_tasks(session, new, by)
            running = lock_by_keys(session, PROCESS, keys)
    return {keys[key]: task_id for key, task_id in running.items()}


def complete_locked(
    session: Session, items: Mapping[UUID, TaskCompletion]
) -> dict[UUID, Result[TaskCompletion, UUID]]:
    """Complete the task of each offer while all of them are locked; an error fails one alone."""
    results = complete_user_tasks(
        session,
        list(items.values()),
        expected=(Exception,),
        prepare=lambda: lock_all(session, items.keys()),
    )
    return dict(zip(items, results, strict=True))


def open_tasks(session: Session, offers: Sequence[Offer], by: Worker) -> dict[UUID, UUID]:
    """The task of each offer; a process that does not run yet is started."""
    keys = [str(offer.id) for offer in offers]
    running = _tasks_by_key(session, keys)
    new = [
        InstanceStart(by.label, key, by.kvk, {"offer_id": key})
        for key in keys
        if key not in running
    ]
    if new:
        start_processes(session, PROCESS, new)
        running |= _tasks_by_key(session, [str(begun.business_key) for begun in new])
    return {UUID(key): task_id for key, task_id in running.items() if task_id is not None}


def _tasks_by_key(session: Session, keys: Sequence[str]) -> dict[str, UUID | None]:
    """Of each open instance, by its business key, the open task; None where there is none."""
    query = (
        select(ProcessInstance.business_key, UserTask.id)
        .outerjoin(
            UserTask,
            (UserTask.instance_id == ProcessInstance.id) & (UserTask.status == TaskStatus.OPEN),
        )
        .where(ProcessInstance.process_key == PROCESS, ProcessInstance.business_key.in_(keys))
        .where(ProcessInstance.status.in_(RUNNING))
    )
    return {str(key): task_id for key, task_id in session.execute(query)}


def _failures(results: Iterable[Result[TaskCompletion, UUID]]) -> list[StepFailedError]:
    return [
        result.error
        for result in results
        if isinstance(result.error, StepFailedError)
        and not isinstance(result.error.__cause__, REFUSALS)
    ]
