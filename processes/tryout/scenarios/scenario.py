"""Scenario files: a run and its expected end, as YAML; parsed with errors at their place."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from processes.engine.language.values import VariablesError, variables_of
from processes.tryout.actions import MOST_ACTIONS, Action, Answer, Do
from processes.tryout.deciding import deciding
from processes.tryout.outcome import Outcome, Visit
from processes.tryout.scenarios import yaml_text

LONGEST_NAME = 120
NEXT_TIMER = "volgende klok"
STATES = {"active": "loopt", "completed": "afgelopen", "cancelled": "gestopt", "none": "begon niet"}
ANSWERS = {Answer.OK: "gelukt", Answer.ERROR: "fout", Answer.FAILURE: "mislukt"}
_ID = re.compile(r"\(([^()\s]+)\)\s*$")


class BadScenarioError(ValueError):
    """The text is not a scenario; `reason` is Dutch and names the place."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Expected:
    """The expected end of a run; elements by their ids."""

    state: str
    open: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)  # of those elements, as they were


@dataclass(frozen=True)
class Scenario:
    """The steps of a run, and its expected end."""

    name: str
    process: str
    actions: tuple[Action, ...]
    expected: Expected


def is_told(passed: Visit) -> bool:
    """Whether the path lists it: gateways are left out."""
    return not passed.type.endswith("Gateway") and passed.result in {"completed", "error"}


def expected_of(outcome: Outcome, xml: str) -> Expected:
    """The actual end of a run as the expected one."""
    told = [passed for passed in outcome.path if is_told(passed)]
    waiting: list[Any] = [*outcome.tasks, *outcome.jobs, *outcome.timers]
    names = {each.element: each.name for each in (*told, *waiting, *outcome.troubles)}
    return Expected(
        STATES[outcome.status],
        tuple(outcome.waits_at),
        tuple(dict.fromkeys(trouble.element for trouble in outcome.troubles)),
        tuple(passed.element for passed in told),
        deciding(outcome.variables, xml),
        names,
    )


# -- writing


def write(scenario: Scenario, names: Mapping[str, str]) -> str:
    """The scenario as YAML; `names` are those of the elements in the diagram, by id."""
    known = {**scenario.expected.names, **names}

    def shown(element: str) -> str:
        name = " ".join(known.get(element, element).split())
        return element if name == element else f"{name} ({element})"

    expected = scenario.expected
    ends: dict[str, Any] = {"stand": expected.state}
    for word, elements in (("open", expected.open), ("stilstand", expected.stuck)):
        if elements:
            ends[word] = [shown(each) for each in elements]
    if expected.variables:
        ends["gegevens"] = dict(expected.variables)
    ends["weg"] = [shown(each) for each in expected.path]
    start, *steps = scenario.actions
    content = {
        "scenario": scenario.name,
        "proces": scenario.process,
        "begin": _beginning(start, shown),
        "stappen": [_step(action, shown) for action in steps],
        "verwacht": ends,
    }
    return yaml_text.write(content)


def _beginning(action: Action, shown: Callable[[str], str]) -> dict[str, Any]:
    given = {
        "op": action.moment,
        "zaaknummer": action.key,
        "bedrijf": action.tenant,
        "startpunt": shown(action.element) if action.element else "",
        "gegevens": dict(action.values),
    }
    return {word: value for word, value in given.items() if value}


def _step(action: Action, shown: Callable[[str], str]) -> dict[str, Any]:
    step: dict[str, Any]
    answer = f"{ANSWERS[action.answer]} {action.code}".strip()
    match action.do:
        case Do.TASK:
            step = {"taak": shown(action.element), "invullen": dict(action.values)}
        case Do.JOB:
            values = dict(action.values)
            step = {"opdracht": shown(action.element), "antwoord": answer, "gegevens": values}
        case Do.ANSWER:
            values = dict(action.values)
            step = {"afspraak": shown(action.element), "antwoord": answer, "gegevens": values}
        case Do.RETRY:
            step = {"opnieuw": shown(action.element)}
        case Do.WAIT:
            step = {"wacht": action.length or NEXT_TIMER}
        case _:
            word = "bericht" if action.do is Do.MESSAGE else "signaal"
            step = {word: action.name, "sleutel": action.key, "gegevens": dict(action.values)}
    step["nummer"] = action.which + 1 if action.which else None
    return {word: value for word, value in step.items() if value not in (None, {}, "")}


# -- reading


def read(text: str) -> Scenario:
    """Parse a scenario. Raises BadScenarioError."""
    try:
        content = yaml_text.read(text)
    except yaml_text.BadYamlError as error:
        raise BadScenarioError(error.reason) from error
    top = _mapping(content, "het bestand")
    name = " ".join(_text(top, "scenario", "het bestand").split())[:LONGEST_NAME]
    steps = _list(top.get("stappen"), "stappen")
    if len(steps) >= MOST_ACTIONS:
        _refuse("stappen", f"er zijn er meer dan {MOST_ACTIONS - 1}")
    actions = [_read_step(each, f"stap {number}") for number, each in enumerate(steps, 1)]
    begin = _read_beginning(_mapping(top.get("begin") or {}, "begin"))
    expected = _read_expected(_mapping(top.get("verwacht"), "verwacht"))
    return Scenario(name, _text(top, "proces", "het bestand"), (begin, *actions), expected)


