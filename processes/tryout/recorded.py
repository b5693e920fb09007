"""Reconstructs the actions of a finished instance from its history, without personal data.

Form answers are not kept per step. What matters is the path: the history has the branch taken at
each gateway, and a value is chosen that takes that branch. Everything else is left out or hidden,
so that nobody can be identified from a replay.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from processes.engine.diagram import graph
from processes.engine.diagram.elements import unnamed
from processes.engine.diagram.graph import Diagram, Flow, Node
from processes.engine.language.expressions import ExpressionError, compile_expression
from processes.tryout.actions import Action, Answer, Do
from processes.tryout.deciding import deciding_names, literals_in, literals_of, names_of
from processes.tryout.world import KNOWN

HIDDEN = "•••"
SAME_STEP = timedelta(seconds=2)
BY_HAND = frozenset({"moved", "skipped", "repeated"})
MOST_NAMES = 4
LONGEST_LIST = 50
TWO = 2
END = datetime.max.replace(tzinfo=UTC)


class NotReplayableError(Exception):
    """The actions cannot be reconstructed from the history; `reason` is Dutch."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Row:
    """A passage in the history."""

    element: str
    type: str
    entered: datetime
    left: datetime
    result: str
    actor: str | None


@dataclass(frozen=True)
class RecordedInstance:
    """A finished instance as stored in the database."""

    began: datetime
    rows: Sequence[Row]
    variables: Mapping[str, Any]


def actions_of(recorded: RecordedInstance, xml: str, other: str) -> list[Action]:
    """The actions, for replaying on this diagram and another. Raises NotReplayableError."""
    drawn = graph.read(xml.encode())
    if any(row.result in BY_HAND for row in recorded.rows):
        reason = "Een beheerder heeft deze zaak met de hand verplaatst."
        raise NotReplayableError(reason)
    literals = literals_in(xml) | literals_in(other)
    names = deciding_names(xml) | deciding_names(other)
    known = {
        name: anonymous(value, literals)
        for name, value in recorded.variables.items()
        if name in names
    }
    start = {**dict.fromkeys(sorted(names)), **known}
    begin = Action(
        Do.START, key=KNOWN, tenant=KNOWN, moment=recorded.began.isoformat(), values=start
    )
    decisions = list(_decisions(recorded.rows, drawn, known))
    done = _with_clock(recorded.began, list(_done(recorded.rows, drawn)), decisions)
    return [begin, *_answers(recorded.rows, drawn), *done]


def anonymous(value: Any, literals: frozenset[Any]) -> Any:
    """The value without text that is not in the diagram itself."""
    match value:
        case bool() | int() | float() | None:
            return value
        case list():
            return [anonymous(each, literals) for each in value[:LONGEST_LIST]]
        case dict():
            return {name: anonymous(each, literals) for name, each in value.items()}
    return value if value in literals or _is_moment(value) else HIDDEN


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


# -- what was done


def _done(rows: Iterable[Row], drawn: Diagram) -> Iterator[tuple[datetime, Action | None]]:
    """Each action with its moment; a timer is nothing that anybody did, but its moment counts."""
    for row in sorted(rows, key=lambda row: row.left):
        if row.actor is None:
            continue
        node = drawn.by_id.get(row.element)
        action = _action(row, node)
        if action is not None or row.actor == "timer":
            yield row.left, action


def _action(row: Row, node: Node | None) -> Action | None:
    if row.actor == "timer":
        return None
    if row.actor == "message":
        return _event(row, node)
    if row.type in {"userTask", "manualTask"} and row.result == "completed":
        return Action(Do.TASK, row.element)
    if row.result == "error":
        return Action(Do.JOB, row.element, answer=Answer.ERROR, code=_code(row, node))
    if row.result == "completed":
        return Action(Do.JOB, row.element)
    return None


def _event(row: Row, node: Node | None) -> Action:
    several = [each for each in (node.definitions if node else []) if _refers(each)]
    element = node.element if not several and node is not None else next(iter(several), None)
    if len(several) > 1:
        reason = f"Bij “{row.element}” is niet te herleiden welk bericht er kwam."
        raise NotReplayableError(reason)
    if element is None or node is None:
        reason = f"Het bericht bij “{row.element}” staat niet meer in het diagram."
        raise NotReplayableError(reason)
    root = element.getroottree().getroot()
    reference = element.get("messageRef") or element.get("signalRef")
    named = root.find(f".//*[@id='{reference}']") if reference and "'" not in reference else None
    name = str(named.get("name") or reference) if named is not None else row.element
    do = Do.SIGNAL if element.get("signalRef") else Do.MESSAGE
    return Action(do, name=name, key=KNOWN)


def _refers(definition: graph.Element) -> bool:
    return bool(definition.get("messageRef") or definition.get("signalRef"))


def _code(row: Row, node: Node | None) -> str:
    """The code of the error that was caught: of the boundary event that was passed."""
    codes = [code for boundary in (node.boundaries if node else ()) if (code := _caught(boundary))]
    if len(codes) != 1:
        reason = f"Bij “{row.element}” is niet te herleiden welke fout er was."
        raise NotReplayableError(reason)
    return codes[0]


