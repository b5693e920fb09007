"""Generates random block-structured diagrams, all of them sound."""

from dataclasses import dataclass, field, replace
from typing import Any, Self

from hypothesis import strategies as st

from tests.processes.engine.diagrams import (
    HEAD,
    boundary,
    chain,
    error,
    flow,
    node,
    timer,
    user,
)
from tests.processes.engine.interpreter.walks.terms import (
    Guarded,
    Open,
    Plan,
    Raised,
    Term,
    Values,
    after,
    both,
    scope,
)

Drawn = tuple[str, str, Plan]  # the ids that a block begins and ends with, and what it does
ERROR = '<bpmn:error id="error_refused" name="refused" errorCode="refused"/>'

MANY = 10_000


def value_for(choice: int, step: int) -> int:
    """A number that says which way to go, and that no other step of the walk writes."""
    return (-step, step, MANY + step)[choice]


def choice_of(value: int) -> int:
    """The way that a number says: 0, 1 or 2."""
    return 0 if value < 0 else 1 if value < MANY else 2


def is_one(variable: str) -> str:
    """The condition that says so in a diagram."""
    return f"{variable} &gt; 0 and {variable} &lt; {MANY}"


@dataclass
class Drawing:
    """Collects nodes and flows; `quote` is how this engine wants the text of a timer."""

    quote: str = ""
    parts: list[str] = field(default_factory=list)
    called: dict[str, str] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=lambda: [0])

    def name(self, kind: str) -> str:
        self.numbers[0] += 1
        return f"{kind}{self.numbers[0]}"

    def deeper(self) -> Self:
        """A drawing for what is inside, that shares names and called processes with this one."""
        return replace(self, parts=[])

    def draw(self, block: Any) -> Drawn:
        kind, *inner = block
        drawn: Drawn = getattr(self, f"draw_{kind}")(*inner)
        return drawn

    def inside(self, block: Any) -> tuple[str, Plan]:
        """The body of a subprocess or of another process."""
        within = self.deeper()
        first, last, plan = within.draw(block)
        start, end = self.name("start"), self.name("end")
        ends = node("startEvent", start) + node("endEvent", end)
        body = ends + "".join(within.parts) + chain(start, first) + chain(last, end)
        return body, lambda values: scope(plan(values))

    def draw_task(self) -> Drawn:
        name = self.name("task")
        self.parts.append(user(name))
        return name, name, lambda _values: Open(name)

    def draw_sequence(self, first: Any, second: Any) -> Drawn:
        begin, middle, one = self.draw(first)
        other, end, two = self.draw(second)
        self.parts.append(chain(middle, other))
        return begin, end, lambda values: after(one(values), two, values)

    def draw_choice(self, first: Any, second: Any) -> Drawn:
        asked, split, join = self.name("task"), self.name("split"), self.name("join")
        (a, a_end, one), (b, b_end, two) = self.draw(first), self.draw(second)
        self.parts += [
            user(asked),
            node("exclusiveGateway", split, default=f"{split}_to_{b}"),
            node("exclusiveGateway", join),
            chain(asked, split),
            flow(split, a, is_one(asked)),
            flow(split, b),
            chain(a_end, join),
            chain(b_end, join),
        ]
        return (
            asked,
            join,
            lambda values: after(
                Open(asked), lambda v: one(v) if choice_of(v[asked]) == 1 else two(v), values
            ),
        )

    def draw_parallel(self, first: Any, second: Any) -> Drawn:
        split, join = self.name("split"), self.name("join")
        (a, a_end, one), (b, b_end, two) = self.draw(first), self.draw(second)
        self._pair("parallelGateway", split, join)
        self.parts += [chain(split, a), chain(split, b), chain(a_end, join), chain(b_end, join)]
        return split, join, lambda values: both(one(values), two(values))

    def draw_inclusive(self, first: Any, second: Any) -> Drawn:
        asked, split, join = self.name("task"), self.name("split"), self.name("join")
        (a, a_end, one), (b, b_end, two) = self.draw(first), self.draw(second)
        self._pair("inclusiveGateway", split, join)
        self.parts += [
            user(asked),
            chain(asked, split),
            flow(split, a, f"{asked} &lt; 0 or {asked} &gt; {MANY}"),
            flow(split, b, f"{asked} &gt; 0"),
            chain(a_end, join),
            chain(b_end, join),
        ]

        def branches(values: Values) -> Term:
            chosen = choice_of(values[asked])
            return both(one(values) if chosen != 1 else None, two(values) if chosen != 0 else None)

        return asked, join, lambda values: after(Open(asked), branches, values)

    def draw_loop(self, inner: Any) -> Drawn:
        begin, asked, end, out = (self.name(each) for each in ("again", "task", "enough", "join"))
        first, last, one = self.draw(inner)
        self._pair("exclusiveGateway", begin, out)
        self.parts += [
            user(asked),
            node("exclusiveGateway", end, default=f"{end}_to_{out}"),
            chain(begin, first),
            chain(last, asked, end, out),
            flow(end, begin, is_one(asked)),
        ]

        def again(values: Values) -> Term:
            round_ = after(one(values), lambda _values: Open(asked), values)
            return after(round_, lambda v: again(v) if choice_of(v[asked]) == 1 else None, values)

        return begin, out, again

    def draw_subprocess(self, inner: Any) -> Drawn:
        name = self.name("sub")
        body, plan = self.inside(inner)
        self.parts.append(node("subProcess", name, body))
        return name, name, plan

    def draw_call(self, inner: Any) -> Drawn:
        name = self.name("call")
        body, plan = self.inside(inner)
        self.called[f"{name}_process"] = body
        self.parts.append(node("callActivity", name, calledElement=f"{name}_process"))
        return name, name, plan

    def draw_together(self, sequential: str) -> Drawn:
        name = self.name("task")
        cardinality = "<bpmn:loopCardinality>2</bpmn:loopCardinality>"
        loop = node("multiInstanceLoopCharacteristics", f"{name}_loop", cardinality)
        self.parts.append(
            user(name, loop.replace(' name="', f' isSequential="{sequential}" name="', 1))
        )

        def rounds(values: Values) -> Term:
            if sequential == "false":
                return both(Open(name), Open(name))
            return after(Open(name), lambda _values: Open(name), values)

        return name, name, rounds

    def draw_timer(self, inner: Any, escape: Any) -> Drawn:
        """A boundary timer that interrupts; both ways meet again."""
        begin, end, plan = self.guardable(inner)
        event, join = self.name("timer"), self.name("join")
        first, last, other = self.draw(escape)
        self.parts += [
            boundary(event, begin, timer("timeDuration", f"{self.quote}P1D{self.quote}")),
            node("exclusiveGateway", join),
            chain(event, first),
            chain(last, join),
            chain(end, join),
        ]
        return begin, join, lambda values: Guarded(plan(values), event, other, "timer")

    def draw_beside(self, inner: Any, escape: Any) -> Drawn:
        """A boundary timer that does not interrupt; its path has an end of its own."""
        begin, last, plan = self.guardable(inner)
        event, end = self.name("timer"), self.name("end")
        first, other_last, other = self.draw(escape)
        text = timer("timeDuration", f"{self.quote}P1D{self.quote}")
        self.parts += [
            boundary(event, begin, text, interrupting=False),
            node("endEvent", end),
            chain(event, first),
            chain(other_last, end),
        ]
        return begin, last, lambda values: Guarded(plan(values), event, other, "beside")

    def draw_error(self, inner: Any, escape: Any) -> Drawn:
        """A subprocess in which somebody may refuse, while something else goes on."""
        sub, event, join = self.name("sub"), self.name("caught"), self.name("join")
        within = self.deeper()
        plan = within.draw_refusal(sub, inner)
        first, last, other = self.draw(escape)
        self.parts += [
            node("subProcess", sub, "".join(within.parts)),
            boundary(event, sub, error("refused")),
            node("exclusiveGateway", join),
            chain(event, first),
            chain(last, join),
            chain(sub, join),
        ]
        return sub, join, lambda values: Guarded(scope(plan(values)), event, other, "error")

    def draw_refusal(self, sub: str, inner: Any) -> Plan:
        asked, first, last, plan = self.name("task"), *self.draw(inner)
        start, split, join, choice, end, refused = (
            f"{sub}_{each}" for each in ("start", "split", "join", "choice", "end", "refused")
        )
        self._pair("parallelGateway", split, join)
        self.parts += [
            node("startEvent", start),
            node("endEvent", end),
            node("endEvent", refused, error("refused")),
            user(asked),
            node("exclusiveGateway", choice, default=f"{choice}_to_{join}"),
            chain(start, split, first),
            chain(last, join, end),
            chain(split, asked, choice, join),
            flow(choice, refused, is_one(asked)),
        ]
        refusal: Plan = lambda v: Raised() if choice_of(v[asked]) == 1 else None  # noqa: E731
        return lambda values: both(plan(values), after(Open(asked), refusal, values))

    def guardable(self, inner: Any) -> Drawn:
        """A boundary event sits on one activity."""
        return self.draw(inner if inner[0] in ("task", "subprocess") else ("subprocess", inner))

    def _pair(self, kind: str, *ids: str) -> None:
        self.parts += [node(kind, id_) for id_ in ids]