def _read_beginning(given: Mapping[str, Any]) -> Action:
    _only(given, {"op", "zaaknummer", "bedrijf", "startpunt", "gegevens"}, "begin")
    return Action(
        Do.START,
        element=_element(given.get("startpunt") or "", "begin"),
        key=_optional(given, "zaaknummer", "begin"),
        tenant=_optional(given, "bedrijf", "begin"),
        moment=_optional(given, "op", "begin") or "",
        values=_values(given.get("gegevens"), "begin"),
    )


_KINDS = {
    "taak": (Do.TASK, {"invullen", "nummer"}),
    "opdracht": (Do.JOB, {"antwoord", "gegevens", "nummer"}),
    "afspraak": (Do.ANSWER, {"antwoord", "gegevens"}),
    "opnieuw": (Do.RETRY, {"nummer"}),
    "wacht": (Do.WAIT, set()),
    "bericht": (Do.MESSAGE, {"sleutel", "gegevens"}),
    "signaal": (Do.SIGNAL, {"gegevens"}),
}


def _read_step(given: Any, place: str) -> Action:
    step = _mapping(given, place)
    word = next((each for each in _KINDS if each in step), None)
    if word is None:
        _refuse(place, f"noem een van deze: {', '.join(_KINDS)}")
    do, more = _KINDS[word]
    _only(step, {word, *more}, place)
    about = _text(step, word, place)
    answer, code = _answer(step, place)
    is_named = do in {Do.MESSAGE, Do.SIGNAL}
    waits = "" if about == NEXT_TIMER else about
    return Action(
        do,
        element="" if is_named or do is Do.WAIT else _element(about, place),
        which=_place(step.get("nummer"), place),
        answer=answer,
        code=code,
        name=about if is_named else "",
        key=_optional(step, "sleutel", place),
        length=waits if do is Do.WAIT else "",
        values=_values(step.get("invullen") or step.get("gegevens"), place),
    )


def _answer(step: Mapping[str, Any], place: str) -> tuple[Answer, str]:
    word, _, code = (_optional(step, "antwoord", place) or "gelukt").partition(" ")
    answer = next((each for each, known in ANSWERS.items() if known == word), None)
    if answer is None or (answer is Answer.ERROR) != bool(code.strip()):
        _refuse(place, "het antwoord is “gelukt”, “mislukt” of “fout” met de code erachter")
    return answer, code.strip()


def _place(number: Any, place: str) -> int:
    if number is None:
        return 0
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        _refuse(place, "het nummer is een getal vanaf 1")
    return number - 1


def _read_expected(given: Mapping[str, Any]) -> Expected:
    place = "verwacht"
    _only(given, {"stand", "open", "stilstand", "weg", "gegevens"}, place)
    state = _text(given, "stand", place)
    if state not in STATES.values():
        _refuse(place, f"de stand is een van deze: {', '.join(STATES.values())}")
    lists = {word: _list(given.get(word), place) for word in ("open", "stilstand", "weg")}
    texts = [each for listed in lists.values() for each in listed]
    names = {_element(text, place): _ID.sub("", str(text)).strip() for text in texts}
    ids = {word: tuple(_element(each, place) for each in listed) for word, listed in lists.items()}
    values = _values(given.get("gegevens"), place)
    return Expected(state, ids["open"], ids["stilstand"], ids["weg"], values, names)


def _element(text: Any, place: str) -> str:
    """The id in “Naam (id)”; without brackets, all of it."""
    if not isinstance(text, str):
        _refuse(place, "een onderdeel is tekst, zoals “Gegevens controleren (company_details)”")
    found = _ID.search(text)
    return found[1] if found else text.strip()


def _mapping(given: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(given, dict) or not all(isinstance(key, str) for key in given):
        _refuse(place, "hier horen regels als “woord: waarde”")
    return given


def _list(given: Any, place: str) -> list[Any]:
    if given is None:
        return []
    if not isinstance(given, list):
        _refuse(place, "hier hoort een lijst, elke regel met een streepje")
    return given


def _only(given: Mapping[str, Any], known: set[str], place: str) -> None:
    if strange := sorted(set(given) - known):
        _refuse(place, f"“{strange[0]}” kennen wij hier niet")


def _text(given: Mapping[str, Any], word: str, place: str) -> str:
    text = _optional(given, word, place)
    if not text:
        _refuse(place, f"“{word}” ontbreekt")
    return text


def _optional(given: Mapping[str, Any], word: str, place: str) -> str | None:
    value = given.get(word)
    if value is None:
        return None
    if not isinstance(value, str):
        _refuse(place, f"“{word}” moet tekst zijn: zet er aanhalingstekens omheen")
    return value.strip()


def _values(given: Any, place: str) -> dict[str, Any]:
    try:
        return variables_of(_mapping(given or {}, place))
    except VariablesError as error:
        reason = f"{place.capitalize()}: {error}."
        raise BadScenarioError(reason) from error


def _refuse(place: str, why: str) -> NoReturn:
    reason = f"{place.capitalize()}: {why}."
    raise BadScenarioError(reason)
