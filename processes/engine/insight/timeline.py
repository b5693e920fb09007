"""The state of an instance after each of its steps: its tokens and the path they took."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from processes.engine.diagram import graph
from processes.engine.diagram.graph import Diagram, Node
from processes.engine.insight.history import Entry, entries, waiting_at
from processes.engine.store.models import InstanceStatus, ProcessDefinition, ProcessInstance
from processes.engine.store.snapshot_models import InstanceSnapshot

WENT_ON = frozenset({"completed", "skipped"})
JOINS = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})
MIGRATED = "migrate"
TOGETHER = timedelta(milliseconds=1)  # tasks of one step open a microsecond after each other


@dataclass(frozen=True)
class Moment:
    """The state of the instance after one step."""

    number: int  # 1 is its beginning
    at: datetime
    definition_id: UUID
    left: tuple[Entry, ...]  # what ended in this step
    tokens: tuple[str, ...]  # where it waited afterwards, by element
    passed: tuple[str, ...]  # every element that tokens had left by then
    flows: tuple[str, ...]  # and every flow that they had taken


def timeline(session: Session, instance_id: UUID) -> list[Moment]:
    """Every step of an instance, in order; the last one is the current state."""
    told = entries(session, instance_id)
    versions = _Versions(session, session.get_one(ProcessInstance, instance_id))
    way, moments = _Way(), list[Moment]()
    before: datetime | None = None
    for at in sorted({entry.left_at for entry in told if entry.left_at}):
        version, diagram = versions.at(at)
        left = _in_order(entry for entry in told if entry.left_at == at)
        entered = {e.element_id for e in told if _came(e, before, at)}
        way.take(left, entered, diagram)
        waits = [entry.element_id for entry in told if _stands(entry, at)]
        tokens = (*dict.fromkeys(waits), *way.at_joins(diagram))
        number = len(moments) + 1
        passed, flows = tuple(way.passed), tuple(way.flows)
        moments.append(Moment(number, at, version, left, tokens, passed, flows))
        before = at
    return _as_it_stands(session, versions, moments)


def _as_it_stands(session: Session, versions: "_Versions", moments: list[Moment]) -> list[Moment]:
    """The same, but the last one as its rows say: history keeps no timer that still waits."""
    if not moments or versions.instance.status not in (
        InstanceStatus.ACTIVE,
        InstanceStatus.SUSPENDED,
    ):
        return moments
    *others, last = moments
    diagram = versions.at(last.at)[1]
    nodes = diagram.by_id
    rows = [id_ for id_ in waiting_at(session, versions.instance.id) if not _is_edge(nodes, id_)]
    tokens = tuple(dict.fromkeys([*rows, *last.tokens]))
    return [*others, Moment(**{**vars(last), "tokens": tokens})]


def _is_edge(nodes: dict[str, Node], element_id: str) -> bool:
    return element_id in nodes and nodes[element_id].host is not None


def _in_order(left: Iterable[Entry]) -> tuple[Entry, ...]:
    """Within one step: what was waited for first, then what was passed at once."""
    return tuple(sorted(left, key=lambda entry: entry.entered_at))


def _came(entry: Entry, before: datetime | None, at: datetime) -> bool:
    return entry.entered_at <= at + TOGETHER and (
        before is None or entry.entered_at > before + TOGETHER
    )


def _stands(entry: Entry, at: datetime) -> bool:
    return entry.entered_at <= at + TOGETHER and (entry.left_at is None or entry.left_at > at)


@dataclass
class _Way:
    """The way that the tokens came, as far as what they passed gives away."""

    passed: dict[str, None] = field(default_factory=dict)
    flows: dict[str, None] = field(default_factory=dict)
    arrived: Counter[str] = field(default_factory=Counter)  # at gateways where branches meet

    def take(self, left: Sequence[Entry], entered: set[str], diagram: Diagram) -> None:
        """Go one step further."""
        for entry in left:
            self.passed[entry.element_id] = None
            self.arrived.pop(entry.element_id, None)
        gone = {entry.element_id for entry in left}
        for entry in left:
            node = diagram.by_id.get(entry.element_id)
            if node is not None and entry.result in WENT_ON:
                self._leave(node, entered | gone, gone)

    def _leave(self, node: Node, entered: set[str], gone: set[str]) -> None:
        for flow in node.outgoing:
            target = flow.target
            if target is None or not flow.id or not target.id:
                continue
            is_sure = len(node.outgoing) == 1 or node.is_always_taken(flow)
            if is_sure or target.id in entered or _is_join(target):
                self.flows[flow.id] = None
                if _is_join(target) and target.id not in gone:
                    self.arrived[target.id] += 1

    def at_joins(self, diagram: Diagram) -> list[str]:
        """The gateways at which a token waits for the others."""
        return [id_ for id_ in self.arrived if id_ in diagram.by_id]


def _is_join(node: Node) -> bool:
    return node.kind in JOINS and len(node.incoming) > 1


class _Versions:
    """Which version an instance was on: it may have been moved to another."""

    def __init__(self, session: Session, instance: ProcessInstance) -> None:
        self.session, self.instance = session, instance
        query = (
            select(InstanceSnapshot.taken_at, InstanceSnapshot.definition_id)
            .where(InstanceSnapshot.instance_id == instance.id)
            .where(InstanceSnapshot.action == MIGRATED)
            .where(InstanceSnapshot.undone_at.is_(None))
            .order_by(InstanceSnapshot.taken_at)
        )
        self.moves = session.execute(query).all()
        self.diagrams: dict[UUID, Diagram] = {}

    def at(self, moment: datetime) -> tuple[UUID, Diagram]:
        """The version at this moment, and what is drawn in it."""
        later = (definition_id for taken_at, definition_id in self.moves if taken_at > moment)
        version = next(later, self.instance.definition_id)
        if version not in self.diagrams:
            options = [undefer(ProcessDefinition.xml)]
            definition = self.session.get_one(ProcessDefinition, version, options=options)
            self.diagrams[version] = graph.read(definition.xml.encode())
        return version, self.diagrams[version]
