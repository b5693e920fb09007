"""Who or what begins a process, in Dutch sentences for its owner."""

from collections.abc import Sequence

from processes.engine.diagram import beginning, graph
from processes.engine.diagram.beginning import Beginning
from processes.engine.language.expressions import compile_expression
from processes.engine.language.functions import ExpressionError
from processes.engine.sentences.catalogue import say, word_list


def who_begins(xml: bytes) -> list[tuple[str, list[str]]]:
    """The name of each process of a file, with what begins it; nothing of a decision table.

    Raises UnreadableDiagramError.
    """
    diagram = graph.read(xml)
    keys = [] if diagram.is_dmn else [scope.id for scope in diagram.processes if scope.id]
    found = [beginning.beginning_of(diagram, key) for key in keys]
    return [(begun.name, begins_in_words(begun)) for begun in found]


def begins_in_words(begun: Beginning) -> list[str]:
    """By whom and by what a process is begun, and how many of it may run at a time."""
    people = [*begun.groups, *begun.users] if begun.has_plain_start else []
    others = [*_other_starts(begun), say("words.begun-by-call")]
    if people:
        named = [word_list("words.starters").get(group, group) for group in begun.groups]
        named += [say("words.starter-account", name=name) for name in begun.users]
        told = [say("words.may-begin", groups=either(named))]
        told.append(say("words.begins-also", what=either(others)))
    else:
        told = [say("words.begins-only", what=either(others))]
        if begun.has_plain_start:
            told.append(say("words.no-starters"))
    return told + _at_a_time(begun)


def _other_starts(begun: Beginning) -> list[str]:
    return [_start_in_words(kind, name) for kind, name in begun.others]


def _start_in_words(kind: str, name: str) -> str:
    event = word_list("words.begun-by").get(kind, kind)
    return say("words.event-named", event=event, name=name) if name else event


def _at_a_time(begun: Beginning) -> list[str]:
    if begun.business_key is None:
        return []
    try:
        names = compile_expression(begun.business_key).names
    except ExpressionError:
        return []  # a finding tells
    if names == {"kvk"}:
        return [say("words.one-for-each-company")]
    return [say("words.one-for-each", text=begun.business_key)]


def either(words: Sequence[str]) -> str:
    """These words with commas, and "of" before the last."""
    *first, last = words
    return say("words.either", words=", ".join(first), last=last) if first else last
