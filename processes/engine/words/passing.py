"""Which variables go in and out of an activity, in Dutch: parameters and mappings of a call."""

from processes.engine.diagram.graph import Node
from processes.engine.diagram.scopes import INPUT, OUTPUT, Passing, parameters_of, passings
from processes.engine.sentences.catalogue import say


def passing(node: Node) -> str:
    """One line on what is local to an activity and what goes up; "" where nothing is drawn."""
    calls = node.kind == "callActivity"
    own = [each.get("name") or "" for each in parameters_of(node.element, INPUT)]
    up = [each.get("name") or "" for each in parameters_of(node.element, OUTPUT)]
    into, out = (passings(node.element, way) if calls else () for way in ("in", "out"))
    told = []
    if into:
        told.append(say("words.passing-in", names=", ".join(map(_named, into))))
    if out:
        told.append(say("words.passing-out", names=", ".join(map(_named, out))))
    if own:
        told.append(say("words.own-variables", names=", ".join(own)))
    if up:
        told.append(say("words.passing-up", names=", ".join(up)))
    return " ".join(told)


def _named(each: Passing) -> str:
    if each.is_all:
        return say("words.passing-own") if each.is_local else say("words.passing-all")
    source = each.source or each.expression
    if source == each.target:
        return each.target
    return say("words.passing-as", source=source, target=each.target)
