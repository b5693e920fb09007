"""Replays finished instances on another diagram, to find those that take another path."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from processes.base import now
from processes.engine.diagram import graph
from processes.engine.diagram.graph import Node
from processes.engine.execution import instances
from processes.engine.insight.history import history
from processes.engine.store.models import InstanceStatus, ProcessDefinition, ProcessInstance
from processes.tryout import sandbox
from processes.tryout.outcome import Outcome
from processes.tryout.play import Play, beside
from processes.tryout.recorded import NotReplayableError, RecordedInstance, Row, actions_of
from processes.tryout.scenarios.running import differences_of, why_not_played
from processes.tryout.scenarios.scenario import Scenario, expected_of, is_told

MOST = 50
SECONDS = 20.0
DAYS, MOST_DAYS = 30, 365


@dataclass(frozen=True)
class FinishedInstance:
    """A finished instance, and its version."""

    id: UUID
    version: int
    ended_at: datetime
    xml: str
    recorded: RecordedInstance


@dataclass(frozen=True)
class InstanceReplay:
    """The result of replaying one instance."""

    id: UUID
    version: int
    ended_at: datetime
    differences: tuple[str, ...] = ()  # Dutch
    reason: str = ""  # Dutch: why it could not be replayed

    @property
    def is_same(self) -> bool:
        return not self.differences and not self.reason


@dataclass(frozen=True)
class Replay:
    """The result of replaying many; `left` were not reached in time."""

    replayed: tuple[InstanceReplay, ...]
    left: int

    @property
    def groups(self) -> list[tuple[InstanceReplay, int]]:
        """What differs, or cannot be replayed, and of how many; the most frequent first."""
        of: dict[tuple[str, ...], list[InstanceReplay]] = {}
        for each in self.replayed:
            if not each.is_same:
                of.setdefault((*each.differences, each.reason), []).append(each)
        groups = [(same[0], len(same)) for same in of.values()]
        return sorted(groups, key=lambda group: (bool(group[0].reason), -group[1]))


def finished_instances(session: Session, process_key: str, *, days: int) -> list[FinishedInstance]:
    """The instances of this process that ended in these days, the newest first, so many at most."""
    query = (
        select(ProcessInstance, ProcessDefinition)
        .join(ProcessDefinition, ProcessInstance.definition_id == ProcessDefinition.id)
        .where(ProcessInstance.process_key == process_key)
        .where(ProcessInstance.status == InstanceStatus.COMPLETED)
        .where(ProcessInstance.ended_at >= now() - timedelta(days=days))
        .options(undefer(ProcessDefinition.xml), undefer(ProcessInstance.state))
        .order_by(ProcessInstance.ended_at.desc())
        .limit(MOST)
    )
    return [_finished(session, instance, its) for instance, its in session.execute(query)]


def replay(session: Session, cases: list[FinishedInstance], process_key: str, xml: str) -> Replay:
    """Replay each on its own diagram first, to see that it is reproduced, and then on this one."""
    files = beside(session, xml)
    session.rollback()  # hold no transaction while others play
    until = time.monotonic() + SECONDS
    replayed = []
    for case in cases:
        if time.monotonic() > until:
            break
        replayed.append(_replayed(case, process_key, xml, files))
    return Replay(tuple(replayed), len(cases) - len(replayed))


def _finished(
    session: Session, instance: ProcessInstance, definition: ProcessDefinition
) -> FinishedInstance:
    rows = [
        Row(
            each.element_id,
            each.element_type,
            each.entered_at,
            each.left_at or each.entered_at,
            each.result or "",
            each.actor,
        )
        for each in history(session, instance.id)
    ]
    recorded = RecordedInstance(instance.started_at, rows, instances.variables(session, instance))
    ended_at = instance.ended_at or instance.started_at
    return FinishedInstance(instance.id, definition.version, ended_at, definition.xml, recorded)


def _replayed(
    case: FinishedInstance, process_key: str, xml: str, files: Mapping[str, str]
) -> InstanceReplay:
    about = (case.id, case.version, case.ended_at)
    try:
        actions = actions_of(case.recorded, case.xml, xml)
        was = sandbox.play(Play(case.xml, process_key, actions, files, answered=True))
        _require_same(case, was)
        found = sandbox.play(Play(xml, process_key, actions, files, answered=True))
    except NotReplayableError as error:
        return InstanceReplay(*about, reason=error.reason)
    except sandbox.NotPlayedError as error:
        return InstanceReplay(*about, differences=(why_not_played(error),))
    if found.stopped_at is not None:
        return InstanceReplay(*about, (f"De zaak kan niet verder zoals toen: {found.reason}",))
    expected = expected_of(was, case.xml)
    scenario = Scenario("", process_key, tuple(actions), expected)
    return InstanceReplay(*about, tuple(differences_of(scenario, found, xml)))


def _name(node: Node | None) -> str:
    return node.element.get("name", "") if node else ""


def _require_same(case: FinishedInstance, played: Outcome) -> None:
    """What we think was done leads, on the diagram of then, to what happened then."""
    then = Counter(
        row.element
        for row in case.recorded.rows
        if not row.type.endswith("Gateway") and row.result in {"completed", "error"}
    )
    again = Counter(passed.element for passed in played.path if is_told(passed))
    if then != again or played.status != InstanceStatus.COMPLETED:
        drawn = graph.read(case.xml.encode()).by_id
        differs = sorted((then - again) + (again - then))[:3]
        missing = ", ".join(f"“{_name(drawn.get(each)) or each}”" for each in differs)
        reason = f"Wat er is ingevuld, is niet meer te herleiden. Het verschil zit bij {missing}."
        raise NotReplayableError(reason)
