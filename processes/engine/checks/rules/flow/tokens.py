"""Token game on a scope: finds deadlocked joins and nodes with two tokens."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, islice
from typing import TypeAlias

from processes.engine.diagram.graph import Flow, Node, Scope
from processes.engine.diagram.links import linked, throwing

MAX_WORK = 100_000  # tokens looked at
MAX_TOKENS = 2  # on one flow: enough to see that it runs twice
MAX_BRANCHES = 6  # of an inclusive split: more choices are not tried out

Marking: TypeAlias = frozenset[tuple[Flow, int]]


@dataclass
class Outcome:
    """The result of the token game: joins passed, joins stuck, nodes with two tokens."""

    passed: set[Node] = field(default_factory=set)
    stuck: set[Node] = field(default_factory=set)
    doubled: set[Node] = field(default_factory=set)
    is_complete: bool = True


@lru_cache(maxsize=64)
def play(scope: Scope) -> Outcome:
    """Explore every reachable marking, whatever the data, up to a limit."""
    outcome = Outcome()
    seen = {_marking(start) for start in _starts(scope)}
    waiting, work = list(seen), 0
    while waiting and outcome.is_complete:
        marking = waiting.pop()
        following = list(islice(_steps(marking, outcome), MAX_WORK // (len(marking) + 1)))
        if not following:
            outcome.stuck |= {flow.target for flow, _count in marking if flow.target}
        waiting += [each for each in following if each not in seen]
        seen.update(following)
        work += sum(map(len, following)) + len(marking)
        outcome.is_complete = work < MAX_WORK
    return outcome


def _marking(flows: list[Flow]) -> Marking:
    return frozenset(Counter(flows).items())


def _starts(scope: Scope) -> Iterator[list[Flow]]:
    if all(node.kind == "startEvent" for node in scope.starts):
        yield from (list(node.outgoing) for node in scope.starts)
    else:  # without a start event all that nothing leads to begins at once
        yield [flow for node in scope.starts for flow in node.outgoing]


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
        if not any(f.target is not node and f in _leading_to(node) for f in tokens):
            yield [incoming for incoming in node.incoming if tokens[incoming]]
    else:
        yield [flow]


@lru_cache(maxsize=1024)
def _leading_to(node: Node) -> frozenset[Flow]:
    """The flows on which a token can still come to this node."""
    seen, waiting = set(node.incoming), list(node.incoming)
    while waiting:
        source = waiting.pop().source
        for flow in _entries(source) if source else []:
            if flow not in seen:
                seen.add(flow)
                waiting.append(flow)
    return frozenset(seen)


def _entries(node: Node) -> list[Flow]:
    """The flows by which a token can come to the place where this node passes it on."""
    before = [node.host] if node.host else throwing(node)
    return [*node.incoming, *(flow for other in before for flow in other.incoming)]


def _gives(node: Node) -> Iterator[list[Flow]]:
    """The sets of flows by which a token can go on; an empty one where it ends."""
    out = list(node.outgoing)
    if node.kind in ("exclusiveGateway", "eventBasedGateway") and out:
        yield from ([flow] for flow in out)
    elif node.kind == "inclusiveGateway" and len(out) <= MAX_BRANCHES and out:
        for size in range(1, len(out) + 1):
            yield from (list(chosen) for chosen in combinations(out, size))
    else:
        links = [flow for other in linked(node) for flow in other.outgoing]
        yield from (taken + links for taken in _splits(node))
    for boundary in (each for each in node.boundaries if each.event != "compensate"):
        stops = boundary.element.get("cancelActivity") != "false"
        for beside in [[]] if stops else _splits(node):
            yield from (beside + taken for taken in _splits(boundary))


def _splits(node: Node) -> Iterator[list[Flow]]:
    """The sets of flows out of a task or event, of which some may have conditions."""
    always = [flow for flow in node.outgoing if node.is_always_taken(flow)]
    maybe = [flow for flow in node.outgoing if flow not in always]
    default = [flow for flow in maybe if flow.id == node.element.get("default")]
    if default or always or not maybe:
        yield always + default
    conditional = [flow for flow in maybe if flow not in default]
    most = len(conditional)
    for size in range(1 if most <= MAX_BRANCHES else most, most + 1):
        yield from (always + list(chosen) for chosen in combinations(conditional, size))


def _moved(tokens: Counter[Flow], taken: list[Flow], given: list[Flow]) -> Marking:
    moved = Counter(tokens)
    moved.subtract(taken)
    moved.update(given)
    return frozenset((f, min(n, MAX_TOKENS)) for f, n in moved.items() if n > 0)
