"""A claim when the case moves: it follows its task to a new version, and ends with its round."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.store.models import TaskStatus, UserTask
from processes.engine.tasks import claims
from tests.processes.engine.diagrams import chain, flow, node, process, straight, user
from tests.processes.engine.playing import do, start
from tests.processes.engine.repair.migration.migrating import begin, migrate, task_at
from tests.processes.engine.tasks.people import ANNA

REGISTRAR = {"camunda_candidateGroups": "registrar"}


def test_a_claim_follows_a_task_that_a_new_version_names_otherwise(session: Session) -> None:
    old, _case = begin(session, straight(user("a", **REGISTRAR), ids=("a",)))
    task = claims.claim(session, task_at(session, "a").id, ANNA)
    migrate(session, old, straight(user("b", **REGISTRAR), ids=("b",)), {"a": "b"})
    moved = task_at(session, "b")
    assert (moved.id, moved.name, moved.assignee) == (task.id, "b", ANNA.reference)


def test_the_next_round_of_a_loop_is_a_task_that_nobody_has(session: Session) -> None:
    body = (
        node("startEvent", "start")
        + user("a", **REGISTRAR)
        + node("exclusiveGateway", "again", default="again_to_end")
        + node("endEvent", "end")
        + chain("start", "a", "again", "end")
        + flow("again", "a", "${opnieuw}")
    )
    start(session, process(body))
    claims.claim(session, task_at(session, "a").id, ANNA)
    do(session, "a", opnieuw=True)
    tasks = session.scalars(select(UserTask).order_by(UserTask.opened_at)).all()
    assert [(each.status, each.assignee) for each in tasks] == [
        (TaskStatus.COMPLETED, ANNA.reference),
        (TaskStatus.OPEN, None),
    ]
