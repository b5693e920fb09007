"""Rules for user and service tasks: form, topic or delegate exists and takes these parameters."""

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from processes.engine.checks.rules.moments import is_duration
from processes.engine.checks.rules.rule import Complaint, Surroundings, called, error, todo, warning
from processes.engine.diagram.graph import (
    CAMUNDA,
    Diagram,
    Node,
    children,
    extensions,
    kind,
    text_of,
)
from processes.engine.language.expressions import is_expression
from processes.engine.sentences.catalogue import say, word_list

PERFORMING = frozenset({"serviceTask", "sendTask", "businessRuleTask"})
PERFORMERS = frozenset({"performer", "humanPerformer", "potentialOwner"})
RETRIES = re.compile(r"R[0-9]{1,2}/(.+)")
PROPERTY = f"{CAMUNDA}property"
MOST_NAMES = 12
LONGEST_TOPIC = 200  # characters
DELEGATE = re.compile(r"\$\{\s*(\w+)\s*\}", re.ASCII)


def topic_of(node: Node) -> str:
    return (node.element.get(f"{CAMUNDA}topic") or "").strip()


def delegate_of(node: Node) -> str:
    """The name of the delegate, from `${publish_offer}`; "" where none is drawn."""
    text = (node.element.get(f"{CAMUNDA}delegateExpression") or "").strip()
    match = DELEGATE.fullmatch(text)
    return match[1] if match else text


def decision_of(node: Node) -> str:
    return (node.element.get(f"{CAMUNDA}decisionRef") or "").strip()


def performing(diagram: Diagram) -> Iterator[Node]:
    return (node for node in diagram.nodes if node.kind in PERFORMING)


