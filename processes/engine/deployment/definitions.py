"""Deploys process definitions and decision tables as versions, and caches parsed specifications."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from processes.base import now
from processes.engine.checks import checker
from processes.engine.checks.findings import Finding, Vocabulary, is_deployable
from processes.engine.decisions import deciding
from processes.engine.decisions import tables as decisions
from processes.engine.deployment import start_rights, start_timers
from processes.engine.diagram import elements, graph
from processes.engine.diagram.elements import Element
from processes.engine.diagram.xml import as_text
from processes.engine.interpreter.parser import Specification, UnparsableDiagramError, parse
from processes.engine.store.models import ProcessDefinition

DECISION = "decision:"  # begins the key under which a decision table is stored
PARSED = 64  # files whose specification is kept, deployed or not

_specifications: dict[UUID, Specification] = {}
_decisions: dict[UUID, deciding.CompiledDecision] = {}
_lock = Lock()


@dataclass(frozen=True)
class Taken:
    """A decision that a case took, with the version that took it."""

    decided: decisions.Decided
    version: int


class RejectedDeploymentError(Exception):
    """The diagram has findings that forbid deployment: `findings`; `file` is its name, if known."""

    file: str = ""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = findings


class UnknownProcessError(LookupError):
    """No process with this key has been deployed."""


def deploy(  # noqa: PLR0913 - each is a fact about the deployment, given by name
    session: Session,
    xml: bytes,
    *,
    vocabulary: Vocabulary,
    deployed_by: str,
    note: str = "",
    from_file: bool = False,
) -> list[ProcessDefinition]:
    """Check a file and store a new version of each process whose content is new.

    A file never replaces a version that was deployed on the web: that version is returned as it is.
    Once a file with its very content was deployed, files lead again. Raises
    RejectedDeploymentError.
    """
    _refuse_what_is_wrong(session, xml, vocabulary)
    digest = sha256(xml).hexdigest()
    facts = {"deployed_by": deployed_by, "note": note, "from_file": from_file}
    deployed = []
    for key, name in keys_of(xml).items():
        latest = _latest(session, key)
        if latest is not None and from_file and not latest.from_file:
            latest.from_file = latest.sha256 == digest
        elif latest is None or latest.sha256 != digest:
            new = {"key": key, "name": name, "xml": as_text(xml), "sha256": digest}
            latest = _next_version(session, latest, new | facts)
        deployed.append(latest)
        if not key.startswith(DECISION):
            session.flush()
            start_rights.grant(session, latest)
    session.flush()
    return deployed


def _next_version(
    session: Session, before: ProcessDefinition | None, columns: Mapping[str, Any]
) -> ProcessDefinition:
    number = before.version + 1 if before else 1
    definition = ProcessDefinition(version=number, **columns)
    session.add(definition)
    _begin_by_the_clock(session, definition, before)
    return definition


def _refuse_what_is_wrong(session: Session, xml: bytes, vocabulary: Vocabulary) -> None:
    findings = checker.check(xml, vocabulary, deployed=deployed_xml(session))
    if not is_deployable(findings):
        raise RejectedDeploymentError(findings)


def _begin_by_the_clock(
    session: Session, definition: ProcessDefinition, before: ProcessDefinition | None
) -> None:
    session.flush()
    if not definition.key.startswith(DECISION):
        drawn = specification_of(session, definition.id).start_timers
        was: Mapping[str, str] = {}
        if before is not None:
            with suppress(UnparsableDiagramError):  # what an earlier release could read
                was = specification_of(session, before.id).start_timers
        start_timers.plan(session, definition, drawn, was)


def keys_of(xml: bytes) -> dict[str, str]:
    """Key and name of each process in this file, or of each decision."""
    return keys_in(graph.read(xml))


def keys_in(drawn: graph.Diagram) -> dict[str, str]:
    """As `keys_of`, of a file that was read."""
    if not drawn.is_dmn:
        return elements.process_names(drawn.root)
    return {
        f"{DECISION}{decision.get('id')}": graph.label(decision) or decision.get("id")
        for decision in decisions.decisions(drawn)
    }


def decide(
    session: Session, element: Element, variables: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Taken]]:
    """Evaluate the decision that a business rule task names, latest version.

    What the process gets, and the decision with those that it required.
    """
    wanted = element.decision or ""
    definition = latest_definition(session, f"{DECISION}{wanted}")
    decided = _compiled_decision(definition, wanted).decided(variables)
    outcome = dict(decided[-1].outputs)
    taken = [Taken(each, _version_of(session, definition, each.id)) for each in decided]
    if element.result_variable is None:
        return outcome, taken
    single = len(outcome) == 1
    return {element.result_variable: next(iter(outcome.values())) if single else outcome}, taken


def _compiled_decision(
    definition: ProcessDefinition, decision_id: str
) -> deciding.CompiledDecision:
    """Kept by the version, which never changes: its file need not be read for each decision."""
    found = _decisions.get(definition.id)
    if found is None:
        found = deciding.compiled(definition.xml.encode(), decision_id)
        with _lock:
            while len(_decisions) >= PARSED:
                del _decisions[next(iter(_decisions))]
            _decisions[definition.id] = found
    return found


def _version_of(session: Session, definition: ProcessDefinition, decision_id: str) -> int:
    """The version of a decision that stands in the file of this one."""
    if definition.key == f"{DECISION}{decision_id}":
        return definition.version
    query = select(ProcessDefinition.version).where(
        ProcessDefinition.key == f"{DECISION}{decision_id}",
        ProcessDefinition.sha256 == definition.sha256,
    )
    return session.scalars(query.order_by(ProcessDefinition.version.desc())).first() or 0


def latest_definition(session: Session, key: str) -> ProcessDefinition:
    """The version that new instances use. Raises UnknownProcessError."""
    latest = _latest(session, key)
    if latest is None:
        raise UnknownProcessError(key)
    return latest


def definitions(session: Session) -> list[ProcessDefinition]:
    """The latest version of each process, by name; decision tables are not processes."""
    return [found for found in _all_latest(session) if not found.key.startswith(DECISION)]


def tables(session: Session) -> list[ProcessDefinition]:
    """The latest version of each decision table, by name."""
    return [found for found in _all_latest(session) if found.key.startswith(DECISION)]


def latest_of(session: Session, key: str) -> ProcessDefinition | None:
    """The latest version with this key; None if there is none."""
    return _latest(session, key)


def _all_latest(session: Session) -> list[ProcessDefinition]:
    newest = select(ProcessDefinition.key, func.max(ProcessDefinition.version).label("version"))
    latest = newest.group_by(ProcessDefinition.key).subquery()
    query = select(ProcessDefinition).join(
        latest,
        (latest.c.key == ProcessDefinition.key) & (latest.c.version == ProcessDefinition.version),
    )
    return list(session.scalars(query.order_by(ProcessDefinition.name, ProcessDefinition.key)))


def deployed_xml(session: Session) -> Mapping[str, bytes]:
    """The file of the latest version of each process, by key; what was deployed last comes last.

    A file of several processes may hold an older version of one: the later file goes before it.
    """
    ids = [definition.id for definition in _all_latest(session)]
    query = select(ProcessDefinition).where(ProcessDefinition.id.in_(ids))
    query = query.order_by(ProcessDefinition.deployed_at, ProcessDefinition.key)
    found = session.scalars(query.options(undefer(ProcessDefinition.xml)))
    return {definition.key: definition.xml.encode() for definition in found}


def specification_of(session: Session, definition_id: UUID) -> Specification:
    """The parsed specification of a version, cached per process."""
    cached = _specifications.get(definition_id)
    if cached is not None:
        return cached
    definition = session.get_one(
        ProcessDefinition, definition_id, options=[undefer(ProcessDefinition.xml)]
    )
    xml = definition.xml.encode()
    parsed = _parsed(session, xml, definition.key, definition.deployed_at)
    with _lock:
        return _specifications.setdefault(definition_id, parsed)


def specification_of_file(session: Session, xml: bytes, key: str) -> Specification:
    """The specification of a file that passed the checks, not deployed."""
    return _parsed(session, xml, key, now())


def _parsed(session: Session, xml: bytes, key: str, at: datetime) -> Specification:
    return _parsed_once(xml, key, frozenset(_called(session, xml, at).items()))


@lru_cache(PARSED)
def _parsed_once(xml: bytes, key: str, called: frozenset[tuple[str, bytes]]) -> Specification:
    """A draft is parsed for its page, its try-out and its deployment: the same bytes each time."""
    return parse(xml, key, dict(called))


def _latest(session: Session, key: str) -> ProcessDefinition | None:
    query = select(ProcessDefinition).where(ProcessDefinition.key == key)
    return session.scalars(query.order_by(ProcessDefinition.version.desc()).limit(1)).first()


def _called(session: Session, xml: bytes, at: datetime) -> dict[str, bytes]:
    """The files that this one calls, as they were when it was deployed: it never changes."""
    found: dict[str, bytes] = {}
    wanted = elements.called_keys(xml)
    own = elements.read(xml).processes
    while wanted:
        key = wanted.pop()
        if key in own or key in found:
            continue
        definition = _version_at(session, key, at)
        if definition is None:
            raise UnknownProcessError(key)
        found[key] = definition.xml.encode()
        wanted |= elements.called_keys(found[key])
    return found


def called_version(
    session: Session, caller: ProcessDefinition, key: str
) -> ProcessDefinition | None:
    """The version of a process that instances of this version call: it never changes."""
    query = select(ProcessDefinition).where(
        ProcessDefinition.key == key, ProcessDefinition.sha256 == caller.sha256
    )
    beside = session.scalars(query.options(undefer(ProcessDefinition.xml)).limit(1)).first()
    return beside or _version_at(session, key, caller.deployed_at)


def _version_at(session: Session, key: str, at: datetime) -> ProcessDefinition | None:
    query = (
        select(ProcessDefinition)
        .where(ProcessDefinition.key == key)
        .where(ProcessDefinition.deployed_at <= at)
        .order_by(ProcessDefinition.version.desc())
        .options(undefer(ProcessDefinition.xml))
        .limit(1)
    )
    return session.scalars(query).first()
