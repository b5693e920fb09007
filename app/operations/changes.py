"""What an operator may do to many instances: each in its own transaction, with an outcome."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from processes.engine import instances, suspension
from processes.engine.models import ProcessInstance
from processes.register.changes import record_event
from workers.enqueue import commit_and_enqueue

Perform = Callable[[Session, UUID, str, str], None]


@dataclass(frozen=True)
class Change:
    """One thing that can be done to an instance, in the words of the page."""

    title: str
    explanation: str
    done: str
    event: str
    perform: Perform  # session, instance, by, reason
    is_final: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of one instance."""

    instance: ProcessInstance
    is_done: bool
    remark: str


CHANGES: Mapping[str, Change] = {
    "stilzetten": Change(
        "Stilzetten",
        "Een zaak die stil staat, gaat niet verder: niet door mensen, taken of timers.",
        "Stil gezet.",
        "instance-suspended",
        lambda session, instance_id, _by, _reason: suspension.suspend(session, instance_id),
    ),
    "hervatten": Change(
        "Hervatten",
        "De zaak gaat verder waar hij was. Wat intussen aan de beurt kwam, gebeurt meteen.",
        "Hervat.",
        "instance-resumed",
        lambda session, instance_id, _by, _reason: suspension.resume(session, instance_id),
    ),
    "stoppen": Change(
        "Stoppen",
        "Een zaak die is gestopt, kan niet verder en niet terug. Open taken vervallen.",
        "Gestopt.",
        "instance-cancelled",
        lambda session, instance_id, by, reason: instances.cancel(
            session, instance_id, reason=reason, by=by
        ),
        is_final=True,
    ),
}


def change_all(
    session: Session, change: Change, ids: Iterable[UUID], *, by: str, reason: str
) -> list[Outcome]:
    """Do it to each, and commit each; what cannot be changed does not hold up the others."""
    return [_change(session, change, instance_id, by, reason) for instance_id in ids]


def _change(session: Session, change: Change, instance_id: UUID, by: str, reason: str) -> Outcome:
    instance = session.get_one(ProcessInstance, instance_id)
    try:
        change.perform(session, instance_id, by, reason)
    except instances.InstanceNotActiveError:
        session.rollback()
        instance = session.get_one(ProcessInstance, instance_id, populate_existing=True)
        return Outcome(
            instance, is_done=False, remark="Dit kan niet met deze zaak, zoals hij nu is."
        )
    record_event(
        session,
        change.event,
        actor=by,
        kvk=instance.tenant,
        subject=f"instance:{instance_id}",
        reason=reason,
    )
    commit_and_enqueue(session)
    return Outcome(instance, is_done=True, remark=change.done)
