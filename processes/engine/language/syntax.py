"""Reads the text of the small language `${…}` into a syntax tree, within limits."""

import ast
import re

from processes.engine.language.functions import ExpressionError
from processes.engine.sentences.catalogue import say, word_list

MAX_LENGTH = 1000
MAX_NODES = 200
MAX_DEPTH = 30
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
JUEL = re.compile(r"&&|\|\||\?|!(?!=)|\b(?:eq|ne|gt|lt|ge|le|empty)\b|(?<![=!<>])=(?!=)")


def parse(text: str) -> ast.expr:
    """The syntax tree, after what could hurt the parser itself has been refused.

    Raises ExpressionError.
    """
    if not text:
        raise ExpressionError(say("language.empty"))
    if len(text) > MAX_LENGTH:
        raise ExpressionError(say("language.too-long", max_length=MAX_LENGTH))
    text = text.replace("\r", " ").replace("\n", " ").replace("\t", " ")
    _refuse_nesting(text)
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ExpressionError(_badly_written(text)) from None
    _refuse_size(tree)
    return tree


def _badly_written(text: str) -> str:
    """That it cannot be read; with the right word, where it has one of Camunda's (JUEL)."""
    hints = word_list("language.hints")
    for found in JUEL.finditer(QUOTED.sub(" ", text)):
        return say("language.badly-written-hint", hint=hints[found[0]])
    return say("language.badly-written")


def _refuse_nesting(text: str) -> None:
    """Refuse what Python's parser should not even see: deep nesting, comments, escapes."""
    if "\\" in text or "'''" in text or '"""' in text:
        raise ExpressionError(say("language.slash-or-triple-quotes"))
    quote, depth = "", 0
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "#":
            raise ExpressionError(say("language.hash"))
        else:
            depth += (character in "([{") - (character in ")]}")
        if depth > MAX_DEPTH:
            raise ExpressionError(say("language.nested-too-deep", max_depth=MAX_DEPTH))


def _refuse_size(tree: ast.expr) -> None:
    nodes, level, depth = 0, [tree], 0
    while level:
        nodes += len(level)
        depth += 1
        if nodes > MAX_NODES:
            raise ExpressionError(say("language.too-many-parts", max_nodes=MAX_NODES))
        if depth > MAX_DEPTH:
            raise ExpressionError(say("language.nested-too-deep", max_depth=MAX_DEPTH))
        level = [
            child
            for node in level
            for child in ast.iter_child_nodes(node)
            if isinstance(child, ast.expr)
        ]
