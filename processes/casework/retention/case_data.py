"""Removes what is personal of a case that ended; steps, moments and counts stay."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, null, update
from sqlalchemy.orm import Session

from processes.engine.store.decision_models import TakenDecision
from processes.engine.store.file_models import UploadedFile
from processes.engine.store.models import (
    ActivityInstance,
    Incident,
    Job,
    ProcessInstance,
    UserTask,
)
from processes.engine.store.snapshot_models import InstanceSnapshot
from processes.engine.store.start_models import BegunCase

UNSEEN = {"synchronize_session": False}
SOMEBODY = "iemand"
"""In the place of a name: that a person did it still shows, for an empty one is the machine."""
MACHINES = ("", "loket", "worker", "timer", "message")  # who did a step, and is no person
COPIES: Mapping[Any, Mapping[str, Any]] = {
    # From before changes by hand; these cannot be undone any more.
    InstanceSnapshot: {"state": b"", "rows": {}, "row_version_after": None},
    ActivityInstance: {"chosen": null()},  # what conditions read
    TakenDecision: {"inputs": {}, "outputs": {}},
    Job: {"arguments": {}, "last_error": None},
    UserTask: {"label": None, "draft": null()},
    Incident: {"message": "", "details": ""},
}
"""Where else the values of variables stand, and what takes their place in a case that ended."""
NAMES: Mapping[Any, Sequence[str]] = {
    InstanceSnapshot: ("taken_by", "undone_by"),
    ActivityInstance: ("actor",),
    UserTask: ("assignee_name", "completed_by"),
    Incident: ("resolved_by",),
}
"""Where the names of people stand who worked on a case."""


def _nameless(column: Any) -> Any:
    """The machine as it was, and whoever is a person as somebody."""
    return case((column.is_(None) | column.in_(MACHINES), column), else_=SOMEBODY)


def erase_case(session: Session, instance_id: UUID) -> None:
    """Its answers and variables, wherever they were copied to, and its files."""
    nobody: dict[str, Any] = {"answers": {}, "mailed_to": None}
    begun = update(BegunCase).where(BegunCase.instance_id == instance_id).values(nobody)
    session.execute(begun, execution_options=UNSEEN)
    session.execute(
        update(ProcessInstance)
        .where(ProcessInstance.id == instance_id)
        # Its row_version tells its steps, which are counted.
        .values(state=b"", started_by=_nameless(ProcessInstance.started_by)),
        execution_options=UNSEEN,
    )
    for model, nothing in COPIES.items():
        of_case = update(model).where(model.instance_id == instance_id)
        nameless = {name: _nameless(getattr(model, name)) for name in NAMES.get(model, ())}
        session.execute(of_case.values({**nothing, **nameless}), execution_options=UNSEEN)
    files = delete(UploadedFile).where(UploadedFile.instance_id == instance_id)
    session.execute(files, execution_options=UNSEEN)
