"""Plays a scope with tokens on its flows, to find joins that wait for what never comes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from typing import TypeAlias

from processes.engine.drawing import Flow, Node, Scope
from processes.engine.rules.links import linked

MAX_MARKINGS = 2000
MAX_TOKENS = 2  # on one flow: enough to see that it runs twice
MAX_BRANCHES = 6  # of an inclusive split: more choices are not tried out

Marking: TypeAlias = frozenset[tuple[Flow, int]]


@dataclass
class Outcome:
    """What came out of playing: joins that were passed, joins that got stuck, doubled nodes."""

    passed: set[Node] = field(default_factory=set)
    stuck: set[Node] = field(default_factory=set)
    doubled: set[Node] = field(default_factory=set)
    is_complete: bool = True


@lru_cache(maxsize=64)
def play(scope: Scope) -> Outcome:
    """Every marking that can come about, whatever the data: up to a limit."""
    outcome = Outcome()
    seen = {_marking(start) for start in _starts(scope)}
    waiting = list(seen)
    while waiting:
        marking = waiting.pop()
        following = list(_steps(marking, outcome))
        if not following:
            outcome.stuck |= {flow.target for flow, _count in marking if flow.target}
        for following_marking in following:
            if following_marking not in seen:
                seen.add(following_marking)
                waiting.append(following_marking)
        if len(seen) > MAX_MARKINGS:
            outcome.is_complete = False
            break
    return outcome


def _marking(flows: list[Flow]) -> Marking:
    return frozenset(Counter(flows).items())


def _starts(scope: Scope) -> Iterator[list[Flow]]:
    for node in scope.nodes:
        if node.kind == "startEvent":
            yield list(node.outgoing)


def _steps(marking: Marking, outcome: Outcome) -> Iterator[Marking]:
    """Each marking that one step can lead to."""
    tokens = Counter(dict(marking))
    for flow, count in marking:
        node = flow.target
        if node is None:
            continue
        if count == 1 and _is_doubled(node, tokens):
            outcome.doubled.add(node)
        for taken in _takes(node, flow, tokens):
            outcome.passed.add(node)
            for given in _gives(node):
                yield _moved(tokens, taken, given)


def _is_doubled(node: Node, tokens: Counter[Flow]) -> bool:
    joins = node.kind in ("parallelGateway", "inclusiveGateway", "endEvent")
    return not joins and sum(tokens[flow] for flow in node.incoming) > 1


def _takes(node: Node, flow: Flow, tokens: Counter[Flow]) -> Iterator[list[Flow]]:
    """The tokens with which a node can begin now."""
    if node.kind == "parallelGateway":
        if all(tokens[incoming] for incoming in node.incoming):
            yield list(node.incoming)
    elif node.kind == "inclusiveGateway":
        elsewhere = [f for f in tokens if f.target is not node]
        if not any(_leads_to(f, node) for f in elsewhere):
            yield [incoming for incoming in node.incoming if tokens[incoming]]
    else:
        yield [flow]


@lru_cache(maxsize=20_000)
def _leads_to(flow: Flow, node: Node) -> bool:
    """Whether a token on this flow can still come to this node."""
    seen, waiting = {flow}, [flow]
    while waiting:
        target = waiting.pop().target
        if target is node:
            return True
        for following in _exits(target) if target else []:
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return False


def _exits(node: Node) -> list[Flow]:
    beside = [*node.boundaries, *linked(node)]
    return [*node.outgoing, *(flow for other in beside for flow in other.outgoing)]


def _gives(node: Node) -> Iterator[list[Flow]]:
    """The sets of flows by which a token can go on; an empty one where it ends."""
    out = list(node.outgoing)
    if node.kind in ("exclusiveGateway", "eventBasedGateway") and out:
        yield from ([flow] for flow in out)
    elif node.kind == "inclusiveGateway" and len(out) <= MAX_BRANCHES and out:
        for size in range(1, len(out) + 1):
            yield from (list(chosen) for chosen in combinations(out, size))
    else:
        yield out + [flow for other in linked(node) for flow in other.outgoing]
    for boundary in node.boundaries:
        stops = boundary.element.get("cancelActivity") != "false"
        yield ([] if stops else out) + list(boundary.outgoing)


def _moved(tokens: Counter[Flow], taken: list[Flow], given: list[Flow]) -> Marking:
    moved = Counter(tokens)
    moved.subtract(taken)
    moved.update(given)
    return frozenset((f, min(n, MAX_TOKENS)) for f, n in moved.items() if n > 0)