ONE = ("loop", "subprocess", "call")
TWO = ("sequence", "choice", "parallel", "inclusive", "timer", "beside", "error")


def blocks() -> st.SearchStrategy[Any]:
    """Trees of blocks, each of which is a diagram."""
    leaf = st.just(("task",)) | st.tuples(st.just("together"), st.sampled_from(["true", "false"]))

    def around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.tuples(st.sampled_from(TWO), inner, inner) | st.tuples(
            st.sampled_from(ONE), inner
        )

    return st.recursive(leaf, around, max_leaves=8)


def drawn(block: Any, quote: str = "") -> tuple[bytes, Plan]:
    """One file with the process `p` and all that it calls, and what it should do."""
    drawing = Drawing(quote)
    body, plan = drawing.inside(block)
    processes = "".join(
        f'<bpmn:process id="{key}" name="{key}" isExecutable="true">{each}</bpmn:process>'
        for key, each in {"p": body, **drawing.called}.items()
    )
    return f"{HEAD}{ERROR}{processes}</bpmn:definitions>".encode(), plan


def kinds_of(block: Any, within: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """Of each block, its kind and the kinds around it, the outermost first."""
    kind, *inner = block
    path = (*within, kind)
    found = {path}
    for each in inner:
        if isinstance(each, tuple):
            found |= kinds_of(each, path)
    return found
