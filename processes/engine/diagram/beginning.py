"""How people begin a process: its plain start event with the start form, and who may."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from processes.engine.diagram.form_fields import FormField, fields_in
from processes.engine.diagram.graph import (
    BPMN,
    CAMUNDA,
    Diagram,
    Element,
    Node,
    Scope,
    extensions,
    first,
    text_of,
)

STARTERS = f"{CAMUNDA}candidateStarterGroups"
STARTER_USERS = f"{CAMUNDA}candidateStarterUsers"
LISTED = f"{CAMUNDA}isStartableInTasklist"
INITIATOR = f"{CAMUNDA}initiator"
FORM_KEY = f"{CAMUNDA}formKey"
PROPERTY = f"{CAMUNDA}property"
BUSINESS_KEY = "businessKey"  # a property of the process: an expression over the start form
LEGAL_TERM = "legalTerm"  # a property of the process: an ISO 8601 duration
PUBLIC = "public"
"""The group of everybody, who logged in or not."""
PERSONS = frozenset({"initiator", "taker"})
"""The variables that say who may do a task in any process: Loket alone gives them a value."""
REVIEW = "review"  # a property of the plain start: the answers are shown before they are sent


@dataclass(frozen=True)
class Beginning:
    """What a process asks of who begins it; without a plain start nobody can."""

    key: str
    name: str
    groups: tuple[str, ...] = ()  # camunda:candidateStarterGroups
    users: tuple[str, ...] = ()  # camunda:candidateStarterUsers: accounts of staff
    has_plain_start: bool = False
    start_id: str | None = None  # of the plain start event, where one is drawn
    is_listed: bool = True
    documentation: str = ""  # Markdown
    form_key: str | None = None  # of the form that is asked, above the fields
    form_fields: tuple[FormField, ...] = ()
    is_reviewed: bool = False
    initiator: str | None = None  # the variable that gets the reference of who began
    business_key: str | None = None  # an expression
    legal_term: str | None = None  # an ISO 8601 duration
    others: tuple[tuple[str, str], ...] = field(default=())  # kind and name of the other starts

    def asks_the_same(self, other: "Beginning") -> bool:
        """Whether both have the same start form."""
        return (self.form_key, self.form_fields) == (other.form_key, other.form_fields)


def beginning_of(diagram: Diagram, key: str) -> Beginning:
    """How the process with this key begins; a decision table is begun by nobody.

    Raises LookupError where the file has no such process.
    """
    if diagram.is_dmn:
        return Beginning(key, key)
    scope = next((each for each in diagram.processes if each.id == key), None)
    if scope is None:
        raise LookupError(key)
    plain, parts = plain_start(scope), list[Element]()
    if plain is not None:
        parts = list(extensions(plain.element))
    documentation = [text_of(first(scope.element, "documentation"))]
    if plain is not None:
        documentation.append(text_of(first(plain.element, "documentation")))
    return Beginning(
        key=key,
        name=scope.name or key,
        groups=starters_of(scope),
        users=starter_users_of(scope),
        has_plain_start=can_be_begun(scope),
        start_id=None if plain is None else plain.id,
        is_listed=scope.element.get(LISTED) != "false",
        documentation="\n\n".join(filter(None, documentation)),
        form_key=form_key_of(plain),
        form_fields=fields_in(parts),
        is_reviewed=property_of(parts, REVIEW) == "true",
        initiator=initiator_of(plain),
        business_key=property_of(own_extensions(scope), BUSINESS_KEY) or None,
        legal_term=property_of(own_extensions(scope), LEGAL_TERM) or None,
        others=tuple(_other_starts(diagram, scope)),
    )


def plain_start(scope: Scope) -> Node | None:
    """The start event of a process that waits for nothing; None where none is drawn."""
    plain = (node for node in scope.nodes if node.kind == "startEvent" and not node.event)
    return next(plain, None)


def can_be_begun(scope: Scope) -> bool:
    """Whether a person can begin it: by a plain start, or where no start event is drawn at all."""
    drawn = [node for node in scope.nodes if node.kind == "startEvent"]
    return any(not node.event for node in drawn) or not drawn


def starters_of(scope: Scope) -> tuple[str, ...]:
    """The groups that may begin a process, as drawn."""
    return _names(scope, STARTERS)


def starter_users_of(scope: Scope) -> tuple[str, ...]:
    """The accounts of staff that may begin a process, as drawn: what their login is called."""
    return _names(scope, STARTER_USERS)


def _names(scope: Scope, attribute: str) -> tuple[str, ...]:
    names = (scope.element.get(attribute) or "").split(",")
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def initiator_of(plain: Node | None) -> str | None:
    """The variable in which a plain start keeps who began."""
    return None if plain is None else (plain.element.get(INITIATOR) or "").strip() or None


def persons_in(root: Element) -> frozenset[str]:
    """The variables of a file that refer to a person: PERSONS, and in what its starts keep that."""
    starts = root.iter(f"{BPMN}startEvent")
    drawn = ((each.get(INITIATOR) or "").strip() for each in starts)
    return PERSONS.union(filter(None, drawn))


def form_key_of(plain: Node | None) -> str | None:
    """The form that a plain start names."""
    return None if plain is None else (plain.element.get(FORM_KEY) or "").strip() or None


def own_extensions(scope: Scope) -> list[Element]:
    """The extension elements of the process itself."""
    return list(extensions(scope.element))


def property_of(parts: list[Element], name: str) -> str:
    """The value of an extension property; "" where it is not drawn."""
    found = (each for each in parts if each.tag == PROPERTY and each.get("name") == name)
    drawn = next(found, None)
    return "" if drawn is None else (drawn.get("value") or "").strip()


def message_starts(diagram: Diagram, scope: Scope) -> list[tuple[str, Node]]:
    """The messages that begin a process, by name, each with its start event."""
    starts = _event_starts(diagram, scope)
    return [(name, node) for node, event, name in starts if event == "message" and name]


def _other_starts(diagram: Diagram, scope: Scope) -> list[tuple[str, str]]:
    """Kind and name of what begins the process besides people: a message, a signal, a timer."""
    return [(event, name or node.name or "") for node, event, name in _event_starts(diagram, scope)]


def _event_starts(diagram: Diagram, scope: Scope) -> Iterator[tuple[Node, str, str]]:
    """Each start event that waits for something, with its kind and the name of what it is."""
    for node in scope.nodes:
        if node.kind == "startEvent":
            for event, definition in zip(node.events, node.definitions, strict=True):
                root = diagram.roots(event).get(definition.get(f"{event}Ref") or "")
                yield node, event, (root.get("name") or "" if root is not None else "")
