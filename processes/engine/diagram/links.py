"""Pairs throwing and catching link events by name."""

from functools import lru_cache

from processes.engine.diagram.graph import Node


@lru_cache(maxsize=4096)
def link_name(node: Node) -> str:
    """The name by which link events find each other."""
    return next((definition.get("name") or "" for definition in node.definitions), "")


@lru_cache(maxsize=4096)
def linked(node: Node) -> list[Node]:
    """The catching link events that a throwing one goes on at."""
    return _others(node, "intermediateThrowEvent", "intermediateCatchEvent")


@lru_cache(maxsize=4096)
def throwing(node: Node) -> list[Node]:
    """The throwing link events that go on at a catching one."""
    return _others(node, "intermediateCatchEvent", "intermediateThrowEvent")


def _others(node: Node, own: str, other: str) -> list[Node]:
    if node.kind != own or node.event != "link":
        return []
    name = link_name(node)
    links = (each for each in node.scope.nodes if each.kind == other and each.event == "link")
    return [each for each in links if link_name(each) == name]
