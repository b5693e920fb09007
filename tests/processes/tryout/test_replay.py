"""Finished instances are replayed on another diagram, without what is personal."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.execution import instances, jobs
from processes.engine.execution.events import messages, timers
from processes.engine.registry import BpmnError
from processes.engine.store.models import ActivityInstance, Job, JobStatus
from processes.register.declarations import seed_requirements
from processes.tryout import replay, sandbox
from processes.tryout.actions import Do
from processes.tryout.deciding import deciding_names, literals_in
from processes.tryout.recorded import HIDDEN, actions_of, anonymous
from processes.tryout.replay import InstanceReplay
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    error,
    flow,
    message,
    node,
    process,
    straight,
    timer,
    user,
)
from tests.processes.engine.diagrams import (
    job as a_job,
)
from tests.processes.engine.undoing import CANCEL, undone
from tests.processes.tryout.playing import COMPANY, DECLARED, ONBOARDING, xml_of

BODY = (
    node("startEvent", "start")
    + user("visit")
    + node("exclusiveGateway", "choose", default="choose_to_call")
    + user("call")
    + a_job("send")
    + boundary("refused", "send", error("refused"))
    + node("endEvent", "end")
    + node("endEvent", "stopped")
    + chain("start", "visit", "choose", "call", "send", "end")
    + flow("choose", "send", '${verdict == "good"}')
    + flow("refused", "stopped")
)
VISITS = process(BODY, errors=("refused",))
MORNING = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def _server() -> Iterator[None]:
    yield
    sandbox.server.stop()


class Cases:
    """What people did for real, each thing an hour after the one before."""

    def __init__(self, session: Session, xml: bytes = VISITS, key: str = "p") -> None:
        self._session = session
        self._key = key
        self._at = MORNING
        set_clock(lambda: self._at)
        define(session, xml, key)

    def begin(self, **variables: Any) -> None:
        self._later()
        instances.start_process(
            self._session, self._key, tenant="12345678", variables=variables, started_by="test"
        )

    def do(self, element: str, **variables: Any) -> None:
        self._later()
        tasks = {task.element_id: task.id for task in instances.open_user_tasks(self._session)}
        instances.complete_user_task(
            self._session, tasks[element], completed_by="anna", variables=variables
        )

    def perform(self, topic: str, outcome: Exception | None = None) -> None:
        self._later()
        query = select(Job.id).where(Job.topic == topic, Job.status == JobStatus.NEW)
        (job_id,) = self._session.scalars(query)
        claimed = jobs.claim(self._session, job_id, owner="w", lease=timedelta(minutes=1))
        assert claimed is not None
        if outcome is None:
            jobs.finish(self._session, job_id, "w", claimed.attempts, {})
        else:
            jobs.fail(self._session, job_id, "w", claimed.attempts, outcome)

    def wait(self, days: int) -> None:
        self._later(timedelta(days=days))
        timers.fire_due_timers(self._session, 10)

    def send(self, name: str, key: str | None = None) -> None:
        self._later()
        messages.send_message(self._session, name, correlation_key=key)

    def replayed(self, xml: bytes) -> list[InstanceReplay]:
        self._session.commit()
        found = replay.finished_instances(self._session, self._key, days=30)
        return list(replay.replay(self._session, found, self._key, xml.decode()).replayed)

    def _later(self, by: timedelta = timedelta(hours=1)) -> None:
        self._at += by


@pytest.fixture
def cases(session: Session) -> Cases:
    return Cases(session)


def test_an_instance_goes_the_same_way_on_the_same_diagram(cases: Cases) -> None:
    cases.begin()
    cases.do("visit", verdict="good", name="Noor de Vries")
    cases.perform("send")
    (same,) = cases.replayed(VISITS)
    assert same.is_same, (same.differences, same.reason)


def test_what_was_decided_is_traced_from_the_way_it_went(cases: Cases) -> None:
    cases.begin()
    cases.do("visit", verdict="poor")
    cases.do("call", verdict="good")  # written over since
    cases.perform("send", BpmnError("refused"))
    (same,) = cases.replayed(VISITS)
    assert same.is_same, (same.differences, same.reason)


SPLIT = process(
    node("startEvent", "start")
    + user("visit", default="visit_to_file")
    + user("call")
    + user("write")
    + user("file")
    + node("inclusiveGateway", "join")
    + node("endEvent", "end")
    + chain("start", "visit", "file", "join", "end")
    + flow("visit", "call", '${verdict == "poor"}')
    + flow("visit", "write", "${marks &gt; 6}")
    + chain("call", "join")
    + chain("write", "join")
)


@pytest.mark.parametrize(
    ("given", "then"),
    [
        ({"verdict": "poor", "marks": 9}, ["call", "write"]),
        ({"verdict": "good", "marks": 9}, ["write"]),
        ({"verdict": "good", "marks": 1}, ["file"]),
    ],
)
def test_what_was_decided_behind_a_task_is_traced_too(
    session: Session, given: dict[str, Any], then: list[str]
) -> None:
    cases = Cases(session, SPLIT)
    cases.begin()
    cases.do("visit", **given)
    for name in then:
        cases.do(name)
    (same,) = cases.replayed(SPLIT)
    assert same.is_same, (same.differences, same.reason)


def test_what_goes_another_way_is_told(cases: Cases) -> None:
    cases.begin()
    cases.do("visit", verdict="good")
    cases.perform("send")
    (other,) = cases.replayed(VISITS.replace(b'"good"', b'"excellent"'))
    assert not other.is_same
    assert any("Nieuw op de weg" in each or "open" in each for each in other.differences)


def test_what_differs_in_the_same_way_is_told_once(cases: Cases, session: Session) -> None:
    for verdict in ("good", "good", "poor"):
        cases.begin()
        cases.do("visit", verdict=verdict)
        if verdict == "poor":
            cases.do("call")
        cases.perform("send")
    session.commit()
    found = replay.finished_instances(session, "p", days=30)
    result = replay.replay(session, found, "p", VISITS.decode().replace('"good"', '"best"'))
    assert [number for _example, number in result.groups] == [2]
    assert result.left == 0


def test_a_task_that_is_new_is_told(cases: Cases) -> None:
    cases.begin()
    cases.do("visit", verdict="good")
    cases.perform("send")
    more = BODY.replace(flow("send", "end"), user("rate") + chain("send", "rate", "end"))
    (other,) = cases.replayed(process(more, errors=("refused",)))
    assert "Open staat “rate”; verwacht was niets." in other.differences


def test_time_passes_as_it_did(session: Session) -> None:
    body = straight(user("visit"), ids=("visit",))
    late = boundary("late", "visit", timer("timeDuration", "P3D")) + user("call")
    cases = Cases(session, process(body + late + flow("late", "call") + flow("call", "end")))
    cases.begin()
    cases.wait(days=3)
    cases.do("call")
    cases.begin()
    cases.do("visit")
    later = body + late.replace("P3D", "P30D") + flow("late", "call") + flow("call", "end")
    newest, oldest = cases.replayed(process(later))
    assert newest.is_same, newest.reason
    assert any("kan niet verder zoals toen" in each for each in oldest.differences)


def test_a_message_comes_in_again(session: Session) -> None:
    paid = node("intermediateCatchEvent", "paid", message("payment"))
    xml = process(straight(paid, ids=("paid",)), messages=("payment",))
    cases = Cases(session, xml)
    cases.begin()
    cases.send("payment")
    (same,) = cases.replayed(xml)
    assert same.is_same, (same.differences, same.reason)


def test_a_message_of_one_case_comes_in_again(session: Session) -> None:
    key = '<camunda:properties><camunda:property name="correlationKey" value="${order}"/>'
    extensions = f"<bpmn:extensionElements>{key}</camunda:properties></bpmn:extensionElements>"
    paid = node("intermediateCatchEvent", "paid", extensions + message("payment"))
    xml = process(straight(paid, ids=("paid",)), messages=("payment",))
    cases = Cases(session, xml)
    cases.begin(order="A-7")
    cases.send("payment", key="A-7")
    (same,) = cases.replayed(xml)
    assert same.is_same, (same.differences, same.reason)


def test_only_what_ended_in_these_days_is_replayed(cases: Cases) -> None:
    cases.begin()
    cases.do("visit", verdict="good")
    cases.perform("send")
    cases.begin()
    cases.wait(days=31)
    assert cases.replayed(VISITS) == []


def test_nothing_personal_is_taken_along(cases: Cases, session: Session) -> None:
    cases.begin(person="Noor de Vries")
    cases.do("visit", verdict="good", remark="Bel Noor op 06-12345678", address={"street": "A"})
    cases.perform("send")
    (case,) = replay.finished_instances(session, "p", days=30)
    actions = actions_of(case.recorded, case.xml, case.xml)
    told = str([action.as_json() for action in actions])
    assert "Noor" not in told
    assert "06-" not in told
    assert [each.do for each in actions if each.do is not Do.WAIT] == [Do.START, Do.TASK, Do.JOB]


def test_of_what_decides_only_what_the_diagram_itself_says_is_kept() -> None:
    literals = literals_in(VISITS.decode())
    assert literals == {"good"}
    assert deciding_names(VISITS.decode()) == {"verdict"}
    values = {"a": "good", "b": "Noor", "c": 3, "d": [True, "Noor"], "e": "2026-11-23"}
    assert anonymous(values, literals) == {
        "a": "good",
        "b": HIDDEN,
        "c": 3,
        "d": [True, HIDDEN],
        "e": "2026-11-23",
    }


def test_an_instance_that_was_moved_by_hand_is_left_out_and_why_is_said(
    cases: Cases, session: Session
) -> None:
    cases.begin()
    cases.do("visit", verdict="good")
    cases.perform("send")
    passed = ActivityInstance.element_id == "visit"
    session.execute(update(ActivityInstance).where(passed).values(result="moved"))
    (left,) = cases.replayed(VISITS)
    assert "met de hand" in left.reason


def test_an_onboarding_with_its_loops_branches_and_delegates_is_traced(session: Session) -> None:
    seed_requirements(session)
    cases = Cases(session, xml_of(ONBOARDING).encode(), ONBOARDING)
    cases.begin(kvk="12345678", reference="AB-2026-ABCDEF")
    unmet = {**DECLARED["declaration"], "answers": dict.fromkeys("1234", "nee")}
    cases.do("quality_requirements", declaration=unmet, all_yes=False, actor="anna")
    cases.do("requirements_not_met")
    cases.do("quality_requirements", **DECLARED, actor="anna")
    cases.do("company_details", next="back")
    cases.do("quality_requirements", **DECLARED, actor="anna")
    cases.do("company_details", **COMPANY)
    cases.do("review", change="company")
    cases.do("company_details", **COMPANY)
    cases.do("review", change=None, actor="anna")
    cases.perform("send-confirmation", BpmnError("address-refused"))
    cases.do("repair_address", repaired_address={"email": "a@b.example"}, actor="rianne")
    cases.perform("migrate-offers")
    cases.perform("send-confirmation")
    xml = xml_of(ONBOARDING)
    (same,) = cases.replayed(xml.encode())
    assert same.is_same, (same.differences, same.reason)
    (other,) = cases.replayed(xml.replace('${next == "back"}', '${next == "terug"}').encode())
    assert other.differences


def test_a_case_in_which_something_was_undone_is_replayed(session: Session) -> None:
    inner = (
        node("startEvent", "t_start")
        + undone(user("book"), "book")
        + node("endEvent", "t_end", CANCEL)
        + chain("t_start", "book", "t_end")
    )
    edge = boundary("on_cancel", "t", CANCEL)
    xml = process(
        straight(node("transaction", "t", inner), ids=("t",)) + edge + flow("on_cancel", "end")
    )
    cases = Cases(session, xml)
    cases.begin()
    cases.do("book", room=1)
    cases.do("undo_book", refunded=True)

    (found,) = cases.replayed(xml)
    assert found.is_same
