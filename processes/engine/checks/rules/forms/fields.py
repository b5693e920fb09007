"""Rules for form fields in diagrams: type, constraints, default, unique ids."""

from collections import Counter
from collections.abc import Iterator
from keyword import iskeyword
from math import inf

from processes.engine.checks.rules.flow.loops import MULTIPLE
from processes.engine.checks.rules.rule import Complaint, Surroundings, called, error, todo, warning
from processes.engine.checks.rules.tasks import form_of
from processes.engine.diagram.form_fields import (
    CONSTRAINTS,
    FIELD,
    NAME,
    PROPERTIES,
    TEXTS,
    FieldType,
    bound,
    choices_of,
    constraints_of,
    default_of,
    id_of,
    label_of,
    properties_of,
    type_of,
)
from processes.engine.diagram.graph import BPMN, CAMUNDA, Diagram, Element, Node, extensions
from processes.engine.diagram.rounds import INPUT_ITEM, variable_of
from processes.engine.language.expressions import CONSTANTS
from processes.engine.language.functions import FUNCTIONS
from processes.engine.sentences.catalogue import say

DATA = f"{CAMUNDA}formData"
MOST_FIELDS = 50
MOST_CHOICES = 100
OF_THE_ENGINE = frozenset(
    {
        "nrOfInstances",
        "nrOfCompletedInstances",
        "nrOfActiveInstances",
        "loopCounter",
        "cell_value",
        *FUNCTIONS,
        *CONSTANTS,
    }
)


def _asks(node: Node) -> bool:
    """Whether people fill in a form here: at a user task, or to begin the process."""
    begins = node.kind == "startEvent" and not node.event and node.scope.is_process
    return begins or node.kind == "userTask"


def fields_with_nodes(diagram: Diagram) -> Iterator[tuple[Node, Element]]:
    """Every field that is asked, with the task or start event that asks it."""
    return (
        (node, part)
        for node in diagram.nodes
        if _asks(node)
        for part in extensions(node.element)
        if part.tag == FIELD
    )


def named_field(node: Node, drawn: Element) -> str:
    """How a message names a field."""
    name = label_of(drawn) or id_of(drawn) or say("checks.no-name")
    return say("checks.form-field", name=name[:80], element=called(node))


