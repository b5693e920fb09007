"""`matches`, `replace` and `split`: patterns by RE2, whose time grows with the text alone.

FEEL takes the patterns of XPath (DMN 1.5 §10.3.4.3; XPath Functions 3.1 §5.6.1). RE2 knows no
references back and no look around: such a pattern gives null, with that reason.
"""

import re
from functools import lru_cache
from typing import Any, Final

import re2

from processes.engine.language.feel.builtins.registry import built_in, text
from processes.engine.language.feel.values import NoValueError
from processes.engine.sentences.catalogue import say

MAX_PATTERN: Final = 1_000
MAX_MEMORY: Final = 1 << 20
FLAGS: Final = frozenset("smixq")
NAME_START: Final = (
    r"A-Za-z_:\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{2FF}\x{370}-\x{37D}\x{37F}-\x{1FFF}"
)
NAME_PART: Final = NAME_START + r"0-9.\-\x{B7}"
CLASSES: Final = {"i": f"[{NAME_START}]", "c": f"[{NAME_PART}]"}
REFERENCE: Final = re.compile(r"\\(.)|\$([0-9])", re.DOTALL)
BRACKETS: Final = re.compile(r"\\.|\[|\]|-\[", re.DOTALL)
OUTSIDE: Final = re.compile(r"(\[(?:\\.|[^\]\\])*\])|\s+", re.DOTALL)


@built_in("matches", "input, pattern, flags", required=2)
def _matches(string: Any, pattern: Any, flags: Any = None) -> bool:
    return _pattern(text(pattern), _flags(flags)).search(text(string)) is not None


@built_in("replace", "input, pattern, replacement, flags", required=3)
def _replace(string: Any, pattern: Any, replacement: Any, flags: Any = None) -> str:
    compiled, new = _pattern(text(pattern), _flags(flags)), text(replacement)
    _refuse_empty(compiled)
    made, at, read = [], 0, text(string)
    for found in compiled.finditer(read):
        made += [read[at : found.start()], _filled(new, found)]
        at = found.end()
    return "".join([*made, read[at:]])


@built_in("split", "string, delimiter")
def _split(string: Any, delimiter: Any) -> list[str]:
    compiled = _pattern(text(delimiter), "")
    made, at, read = [], 0, text(string)
    for found in compiled.finditer(read):
        if found.end() > found.start():
            made.append(read[at : found.start()])
            at = found.end()
    return [*made, read[at:]]


def _flags(flags: Any) -> str:
    given = "" if flags is None else text(flags)
    if set(given) - FLAGS:
        raise NoValueError(say("feel.wrong-flags"))
    return "".join(sorted(set(given)))


@lru_cache(maxsize=256)
def _pattern(pattern: str, flags: str) -> Any:
    """The compiled pattern. Raises NoValueError."""
    if len(pattern) > MAX_PATTERN:
        raise NoValueError(say("feel.pattern-too-long", max_length=MAX_PATTERN))
    options = re2.Options()
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    options.literal = "q" in flags
    options.case_sensitive = "i" not in flags
    written = OUTSIDE.sub(lambda found: found[1] or "", pattern) if "x" in flags else pattern
    written = pattern if "q" in flags else _translated(written)
    inline = "".join(flag for flag in "sm" if flag in flags)
    if inline and "q" not in flags:
        written = f"(?{inline}){written}"
    try:
        return re2.compile(written, options)
    except re2.error:
        raise NoValueError(say("feel.wrong-pattern")) from None


def _translated(pattern: str) -> str:
    r"""XPath's `\i` and `\c` as classes; what RE2 would read otherwise is refused."""
    depth = 0

    def one(found: re.Match[str]) -> str:
        nonlocal depth
        part = found[0]
        if part == "-[" or part[1:].isdigit():
            raise NoValueError(say("feel.wrong-pattern"))
        if part in "[]":
            depth += 1 if part == "[" else -1
        elif part[1] in CLASSES:
            return CLASSES[part[1]] if not depth else CLASSES[part[1]][1:-1]
        return part

    return BRACKETS.sub(one, pattern)


def _refuse_empty(compiled: Any) -> None:
    """XPath Functions 3.1 §5.6.4: a pattern that matches nothing at all cannot be replaced."""
    if compiled.fullmatch("") is not None:
        raise NoValueError(say("feel.pattern-matches-nothing"))


def _filled(replacement: str, found: Any) -> str:
    def one(reference: re.Match[str]) -> str:
        if reference[1]:
            return reference[1]
        number = int(reference[2])
        return found.group(number) or "" if number <= found.re.groups else ""

    return REFERENCE.sub(one, replacement)
