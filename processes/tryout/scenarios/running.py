"""Runs scenarios on a diagram, and lists differences from the expected end in Dutch."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from processes.engine.diagram import elements as diagram
from processes.engine.diagram.elements import Element
from processes.tryout import sandbox
from processes.tryout.actions import Action
from processes.tryout.outcome import Outcome
from processes.tryout.play import Play
from processes.tryout.scenarios.scenario import Scenario, expected_of

FAILED = "De berekening is mislukt. Dat ligt aan Loket: de beheerder vindt in het logboek waar."
TOO_HEAVY = "Dit scenario duurde te lang of kostte te veel. Kijk of het proces rondjes draait."


@dataclass(frozen=True)
class Verdict:
    """The result of one scenario; it passes without differences."""

    name: str
    differences: tuple[str, ...]  # Dutch
    outcome: Outcome | None  # None: it was ended

    @property
    def passes(self) -> bool:
        return not self.differences


def run(scenario: Scenario, xml: str, beside: Mapping[str, str] | None = None) -> Verdict:
    """Play it on this diagram in a subprocess; `beside` are the files that it calls."""
    names = names_in(xml)
    ids = {name: id_ for id_, name in reversed(names.items())}

    def known(action: Action) -> Action:
        by_name = ids.get(action.element, action.element)
        return action if action.element in names else replace(action, element=by_name)

    actions = [known(action) for action in scenario.actions]
    try:
        outcome = sandbox.play(Play(xml, scenario.process, actions, beside or {}))
    except sandbox.NotPlayedError as error:
        return Verdict(scenario.name, (why_not_played(error),), None)
    return Verdict(scenario.name, tuple(differences_of(scenario, outcome, xml)), outcome)


def why_not_played(error: sandbox.NotPlayedError) -> str:
    """Why a run has no outcome, in Dutch."""
    return FAILED if isinstance(error, sandbox.PlayFailedError) else TOO_HEAVY


def names_in(xml: str) -> dict[str, str]:
    """The names of the elements of a file, by id."""
    return {id_: each.name for id_, each in diagram.read(xml.encode()).elements.items()}


def differences_of(scenario: Scenario, outcome: Outcome, xml: str) -> Iterator[str]:
    """The differences from the expected end, in Dutch."""
    drawn = diagram.read(xml.encode()).elements
    ids = {each.name: id_ for id_, each in reversed(list(drawn.items()))}
    wanted, found = scenario.expected, expected_of(outcome, xml)
    named = {id_: each.choice for id_, each in drawn.items()}
    names = {**wanted.names, **found.names, **named}

    def shown(element: str) -> str:
        return f"“{names.get(element, element)}”"

    def by_id(elements: tuple[str, ...]) -> list[str]:
        return [each if each in names else ids.get(each, each) for each in elements]

    if outcome.stopped_at is not None:  # all else is what follows from that
        yield f"Stap {outcome.stopped_at} past niet meer. {outcome.reason}"
        return
    yield from _in_path(by_id(wanted.path), list(found.path), shown)
    if wanted.state != found.state:
        yield f"De zaak is aan het eind “{found.state}”; verwacht was “{wanted.state}”."
    if sorted(by_id(wanted.open)) != sorted(found.open):
        was, now = _listed(by_id(wanted.open), shown), ", ".join(_open(outcome, drawn)) or "niets"
        yield f"Open staat {now}; verwacht was {was}."
    if sorted(by_id(wanted.stuck)) != sorted(found.stuck):
        yield from _troubles(outcome, by_id(wanted.stuck), shown)
    yield from _in_variables(wanted.variables, outcome.variables)


def _open(outcome: Outcome, drawn: Mapping[str, Element]) -> Iterator[str]:
    """What is open, by its name: in a called process as drawn there, whatever the caller has."""
    for element, name in outcome.open_names:
        is_own = element in drawn and drawn[element].name == name
        yield f"“{drawn[element].choice if is_own else name}”"


def _in_path(wanted: list[str], found: list[str], shown: Callable[[str], str]) -> Iterator[str]:
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, wanted, found, autojunk=False).get_opcodes():
        gone, came = wanted[i1:i2], found[j1:j2]
        after = f" na {shown(wanted[i1 - 1])}" if i1 else " aan het begin"
        if kind != "equal" and gone:
            yield f"Niet meer op de weg{after}: {_listed(gone, shown)}."
        if kind != "equal" and came:
            yield f"Nieuw op de weg{after}: {_listed(came, shown)}."


def _troubles(outcome: Outcome, wanted: list[str], shown: Callable[[str], str]) -> Iterator[str]:
    for trouble in outcome.troubles:
        if trouble.element not in wanted:
            yield f"De zaak staat stil bij {shown(trouble.element)}: {trouble.message}"
    there = {trouble.element for trouble in outcome.troubles}
    for element in wanted:
        if element not in there:
            yield f"De zaak staat niet meer stil bij {shown(element)}."


def _in_variables(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for name, value in wanted.items():
        if name not in found:
            yield f"Het gegeven “{name}” is er niet; verwacht was {_value(value)}."
        elif found[name] != value:
            yield f"Het gegeven “{name}” is {_value(found[name])}; verwacht was {_value(value)}."


def _value(value: Any) -> str:
    words = {True: "ja (true)", False: "nee (false)", None: "leeg"}
    if value is None or isinstance(value, bool):
        return words[value]
    return f"“{value}”"[:200]


def _listed(elements: Any, shown: Callable[[str], str]) -> str:
    return ", ".join(map(shown, elements)) or "niets"
