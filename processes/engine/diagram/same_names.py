"""Elements to choose from that are called the same are told apart by their ids."""

from collections import Counter
from collections.abc import Mapping


def told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """Names by element id, in the same order; a name of several has the id behind it."""
    number = Counter(names.values())
    return {id_: f"{name} ({id_})" if number[name] > 1 else name for id_, name in names.items()}
