"""Migrates one locked instance: its state, and the rows of all that it waits for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.execution import effects
from processes.engine.execution.delegates import Delegates
from processes.engine.execution.scenes import scene_of
from processes.engine.execution.steps import InstanceChangedError
from processes.engine.execution.user_tasks.opening import Scene, assignment
from processes.engine.interpreter import codec
from processes.engine.interpreter.moving.compatibility import CannotMoveError
from processes.engine.interpreter.moving.soundness import require_sound, soundness_faults
from processes.engine.interpreter.moving.transplant import transplant
from processes.engine.interpreter.parser import Specification
from processes.engine.interpreter.waits import Wait, open_tokens
from processes.engine.interpreter.workflow import Workflow
from processes.engine.repair import snapshots
from processes.engine.repair.candidates import put_candidates
from processes.engine.repair.snapshots import Change
from processes.engine.sentences.catalogue import say
from processes.engine.store import rows
from processes.engine.store.models import Job, MessageSubscription, ProcessInstance, Timer, UserTask
from processes.engine.store.rows import LockedInstance
from processes.unit_of_work import unit_of_work


@dataclass(frozen=True)
class Route:
    """From which version to which, with the mapping of elements."""

    to_definition_id: UUID
    old: Specification
    new: Specification
    mapping: Mapping[str, str]


@dataclass(frozen=True)
class MigratedInstance:
    """An instance in its new version, not written yet."""

    workflow: Workflow
    blob: bytes
    before: list[Wait]
    after: list[Wait]
    kept: list[tuple[Wait, Wait]]
    rows: effects.Plan


def try_out(session: Session, route: Route, instance: LockedInstance) -> MigratedInstance:
    """Migrate a copy of the instance. Raises CannotMoveError."""
    perform = Delegates(session).perform
    try:
        old = codec.load(instance.state, route.old, perform)
        before, was_wrong = old.waits(), soundness_faults(old)
        tokens = open_tokens(before)
        new = transplant(old, route.new, perform, route.mapping)
        new.mark_since(tokens, now())
        blob = codec.dump(new)
        loaded = codec.load(blob, route.new, perform)
        require_sound(was_wrong, soundness_faults(loaded))
        scene = scene_of(session, instance, loaded)
        return _moved(instance, route, (loaded, blob), before, scene)
    except CannotMoveError:
        raise
    except Exception as error:
        # Whatever cannot be moved stays where it is: one instance must not stop the others.
        raise CannotMoveError(
            say("repair.does-not-fit", value=error or type(error).__name__)
        ) from error


def move(
    session: Session,
    route: Route,
    instance: LockedInstance,
    *,
    by: str,
    reason: str = "nieuwe versie",
) -> UUID:
    """Migrate a locked instance; returns the id of its snapshot.

    Raises CannotMoveError, and InstanceChangedError when another transaction wrote the instance.
    """
    moved = try_out(session, route, instance)
    snapshot = snapshots.take(session, instance, Change("migrate", by, reason))
    scene = scene_of(session, instance, moved.workflow)
    for old, new in moved.kept:
        _repoint(session, instance, (old, new), scene)
    effects.write(unit_of_work(session), instance, moved.rows)
    _write(session, ProcessInstance, instance.id, {"definition_id": route.to_definition_id})
    if not rows.save(session, instance, moved.blob, None):
        raise InstanceChangedError(instance.id)
    snapshot.row_version_after = instance.row_version + 1
    session.flush()
    return snapshot.id


def _moved(
    instance: LockedInstance,
    route: Route,
    made: tuple[Workflow, bytes],
    before: list[Wait],
    scene: Scene,
) -> MigratedInstance:
    workflow, blob = made
    after = workflow.waits()
    found = {(wait.token_id, wait.element.id, wait.kind, wait.name): wait for wait in after}
    kept, ended = [], []
    for wait in before:
        new_id = route.mapping.get(wait.element.id, wait.element.id)
        same = found.get((wait.token_id, new_id, wait.kind, wait.name))
        if same is not None and _is_same(wait, same):
            kept.append((wait, same))
        else:
            ended.append(wait)
    stay = {id(new) for _old, new in kept}
    begun = [wait for wait in after if id(wait) not in stay]
    planned = effects.plan(effects.Step(instance, [], begun, [], scene=scene))
    planned = replace(planned, ended=ended)
    return MigratedInstance(workflow, blob, before, after, kept, planned)


def _is_same(old: Wait, new: Wait) -> bool:
    """Whether the row of this wait may stay: of a message, its name and key are in the row."""
    keys = (old.element.correlation_key, new.element.correlation_key)
    return (old.kind, old.name, old.due_at) == (new.kind, new.name, new.due_at) and (
        old.kind != "message" or keys[0] == keys[1]
    )


def _repoint(
    session: Session, instance: LockedInstance, kept: tuple[Wait, Wait], scene: Scene
) -> None:
    """The row of a wait that goes on, told what its element is called now; a claim stays."""
    old, new = kept
    element: Any = new.element
    match old.kind:
        case "user":
            row, further = assignment(instance, new, scene)
            values = {
                "element_id": element.id,
                "name": element.name,
                "form_key": element.form_key,
                "lane": element.lane,
                "candidate_group": row["candidate_group"],
            }
            _write(session, UserTask, old.token_id, values)
            put_candidates(session, [old.token_id], further)
        case "job":
            _rename(session, Job, old, element.id)
        case "timer":
            _rename(session, Timer, old, element.id)
        case _:
            _rename(session, MessageSubscription, old, element.id)


def _write(session: Session, model: Any, id_: UUID, values: dict[str, Any]) -> None:
    # Without the ORM's own look at every object that the session has in hand: there are many.
    statement = update(model).where(model.id == id_).values(values)
    session.execute(statement, execution_options={"synchronize_session": False})
    known = rows.known_row(session, model, id_)
    if known is not None:
        session.expire(known)


def _rename(session: Session, model: Any, old: Wait, element_id: str) -> None:
    if element_id != old.element.id:
        session.execute(
            update(model)
            .where(model.token_id == old.token_id)
            .where(model.element_id == old.element.id)
            .values(element_id=element_id)
        )
