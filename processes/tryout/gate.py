"""Deployment gate: runs every scenario of the processes on the new diagram."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import DECISION, deployed_xml, keys_of
from processes.engine.diagram import elements, graph
from processes.tryout import sandbox
from processes.tryout.models import KeptScenario
from processes.tryout.play import beside, called_of, named_in
from processes.tryout.scenarios import table_tests
from processes.tryout.scenarios.running import Verdict, run
from processes.tryout.scenarios.scenario import BadScenarioError, read
from processes.tryout.scenarios.store import UnknownScenarioError, scenarios_of


@dataclass(frozen=True)
class ScenarioPlay:
    """A scenario, the diagram to play it on, and the files beside that, by key."""

    kept: KeptScenario
    xml: str
    files: dict[str, str]

    def is_as(self, other: "ScenarioPlay") -> bool:
        """Whether it plays the very same."""
        is_same = (self.kept.yaml, self.xml) == (other.kept.yaml, other.xml)
        return is_same and self.files == other.files


@dataclass(frozen=True)
class ScenarioVerdict:
    """A kept scenario with its verdict on a diagram."""

    kept: KeptScenario
    verdict: Verdict


@dataclass(frozen=True)
class FailedScenario:
    """A scenario that fails on this diagram."""

    name: str
    differences: tuple[str, ...]  # Dutch


def plays(session: Session, xml: str) -> list[ScenarioPlay]:
    """What to play before this file is put into use, by process.

    Of a diagram, the scenarios of its processes. Of decision tables, those of each process whose
    newest version asks one of them, itself or in a process that it calls: a decision is always
    taken by the newest table.
    """
    if not graph.read(xml.encode()).is_dmn:
        files = beside(session, xml)
        keys = elements.read(xml.encode()).processes
        return _plays(session, keys, xml, files)
    tables, deployed = dict.fromkeys(keys_of(xml.encode()), xml), deployed_xml(session)
    return [
        play
        for key, file in askers_of(session, tables).items()
        for play in _plays(session, [key], file, called_of(deployed, file) | tables)
    ]


def askers_of(session: Session, tables: Iterable[str]) -> dict[str, str]:
    """The newest files of the processes that ask one of these tables, by key of the process."""
    wanted, deployed = set(tables), deployed_xml(session)
    files = {key: xml.decode() for key, xml in deployed.items() if not key.startswith(DECISION)}
    return {
        key: xml
        for key, xml in files.items()
        if wanted & (named_in(deployed[key]) | set(called_of(deployed, xml)))
    }


def _plays(
    session: Session, keys: Iterable[str], xml: str, files: dict[str, str]
) -> list[ScenarioPlay]:
    return [ScenarioPlay(kept, xml, files) for key in keys for kept in scenarios_of(session, key)]


def detached_plays(session: Session, xml: str) -> list[ScenarioPlay]:
    """As `plays`; the scenarios stay as they were read, whatever becomes of them meanwhile."""
    found = plays(session, xml)
    for each in found:
        session.expunge(each.kept)
    return found


def judge(session: Session, xml: str) -> list[ScenarioVerdict]:
    """Every scenario that counts for this file, each run in a process of its own.

    Call it before anything is changed: the session is rolled back, so that no transaction is open
    while they play. What was read before may be gone by then.
    """
    found = detached_plays(session, xml)
    session.rollback()
    return played(found)


def played(found: Sequence[ScenarioPlay]) -> list[ScenarioVerdict]:
    """The verdict on each; call it with no transaction open."""
    with ThreadPoolExecutor(sandbox.AT_ONCE) as pool:
        pairs = zip(found, pool.map(_verdict, found), strict=True)
        return [ScenarioVerdict(play.kept, verdict) for play, verdict in pairs]


def judge_one(session: Session, scenario_id: UUID, xml: str) -> tuple[Verdict, str]:
    """One scenario and the diagram it was played on, with no transaction open meanwhile.

    Raises UnknownScenarioError.
    """
    all_of_them = detached_plays(session, xml)
    found = next((each for each in all_of_them if each.kept.id == scenario_id), None)
    if found is None:
        raise UnknownScenarioError(scenario_id)
    session.rollback()
    return _verdict(found), found.xml


def failing(session: Session, xml: str) -> list[FailedScenario]:
    """The scenarios and tests that prevent this (deployable) file from being deployed.

    As with `judge`, no transaction is open afterwards.
    """
    return failing_tests(session, xml) + failed(judge(session, xml))


def failed(verdicts: Iterable[ScenarioVerdict]) -> list[FailedScenario]:
    """The scenarios that do not pass."""
    return [
        FailedScenario(each.kept.name, each.verdict.differences)
        for each in verdicts
        if not each.verdict.passes
    ]


def failing_tests(session: Session, xml: str) -> list[FailedScenario]:
    """The tests of its own decision tables that a file does not pass; none of a diagram."""
    return [
        FailedScenario(f"Test “{each.kept.name}”", each.differences)
        for each in table_tests.failing(session, xml)
    ]


def _verdict(play: ScenarioPlay) -> Verdict:
    try:
        return run(read(play.kept.yaml), play.xml, play.files)
    except BadScenarioError as error:
        reason = f"Dit scenario kan niet worden gelezen. {error.reason}"
        return Verdict(play.kept.name, (reason,), None)
