"""Rules for the service task that sends a webhook: what it draws is literal, and can be read."""

from collections.abc import Callable, Iterator
from keyword import iskeyword
from typing import Any

from processes.engine.checks.findings import Vocabulary
from processes.engine.checks.rules.forms.fields import OF_THE_ENGINE
from processes.engine.checks.rules.people import persons_of
from processes.engine.checks.rules.rule import Complaint, Surroundings, called, error, warning
from processes.engine.checks.rules.tasks import performing, topic_of
from processes.engine.diagram import graph
from processes.engine.diagram.graph import Diagram, Node
from processes.engine.diagram.scopes import parameters_of, template_of
from processes.engine.sentences.catalogue import say
from processes.webhooks.mappings import MappingError, errors_by_status, variables_by_field

TOPIC = "webhook"
ADDRESS, ANSWER, ERRORS = "webhook_address", "webhook_answer", "webhook_errors"


@error("webhook-address")
def _webhooks_name_an_address(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in webhooks(diagram):
        if not str(drawn(node).get(ADDRESS) or "").strip():
            yield node, say("checks.webhook-address", element=called(node))


@warning("webhook-unknown-address")
def _addresses_are_allowed(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    """A warning: an operator may allow the address after the diagram is deployed."""
    allowed = around.vocabulary.webhook_addresses
    if allowed is None:
        return
    for node in webhooks(diagram):
        name = _text(node, ADDRESS)
        if name.strip() and "${" not in name and name not in allowed:
            yield node, say("checks.webhook-unknown-address", element=called(node), name=name)


@warning("webhook-disabled-address")
def _addresses_are_enabled(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    for node in webhooks(diagram):
        name = _text(node, ADDRESS)
        if name in around.vocabulary.disabled_addresses:
            yield node, say("checks.webhook-disabled-address", element=called(node), name=name)


def unreachable_addresses(xml: bytes, vocabulary: Vocabulary) -> list[str]:
    """In Dutch, which addresses of a file that may be deployed do not exist (yet) or are off."""
    diagram, around = graph.read(xml), Surroundings(vocabulary)
    found = [*_addresses_are_allowed(diagram, around), *_addresses_are_enabled(diagram, around)]
    return [message for _node, message in found]


@error("webhook-literal")
def _webhooks_are_drawn_and_not_worked_out(
    diagram: Diagram, _: Surroundings
) -> Iterator[Complaint]:
    """What somebody typed must not choose where data goes, what goes, or what comes back."""
    for node in webhooks(diagram):
        for name, template in drawn(node).items():
            if not isinstance(template, str) or "${" in template:
                yield node, say("checks.webhook-literal", element=called(node), name=name)


@error("webhook-pairs")
def _pairs_can_be_read(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in webhooks(diagram):
        for name, read in ((ANSWER, variables_by_field), (ERRORS, errors_by_status)):
            try:
                read(_text(node, name))
            except MappingError as fault:
                pair = str(fault)
                yield node, say("checks.webhook-pair", element=called(node), name=name, pair=pair)


@error("webhook-variable")
def _an_answer_fills_free_names(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    """Not the names of the portal or the engine, and none that says who may do a task."""
    taken = OF_THE_ENGINE | around.vocabulary.given | persons_of(diagram)
    for node in webhooks(diagram):
        for name in _read(node, ANSWER, variables_by_field):
            if name in taken or iskeyword(name):
                yield node, say("checks.webhook-variable", element=called(node), name=name)


def codes_of(node: Node) -> frozenset[str]:
    """The codes of the BPMN errors that its statuses become."""
    is_webhook = topic_of(node) == TOPIC
    return frozenset(_read(node, ERRORS, errors_by_status).values()) if is_webhook else frozenset()


def webhooks(diagram: Diagram) -> Iterator[Node]:
    """The tasks that send a webhook."""
    return (node for node in performing(diagram) if topic_of(node) == TOPIC)


def drawn(node: Node) -> dict[str, Any]:
    """Its parameters as drawn, by name."""
    return {part.get("name") or "": template_of(part) for part in parameters_of(node.element)}


def _read(node: Node, name: str, read: Callable[[str], dict[str, str]]) -> dict[str, str]:
    try:
        return read(_text(node, name))
    except MappingError:
        return {}


def _text(node: Node, name: str) -> str:
    text = drawn(node).get(name)
    return text if isinstance(text, str) else ""
