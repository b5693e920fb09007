"""Which link events go together."""

from processes.engine.drawing import Node


def link_name(node: Node) -> str:
    """The name by which link events find each other."""
    return next((definition.get("name") or "" for definition in node.definitions), "")


def linked(node: Node) -> list[Node]:
    """The catching link events that a throwing one goes on at."""
    if node.kind != "intermediateThrowEvent" or node.event != "link":
        return []
    return [
        other
        for other in node.scope.nodes
        if other.kind == "intermediateCatchEvent"
        and other.event == "link"
        and link_name(other) == link_name(node)
    ]
