"""Impact of a new version on running instances, for the page."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from app.web.diagrams.element_mapping import Choice, choices_of
from processes.engine.deployment.definitions import specification_of_file
from processes.engine.diagram.elements import apart
from processes.engine.insight import counts
from processes.engine.interpreter.parser import Specification
from processes.engine.repair.migration import impact
from processes.engine.repair.migration.runs import CLEAN, Forecast
from processes.engine.store.models import ProcessDefinition
from processes.engine.store.snapshot_models import MigrationOutcome
from processes.engine.words.element_words import kind_in_words
from processes.engine.words.facts import DrawnElement, drawn_elements

TRIED = 200  # instances of each version that are tried while somebody waits for the page

BLOCKED, UNMAPPED = MigrationOutcome.BLOCKED, MigrationOutcome.NEEDS_MAPPING
MARKS = {CLEAN: "clean", UNMAPPED: "unmapped", BLOCKED: "blocked"}


@dataclass(frozen=True)
class Place:
    """An element where instances wait, with the dry-run outcomes there."""

    element_id: str
    kind: str
    name: str
    waiting: int
    outcomes: Mapping[MigrationOutcome, int]
    reasons: tuple[str, ...]

    @property
    def worst(self) -> MigrationOutcome:
        """The worst outcome."""
        return next((each for each in (BLOCKED, UNMAPPED) if self.outcomes.get(each)), CLEAN)


@dataclass(frozen=True)
class Impact:
    """The impact on one version's instances."""

    definition: ProcessDefinition
    running: int
    tried: int
    totals: Mapping[MigrationOutcome, int]
    places: tuple[Place, ...]
    choices: tuple[Choice, ...]

    @property
    def marks(self) -> list[dict[str, Any]]:
        """Marks on the diagram: how many wait where, and whether they can move."""
        return [
            {"id": each.element_id, "mark": MARKS[each.worst], "text": _counted(each.waiting)}
            for each in self.places
            if each.waiting
        ]


@dataclass(frozen=True)
class Target:
    """The target of a migration: a version, or a file that is not deployed."""

    key: str
    xml: bytes
    definition_id: UUID | None = None
    parsed: dict[str, Specification] = field(default_factory=dict, compare=False)

    @cached_property
    def drawn(self) -> dict[str, DrawnElement]:
        """Its elements, by id."""
        return drawn_elements(self.xml)

    def parsed_by(self, session: Session) -> UUID | Specification:
        """Its version, or what the file says: parsed once, however many versions run."""
        if self.definition_id:
            return self.definition_id
        if self.key not in self.parsed:
            self.parsed[self.key] = specification_of_file(session, self.xml, self.key)
        return self.parsed[self.key]


def running_versions(session: Session, key: str) -> list[tuple[ProcessDefinition, int]]:
    """The versions of a process on which anything runs, the newest first."""
    running = counts.running(session)
    query = (
        select(ProcessDefinition)
        .where(ProcessDefinition.key == key, ProcessDefinition.id.in_(running))
        .order_by(ProcessDefinition.version.desc())
        .options(undefer(ProcessDefinition.xml))
    )
    return [(found, running[found.id]) for found in session.scalars(query)]


def impacts(session: Session, target: Target, mapping: Mapping[str, str]) -> list[Impact]:
    """The impact on each other version's instances."""
    return [
        impact_on(session, old, running, target, mapping)
        for old, running in running_versions(session, target.key)
        if old.id != target.definition_id
    ]


def impact_on(
    session: Session,
    old: ProcessDefinition,
    running: int,
    target: Target,
    mapping: Mapping[str, str],
) -> Impact:
    """Dry run on a version's instances, counted per element."""
    drawn = drawn_elements(old.xml.encode())
    known = {id_: to_id for id_, to_id in mapping.items() if id_ in drawn}
    found = impact.try_out(session, old.id, target.parsed_by(session), known, limit=TRIED)
    waiting = impact.waiting_per_element(session, old.id)
    stuck = {each.element_id for each in found if each.outcome == UNMAPPED and each.element_id}
    return Impact(
        definition=old,
        running=running,
        tried=len(found),
        totals=Counter(each.outcome for each in found),
        places=tuple(_places(drawn, waiting, found)),
        choices=choices_of(drawn, target.drawn, stuck | set(known), known),
    )


def _places(
    drawn: Mapping[str, DrawnElement], waiting: Mapping[str, int], found: Iterable[Forecast]
) -> Iterable[Place]:
    outcomes: dict[str, Counter[MigrationOutcome]] = {}
    reasons: dict[str, dict[str, None]] = {}
    for each in found:
        for id_ in (each.element_id,) if each.element_id else each.waits_at:
            outcomes.setdefault(id_, Counter())[each.outcome] += 1
            if each.reason:
                reasons.setdefault(id_, {})[each.reason] = None
    order = {id_: number for number, id_ in enumerate(drawn)}
    for id_ in sorted({*waiting, *outcomes}, key=lambda id_: order.get(id_, len(order))):
        element = drawn.get(id_)
        told = tuple(reasons.get(id_, ()))
        if element is not None and element.kind == "boundaryEvent" and not told:
            continue  # it waits along with the task that it is attached to
        kind = kind_in_words(element.kind) if element else ""
        name = (element.name or apart(element.kind, id_)) if element else id_
        yield Place(id_, kind, name, waiting.get(id_, 0), outcomes.get(id_, Counter()), told)


def _counted(number: int) -> str:
    return "1 zaak" if number == 1 else f"{number} zaken"
