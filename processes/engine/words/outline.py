"""A process as a Dutch outline in reading order: what happens, who does it, what comes next.

Branches are nested in the step where they split; after their join the list continues. A step that
was listed before is referred to: “ga terug naar …”.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from processes.engine.diagram import graph
from processes.engine.diagram.graph import Diagram, Node, Scope
from processes.engine.diagram.pools import documentation, pool_name
from processes.engine.sentences.catalogue import say
from processes.engine.words import outline_words, work
from processes.engine.words.outline_parts import Branch, Next, Outline, Part, Step
from processes.engine.words.outline_shape import Shape, targets_of
from processes.engine.words.passing import passing
from processes.engine.words.work import Called

DEEPEST = 8  # lists within lists; what lies deeper is told after the rest
NOTHING_CALLED = Called()
PEOPLE = frozenset({"userTask", "manualTask"})


class UnknownScopeError(LookupError):
    """The file has no process with this key."""


def outline(
    xml: bytes,
    key: str,
    groups: Mapping[str, str] | None = None,
    called: Called = NOTHING_CALLED,
) -> Outline:
    """The process with this key in words; `groups` maps candidate groups to their names.

    `called` names what its steps may call; what has no name there is told by its id.

    Raises UnknownScopeError, and UnreadableDiagramError for a file that is no diagram.
    """
    diagram = graph.read(xml)
    scope = next((each for each in diagram.processes if each.id == key), None)
    if scope is None:
        raise UnknownScopeError(key)
    return _of_scope(_Names(groups or {}, called), diagram, scope)


def outline_of_draft(
    xml: bytes,
    key: str,
    groups: Mapping[str, str] | None = None,
    called: Called = NOTHING_CALLED,
) -> Outline:
    """As `outline`, of whatever a draft may hold: all its processes, or nothing to tell yet.

    Raises UnreadableDiagramError for a file that is no diagram.
    """
    diagram = graph.read(xml)
    scopes = {each.id: each for each in reversed(diagram.processes)}
    scope = scopes.get(key) or next(iter(diagram.processes), None)
    if scope is None:
        return Outline(key, "", ())
    names = _Names(groups or {}, called)
    whole = _of_scope(names, diagram, scope, key)
    others = [each for each in diagram.processes if each is not scope]
    parts = [part for each in others for part in _as_parts(names, diagram, each)]
    return replace(
        whole, parts=(*whole.parts, *parts), beside=(*_documenting(diagram), *_loose(diagram))
    )


def _as_parts(names: "_Names", diagram: Diagram, scope: Scope) -> tuple[Part, ...]:
    """A further process of the same file; its first part has its name."""
    told = _of_scope(names, diagram, scope)
    title = say("words.process-of-file", name=told.name)
    return tuple(replace(part, title=part.title or title) for part in told.parts)


def _documenting(diagram: Diagram) -> tuple[str, ...]:
    drawn = (scope for scope in documentation(diagram) if scope.nodes)
    return tuple(say("words.beside-documents", name=pool_name(diagram, each)) for each in drawn)


def _beside(diagram: Diagram, scope: Scope) -> tuple[str, ...]:
    others = (each for each in diagram.processes if each is not scope)
    running = (say("words.beside-runs", name=pool_name(diagram, each)) for each in others)
    return (*running, *_documenting(diagram), *_loose(diagram))


def _loose(diagram: Diagram) -> tuple[str, ...]:
    """What is noted in the drawing and tied to nothing."""
    return tuple(say("words.noted", text=text) for text in work.notes(diagram)[1])


@dataclass(frozen=True)
class _Names:
    groups: Mapping[str, str]
    called: Called


def _of_scope(names: _Names, diagram: Diagram, scope: Scope, key: str = "") -> Outline:
    teller = _Teller(diagram, names)
    return Outline(
        scope.name or scope.id or key,
        outline_words.documentation(scope.element),
        teller.whole(scope),
        _beside(diagram, scope),
    )


def needed_tasks(xml: bytes, key: str) -> list[str]:
    """The ids of the user tasks on every path to an end, in reading order."""
    scope = next(each for each in graph.read(xml).processes if each.id == key)
    shape = Shape(scope)
    needed = {node.id for node in scope.nodes if node.kind == "userTask" and shape.is_needed(node)}
    return [step.id for step in outline(xml, key) if step.id in needed]


@dataclass(frozen=True)
class _Place:
    """In which scope, within how many lists, and who does what is not said to be another's."""

    shape: Shape
    who: str = ""
    depth: int = 0

    def deeper(self) -> "_Place":
        return replace(self, depth=self.depth + 1)


