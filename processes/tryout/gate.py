"""The gate before a deployment: every scenario of its processes runs on the new diagram."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from processes.engine import diagram
from processes.tryout.kept import scenarios_of
from processes.tryout.models import KeptScenario
from processes.tryout.play import beside
from processes.tryout.scenario import BadScenarioError, read
from processes.tryout.scenarios import Verdict, run


@dataclass(frozen=True)
class Judged:
    """A scenario that is kept, and what came of it on a diagram."""

    kept: KeptScenario
    verdict: Verdict


@dataclass(frozen=True)
class Failing:
    """A scenario that does not end on this diagram as it should."""

    name: str
    differences: tuple[str, ...]  # Dutch


def judge(session: Session, xml: str) -> list[Judged]:
    """Every scenario of the processes in this file, each run in a process of its own."""
    keys = diagram.read(xml.encode()).processes
    files = beside(session, xml)
    return [
        Judged(kept, _verdict(kept, xml, files))
        for key in keys
        for kept in scenarios_of(session, key)
    ]


def failing(session: Session, xml: str) -> list[Failing]:
    """The scenarios that keep this file, which must be deployable, from being deployed."""
    return [
        Failing(each.kept.name, each.verdict.differences)
        for each in judge(session, xml)
        if not each.verdict.passes
    ]


def _verdict(kept: KeptScenario, xml: str, files: dict[str, str]) -> Verdict:
    try:
        return run(read(kept.yaml), xml, files)
    except BadScenarioError as error:
        return Verdict(kept.name, (f"Dit scenario kan niet worden gelezen. {error.reason}",), None)
