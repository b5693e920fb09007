"""Yes and no as people, spreadsheets and exports write them."""

from processes.reading.characters import line

YES = frozenset({"ja", "j", "yes", "y", "true", "waar", "1", "x", "aan", "\u2713", "\u2714"})
NO = frozenset({"nee", "n", "no", "false", "onwaar", "0", "uit", "-"})


def boolean_of(text: str) -> bool | None:
    """True or False; None for what says neither."""
    word = line(text).casefold().rstrip(".")
    if word in YES:
        return True
    return False if word in NO else None
