"""Finds the messages that a diagram waits for, or begins with, and that nobody sends."""

from collections.abc import Collection, Iterator, Mapping

from processes.engine.checks.rules.rule import called_element, owner
from processes.engine.diagram import graph
from processes.engine.diagram.graph import Diagram, Element, kind
from processes.engine.sentences.catalogue import say

RECEIVING = frozenset({"receiveTask", "intermediateCatchEvent", "startEvent", "boundaryEvent"})


def unsent_messages(xml: bytes, deployed: Mapping[str, bytes], known: Collection[str]) -> list[str]:
    """In Dutch, each message that no process sends, nor anybody among `known`.

    A note and no fault: the process or program that sends it may come later.
    """
    diagram, sent = graph.read(xml), set(known)
    for file in (xml, *deployed.values()):
        sent.update(name for name, _element in _messages(graph.read(file), is_received=False))
    waited = dict(_messages(diagram, is_received=True))
    return [
        say("checks.message-nobody", element=called_element(element), name=name[:100])
        for name, element in waited.items()
        if name not in sent
    ]


def _messages(diagram: Diagram, *, is_received: bool) -> Iterator[tuple[str, Element]]:
    """The names of the messages that elements wait for, or else that they send."""
    named = diagram.roots("message")
    running = {id(node.element) for node in diagram.nodes}
    for each in diagram.root.iter():
        if not isinstance(each.tag, str) or kind(each) == "messageFlow":
            continue
        message, where = named.get(each.get("messageRef") or ""), owner(each)
        if message is None or id(where) not in running:
            continue
        if (kind(where) in RECEIVING) is is_received:
            yield message.get("name") or "", where
