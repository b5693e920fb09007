"""Random walks over random diagrams: ours does what stock SpiffWorkflow does in memory.

Ours saves, prunes and loads between any two steps, and is also held against a player of tokens of
thirty lines. Where stock is wrong we differ on purpose, and only the player counts:

- a parallel or inclusive join in a loop: in the second round stock counts the branches of the
  first, and lets the token through too early;
- variables at a join: stock lets a branch overwrite what another branch changed with what it had
  itself inherited, so they are held against a plain dict of what was written last;
- after 250 rounds of a loop stock loses its tasks, so the walks are shorter than that.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Union

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.util.task import TaskState

from processes.engine import state
from processes.engine.spiff import Workflow
from processes.engine.spiff_parser import Specification, parse
from tests.processes.engine.diagrams import chain, flow, node, process, user

MAX_STEPS = 40


# The player of tokens: a term is what is open now, a plan gives the term that it begins with.
Values = dict[str, int]
Term = Union["Open", "After", "Both", None]
Plan = Callable[[Values], Term]


@dataclass
class Open:
    """A user task."""

    name: str


@dataclass
class After:
    """When the first is done, what follows begins."""

    first: Term
    then: Plan


@dataclass
class Both:
    """Done when both are."""

    one: Term
    two: Term


def after(first: Term, then: Plan, values: Values) -> Term:
    return then(values) if first is None else After(first, then)


def both(one: Term, two: Term) -> Term:
    return one if two is None else two if one is None else Both(one, two)


def names_of(term: Term) -> list[str]:
    match term:
        case Open(name):
            return [name]
        case After(first, _):
            return names_of(first)
        case Both(one, two):
            return sorted(names_of(one) + names_of(two))
    return []


def done(term: Term, name: str, values: Values) -> Term:
    match term:
        case Open(own) if own == name:
            return None
        case After(first, then):
            return after(done(first, name, values), then, values)
        case Both(one, two):
            return both(done(one, name, values), done(two, name, values))
    return term


@dataclass
class Drawing:
    """Collects nodes and flows; every block hands on the ids it begins and ends with."""

    parts: list[str] = field(default_factory=list)
    numbers: int = 0

    def name(self, kind: str) -> str:
        self.numbers += 1
        return f"{kind}{self.numbers}"

    def draw(self, block: Any) -> tuple[str, str, Plan]:
        kind, *inner = block
        drawn: tuple[str, str, Plan] = getattr(self, f"draw_{kind}")(*inner)
        return drawn

    def draw_task(self) -> tuple[str, str, Plan]:
        name = self.name("task")
        self.parts.append(user(name))
        return name, name, lambda _values: Open(name)

    def draw_sequence(self, first: Any, second: Any) -> tuple[str, str, Plan]:
        begin, middle, one = self.draw(first)
        other, end, two = self.draw(second)
        self.parts.append(chain(middle, other))
        return begin, end, lambda values: after(one(values), two, values)

    def draw_choice(self, first: Any, second: Any) -> tuple[str, str, Plan]:
        asked, split, join = self.name("task"), self.name("split"), self.name("join")
        (a, a_end, one), (b, b_end, two) = self.draw(first), self.draw(second)
        self.parts += [
            user(asked),
            node("exclusiveGateway", split, default=f"{split}_to_{b}"),
            node("exclusiveGateway", join),
            chain(asked, split),
            flow(split, a, f"{asked} == 1"),
            flow(split, b),
            chain(a_end, join),
            chain(b_end, join),
        ]
        return (
            asked,
            join,
            lambda values: after(
                Open(asked), lambda v: one(v) if v[asked] == 1 else two(v), values
            ),
        )

    def draw_parallel(self, first: Any, second: Any) -> tuple[str, str, Plan]:
        split, join = self.name("split"), self.name("join")
        (a, a_end, one), (b, b_end, two) = self.draw(first), self.draw(second)
        self.parts += [
            node("parallelGateway", split),
            node("parallelGateway", join),
            chain(split, a),
            chain(split, b),
            chain(a_end, join),
            chain(b_end, join),
        ]
        return split, join, lambda values: both(one(values), two(values))

    def draw_inclusive(self, first: Any, second: Any) -> tuple[str, str, Plan]:
        asked, split, join = self.name("task"), self.name("split"), self.name("join")
        (a, a_end, one), (b, b_end, two) = self.draw(first), self.draw(second)
        self.parts += [
            user(asked),
            node("inclusiveGateway", split),
            node("inclusiveGateway", join),
            chain(asked, split),
            flow(split, a, f"{asked} != 1"),
            flow(split, b, f"{asked} != 0"),
            chain(a_end, join),
            chain(b_end, join),
        ]
        return (
            asked,
            join,
            lambda values: after(
                Open(asked),
                lambda v: both(
                    one(v) if v[asked] != 1 else None, two(v) if v[asked] != 0 else None
                ),
                values,
            ),
        )

    def draw_loop(self, inner: Any) -> tuple[str, str, Plan]:
        begin, end, asked = self.name("again"), self.name("enough"), self.name("task")
        first, last, one = self.draw(inner)
        self.parts += [
            node("exclusiveGateway", begin),
            user(asked),
            node("exclusiveGateway", end, default=f"{end}_to_{end}_out"),
            node("task", f"{end}_out"),
            chain(begin, first),
            chain(last, asked, end, f"{end}_out"),
            flow(end, begin, f"{asked} == 1"),
        ]

        def again(values: Values) -> Term:
            return after(
                after(one(values), lambda _values: Open(asked), values),
                lambda v: again(v) if v[asked] == 1 else None,
                values,
            )

        return begin, f"{end}_out", again

    def draw_subprocess(self, inner: Any) -> tuple[str, str, Plan]:
        name = self.name("sub")
        within = Drawing(numbers=self.numbers + 1000 * self.numbers)
        first, last, one = within.draw(inner)
        self.numbers = within.numbers
        ends = node("startEvent", f"{name}_start") + node("endEvent", f"{name}_end")
        body = ends + "".join(within.parts) + chain(f"{name}_start", first)
        self.parts.append(node("subProcess", name, body + chain(last, f"{name}_end")))
        return name, name, one


def blocks() -> st.SearchStrategy[Any]:
    """Diagrams in blocks: what begins together ends together."""

    def around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        two = st.sampled_from(["sequence", "choice", "parallel", "inclusive"])
        one = st.sampled_from(["loop", "subprocess"])
        return st.tuples(two, inner, inner) | st.tuples(one, inner)

    return st.recursive(st.just(("task",)), around, max_leaves=10)


def drawn(block: Any) -> tuple[bytes, Plan]:
    drawing = Drawing()
    first, last, plan = drawing.draw(block)
    ends = node("startEvent", "start") + node("endEvent", "end")
    body = ends + "".join(drawing.parts) + chain("start", first) + chain(last, "end")
    return process(body), plan


def joins_in_a_loop(block: Any, *, looped: bool = False) -> bool:
    kind, *inner = block
    joins = looped and kind in ("parallel", "inclusive")
    return joins or any(joins_in_a_loop(each, looped=looped or kind == "loop") for each in inner)


class Stock:
    """SpiffWorkflow as it comes, in memory."""

    def __init__(self, xml: bytes) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(xml))
        self.flow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
        self.run()

    def run(self) -> None:
        # A plain task waits for a person in stock; here it passes.
        self.flow.do_engine_steps()
        while plain := [task for task in self._ready() if task.task_spec.bpmn_id.endswith("_out")]:
            for task in plain:
                task.run()
            self.flow.do_engine_steps()

    def open(self) -> list[str]:
        return sorted(task.task_spec.bpmn_id for task in self._ready())

    def complete(self, name: str, value: int) -> None:
        task = next(task for task in self._ready() if task.task_spec.bpmn_id == name)
        task.data[name] = value
        task.run()
        self.run()

    def _ready(self) -> list[Any]:
        return list(self.flow.get_tasks(state=TaskState.READY, manual=True))


class Ours:
    """Ours, saved and loaded between the steps when told to."""

    def __init__(self, specification: Specification) -> None:
        self.specification = specification
        self.flow = Workflow(specification, lambda _element, _variables: None)
        self.flow.start({})
        self.flow.advance()

    def reload(self) -> None:
        blob = state.dump(self.flow)
        self.flow = state.load(blob, self.specification, lambda _element, _variables: None)
        assert state.dump(self.flow)[:1] == blob[:1]

    def open(self) -> list[str]:
        return sorted(wait.element.id for wait in self.flow.waits())

    def complete(self, name: str, value: int) -> None:
        wait = next(wait for wait in self.flow.waits() if wait.element.id == name)
        self.flow.complete(wait.token_id, {name: value})
        self.flow.advance()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(block=blocks(), data=st.data())
def test_a_walk_passes_the_same_tasks_and_keeps_what_was_written_last(
    block: Any, data: st.DataObject
) -> None:
    xml, plan = drawn(block)
    written: Values = {}
    ours, term = Ours(parse(xml, "p")), plan(written)
    stock = None if joins_in_a_loop(block) else Stock(xml)

    for _ in range(MAX_STEPS):
        assert ours.open() == names_of(term)
        if stock is not None:
            assert stock.open() == names_of(term)
        if term is None:
            break
        if data.draw(st.booleans(), label="reload"):
            ours.reload()
        name = data.draw(st.sampled_from(ours.open()), label="task")
        value = data.draw(st.integers(0, 2), label="value")
        written[name] = value
        ours.complete(name, value)
        term = done(term, name, written)
        if stock is not None:
            stock.complete(name, value)
        assert ours.flow.variables() == written

    assert ours.flow.completed == (term is None)
    assert len(ours.flow.tasks) < 200
