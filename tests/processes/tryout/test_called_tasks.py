"""The form of a task is that of the diagram that it stands in, whatever another names the same."""

import json

from forms.drawn.generated import with_fields
from forms.registry import UserTaskForm
from processes.tryout.outcome import Outcome
from tests.processes.engine.diagrams import node, process, straight
from tests.processes.engine.form_fields import field, form, value
from tests.processes.tryout.playing import run, start, task

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
