"""A try-out of one process plays the others of its file, and no pool that documents."""

from processes.tryout.actions import Action, Do
from tests.processes.engine.execution.test_collaborations import FILE
from tests.processes.tryout.playing import run, task

BEGIN = Action(Do.START, key="7", moment="2026-11-23T09:00")


def test_the_process_that_a_message_begins_is_played_too() -> None:
    asked = run(FILE, BEGIN, task("a"), key="asking")
    answered = run(FILE, BEGIN, task("a"), task("c", found=True), key="asking")

    assert [each.element for each in asked.tasks] == ["c"]
    assert [each.element for each in answered.tasks] == ["b"]
