"""Bulk changes of instances: each in its own transaction, with an outcome; or as a job."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from processes.base import new_id
from processes.casework.instance_changes import BULK, change_instance
from processes.engine.execution import instances
from processes.engine.execution.jobs import create_job
from processes.engine.store.models import Job, ProcessInstance
from processes.unit_of_work import unit_of_work


@dataclass(frozen=True)
class Change:
    """One operation on an instance, in the words of the page."""

    name: str
    title: str
    explanation: str
    done: str
    is_final: bool = False


@dataclass(frozen=True)
class Outcome:
    """The outcome of one instance."""

    instance: ProcessInstance
    is_done: bool
    remark: str


CHANGES: Mapping[str, Change] = {
    each.name: each
    for each in (
        Change(
            "stilzetten",
            "Stilzetten",
            "Een zaak die stil staat, gaat niet verder: niet door mensen, taken of timers.",
            "Stil gezet.",
        ),
        Change(
            "hervatten",
            "Hervatten",
            "De zaak gaat verder waar hij was. Wat intussen aan de beurt kwam, gebeurt meteen.",
            "Hervat.",
        ),
        Change(
            "stoppen",
            "Stoppen",
            "Een zaak die is gestopt, gaat niet verder. Open taken vervallen. Terugnemen kan"
            " 30 dagen, op de pagina van de zaak, zolang er geen andere zaak voor hetzelfde loopt.",
            "Gestopt.",
            is_final=True,
        ),
    )
}


def change_all(
    session: Session, change: Change, ids: Iterable[UUID], *, by: str, reason: str
) -> list[Outcome]:
    """Change each and commit; one that cannot be changed does not stop the others."""
    return [_change(session, change, instance_id, by, reason) for instance_id in ids]


def change_in_background(
    session: Session, change: Change, ids: Sequence[UUID], *, by: str, reason: str
) -> Job:
    """Create a job for it, and commit; the job has the progress."""
    arguments = {
        "change": change.name,
        "instance_ids": [str(each) for each in ids],
        "actor": by,
        "reason": reason,
    }
    job = create_job(session, BULK, arguments, idempotency_key=f"{BULK}:{new_id()}")
    unit_of_work(session).commit()
    return job


def _change(session: Session, change: Change, instance_id: UUID, by: str, reason: str) -> Outcome:
    try:
        instance = change_instance(session, change.name, instance_id, by=by, reason=reason)
    except instances.InstanceNotActiveError:
        session.rollback()
        instance = session.get_one(ProcessInstance, instance_id, populate_existing=True)
        return Outcome(
            instance, is_done=False, remark="Dit kan niet met deze zaak, zoals hij nu is."
        )
    unit_of_work(session).commit()
    return Outcome(instance, is_done=True, remark=change.done)
