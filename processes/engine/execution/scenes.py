"""What the tasks that open in a step can ask of their instance: its people, and their round."""

from collections.abc import Callable
from typing import TypeAlias
from uuid import UUID

from sqlalchemy.orm import Session

from processes.engine.execution.effects import Closing
from processes.engine.execution.user_tasks.opening import Scene
from processes.engine.execution.user_tasks.people import Finisher, people_of
from processes.engine.interpreter.multi_instance.rounds import Round
from processes.engine.store.rows import LockedInstance

RoundOf: TypeAlias = Callable[[UUID], Round | None]


def scene_of(
    session: Session,
    instance: LockedInstance,
    round_of: RoundOf,
    closing: Closing | None = None,
) -> Scene:
    """The scene of a step that is done and not written; nothing is read until a task asks."""
    finisher = None
    if closing is not None and closing.by_user:
        finisher = Finisher(closing.task_id, closing.by_user, closing.by)
    return Scene(lambda: people_of(session, instance.id, finisher), round_of)
