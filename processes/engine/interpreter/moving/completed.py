"""Moves the record of what can be undone to another version: none of it may be lost."""

from contextlib import suppress
from typing import Any, TypeAlias

from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask

from processes.engine.interpreter.compensation_rewriting import BODY
from processes.engine.interpreter.moving.compatibility import CannotMoveError, Names, words_of
from processes.engine.interpreter.rewriting import drawn_id
from processes.engine.interpreter.undoing.completions import (
    Completion,
    Place,
    Undo,
    activity_of,
    undoing_of,
)
from processes.engine.sentences.catalogue import say

Versions: TypeAlias = tuple[Any, Any]
"""A live instance in the old version, and in the new one."""


def moved(done: Completion, versions: Versions, names: Names) -> Completion:
    """A completed activity by its names in the new version. Raises CannotMoveError."""
    return done._replace(place=_moved(done.place, versions, names))


def move_plan(task: Any, versions: Versions, names: Names) -> None:
    """What a compensation event is undoing, and what it still has to, by the new names."""
    internal = task.internal_data
    if "undoing" in internal:
        internal["undoing"] = _moved_undo(Undo(*internal["undoing"]), versions, names)
        internal["undo"] = [_moved_undo(Undo(*each), versions, names) for each in internal["undo"]]


def _moved_undo(undo: Undo, versions: Versions, names: Names) -> Undo:
    within = [_moved(place, versions, names) for place in undo.within]
    return undo._replace(place=_moved(undo.place, versions, names), within=within)


def _moved(place: Place, versions: Versions, names: Names) -> Place:
    where, id_ = place
    element_id, scope = names.new_id(id_), names.new_id(drawn_id(where))
    for found in ((scope, element_id), (f"{scope}{BODY}", element_id)):
        with suppress(LookupError):  # it is not drawn there
            if _can_be_undone(place, found, versions):
                return found
    name = words_of(activity_of(versions[0], place))[1]
    is_gone = element_id not in names.specification.elements
    raise CannotMoveError(say("interpreter.undone-no-more", name=name), id_, needs_mapping=is_gone)


def _can_be_undone(place: Place, found: Place, versions: Versions) -> bool:
    """Whether it still is; a subprocess that only holds what can be undone has to be one."""
    old, new = versions
    if undoing_of(old, place) is None:
        return isinstance(activity_of(new, found), SubWorkflowTask)
    return undoing_of(new, found) is not None
