"""Who does an activity, when it must be done, what it runs or asks, and what is noted at it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from processes.engine.diagram import graph
from processes.engine.diagram.elements import CAMUNDA
from processes.engine.diagram.graph import Node
from processes.engine.language.expressions import is_expression, is_feel
from processes.engine.language.iso8601 import IsoError
from processes.engine.sentences.catalogue import say
from processes.engine.words import conditions
from processes.engine.words.who_begins import either


@dataclass(frozen=True)
class Called:
    """The names of the processes and decision tables that a step may call, by their ids."""

    processes: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)


def groups_of(node: Node, names: Mapping[str, str]) -> str:
    """The groups that may do a task, by their names, and the persons besides; "" for nobody."""
    drawn = _attribute(node, "candidateGroups")
    parts = [drawn] if is_expression(drawn) else drawn.split(",")
    told = [_of_expression(each) or names.get(each, each) for each in map(str.strip, parts)]
    persons = (_attribute(node, name) for name in ("candidateUsers", "assignee"))
    told += [_of_expression(each) for each in persons]
    found = list(dict.fromkeys(filter(None, told)))
    return either(found) if found else ""


def about(node: Node, called: Called) -> str:
    """What a step calls or asks, by when it must be done, and how urgent it is."""
    told = []
    if key := (node.element.get("calledElement") or "").strip():
        told.append(say("words.calls", name=called.processes.get(key) or key))
    if key := _attribute(node, "decisionRef").strip():
        told.append(say("words.decides-with", name=called.tables.get(key) or key))
    if text := _attribute(node, "dueDate"):
        told.append(say("words.due", moment=_moment(text)))
    if text := _attribute(node, "followUpDate"):
        told.append(say("words.not-before", moment=_moment(text)))
    if priority := _attribute(node, "priority"):
        told.append(say("words.priority", number=priority))
    return " ".join(told)


def _moment(text: str) -> str:
    """As an owner would say it: after a time; else as it is written."""
    with suppress(IsoError):
        return say("words.after", length=conditions.duration(text))
    return say("words.quoted", text=text)


def _of_expression(text: str) -> str:
    """A person or group that is worked out; "" where the text is none."""
    if not is_expression(text):
        return ""
    inner = (text[1:] if is_feel(text) else text[2:-1]).strip()
    if inner == "initiator":
        return say("words.who-began")
    return say("words.who-is-in", text=inner)


def _attribute(node: Node, name: str) -> str:
    return (node.element.get(f"{CAMUNDA}{name}") or "").strip()


def notes(diagram: graph.Diagram) -> tuple[dict[str, list[str]], list[str]]:
    """The text annotations by the id of what each is tied to, and those tied to nothing."""
    drawn = diagram.root.iter(f"{graph.BPMN}textAnnotation")
    found = [(each.get("id") or "", graph.text_of(graph.first(each, "text"))) for each in drawn]
    texts = {id_: " ".join(text.split()) for id_, text in found if id_ and text.strip()}
    loose = [" ".join(text.split()) for id_, text in found if not id_ and text.strip()]
    tied: dict[str, list[str]] = {}
    told: set[str] = set()
    for each in diagram.root.iter(f"{graph.BPMN}association"):
        ends = (each.get("sourceRef") or "", each.get("targetRef") or "")
        for note, element in (ends, ends[::-1]):
            if note in texts and element:
                tied.setdefault(element, []).append(texts[note])
                told.add(note)
    return tied, [text for id_, text in texts.items() if id_ not in told] + loose
