"""Dutch names for the kinds and attributes of BPMN elements."""

from processes.engine.sentences.catalogue import word_list


def kind_in_words(kind: str) -> str:
    """What this kind of element is called; one that has no word keeps its own name."""
    return word_list("words.elements").get(kind, kind)


def part_in_words(part: str) -> str:
    """What this attribute or part is called; one that has no word keeps its own name."""
    return word_list("words.parts").get(part, part)


def yes_no(value: str) -> str:
    """“ja” for true and “nee” for false; any other value as it is."""
    return word_list("words.yes-no").get(value, value)
