"""The catalogue of sentences, and the code that says them: keys, variables, no Dutch beside it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from processes.engine.sentences.catalogue import (
    SentenceVariablesError,
    UnknownSentenceError,
    room,
    say,
    variables_of,
    word_list,
)

ENGINE = Path(__file__).parents[4] / "processes" / "engine"
FILES = sorted(
    path for path in ENGINE.rglob("*.py") if path.relative_to(ENGINE).parts[0] != "sentences"
)
ROOMS = sorted((ENGINE / "sentences" / "nl").glob("*.toml"))

DUTCH = re.compile(
    r"\b(het|een|niet|wordt|geen|naar|van|bij|nog|dat|deze|dit|voor|zijn|heeft|kan|kies|als|maar"
    r"|meer|hier|ook|zonder|elke?|teken|vul|zaak|taak|lukt|wacht|tot|klaar|gebruik|gebruikt)\b",
    re.IGNORECASE,
)


def _calls() -> Iterator[tuple[Path, ast.Call, str]]:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id in {"say", "word_list"}:
                yield path, node, node.func.id


def _key(call: ast.Call) -> str:
    (argument,) = call.args
    assert isinstance(argument, ast.Constant), ast.unparse(call)
    return str(argument.value)


def _sentences() -> dict[str, str | dict[str, str]]:
    return {f"{path.stem}.{name}": text for path in ROOMS for name, text in room(path.stem).items()}


def test_each_call_names_a_sentence_and_gives_exactly_its_variables() -> None:
    catalogue = _sentences()
    wrong = []
    for path, call, function in _calls():
        found = catalogue.get(_key(call))
        given = {keyword.arg for keyword in call.keywords}
        fits = (
            isinstance(found, str) and variables_of(found) == given
            if function == "say"
            else isinstance(found, dict)
        )
        if not fits:
            wrong.append(f"{path.relative_to(ENGINE)}:{call.lineno} {ast.unparse(call)}")
    assert wrong == []


def test_each_sentence_is_said_somewhere() -> None:
    assert set(_sentences()) - {_key(call) for _path, call, _function in _calls()} == set()


def test_variables_are_plain_names() -> None:
    for key, text in _sentences().items():
        if isinstance(text, str):
            assert all(name.isidentifier() for name in variables_of(text)), key


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ENGINE)))
def test_no_dutch_sentence_stands_elsewhere_in_the_engine(path: Path) -> None:
    tree = ast.parse(path.read_text())
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    dutch = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if id(node) not in prose and DUTCH.search(node.value)
    ]
    assert dutch == []


def test_a_sentence_is_said_with_its_variables() -> None:
    assert say("checks.plain-task", element='"Bel de school"').startswith('"Bel de school" is een')
    assert say("checks.timer-syntax", element="x", text="{y}", example="P1D").count("${variabele}")


def test_a_list_of_words_is_read_by_its_key() -> None:
    assert word_list("checks.severities")["warning"] == "let op"


@pytest.mark.parametrize("key", ["checks.no-such-rule", "nowhere.plain-task", "checks", "", "."])
def test_an_unknown_key_is_refused(key: str) -> None:
    with pytest.raises(UnknownSentenceError):
        say(key)
    with pytest.raises(UnknownSentenceError):
        word_list(key)


def test_a_list_is_no_sentence_and_a_sentence_no_list() -> None:
    with pytest.raises(UnknownSentenceError):
        say("checks.severities")
    with pytest.raises(UnknownSentenceError):
        word_list("checks.plain-task")


@pytest.mark.parametrize("variables", [{}, {"elements": "x"}, {"element": "x", "other": "y"}])
def test_missing_and_unknown_variables_are_refused(variables: dict[str, str]) -> None:
    with pytest.raises(SentenceVariablesError):
        say("checks.plain-task", **variables)
