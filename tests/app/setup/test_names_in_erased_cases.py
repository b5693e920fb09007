"""After the upgrade a case that was erased before keeps no names, whoever began it."""

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

from app.setup.schema import MIGRATIONS
from processes.base import new_id, now
from processes.casework.retention.case_data import MACHINES, SOMEBODY
from processes.engine.store.models import (
    ActivityInstance,
    InstanceStatus,
    ProcessInstance,
    TaskStatus,
    UserTask,
)
from tests.processes.engine.tasks.people import add_case, add_task


def worked_on(
    session: Session, key: str, status: InstanceStatus, state: bytes
) -> tuple[ProcessInstance, UserTask, list[ActivityInstance]]:
    """A case that the clock began, of which Noor did a task and a machine a step."""
    case = add_case(session, key)
    case.started_by, case.status, case.state = "timer", status, state
    task = add_task(session, case, "operator", status=TaskStatus.COMPLETED)
    task.assignee_name = task.completed_by = "Noor"
    steps = [
        ActivityInstance(
            id=new_id(),
            instance_id=case.id,
            element_id="a",
            element_type="userTask",
            name="a",
            entered_at=now(),
            left_at=now(),
            result="completed",
            actor=actor,
        )
        for actor in ("Noor", *MACHINES)
    ]
    session.add_all(steps)
    session.flush()
    return case, task, steps


@pytest.mark.parametrize(
    ("status", "state", "left"),
    [
        (InstanceStatus.COMPLETED, b"", SOMEBODY),
        (InstanceStatus.CANCELLED, b"", SOMEBODY),
        (InstanceStatus.COMPLETED, b"whole", "Noor"),
        (InstanceStatus.ACTIVE, b"", "Noor"),
    ],
)
def test_names_go_from_cases_that_were_erased_and_from_no_other(
    session: Session, status: InstanceStatus, state: bytes, left: str
) -> None:
    case, task, steps = worked_on(session, "p", status, state)
    script = ScriptDirectory(str(MIGRATIONS)).get_revision("e41b7c05d9a2")
    assert script is not None

    with Operations.context(MigrationContext.configure(session.connection())):
        script.module.upgrade()

    session.expire_all()
    assert (task.assignee_name, task.completed_by, case.started_by) == (left, left, "timer")
    assert [step.actor for step in steps] == [left, *MACHINES]