@error("form-field-place")
def _fields_stand_on_user_tasks(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        drawn = any(part.tag in {FIELD, DATA} for part in extensions(node.element))
        if drawn and not _asks(node):
            yield node, say("checks.form-field-place", element=called(node))


@error("form-field-form")
def _fields_stand_in_a_form_that_shows_them(
    diagram: Diagram, around: Surroundings
) -> Iterator[Complaint]:
    for node in {node: None for node, _drawn in fields_with_nodes(diagram)}:
        if form_of(node) in around.vocabulary.closed_forms:
            yield node, say("checks.form-field-form", form=form_of(node), element=called(node))


@error("form-field-id")
def _ids_are_names_of_variables(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, drawn in fields_with_nodes(diagram):
        name = id_of(drawn)
        field = named_field(node, drawn)
        if iskeyword(name):
            yield node, say("checks.form-field-reserved", field=field, name=name)
        elif not NAME.fullmatch(name):
            yield node, say("checks.form-field-id", field=field, name=name[:40])


@error("form-field-reserved")
def _ids_are_free(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    elements = _elements_of_rounds(diagram)
    taken = OF_THE_ENGINE | around.vocabulary.given | _data_objects(diagram)
    for node, drawn in fields_with_nodes(diagram):
        of_form = around.vocabulary.form_names.get(form_of(node), frozenset())
        # A field that is read-only shows the element, and leaves it alone.
        of_rounds = frozenset() if _is_readonly(drawn) else elements
        if id_of(drawn) in taken | of_form | of_rounds:
            yield (
                node,
                say(
                    "checks.form-field-reserved", field=named_field(node, drawn), name=id_of(drawn)
                ),
            )


def _is_readonly(drawn: Element) -> bool:
    return any(name == "readonly" and text != "false" for name, text in constraints_of(drawn))


def _elements_of_rounds(diagram: Diagram) -> frozenset[str]:
    """The variables that hold the element of each round of a multi-instance."""
    loops = diagram.root.iter(f"{BPMN}{MULTIPLE}")
    return frozenset(filter(None, (variable_of(loop, INPUT_ITEM) for loop in loops)))


def _data_objects(diagram: Diagram) -> frozenset[str]:
    """Data objects would be overwritten by a field of the same name."""
    names = (data.get("id") for data in diagram.root.iter(f"{BPMN}dataObject"))
    return frozenset(name for name in names if name)


@error("form-field-twice")
def _ids_are_given_once(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    types: dict[str, FieldType | None] = {}
    seen: set[tuple[Node, str]] = set()
    for node, drawn in fields_with_nodes(diagram):
        name = id_of(drawn)
        if (node, name) in seen:
            yield (
                node,
                say("checks.form-field-twice", field=named_field(node, drawn), name=name[:40]),
            )
        elif types.setdefault(name, type_of(drawn)) is not type_of(drawn):
            yield node, say("checks.form-field-twice-other-type", field=named_field(node, drawn))
        seen.add((node, name))


@error("form-field-type")
def _types_are_known(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, drawn in fields_with_nodes(diagram):
        if drawn.get("type") and type_of(drawn) is None:
            yield (
                node,
                say(
                    "checks.form-field-type",
                    field=named_field(node, drawn),
                    type=drawn.get("type")[:40],
                    listed=", ".join(FieldType),
                ),
            )


@todo("form-field-missing")
def _fields_are_whole(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, drawn in fields_with_nodes(diagram):
        if not label_of(drawn):
            yield node, say("checks.form-field-without-label", field=named_field(node, drawn))
        if not (drawn.get("type") or "").strip():
            yield node, say("checks.form-field-without-type", field=named_field(node, drawn))
        if type_of(drawn) is FieldType.CHOICE and not choices_of(drawn):
            yield node, say("checks.form-field-without-choices", field=named_field(node, drawn))


@error("form-field-choices")
def _choices_can_be_told_apart(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, drawn in fields_with_nodes(diagram):
        values = [value for value, _label in choices_of(drawn)]
        if not all(values) or len(set(values)) < len(values):
            yield node, say("checks.form-field-choices-without-id", field=named_field(node, drawn))
        if values and type_of(drawn) not in {FieldType.CHOICE, None}:
            yield node, say("checks.form-field-choices-misplaced", field=named_field(node, drawn))


@error("form-field-many")
def _forms_can_be_filled_in(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    fields = list(fields_with_nodes(diagram))
    for node, count in Counter(node for node, _drawn in fields).items():
        if count > MOST_FIELDS:
            yield (
                node,
                say("checks.form-fields-many", element=called(node), most_fields=MOST_FIELDS),
            )
    for node, drawn in fields:
        if len(choices_of(drawn)) > MOST_CHOICES:
            yield (
                node,
                say(
                    "checks.form-field-choices-many",
                    field=named_field(node, drawn),
                    most_choices=MOST_CHOICES,
                ),
            )


@error("form-field-constraint")
def _constraints_can_be_kept(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, drawn in fields_with_nodes(diagram):
        if type_of(drawn) is not None:
            for reason in _wrong_constraints(drawn):
                yield node, f"{named_field(node, drawn)}: {reason}"


def _wrong_constraints(drawn: Element) -> Iterator[str]:
    bounds: dict[str, float] = {}
    for name, text in constraints_of(drawn):
        if type_of(drawn) not in CONSTRAINTS.get(name, ()):
            known = ", ".join(each for each in CONSTRAINTS if type_of(drawn) in CONSTRAINTS[each])
            yield say("checks.constraint-unknown", name=name[:40], known=known)
        elif name in bounds:
            yield say("checks.constraint-twice", name=name)
        else:
            try:
                bounds[name] = bound(name, text)
            except (ValueError, LookupError):
                yield say("checks.constraint-value", name=name, text=text[:40])
    for least, most in (("min", "max"), ("minlength", "maxlength")):
        if bounds.get(least, -inf) > bounds.get(most, inf):
            yield say("checks.constraint-bounds", least=least, most=most)


@error("form-field-default")
def _defaults_are_answers(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, drawn in fields_with_nodes(diagram):
        try:
            default_of(drawn)
        except ValueError:
            text = drawn.get("defaultValue")[:40]
            yield node, say("checks.form-field-default", field=named_field(node, drawn), text=text)


@warning("form-field-default-expression")
def _defaults_are_written_out(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """A default is shown as it stands; Camunda 7 works it out."""
    for node, drawn in fields_with_nodes(diagram):
        text = (drawn.get("defaultValue") or "").strip()
        if type_of(drawn) in {*TEXTS, FieldType.CHOICE} and ("${" in text or "#{" in text):
            field = named_field(node, drawn)
            yield node, say("checks.form-field-default-expression", field=field, text=text[:40])


@warning("form-field-ignored")
def _nothing_is_ignored(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, drawn in fields_with_nodes(diagram):
        unknown = [name for name in properties_of(drawn) if name not in PROPERTIES]
        unknown += ["datePattern"] if drawn.get("datePattern") else []
        for name in unknown:
            yield (
                node,
                say(
                    "checks.form-field-ignored",
                    field=named_field(node, drawn),
                    name=name[:40],
                    known=", ".join(PROPERTIES),
                ),
            )
