"""How often an activity is done, in words: multi-instance and standard loops (BPMN 2.0 §13.3)."""

from processes.engine.diagram import graph
from processes.engine.diagram.elements import CAMUNDA
from processes.engine.diagram.graph import Element, Node
from processes.engine.diagram.rounds import Thrown, behaviours_of
from processes.engine.language.expressions import is_feel
from processes.engine.sentences.catalogue import say, word_list
from processes.engine.words import conditions


def rounds(node: Node) -> str:
    """“voor elk van “scholen”, na elkaar”; empty where it is done once."""
    several = graph.first(node.element, "multiInstanceLoopCharacteristics")
    if several is not None:
        return _several(several) + _thrown(node)
    loop = graph.first(node.element, "standardLoopCharacteristics")
    return "" if loop is None else _loop(loop)


def _thrown(node: Node) -> str:
    """“; na elke keer komt het bericht “klaar””, for each thing that is thrown after a round."""
    told = ""
    for behaviour in behaviours_of(node.element):
        when = say("words.round-first") if behaviour.only_first else say("words.round-each")
        if behaviour.condition:
            condition = conditions.condition(behaviour.condition)
            when = say("words.round-if", condition=condition)
        what = say("words.and").join(map(_event, behaviour.thrown))
        told += say("words.round-throws", when=when, what=what) if what else ""
    return told


def _event(thrown: Thrown) -> str:
    words = word_list("words.thrown")[thrown.kind]
    return say("words.event-named", event=words, name=thrown.name) if thrown.name else words


def _several(drawn: Element) -> str:
    in_turn = drawn.get("isSequential") == "true"
    order = say("words.rounds-one-by-one") if in_turn else say("words.rounds-at-once")
    told = f"{_how_many(drawn)}, {order}"
    until = graph.text_of(graph.first(drawn, "completionCondition"))
    if until:
        told = say("words.rounds-until", rounds=told, condition=conditions.condition(until))
    return told


def _how_many(drawn: Element) -> str:
    collection = drawn.get(f"{CAMUNDA}collection") or graph.text_of(
        graph.first(drawn, "loopDataInputRef")
    )
    if collection:
        return say("words.rounds-for-each", collection=_plain(collection))
    number = _plain(graph.text_of(graph.first(drawn, "loopCardinality")))
    if number.isdecimal():
        return say("words.rounds-number", number=number)
    return say("words.rounds-as-many", number=number) if number else say("words.rounds-several")


def _loop(drawn: Element) -> str:
    condition = graph.text_of(graph.first(drawn, "loopCondition"))
    told = say("words.rounds-again")
    if condition:
        told = say("words.rounds-while", condition=conditions.condition(condition))
    most = drawn.get("loopMaximum") or ""
    return say("words.rounds-at-most", rounds=told, number=most) if most.isdecimal() else told


def _plain(text: str) -> str:
    """What an expression says, without the mark that makes it one."""
    if is_feel(text):
        return text.strip().removeprefix("=").strip()
    return text.strip().removeprefix("${").removesuffix("}").strip()
