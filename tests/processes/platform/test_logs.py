"""Lines for people in the demonstration, JSON without personal data in production."""

import json
import logging
import sys
from collections.abc import Callable
from uuid import UUID

import pytest

from processes.platform.logs import JsonLine, OneLine, bind, bound, forget
from workers.job_context import JobContext
from workers.run_job import run


@pytest.fixture(autouse=True)
def nothing_bound() -> None:
    forget()  # what a request of another test left in this thread


def a_record(message: str, *, name: str = "workers.proef", **facts: object) -> logging.LogRecord:
    return logging.makeLogRecord({"name": name, "msg": message, "levelname": "INFO", **facts})


def a_failure() -> logging.LogRecord:
    try:
        int("anna@leerkring.test")
    except ValueError:
        return a_record("attempt failed", exc_info=sys.exc_info())
    raise AssertionError


def test_an_event_is_one_json_object_with_its_facts() -> None:
    with bound(request_id="abc"):
        line = JsonLine().format(a_record("lease\nlost", job_id=UUID(int=1)))
    assert "\n" not in line
    event = json.loads(line)
    assert (event["event"], event["request_id"]) == ("lease\nlost", "abc")
    assert event["job_id"] == str(UUID(int=1))


def test_of_an_exception_the_type_and_place_are_told_and_never_its_text() -> None:
    line = JsonLine().format(a_failure())
    event = json.loads(line)
    assert "anna" not in line
    assert event["exception"] == "ValueError"
    assert event["frames"][-1].startswith("tests/processes/platform/test_logs.py:")


def test_what_a_library_puts_into_its_message_is_left_out() -> None:
    record = a_record("sent to %s", name="smtplib", args=("anna@leerkring.test",))
    assert json.loads(JsonLine().format(record))["event"] == "sent to %s"


def test_people_read_one_line_with_the_same_facts() -> None:
    formatter = OneLine("%(levelname)s %(message)s")
    with bound(job_id=7):
        assert formatter.format(a_record("begun", attempt=1)) == "INFO begun job_id=7 attempt=1"
    assert formatter.format(a_record("begun")) == "INFO begun"


def test_a_request_binds_until_the_next_forgets() -> None:
    bind(request_id="a")
    assert "request_id=a" in OneLine("%(message)s").format(a_record("x"))
    forget()
    assert OneLine("%(message)s").format(a_record("x")) == "x"


@pytest.mark.usefixtures("worker_settings")
def test_all_that_is_logged_during_a_job_carries_its_id(
    topic: Callable[..., str], make_job: Callable[..., UUID]
) -> None:
    lines: list[str] = []

    def work(*, job: JobContext) -> None:
        lines.append(JsonLine().format(a_record("in the middle")))
        assert job.id

    job_id = make_job(topic(work))
    assert run(job_id)
    event = json.loads(lines[0])
    assert (event["job_id"], event["attempt"]) == (str(job_id), 1)