@todo("service-missing")
def _service_tasks_do_something(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in performing(diagram):
        sends = node.kind == "sendTask" and node.element.get("messageRef")
        decides = node.kind == "businessRuleTask" and decision_of(node)
        if not (topic_of(node) or delegate_of(node) or sends or decides):
            what = word_list("checks.services").get(
                node.kind, word_list("checks.services")["serviceTask"]
            )
            yield node, say("checks.service-missing", element=called(node), what=what)


@error("service-single")
def _service_tasks_do_one_thing(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in performing(diagram):
        named = [name for name in (topic_of(node), delegate_of(node), decision_of(node)) if name]
        if len(named) > 1:
            yield node, say("checks.service-single", element=called(node))


@error("service-type")
def _topics_are_external(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        kind_of_service = node.element.get(f"{CAMUNDA}type")
        if kind_of_service not in (None, "external"):
            yield (
                node,
                say("checks.service-type", element=called(node), kind_of_service=kind_of_service),
            )


@todo("topic-exists")
def _topics_exist(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    for node, topic in _topics_of_others(diagram, around):
        if not is_external(node):
            known = listed(around.vocabulary.topics)
            yield node, say("checks.topic-exists", topic=topic, element=called(node), known=known)


@warning("topic-outside")
def _topics_of_workers_outside_are_told(
    diagram: Diagram, around: Surroundings
) -> Iterator[Complaint]:
    """Whether a worker outside fetches it nobody knows yet; a slip of the pen looks the same."""
    for node, topic in _topics_of_others(diagram, around):
        if is_external(node):
            alike = get_close_matches(topic, around.vocabulary.topics, 1)
            meant = say("checks.topic-meant", topic=alike[0]) if alike else ""
            told = say("checks.topic-outside", topic=topic, element=called(node))
            yield node, f"{told} {meant}".strip()


@warning("outside-only")
def _what_only_workers_outside_get_is_told(
    diagram: Diagram, around: Surroundings
) -> Iterator[Complaint]:
    of_others = {id(node) for node, _topic in _topics_of_others(diagram, around)}
    for node in performing(diagram):
        drawn = ["taskPriority"] if node.element.get(f"{CAMUNDA}taskPriority") else []
        properties = (each for each in extensions(node.element) if each.tag == PROPERTY)
        drawn += [each.get("name") or "" for each in properties if topic_of(node)]
        if drawn and id(node) not in of_others:
            names = ", ".join(drawn[:MOST_NAMES])
            yield node, say("checks.outside-only", element=called(node), names=names)


@error("topic-name")
def _topics_have_a_name_that_a_worker_can_ask_for(
    diagram: Diagram, _: Surroundings
) -> Iterator[Complaint]:
    for node in performing(diagram):
        topic = topic_of(node)
        if len(topic) > LONGEST_TOPIC or not topic.isprintable():
            yield node, say("checks.topic-name", element=called(node), most=LONGEST_TOPIC)


def _topics_of_others(diagram: Diagram, around: Surroundings) -> Iterator[tuple[Node, str]]:
    for node in performing(diagram):
        topic = topic_of(node)
        if topic and topic not in around.vocabulary.topics:
            yield node, topic


def is_external(node: Node) -> bool:
    """Whether a worker outside may do it, where Loket itself does not."""
    return bool(node.element.get(f"{CAMUNDA}type") == "external")


@todo("delegate-exists")
def _delegates_exist(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    for node in performing(diagram):
        delegate = delegate_of(node)
        if delegate and delegate not in around.vocabulary.delegates:
            known = listed(around.vocabulary.delegates)
            yield (
                node,
                say("checks.delegate-exists", delegate=delegate, element=called(node), known=known),
            )


@todo("form-exists")
def _forms_exist(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        form = form_of(node)
        if form and form not in around.vocabulary.forms:
            known = listed(around.vocabulary.forms)
            yield node, say("checks.form-exists", form=form, element=called(node), known=known)


@warning("form-missing")
def _user_tasks_have_a_form(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        drawn = any(part.tag == f"{CAMUNDA}formField" for part in extensions(node.element))
        if node.kind == "userTask" and not form_of(node) and not drawn:
            yield node, say("checks.form-missing", element=called(node))


@error("form-reference")
def _forms_are_named_by_key(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        if node.element.get(f"{CAMUNDA}formRef"):
            yield node, say("checks.form-reference", element=called(node))


def form_of(node: Node) -> str:
    return (node.element.get(f"{CAMUNDA}formKey") or "").strip()


@warning("assignee-ignored")
def _tasks_are_for_groups(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        if {kind(child) for child in children(node.element)} & PERFORMERS:
            yield node, say("checks.assignee-ignored", element=called(node))


@error("retry-syntax")
def _retries_are_iso(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        for part in extensions(node.element):
            if part.tag != f"{CAMUNDA}failedJobRetryTimeCycle":
                continue
            match = RETRIES.fullmatch(text_of(part))
            if not match or not is_duration(match[1]):
                yield (
                    node,
                    say("checks.retry-syntax", element=called(node), text=text_of(part)[:40]),
                )


@todo("group-exists")
def _groups_exist(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    known = around.vocabulary.groups
    for node, groups in _groups(diagram):
        for group in groups:
            if known and group not in known and "${" not in group:
                choices = listed(known)
                yield (
                    node,
                    say(
                        "checks.group-unknown",
                        group=group[:100],
                        element=called(node),
                        known=choices,
                    ),
                )


def _groups(diagram: Diagram) -> Iterator[tuple[Node, list[str]]]:
    for node in diagram.nodes:
        text = (node.element.get(f"{CAMUNDA}candidateGroups") or "").strip()
        parts = [text] if is_expression(text) else text.split(",")
        groups = [part.strip() for part in parts if part.strip()]
        if groups and node.kind == "userTask":
            yield node, groups


@warning("group-empty")
def _groups_are_named(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        groups = node.element.get(f"{CAMUNDA}candidateGroups")
        if groups is not None and not groups.strip(" ,") and not is_expression(groups):
            yield node, say("checks.group-empty", element=called(node))


def listed(names: Collection[str]) -> str:
    if not names:
        return say("checks.none-yet")
    return say("checks.choose-from", names=", ".join(sorted(names)[:12]))
