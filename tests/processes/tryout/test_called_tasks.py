"""The form of a task is that of the diagram that it stands in, whatever another names the same."""

import json
from dataclasses import replace
from typing import Any

from forms.drawn.generated import with_fields
from forms.registry import UserTaskForm
from processes.tryout.actions import Answer
from processes.tryout.outcome import Outcome
from processes.tryout.scenarios.running import differences_of
from processes.tryout.scenarios.scenario import Scenario, expected_of
from tests.processes.engine.diagrams import message, node, process, straight, timer
from tests.processes.engine.form_fields import field, form, value
from tests.processes.tryout.playing import job, run, start, task

CALLS = node("callActivity", "call", calledElement="q")
OWN = node("userTask", "ask", form(field("own", "string")))
THEIRS = node("userTask", "ask", form(field("theirs", "string")))


def test_a_called_process_asks_by_its_own_form_and_then_the_caller_by_its_own() -> None:
    caller = process(straight(CALLS, OWN, ids=("call", "ask"))).decode()
    beside = {"q": process(straight(THEIRS, ids=("ask",)), "q").decode()}

    first = run(caller, start(), beside=beside)
    second = run(caller, start(), task("ask", theirs="ja"), beside=beside)

    assert [each.id for each in first.tasks[0].form_fields] == ["theirs"]
    assert [each.id for each in second.tasks[0].form_fields] == ["own"]


def named(element: str, key: str, **more: Any) -> str:
    """A process with one element, whose id stands in the other process too."""
    ids = ("call", "same") if key == "p" else ("same",)
    before = (CALLS,) if key == "p" else ()
    drawn = process(straight(*before, element, ids=ids), key, **more).decode()
    return drawn.replace('name="same"', f'name="Van {key}"')


def test_a_job_is_told_by_the_name_in_the_diagram_that_it_stands_in() -> None:
    own = node("serviceTask", "same", camunda_type="external", camunda_topic="mail")
    beside = {"q": named(own, "q")}

    first = run(named(own, "p"), start(), beside=beside)
    then = run(named(own, "p"), start(), job("same"), beside=beside)
    failed = run(named(own, "p"), start(), job("same", Answer.FAILURE), beside=beside)

    assert [each.name for each in first.jobs] == ["Van q"]
    assert then.log[1].what == "Opdracht “Van q”: gelukt."
    assert [each.name for each in then.jobs] == ["Van p"]
    assert [each.name for each in failed.troubles] == ["Van q"]


def test_a_timer_is_told_by_the_name_in_the_diagram_that_it_stands_in() -> None:
    own = node("intermediateCatchEvent", "same", timer("timeDuration", "P1D"))

    outcome = run(named(own, "p"), start(), beside={"q": named(own, "q")})

    assert [each.name for each in outcome.timers] == ["Van q"]


def test_what_is_open_is_told_by_the_name_in_the_diagram_that_it_stands_in() -> None:
    awaits = node("intermediateCatchEvent", "same", message("paid"))
    for own in (OWN.replace('"ask"', '"same"'), awaits):
        caller, called = (named(own, key, messages=("paid",)) for key in ("p", "q"))

        outcome = run(caller, start(), task("call"), beside={"q": called})

        assert outcome.reason == "“call” staat niet open. Open staat “Van q”."


def test_a_scenario_tells_what_is_open_by_the_name_in_the_diagram_that_it_stands_in() -> None:
    own = OWN.replace('"ask"', '"same"')
    outcome = run(named(own, "p"), start(), beside={"q": named(own, "q")})
    scenario = Scenario("proef", "p", (start(),), expected_of(outcome, named(own, "p")))
    other = replace(scenario, expected=replace(scenario.expected, open=()))

    told = list(differences_of(other, outcome, named(own, "p")))

    assert told == ["Open staat “Van q”; verwacht was niets."]


def test_a_form_comes_back_from_the_sandbox_as_it_was_drawn() -> None:
    fields = form(
        field("choice", "enum", value("yes"), value("no")),
        field("rows", "table"),
        field("name", "string", **{"in": "rows"}),
    )
    outcome = run(
        process(straight(node("userTask", "ask", fields), ids=("ask",))).decode(), start()
    )

    again = Outcome.from_json(json.loads(json.dumps(outcome.as_json())))

    assert again.tasks[0].form_fields == outcome.tasks[0].form_fields
    assert outcome.tasks[0].form_fields[1].columns
    with_fields(UserTaskForm, again.tasks[0].form_fields)  # which keeps forms by their fields
