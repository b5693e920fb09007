"""What somebody typed stands in no error that is stored: of a job, and in any shape."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine import registry
from processes.engine.execution.hidden_values import trace_without, without_values
from processes.engine.execution.instances import (
    complete_user_task,
    open_user_tasks,
    start_process,
)
from processes.engine.execution.jobs import claim, create_job, fail
from processes.engine.execution.steps import StepFailedError
from processes.engine.interpreter.workflow import Workflow
from processes.engine.store.models import Incident, Job
from tests.processes.engine.diagrams import define, delegate, process, straight, user


@pytest.mark.parametrize(
    ("text", "values", "left"),
    [
        ("550 noor@x.test is unknown", {"to": "noor@x.test"}, "550 ••• is unknown"),
        ("bad: 'Noor\\nde Wit'", {"a": [{"b": "Noor\nde Wit"}]}, "bad: '•••'"),
        ("no such day: 612345678", {"phone": 612345678}, "no such day: •••"),
        ("de Wit, Noor de Wit", {"a": "de Wit", "b": "Noor de Wit"}, "•••, •••"),
        (
            "nee is no ja: False",
            {"a": "ja", "b": False, "c": None, "d": ""},
            "nee is no •••: False",
        ),
        ("LI is not in a list: li, 'Li'", {"a": "Li"}, "••• is not in a list: •••, '•••'"),
        ("7 is not 17 or 7.5", {"age": 7}, "••• is not 17 or •••.5"),
        ('"Zo\\u00eb"', {"a": "Zoë"}, '"•••"'),
        ("a - b", {"a": "-", "b": " "}, "a - b"),
        ("mail to li@x.test failed", {}, "mail to ••• failed"),
        ("call 06-1234 5678 or +31612345678", {}, "call ••• or •••"),
        ("kvk 12345678 on 2026-11-29 10:00:00", {}, "kvk 12345678 on 2026-11-29 10:00:00"),
        ("127.0.0.1:8025 no answer", {}, "127.0.0.1:8025 no answer"),
        ("anything", None, "•••"),
    ],
)
def test_values_go_and_the_rest_stays(text: str, values: Any, left: str) -> None:
    assert without_values(text, values) == left


def test_of_a_trace_the_places_stay_and_no_text_passes_for_one() -> None:
    """The name of this test and its file hold a value too; a text may look like a frame."""
    try:
        raise ValueError('no such person:\n  File "test", line 1\n    test')  # noqa: EM101, TRY003, TRY301
    except ValueError as error:
        trace = trace_without(error, {"name": "test"})

    *places, first, second, third, _ = trace.split("\n")
    assert (first, second, third) == (
        "ValueError: no such person:",
        '  File "•••", line 1',
        "    •••",
    )
    assert "test_hidden_values.py" in places[1]


def test_values_within_values_end_somewhere() -> None:
    inner: list[Any] = ["diep verstopt"]
    for _ in range(500):
        inner = [inner]
    assert without_values("diep verstopt", inner) == "diep verstopt"


def test_a_job_keeps_nothing_of_what_it_worked_with(session: Session) -> None:
    job = create_job(session, "bulk-publish", {"to": "noor@x.test"}, idempotency_key="1")
    job.max_attempts = 2
    for attempt in (1, 2):
        job.due_at -= timedelta(hours=1)
        session.flush()
        claim(session, job.id, owner="test", lease=timedelta(minutes=1))
        fail(session, job.id, "test", attempt, RuntimeError("550 noor@x.test is unknown"))
        session.refresh(job)
        assert job.last_error == "RuntimeError: 550 ••• is unknown"
    incident = session.scalars(select(Incident)).one()
    assert "550 ••• is unknown" in incident.details
    assert "noor" not in f"{incident.message} {incident.details}"
    assert session.scalars(select(Job)).one().arguments == {"to": "noor@x.test"}


def test_a_step_whose_variables_cannot_be_read_still_leaves_its_incident_and_no_text(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    @registry.delegate("look_up", title="Opzoeken")
    def look_up(_session: Session, name: str) -> None:
        raise ValueError(name)

    def broken(_flow: Workflow) -> None:
        raise LookupError

    define(session, process(straight(user("ask"), delegate("look_up"), ids=("ask", "look_up"))))
    start_process(session, "p", business_key="1", variables={"name": "Noor"}, started_by="test")
    (task,) = open_user_tasks(session)
    monkeypatch.setattr(Workflow, "variables", broken)
    with pytest.raises(StepFailedError) as failed:
        complete_user_task(session, task.id, completed_by="test", variables={})
    assert isinstance(failed.value.__cause__, ValueError)
    incident = session.scalars(select(Incident)).one()
    assert (incident.element_id, incident.details) == ("look_up", "•••")
    assert "Noor" not in incident.message