def _caught(boundary: Node) -> str:
    definitions = (each for each in boundary.definitions if each.get("errorRef"))
    definition = next(definitions, None)
    if definition is None:
        return ""
    reference = definition.get("errorRef")
    root = boundary.element.getroottree().getroot()
    errors = (each for each in root if graph.kind(each) == "error")
    return next((each.get("errorCode") or "" for each in errors if each.get("id") == reference), "")


def _answers(rows: Sequence[Row], drawn: Diagram) -> Iterator[Action]:
    """What the delegates said, in order: those that ended in an error that the diagram caught."""
    said: list[tuple[datetime, Action]] = []
    for row in rows:
        node = drawn.by_id.get(row.element)
        host = node.host if node else None
        if node is not None and host is not None and _is_delegate(host) and (code := _caught(node)):
            action = Action(Do.ANSWER, host.id or "", answer=Answer.ERROR, code=code)
            said.append((row.left, action))
        elif node is not None and _is_delegate(node) and row.result == "completed":
            said.append((row.left, Action(Do.ANSWER, row.element)))
    yield from (action for _moment, action in sorted(said, key=lambda each: each[0]))


def _is_delegate(node: Node) -> bool:
    return bool(node.element.get(f"{graph.CAMUNDA}delegateExpression"))


# -- which values


def _decisions(
    rows: Sequence[Row], drawn: Diagram, known: Mapping[str, Any]
) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """At each moment the values with which the tokens went the way that they went."""
    for row in rows:
        node = drawn.by_id.get(row.element)
        went = _went(row, node, rows) if node is not None and _decides(node) else {}
        if node is not None and any(went.values()):
            yield row.left, _values_for(node, went, known)


def _decides(node: Node) -> bool:
    if node.kind in ("exclusiveGateway", "inclusiveGateway"):
        return len(node.outgoing) >= TWO
    return any(graph.text_of(flow.condition) for flow in node.outgoing)


def _went(row: Row, node: Node, rows: Sequence[Row]) -> dict[str | None, bool]:
    """Of each flow whether its target was entered in the same step; a join is entered later."""

    def distance(flow: Flow) -> timedelta:
        target = flow.target.id if flow.target else None
        near = [abs(each.entered - row.left) for each in rows if each.element == target]
        return min(near, default=timedelta.max)

    if node.kind != "exclusiveGateway":
        told = (flow for flow in node.outgoing if flow.target and not _is_join(flow.target))
        return {flow.id: distance(flow) <= SAME_STEP for flow in told}
    nearest = min(node.outgoing, key=distance)
    is_known = distance(nearest) <= SAME_STEP
    return {flow.id: is_known and flow is nearest for flow in node.outgoing}


def _is_join(node: Node) -> bool:
    return node.kind in ("parallelGateway", "inclusiveGateway") and len(node.incoming) >= TWO


def _values_for(
    node: Node, went: Mapping[str | None, bool], known: Mapping[str, Any]
) -> dict[str, Any]:
    """Values with which just these flows are taken; as known, if that will do."""
    texts = [graph.text_of(flow.condition) for flow in node.outgoing]
    names = sorted({name for text in filter(None, texts) for name in names_of(text)})[:MOST_NAMES]
    literals = frozenset[Any]().union(*(literals_of(text) for text in texts if text))
    choices = [_choices(known.get(name), literals) for name in names]
    for values in product(*choices):
        given = dict(zip(names, values, strict=True))
        taken = _taken(node, {**known, **given})
        if taken and all((id_ in taken) == is_taken for id_, is_taken in went.items()):
            return given
    name = node.name or unnamed(node.kind) or node.id
    reason = f"Bij “{name}” is niet te herleiden waarom het die kant op ging."
    raise NotReplayableError(reason)


def _choices(known: Any, literals: frozenset[Any]) -> list[Any]:
    numbers = [each + step for each in literals if _is_number(each) for step in (0, 1, -1)]
    others = [each for each in literals if not _is_number(each)]
    return [known, None, True, False, *others, *numbers, HIDDEN]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _taken(node: Node, values: Mapping[str, Any]) -> set[str | None]:
    """The flows that get a token with these values; none where that cannot be worked out."""
    default = node.element.get("default")
    others = [(flow.id, graph.text_of(flow.condition)) for flow in node.outgoing]
    conditions = [(id_, text) for id_, text in others if text and id_ != default]
    holds = (id_ for id_, text in conditions if compile_expression(text).holds(values))
    try:
        if node.kind == "exclusiveGateway":
            return {next(holds, default)}
        held = set(holds)
    except ExpressionError:
        return set()
    always = {id_ for id_, text in others if not text and id_ != default}
    return always | (held or {default})


# -- putting it together


def _with_clock(
    began: datetime,
    done: Sequence[tuple[datetime, Action | None]],
    decisions: Sequence[tuple[datetime, Mapping[str, Any]]],
) -> Iterator[Action]:
    """Each action at its own time, with the values that decided what followed from it."""
    waited = 0
    following = [*(moment for moment, _action in done[1:]), END]
    for (moment, action), after in zip(done, following, strict=True):
        values = {
            name: value
            for at, given in decisions
            if moment <= at < after
            for name, value in given.items()
        }
        seconds = int((moment - began).total_seconds()) + 1
        if seconds > waited + 1:
            yield Action(Do.WAIT, length=f"PT{seconds - waited}S")
            waited = seconds
        if action is not None:
            yield replace(action, values=values)
