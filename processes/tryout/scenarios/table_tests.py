"""Tests of decision tables: values to decide by, and the outcome that is expected.

They are kept, exported and shipped as the scenarios of processes are, under the key of the
decision; each is text in YAML. A table is not put into use while one of them comes out otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from processes.engine.decisions.deciding import decided
from processes.engine.decisions.reads import variables_read
from processes.engine.decisions.tables import Decided, DecisionError
from processes.engine.deployment.definitions import DECISION, keys_of
from processes.engine.diagram import graph
from processes.engine.language.declared_dates import declared
from processes.engine.language.expressions import ExpressionError
from processes.engine.language.values import same
from processes.tryout.models import KeptScenario
from processes.tryout.scenarios import store, yaml_text
from processes.tryout.scenarios.scenario import LONGEST_NAME, BadScenarioError

WORDS = ("test", "beslissing", "gegevens", "verwacht")


@dataclass(frozen=True)
class TableTest:
    """One test of one decision."""

    name: str
    decision: str  # the id that a diagram names
    given: Mapping[str, Any]
    expected: Mapping[str, Any]

    @property
    def process(self) -> str:
        """The key under which it is kept."""
        return f"{DECISION}{self.decision}"


@dataclass(frozen=True)
class Tried:
    """What a table decided, or in Dutch why it could not."""

    decided: Decided | None
    problem: str = ""


@dataclass(frozen=True)
class TableVerdict:
    """A kept test, with what is different on a table."""

    kept: KeptScenario
    test: TableTest | None  # None where its text cannot be read
    differences: tuple[str, ...]  # Dutch


def is_table_test(text: str) -> bool:
    """Whether a text is of a test of a table, rather than a scenario."""
    return any(line.startswith("beslissing:") for line in text.splitlines())


def read(text: str) -> TableTest:
    """The test that a text is. Raises BadScenarioError."""
    try:
        content = yaml_text.read(text)
    except yaml_text.BadYamlError as error:
        raise BadScenarioError(error.reason) from None
    if not isinstance(content, dict) or set(content) != set(WORDS):
        reason = f"Een test heeft precies deze woorden: {', '.join(WORDS)}."
        raise BadScenarioError(reason)
    name, decision, given, expected = (content[word] for word in WORDS)
    texts = isinstance(name, str) and isinstance(decision, str)
    if not texts or not isinstance(given, dict) or not isinstance(expected, dict):
        reason = "Bij test en beslissing staat tekst, bij gegevens en verwacht staan namen."
        raise BadScenarioError(reason)
    return TableTest(name[:LONGEST_NAME], decision, given, expected)


def write(test: TableTest) -> str:
    """The test as text."""
    values = (test.name, test.decision, dict(test.given), dict(test.expected))
    return yaml_text.write(dict(zip(WORDS, values, strict=True)))


def try_out(xml: bytes, decision: str, given: Mapping[str, Any]) -> Tried:
    """Decide with these values, and keep nothing."""
    try:
        dates = {e.name: frozenset[str]() for e in variables_read(xml) if e.type == "date"}
        with declared(dates):
            return Tried(decided(xml, decision, given)[-1])
    except (DecisionError, ExpressionError, graph.UnreadableDiagramError) as error:
        return Tried(None, str(error))


def tests_of(session: Session, decision: str) -> list[KeptScenario]:
    """The tests that gate a decision, by name."""
    return store.scenarios_of(session, f"{DECISION}{decision}")


def keep(session: Session, test: TableTest, *, by: str) -> KeptScenario:
    """Store a new test. Raises NameTakenError, TooManyScenariosError."""
    return store.keep_text(session, (test.process, test.name), write(test), by=by)


def drop(session: Session, decision: str, test_id: UUID, *, by: str) -> None:
    """Drop a test of this decision. Raises UnknownScenarioError."""
    if test_id not in {each.id for each in tests_of(session, decision)}:
        raise store.UnknownScenarioError(test_id)
    store.drop(session, test_id, by=by, reason="")


def run(session: Session, decision: str, xml: bytes) -> list[TableVerdict]:
    """The tests of a decision on this file, by name."""
    return [_verdict(each, xml) for each in tests_of(session, decision)]


def failing(session: Session, xml: str) -> list[TableVerdict]:
    """The tests of the decisions of a file that come out otherwise on it; none of a diagram."""
    file = xml.encode()
    keys = [key for key in keys_of(file) if key.startswith(DECISION)]
    found = (each for key in keys for each in run(session, key.removeprefix(DECISION), file))
    return [each for each in found if each.differences]


def _verdict(kept: KeptScenario, xml: bytes) -> TableVerdict:
    try:
        test = read(kept.yaml)
    except BadScenarioError as error:
        return TableVerdict(kept, None, (error.reason,))
    tried = try_out(xml, test.decision, test.given)
    if tried.decided is None:
        return TableVerdict(kept, test, (tried.problem,))
    return TableVerdict(kept, test, differences(test.expected, tried.decided.outputs))


def differences(expected: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[str, ...]:
    """In Dutch, each outcome that is not as expected."""
    return tuple(
        f"{name} is {_shown(found.get(name))}, verwacht was {_shown(expected.get(name))}."
        for name in dict.fromkeys((*expected, *found))
        if not same(expected.get(name), found.get(name))
    )


def _shown(value: Any) -> str:
    return yaml_text.write({"x": value}).removeprefix("x:").strip()
