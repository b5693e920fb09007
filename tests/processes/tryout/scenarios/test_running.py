"""Scenarios run on a diagram, gate its deployment, and are kept with the reason of each change."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.processes.scenario_report import run_files
from processes.engine.deployment.reviews import Person
from processes.register.changes import AuditEvent
from processes.tryout import deployment, gate, sandbox
from processes.tryout.deployment import HinderedError, Order
from processes.tryout.models import KeptScenario
from processes.tryout.scenarios import files, store
from processes.tryout.scenarios.coverage import coverage
from processes.tryout.scenarios.running import Verdict, run
from processes.tryout.scenarios.scenario import Scenario, expected_of, read
from tests.app.studio.deploying import ONE, OTHER
from tests.processes.engine.diagrams import boundary, chain, flow, node, process, timer, user
from tests.processes.tryout.playing import BPMN, ONBOARDING, registered, start, task, xml_of
from tests.processes.tryout.playing import run as played
from workers.vocabulary import vocabulary

STAFF = ("offer_report", "redeclaration", "provider_suspension")
BODY = (
    node("startEvent", "start")
    + user("visit")
    + node("exclusiveGateway", "choose", default="choose_to_call")
    + user("call")
    + node("endEvent", "end")
    + chain("start", "visit", "choose", "call", "end")
    + flow("choose", "end", "${agreed}")
)
VISITS = process(BODY).decode()
AGREED = (start(), task("visit", agreed=True))


@pytest.fixture(scope="module", autouse=True)
def _server() -> Iterator[None]:
    yield
    sandbox.server.stop()


@pytest.fixture
def scenario() -> Scenario:
    return Scenario("Akkoord", "p", AGREED, expected_of(played(VISITS, *AGREED), VISITS))


def test_every_scenario_that_ships_passes_on_its_diagram() -> None:
    tested = run_files(sorted(BPMN.glob("*.bpmn")), BPMN / "scenarios")
    assert [line for each in tested if not each.passes for line in each.lines()] == []
    assert sum(len(each.verdicts) for each in tested) >= 10


@pytest.mark.parametrize(
    "key",
    [
        ONBOARDING,
        "offer_publication",
        "mail_bounced",
        "offer_report",
        "provider_leaving",
        "redeclaration",
        "provider_suspension",
        "offer_claim",
        "kvk_transfer",
        "provider_merge",
    ],
)
def test_the_scenarios_that_ship_come_by_everything_that_is_drawn(key: str) -> None:
    scenarios = files.from_folder(BPMN / "scenarios", [key])
    outcomes = [played(xml_of(key), *each.actions, key=key) for each in scenarios]
    assert coverage(xml_of(key), outcomes).uncovered == ()


def test_a_scenario_passes_where_nothing_changed(scenario: Scenario) -> None:
    assert run(scenario, VISITS).passes


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ("${agreed}", "${not agreed}", "Open staat “call”; verwacht was niets."),
        ("${agreed}", "${not agreed}", "De zaak is aan het eind “loopt”; verwacht was “afgelopen”"),
        ("${agreed}", "${permitted}", "De zaak staat stil bij “choose”"),
        (
            'targetRef="visit">',
            'targetRef="more"/>'
            + user("more")
            + '<bpmn:sequenceFlow id="x" sourceRef="more" targetRef="visit">',
            "Stap 1 past niet meer. “visit” staat niet open. Open staat “more”.",
        ),
    ],
)
def test_what_is_different_is_said(scenario: Scenario, old: str, new: str, difference: str) -> None:
    verdict = run(scenario, VISITS.replace(old, new))
    assert not verdict.passes
    assert any(each.startswith(difference) for each in verdict.differences), verdict.differences


def test_another_name_for_an_element_changes_nothing(scenario: Scenario) -> None:
    assert run(scenario, VISITS.replace('name="visit"', 'name="Bezoek"')).passes


def test_a_step_may_name_its_element_by_its_name_alone(scenario: Scenario) -> None:
    xml = VISITS.replace('name="visit"', 'name="Bezoek"')
    first, second = scenario.actions
    by_name = replace(scenario, actions=(first, replace(second, element="Bezoek")))
    assert run(by_name, xml).passes


def test_in_a_difference_tasks_without_names_are_told_apart() -> None:
    nameless = VISITS.replace(' name="visit"', "").replace(' name="call"', "")
    acted = (start(), task("visit", agreed=False))
    scenario = Scenario("Bellen", "p", acted, expected_of(played(nameless, *acted), nameless))
    verdict = run(scenario, nameless.replace("${agreed}", "${not agreed}"))
    assert any("“Taak zonder naam (call)”" in each for each in verdict.differences)


def test_a_variable_that_decides_is_compared(scenario: Scenario) -> None:
    expected = replace(scenario.expected, variables={"agreed": "misschien"})
    verdict = run(replace(scenario, expected=expected), VISITS)
    assert verdict.differences == ("Het gegeven “agreed” is ja (true); verwacht was “misschien”.",)


def test_coverage_knows_which_way_was_taken() -> None:
    found = coverage(VISITS, [played(VISITS, *AGREED)])
    assert {id_ for id_, _words in found.uncovered} == {"call", "choose_to_call", "call_to_end"}
    assert 0 < found.percentage < 100


def test_the_gate_names_each_scenario_that_fails(session: Session, scenario: Scenario) -> None:
    store.keep(session, scenario, VISITS, by="anna")
    session.commit()
    assert gate.failing(session, VISITS) == []
    (failing,) = gate.failing(session, VISITS.replace("${agreed}", "${not agreed}"))
    assert failing.name == "Akkoord"
    assert failing.differences


def test_files_are_deployed_when_their_scenarios_passed_and_nothing_is_open_meanwhile(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = Order(Person("petra", "house", "1"), "first", vocabulary(), four_eyes=False)
    session.add(KeptScenario(process_key="visits", name="Bezoek", yaml="geen", by="petra"))
    session.commit()
    deployment.deploy_files(session, {"file": ONE}, order)
    session.commit()
    with pytest.raises(HinderedError):
        deployment.deploy_files(session, {"file": OTHER}, order)
    is_open: list[bool] = []

    def all_pass(found: list[gate.ScenarioPlay]) -> list[gate.ScenarioVerdict]:
        is_open.append(session.in_transaction())
        return [gate.ScenarioVerdict(one.kept, Verdict("Bezoek", (), None)) for one in found]

    monkeypatch.setattr(deployment, "played", all_pass)
    (deployed,) = deployment.deploy_files(session, {"file": OTHER}, order)
    assert deployed.version == 2
    assert is_open == [False]


def test_a_scenario_that_cannot_be_read_fails_the_gate(
    session: Session, scenario: Scenario
) -> None:
    store.keep(session, scenario, VISITS, by="anna").yaml = "kapot: ["
    session.commit()
    (failing,) = gate.failing(session, VISITS)
    assert "kan niet worden gelezen" in failing.differences[0]


def test_the_new_outcome_is_accepted_with_a_reason(session: Session, scenario: Scenario) -> None:
    row = store.keep(session, scenario, VISITS, by="anna")
    session.commit()
    other = VISITS.replace("${agreed}", "${not agreed}")
    (judged,) = gate.judge(session, other)
    assert judged.verdict.outcome is not None
    store.accept(
        session, row.id, judged.verdict.outcome, other, by="bert", reason="Zo hoort het nu."
    )
    session.commit()
    assert gate.failing(session, other) == []
    assert gate.failing(session, VISITS) != []
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "scenario-changed"))
    assert [(each.actor, each.details["reason"]) for each in events] == [
        ("bert", "Zo hoort het nu.")
    ]


def test_a_scenario_that_is_dropped_gates_nothing(session: Session, scenario: Scenario) -> None:
    row = store.keep(session, scenario, VISITS, by="anna")
    store.drop(session, row.id, by="bert", reason="Bestaat niet meer.")
    assert store.scenarios_of(session, "p") == []
    with pytest.raises(store.UnknownScenarioError):
        store.drop(session, row.id, by="bert", reason="Nog eens.")
    store.keep(session, scenario, VISITS, by="anna")
    assert len(store.scenarios_of(session, "p")) == 1


def test_a_name_is_given_once(session: Session, scenario: Scenario) -> None:
    store.keep(session, scenario, VISITS, by="anna")
    with pytest.raises(store.NameTakenError):
        store.keep(session, scenario, VISITS, by="anna")


def test_files_are_taken_over_but_never_over_a_change_of_an_owner(
    session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "gelukt.yaml"
    text = (BPMN / "scenarios" / "aanmelden_gelukt.yaml").read_text()
    file.write_text(text)
    assert files.load(session, tmp_path) == ["Aanmelden lukt in één keer"]
    assert files.load(session, tmp_path) == []
    file.write_text(text.replace("op: 2026-11-23T09:00", "op: 2026-11-24T09:00"))
    assert files.load(session, tmp_path) == ["Aanmelden lukt in één keer"]
    (row,) = store.scenarios_of(session, ONBOARDING)
    store.rewrite(session, row.id, text, by="anna", reason="Terug.")
    assert files.load(session, tmp_path) == []
    store.drop(session, row.id, by="anna", reason="Weg.")
    assert files.load(session, tmp_path) == []
    assert store.scenarios_of(session, ONBOARDING) == []


def test_what_owners_kept_is_written_back_to_the_file_that_had_it(
    session: Session, scenario: Scenario, tmp_path: Path
) -> None:
    shipped = (BPMN / "scenarios" / "aanmelden_gelukt.yaml").read_text()
    old = tmp_path / "een_naam.yaml"
    old.write_text(shipped)
    files.load(session, tmp_path)
    store.keep(session, replace(scenario, name="Één ../ keer"), VISITS, by="anna")
    written = list(files.export(session, tmp_path))
    assert written == [(tmp_path / "p_een_keer.yaml", "written")]
    assert list(files.export(session, tmp_path)) == []
    (row,) = store.scenarios_of(session, ONBOARDING)
    store.drop(session, row.id, by="anna", reason="Weg.")
    assert list(files.export(session, tmp_path)) == [(old, "removed")]


def test_an_onboarding_that_is_half_way_can_be_a_scenario() -> None:
    actions = tuple(registered())
    xml = xml_of(ONBOARDING)
    expected = expected_of(played(xml, *actions, key=ONBOARDING), xml)
    scenario = Scenario("Half", ONBOARDING, actions, expected)
    assert expected.open == ("send_confirmation", "migrate_offers")
    assert run(scenario, xml).passes


def test_a_scenario_of_a_file_says_what_it_is() -> None:
    scenario = read((BPMN / "scenarios" / "aanmelden_terug.yaml").read_text())
    assert scenario.process == ONBOARDING
    assert scenario.expected.state == "afgelopen"


def test_flows_behind_a_task_are_covered_when_they_are_taken() -> None:
    drawn = node("startEvent", "start") + user("ask") + user("a") + user("b")
    edge = boundary("late", "a", timer("timeDuration", "P1D"))  # before it comes a task of its own
    ways = flow("ask", "a", "n &gt; 0") + flow("ask", "b", "n &gt; 1") + chain("late", "end")
    ends = node("endEvent", "end") + chain("start", "ask") + chain("a", "end") + chain("b", "end")
    xml = process(drawn + edge + ways + ends)

    one = played(xml, start(), task("ask", n=1), task("a"))
    assert one.stopped_at is None
    told = {id_ for id_, _ in coverage(xml.decode(), [one]).uncovered}
    assert told == {"b", "late", "ask_to_b", "b_to_end", "late_to_end"}
    both = played(xml, start(), task("ask", n=2), task("a"), task("b"))
    assert {id_ for id_, _ in coverage(xml.decode(), [both]).uncovered} == {"late", "late_to_end"}


@pytest.mark.parametrize("kind", ["sequential", "parallel", "loop", "subprocess"])
def test_a_diagram_with_rounds_can_be_covered_whole(kind: str) -> None:
    many = '<bpmn:multiInstanceLoopCharacteristics isSequential="{}" camunda:collection="people"/>'
    rounds = {
        "sequential": many.format("true"),
        "parallel": many.format("false"),
        "subprocess": many.format("false"),
        "loop": '<bpmn:standardLoopCharacteristics loopMaximum="2"/>',
    }[kind]
    asked = user("ask", "" if kind == "subprocess" else rounds)
    if kind == "subprocess":
        inside = node("startEvent", "s") + asked + node("endEvent", "e") + chain("s", "ask", "e")
        asked = node("subProcess", "many", inside + rounds)
    first = "many" if kind == "subprocess" else "ask"
    drawn = node("startEvent", "start") + asked + user("after") + node("endEvent", "end")
    xml = process(drawn + chain("start", first, "after", "end"))

    outcome = played(xml, start(people=["an", "bo"]), task("ask"), task("ask"), task("after"))

    assert outcome.stopped_at is None
    found = coverage(xml.decode(), [outcome])
    assert found.uncovered == ()
    assert found.percentage == 100
