"""What completion offers: the names that the checks take for given, each where it is known."""

from processes.engine.checks.findings import Vocabulary
from processes.engine.checks.known_names import known_names
from processes.engine.diagram.graph import read
from tests.processes.engine.diagrams import delegate, inputs, node, process, straight, user
from tests.processes.engine.form_fields import field, form

FORM = form(field("kosten", "decimal", label="Wat kost het?"))
LOOP = (
    '<bpmn:multiInstanceLoopCharacteristics camunda:collection="=regios[groot]"'
    ' camunda:elementVariable="regio"/>'
)
KNOWN = Vocabulary(
    form_names={"offer": frozenset({"action"})},
    given=frozenset({"kvk"}),
    forms=frozenset({"offer"}),
)


def known(*nodes: str, ids: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """By name: what is told of it, and the element that alone knows it."""
    found = known_names(read(process(straight(*nodes, ids=ids))), KNOWN)
    return {each.name: (each.info, each.within) for each in found}


def test_fields_forms_and_what_loket_gives_are_known_everywhere() -> None:
    drawn = node("userTask", "a", camunda_formKey="offer"), node("userTask", "b", FORM)
    told = known(*drawn, ids=("a", "b"))

    assert told["kosten"] == ("Wat kost het?", "")
    assert told["action"] == ("", "")
    assert told["kvk"] == ("Loket vult dit zelf in.", "")
    assert told["initiator"] == ("Loket vult dit zelf in.", "")


def test_arguments_and_what_rounds_have_are_known_at_their_element_alone() -> None:
    drawn = delegate("d", "d", inputs(bedrag="1")), user("b", LOOP)
    told = known(*drawn, ids=("d", "b"))

    here = "Alleen bij dit onderdeel."
    assert told["bedrag"] == (here, "d")
    assert told["regio"] == told["nrOfInstances"] == (here, "b")
    assert told["regios"] == ("", "")
    assert "groot" not in told  # of what is filtered
