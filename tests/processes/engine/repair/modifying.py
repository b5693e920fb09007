"""Test helper for changes of an instance by hand: diagrams, and moving a token."""

from sqlalchemy.orm import Session

from processes.engine.repair import modification
from processes.engine.store.models import ProcessInstance
from processes.engine.store.snapshot_models import InstanceSnapshot
from tests.processes.engine.diagrams import boundary, chain, straight, timer, user
from tests.processes.engine.repair.migration.migrating import ENDS, task_at

LINE = straight(user("a"), user("b"), user("c"), ids=("a", "b", "c"))
GUARDED = (
    ENDS + user("a") + user("b") + user("late")
    + boundary("t", "a", timer("timeDuration", "P1D"), interrupting=False)
    + chain("start", "a", "b", "end") + chain("t", "late", "end")
)  # fmt: skip


def move(session: Session, instance: ProcessInstance, of: str, to: str) -> InstanceSnapshot:
    token = task_at(session, of).id
    moved = modification.move_token(session, instance.id, token, to, by="olga", reason="op verzoek")
    session.expire_all()
    return moved
