"""The people of an instance, for expressions that name them: who began it, and who did which task.

`${initiator}` and `${taker["element"]}` give user references, never names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.store.models import ProcessInstance, UserTask


class Takers(dict[str, str | None]):
    """By element, the user reference of who did it last; of what nobody did yet, None."""

    def __contains__(self, _element: object) -> bool:
        return True

    def __missing__(self, _element: str) -> None:
        return None


@dataclass(frozen=True)
class People:
    """Who did what in an instance, by user reference, and their names."""

    takers: Takers = field(default_factory=Takers)
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Finisher:
    """Who completes a task in the step that asks: it is not in the table yet."""

    task_id: UUID
    reference: str
    name: str


def people_of(session: Session, instance_id: UUID, finisher: Finisher | None = None) -> People:
    """The people of an instance."""
    began = select(ProcessInstance.initiator, ProcessInstance.started_by).where(
        ProcessInstance.id == instance_id
    )
    found = session.execute(began)
    names: dict[str | None, str] = {reference: name for reference, name in found}  # noqa: C416 - rows
    done = (
        select(UserTask.element_id, UserTask.completed_by_user, UserTask.completed_by)
        .where(UserTask.instance_id == instance_id, UserTask.completed_by_user.is_not(None))
        .order_by(UserTask.completed_at)
    )
    takers: dict[str, str | None] = Takers()
    for element_id, reference, name in session.execute(done):
        takers[element_id] = reference
        names[reference] = name or ""
    if finisher is not None:
        of_task = select(UserTask.element_id).where(UserTask.id == finisher.task_id)
        takers[session.scalars(of_task).one()] = finisher.reference
        names[finisher.reference] = finisher.name
    known = {reference: name for reference, name in names.items() if reference}
    return People(Takers(takers), known)
