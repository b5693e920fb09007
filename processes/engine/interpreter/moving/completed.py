"""Moves the record of what can be undone to another version: none of it may be lost."""

from contextlib import suppress
from typing import Any, TypeVar

from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask

from processes.engine.interpreter.compensation_rewriting import BODY
from processes.engine.interpreter.moving.compatibility import CannotMoveError, Names, words_of
from processes.engine.interpreter.rewriting import drawn_id
from processes.engine.interpreter.undoing.completions import (
    Completion,
    Undo,
    activity_of,
    undoing_of,
)
from processes.engine.sentences.catalogue import say

Done = TypeVar("Done", Completion, Undo)


def moved(done: Done, versions: tuple[Any, Any], names: Names) -> Done:
    """A completed activity by its names in the new version. Raises CannotMoveError."""
    element_id, scope = names.new_id(done.element_id), names.new_id(drawn_id(done.where))
    for where in (scope, f"{scope}{BODY}"):
        with suppress(LookupError):  # it is not drawn there
            if _can_be_undone(done, versions, (where, element_id)):
                return done._replace(where=where, element_id=element_id)
    name = words_of(activity_of(versions[0], done.where, done.element_id))[1]
    is_gone = element_id not in names.specification.elements
    raise CannotMoveError(
        say("interpreter.undone-no-more", name=name), done.element_id, needs_mapping=is_gone
    )


def move_plan(task: Any, versions: tuple[Any, Any], names: Names) -> None:
    """What a compensation event is undoing, and what it still has to, by the new names."""
    internal = task.internal_data
    if "undoing" in internal:
        internal["undoing"] = moved(Undo(*internal["undoing"]), versions, names)
        internal["undo"] = [moved(Undo(*each), versions, names) for each in internal["undo"]]


def _can_be_undone(
    done: Completion | Undo, versions: tuple[Any, Any], place: tuple[str, str]
) -> bool:
    """Whether it still is; a subprocess that only holds what can be undone has to be one."""
    old, new = versions
    if undoing_of(old, done.where, done.element_id) is None:
        return isinstance(activity_of(new, *place), SubWorkflowTask)
    return undoing_of(new, *place) is not None
