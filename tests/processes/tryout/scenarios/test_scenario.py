"""Scenarios as YAML: what is written reads the same, and what is wrong is said in Dutch."""

from pathlib import Path

import pytest

from processes.tryout.actions import Action, Answer, Do
from processes.tryout.scenarios.scenario import BadScenarioError, Expected, Scenario, read, write
from processes.tryout.scenarios.yaml_text import BadYamlError
from processes.tryout.scenarios.yaml_text import read as read_yaml
from tests.processes.tryout.playing import BPMN

SMALL = """
scenario: Kort
proces: p
begin: {op: "2026-11-23T09:00", zaaknummer: "1"}
stappen:
  - taak: Bezoek plannen (visit)
    invullen: {day: 2026-11-23, agreed: ja, amount: 3}
verwacht:
  stand: afgelopen
  weg: [Begin (start), Bezoek plannen (visit)]
"""
EVERYTHING = Scenario(
    "Alles",
    "p",
    (
        Action(Do.START, key="1", tenant="2", moment="2026-11-23T09:00", values={"a": "01"}),
        Action(Do.TASK, "visit", which=1, values={"text": "ja: nee", "list": [1, None, True]}),
        Action(Do.JOB, "send", answer=Answer.ERROR, code="refused"),
        Action(Do.JOB, "send", answer=Answer.FAILURE),
        Action(Do.RETRY, "send"),
        Action(Do.ANSWER, "publish", answer=Answer.OK, values={"done": True}),
        Action(Do.WAIT),
        Action(Do.WAIT, length="P3D"),
        Action(Do.MESSAGE, name="paid", key="7", values={"amount": 5}),
        Action(Do.SIGNAL, name="opening"),
    ),
    Expected("loopt", ("visit",), ("send",), ("start", "visit"), {"all": True}),
)


def test_what_is_written_reads_the_same() -> None:
    again = read(write(EVERYTHING, {"visit": "Bezoek (thuis)", "send": "Brief versturen"}))
    assert again.actions == EVERYTHING.actions
    assert again.expected.path == EVERYTHING.expected.path
    assert again.expected.open == ("visit",)
    assert again.expected.stuck == ("send",)
    assert again.expected.variables == {"all": True}


def test_a_step_names_its_element_as_people_know_it() -> None:
    assert "opdracht: Brief versturen (send)" in write(EVERYTHING, {"send": "Brief versturen"})


def test_words_and_dates_stay_text() -> None:
    (_start, step) = read(SMALL).actions
    assert step == Action(
        Do.TASK, "visit", values={"day": "2026-11-23", "agreed": "ja", "amount": 3}
    )


@pytest.mark.parametrize("file", sorted((BPMN / "scenarios").glob("*.yaml")), ids=lambda f: f.stem)
def test_a_scenario_that_ships_is_written_as_we_write(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert write(read(text), {}) == text


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("proces: p", "", "“proces” ontbreekt"),
        ("stand: afgelopen", "stand: klaar", "de stand is een van deze"),
        ("taak:", "klus:", "Stap 1: noem een van deze"),
        ("invullen: {", "ingevuld: {", "“ingevuld” kennen wij hier niet"),
        ("stappen:\n  -", "stappen:\n   ", "Stappen: hier hoort een lijst"),
        ('zaaknummer: "1"', "zaaknummer: 1", "zet er aanhalingstekens omheen"),
        ("weg: [Begin (start),", "weg: [3,", "een onderdeel is tekst"),
        ("amount: 3", "amount: 3, amount: 4", "staat er twee keer"),
        ("amount: 3", "a-b: 3", "is no name"),
        ("scenario: Kort", "scenario: [Kort", "dit is geen YAML"),
        ("scenario: Kort", "scenario: &x Kort\nander: *x", "verwijzingen met *"),
        ("scenario: Kort", "scenario: !!python/name:os.system x", "geen YAML"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(old: str, new: str, why: str) -> None:
    with pytest.raises(BadScenarioError) as error:
        read(SMALL.replace(old, new))
    assert why in error.value.reason


@pytest.mark.parametrize("text", ["", "[]", "a", "- b", "1: 2", "[" * 5000, "a" * 300_000])
def test_no_text_is_more_than_a_finding(text: str) -> None:
    with pytest.raises(BadScenarioError):
        read(text)


def test_yaml_that_would_unfold_is_refused() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]"
    with pytest.raises(BadYamlError):
        read_yaml(bomb)
