"""The events of cases: begun, a step completed, ended, an incident."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from processes.unit_of_work import UnitOfWork
from processes.webhooks import events
from processes.webhooks.events import Event

OF_CASES = frozenset({events.CASE_STARTED, events.STEP_COMPLETED, events.CASE_ENDED})
STEPS = frozenset(
    {
        "userTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
        "scriptTask",
        "manualTask",
        "task",
        "callActivity",
    }
)
"""The elements whose completion is told: what somebody or something did, no gateways or events."""

COMPLETED, CANCELLED = "completed", "cancelled"


@dataclass(slots=True)  # not frozen, which would take four times as long to make
class Taken:
    """What a step of an instance did, as its rows of history say it."""

    instance_id: UUID
    process: str  # its key
    is_first: bool
    has_ended: bool
    history: Iterable[Mapping[str, Any]]


def tell_of_step(unit: UnitOfWork, taken: Taken) -> None:
    """Tell what a step did, in the order in which it happened, where anybody asked."""
    if not OF_CASES.isdisjoint(events.asked_for(unit)):
        events.tell(unit, list(_of_step(taken)))


def tell_of_cancelling(unit: UnitOfWork, instance_id: UUID, process: str) -> None:
    """Tell that a case was cancelled."""
    facts = {"case": str(instance_id), "process": process, "outcome": CANCELLED}
    events.tell(unit, [Event(events.CASE_ENDED, subject_of(instance_id), facts)])


def tell_of_restoring(unit: UnitOfWork, instance_id: UUID, process: str) -> None:
    """Tell that a case that had ended runs again, because an operator undid what ended it."""
    facts = {"case": str(instance_id), "process": process}
    events.tell(unit, [Event(events.CASE_RESTORED, subject_of(instance_id), facts)])


def tell_of_incident(
    unit: UnitOfWork, incident_id: UUID, kind: str, instance_id: UUID | None
) -> None:
    """Tell that something stopped and needs a person."""
    subject = f"incident/{incident_id}" if instance_id is None else subject_of(instance_id)
    case = None if instance_id is None else str(instance_id)
    facts = {"incident": str(incident_id), "kind": kind, "case": case}
    events.tell(unit, [Event(events.INCIDENT_OPENED, subject, facts)])


def subject_of(instance_id: UUID) -> str:
    """The subject of what happens to one case; its events arrive in their order."""
    return f"case/{instance_id}"


def _of_step(taken: Taken) -> Iterator[Event]:
    subject = subject_of(taken.instance_id)
    case = {"case": str(taken.instance_id), "process": taken.process}
    if taken.is_first:
        yield Event(events.CASE_STARTED, subject, case)
    for visit in taken.history:
        if visit["element_type"] in STEPS and visit["result"] == COMPLETED:
            drawn = {"element": visit["element_id"], "name": visit["name"]}
            yield Event(events.STEP_COMPLETED, subject, {**case, **drawn})
    if taken.has_ended:
        yield Event(events.CASE_ENDED, subject, {**case, "outcome": COMPLETED})
