"""Lines for people in the demonstration, JSON without personal data in production."""

import json
import logging
import re
import sys
from uuid import UUID

import pytest
from structlog.contextvars import bind_contextvars, bound_contextvars, clear_contextvars

from processes.platform.logs import json_lines, lines_for_people


@pytest.fixture(autouse=True)
def nothing_bound_contextvars() -> None:
    clear_contextvars()  # what a request of another test left in this thread


def a_record(message: str, *, name: str = "workers.proef", **facts: object) -> logging.LogRecord:
    return logging.makeLogRecord(
        {"name": name, "msg": message, "levelname": "INFO", "levelno": logging.INFO, **facts}
    )


def a_failure() -> logging.LogRecord:
    try:
        int("anna@leerkring.test")
    except ValueError:
        return a_record("attempt failed", exc_info=sys.exc_info())
    raise AssertionError


def test_an_event_is_one_json_object_with_its_facts() -> None:
    with bound_contextvars(request_id="abc"):
        line = json_lines().format(a_record("lease\nlost", job_id=UUID(int=1)))
    assert "\n" not in line
    event = json.loads(line)
    assert (event["event"], event["request_id"]) == ("lease\nlost", "abc")
    assert event["job_id"] == str(UUID(int=1))


def test_of_an_exception_the_type_and_place_are_told_and_never_its_text() -> None:
    line = json_lines().format(a_failure())
    event = json.loads(line)
    assert "anna" not in line
    assert event["exception"] == "ValueError"
    assert event["frames"][-1].startswith("tests/processes/platform/test_logs.py:")


def test_what_a_library_puts_into_its_message_is_left_out() -> None:
    record = a_record("sent to %s", name="smtplib", args=("anna@leerkring.test",))
    assert json.loads(json_lines().format(record))["event"] == "sent to %s"


def for_people(record: logging.LogRecord) -> str:
    """The line without its date and time."""
    line = lines_for_people().format(record)
    return re.sub(r"^[\d-]{10} [\d:]{8} ", "", line)


def test_people_read_one_line_with_the_same_facts() -> None:
    with bound_contextvars(job_id=7):
        line = for_people(a_record("begun", attempt=1))
        assert line == "[info] begun [workers.proef] job_id=7 attempt=1"
    assert for_people(a_record("begun\nhere")) == "[info] begun\\nhere [workers.proef]"


def test_people_read_the_trace_below_the_line() -> None:
    first, *trace = for_people(a_failure()).split("\n")
    assert first == "[info] attempt failed [workers.proef]"
    assert "".join(trace).endswith("invalid literal for int() with base 10: 'anna@leerkring.test'")


def test_what_variables_hold_is_in_no_trace() -> None:
    def work() -> None:
        typed = "anna" + "@leerkring.test"
        raise KeyError(len(typed))

    try:
        work()
    except KeyError:
        record = a_record("attempt failed", exc_info=sys.exc_info())
    assert "KeyError" in for_people(record)
    assert "anna@leerkring.test" not in for_people(record) + json_lines().format(record)


def test_what_another_handler_made_of_a_record_stays_out() -> None:
    record = a_record("sent to %s", name="smtplib", args=("anna@leerkring.test",))
    logging.Formatter("%(asctime)s %(message)s").format(record)
    line = json_lines().format(record)
    assert "anna" not in line
    assert set(json.loads(line)) == {"at", "level", "logger", "event"}


def test_a_request_binds_until_the_next_begins() -> None:
    bind_contextvars(request_id="a")
    assert json.loads(json_lines().format(a_record("x")))["request_id"] == "a"
    clear_contextvars()
    assert "request_id" not in json.loads(json_lines().format(a_record("x")))
