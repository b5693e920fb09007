"""Deployment gate: runs every scenario of the processes on the new diagram."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from processes.engine.diagram import elements
from processes.tryout import sandbox
from processes.tryout.kept import UnknownScenarioError, scenarios_of
from processes.tryout.models import KeptScenario
from processes.tryout.play import beside
from processes.tryout.scenario import BadScenarioError, read
from processes.tryout.scenarios import Verdict, run


@dataclass(frozen=True)
class Judged:
    """A kept scenario with its verdict on a diagram."""

    kept: KeptScenario
    verdict: Verdict


@dataclass(frozen=True)
class Failing:
    """A scenario that fails on this diagram."""

    name: str
    differences: tuple[str, ...]  # Dutch


def judge(session: Session, xml: str) -> list[Judged]:
    """The verdict of every scenario of the processes in this file, each in a subprocess."""
    keys = elements.read(xml.encode()).processes
    files = beside(session, xml)
    kept = [each for key in keys for each in scenarios_of(session, key)]
    texts = [(each.name, each.yaml) for each in kept]
    with ThreadPoolExecutor(sandbox.AT_ONCE) as pool:
        verdicts = pool.map(partial(_verdict, xml=xml, files=files), texts)
        return [Judged(*pair) for pair in zip(kept, verdicts, strict=True)]


def judge_one(session: Session, scenario_id: UUID, xml: str) -> Verdict:
    """The verdict of one scenario, without a transaction meanwhile.

    Raises UnknownScenarioError.
    """
    kept = session.get(KeptScenario, scenario_id)
    if kept is None or kept.is_dropped:
        raise UnknownScenarioError(scenario_id)
    named, files = (kept.name, kept.yaml), beside(session, xml)
    session.rollback()
    return _verdict(named, xml=xml, files=files)


def failing(session: Session, xml: str) -> list[Failing]:
    """The scenarios that prevent this (deployable) file from being deployed."""
    return [
        Failing(each.kept.name, each.verdict.differences)
        for each in judge(session, xml)
        if not each.verdict.passes
    ]


def _verdict(named: tuple[str, str], *, xml: str, files: dict[str, str]) -> Verdict:
    name, text = named
    try:
        return run(read(text), xml, files)
    except BadScenarioError as error:
        return Verdict(name, (f"Dit scenario kan niet worden gelezen. {error.reason}",), None)
