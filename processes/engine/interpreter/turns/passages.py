"""Notes which elements a turn of an instance has passed, and where its tokens went on."""

from dataclasses import replace
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import ThrowingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from processes.engine.interpreter.outcomes import Passage
from processes.engine.interpreter.rewriting import drawn_id


def note(passages: list[Passage], task: Any) -> None:
    """Add the passage of a task that has run; of a loop, where its last round went on."""
    spec = task.task_spec
    recorder = task.workflow.top_workflow.recorder
    if recorder is not None:
        recorder.ran(task)
    # What ended its own scope by what it threw is cancelled with it, and did happen.
    ended = TaskState.COMPLETED
    if isinstance(spec, ThrowingEvent):
        ended |= TaskState.CANCELLED
    if not task._state & ended:
        return
    onward = tuple(drawn_id(child.task_spec.name) for child in task.children)
    if getattr(spec, "is_passed", False):
        chosen = task.workflow.top_workflow.choices.get(task.id)
        passages.append(Passage(task.id, spec.element, "completed", onward, chosen))
    elif isinstance(spec, LoopTask):
        _go_on_from_last_round(passages, spec, onward)


def _go_on_from_last_round(passages: list[Passage], loop: Any, onward: tuple[str, ...]) -> None:
    for place in reversed(range(len(passages))):
        if passages[place].element.id == loop.element.id:
            following = tuple(name for name in onward if name != loop.task_spec)
            passages[place] = replace(passages[place], onward=following)
            return