@dataclass
class _Teller:
    """Tells each node once."""

    diagram: Diagram
    names: _Names
    told: set[Node] = field(default_factory=set)
    postponed: list[Node] = field(default_factory=list)

    @cached_property
    def lanes(self) -> dict[str, str]:
        return {
            graph.text_of(reference): graph.label(lane) or ""
            for lane in self.diagram.root.iter(f"{graph.BPMN}lane")
            for reference in graph.children(lane, "flowNodeRef")
        }

    def whole(self, scope: Scope) -> tuple[Part, ...]:
        """All of a process, and then what lay too deep in it."""
        parts = list(self.parts(_Place(Shape(scope))))
        while self.postponed:
            node = self.postponed.pop(0)
            if node not in self.told:
                place = _Place(Shape(node.scope))
                parts.append(
                    self._part(place, node, say("words.further-at", name=outline_words.name(node)))
                )
        return tuple(parts)

    def parts(self, place: _Place) -> tuple[Part, ...]:
        """What is drawn in one scope."""
        found: list[Part] = []
        for node in place.shape.starts:
            title = say("words.or-begins-at", name=outline_words.name(node)) if found else ""
            found.append(self._part(place, node, title))
        found.extend(  # lazily: each part tells nodes that later ones then do not
            self._part(place, node, outline_words.apart(node))
            for node in place.shape.scope.nodes
            if node not in self.told and node not in self.postponed and not node.host
        )
        return tuple(part for part in found if part.steps)

    def _part(self, place: _Place, node: Node, title: str) -> Part:
        return Part(title, *self._sequence(place, (None, node), frozenset()))

    def _sequence(
        self, place: _Place, entry: tuple[Node | None, Node], reserved: frozenset[Node]
    ) -> tuple[tuple[Step, ...], Next | None]:
        """From here on, up to an end, a reserved node or what was told already."""
        steps: list[Step] = []
        source, node = entry
        while node not in reserved and node not in self.told and place.depth <= DEEPEST:
            self.told.add(node)
            onward = _onward(place.shape, node)
            if not outline_words.is_silent(node):
                steps.append(self._step(place, node, onward, reserved))
            if onward is None:
                return tuple(steps), None
            source, node = node, onward
        if place.depth > DEEPEST:
            self.postponed.append(node)
        return tuple(steps), self._next(place.shape, source, node)

    def _step(
        self, place: _Place, node: Node, onward: Node | None, reserved: frozenset[Node]
    ) -> Step:
        own = self._doer(node) or place.who
        ahead = reserved | (place.shape.reach(onward) if onward else frozenset())
        branches = [
            Branch(label, *self._sequence(place.deeper(), way, frozenset(ahead)))
            for label, way in outline_words.ways(node, self.diagram)
        ]
        if node.inner is not None:
            inner = self.parts(_Place(Shape(node.inner), own, place.depth + 1))
            told = [Branch(part.title or say("words.happens-inside"), part.steps) for part in inner]
            branches = told + branches
        return Step(
            id=node.id or "",
            kind=node.kind,
            what=outline_words.what(node, self.diagram),
            name=outline_words.name(node),
            who=own or _default(node),
            documentation=outline_words.documentation(node.element),
            next=tuple(self._next(place.shape, node, target) for target in targets_of(node)),
            branches=tuple(branches),
            data=self._about(node),
        )

    def _next(self, shape: Shape, source: Node | None, target: Node) -> Next:
        is_back = source is not None and shape.leads_back(source, target)
        seen = {target}
        while outline_words.is_silent(target) and targets_of(target):
            source, target = target, targets_of(target)[0]
            is_back = is_back or shape.leads_back(source, target)
            if target in seen:
                break
            seen.add(target)
        return Next(target.id or "", outline_words.name(target), is_back)

    def _doer(self, node: Node) -> str:
        """Who does it as drawn: the lane, else its groups and persons."""
        if node.kind not in graph.ACTIVITIES:
            return ""
        return self.lanes.get(node.id or "") or work.groups_of(node, self.names.groups)

    @cached_property
    def called(self) -> Called:
        """What stands in the file itself has the name that it has there."""
        drawn = {each.id: each.name for each in self.diagram.processes if each.id and each.name}
        known = self.names.called
        return Called({**known.processes, **drawn}, known.tables)

    @cached_property
    def notes(self) -> dict[str, list[str]]:
        return work.notes(self.diagram)[0]

    def _about(self, node: Node) -> str:
        noted = (say("words.noted", text=text) for text in self.notes.get(node.id or "", ()))
        return " ".join(filter(None, (work.about(node, self.called), passing(node), *noted)))


def _default(node: Node) -> str:
    """Who does what nobody is drawn at."""
    if node.kind not in graph.ACTIVITIES:
        return ""
    return say("words.somebody") if node.kind in PEOPLE else say("words.by-itself")


def _onward(shape: Shape, node: Node) -> Node | None:
    targets = targets_of(node)
    return targets[0] if len(targets) == 1 else shape.goes_on_at(node, targets)
