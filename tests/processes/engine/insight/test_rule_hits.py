"""Every decision of a case is kept by its step; how often a rule was hit is counted once."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import new_id, now
from processes.engine.checks.findings import Vocabulary
from processes.engine.deployment import definitions
from processes.engine.execution import instances
from processes.engine.execution.steps import StepFailedError
from processes.engine.insight.rule_hits import ANY_UNCOUNTED, count, decisions_of, rule_hits
from processes.engine.store.decision_models import RuleHits
from processes.engine.store.models import ProcessInstance
from tests.processes.engine.diagrams import define, node, process, straight, user
from tests.processes.engine.tables import column, dmn, rule, table, wide_rule, wide_table

WORDS = Vocabulary(forms=frozenset(), topics={}, delegates={})
COLOURS = rule('"ja"', '"groen"'), rule("-", '"rood"')
TASK = node("businessRuleTask", "decide", camunda_decisionRef="colour")
HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d">'


def deploy(session: Session, xml: bytes) -> None:
    definitions.deploy(session, xml, vocabulary=WORDS, deployed_by="petra")


def first(session: Session, policy: str = "FIRST") -> None:
    deploy(session, dmn(table(*COLOURS, hit_policy=policy)))


def decide(session: Session, task: str = TASK, **variables: object) -> ProcessInstance:
    if definitions.latest_of(session, "p") is None:
        define(session, process(straight(user("a"), task, user("b"), ids=("a", "decide", "b"))))
    case = instances.start_process(session, "p", started_by="test", business_key=str(new_id()))
    asked = [each for each in instances.open_user_tasks(session) if each.instance_id == case.id]
    instances.complete_user_task(
        session, asked[0].id, completed_by="anna", variables=dict(variables)
    )
    return case


def test_a_decision_is_kept_with_inputs_rules_and_outcome(session: Session) -> None:
    first(session)

    case = decide(session, answer="nee", other="is not read")

    (kept,) = decisions_of(session, case.id)
    assert (kept.element_id, kept.key, kept.version) == ("decide", "colour", 1)
    assert (kept.inputs, kept.hits, kept.outputs) == ({"answer": "nee"}, [2], {"outcome": "rood"})


def test_of_a_long_value_nothing_is_kept(session: Session) -> None:
    first(session)

    case = decide(session, answer="n" * 400)

    (kept,) = decisions_of(session, case.id)
    assert kept.inputs == {"answer": "…"}


def test_a_step_that_fails_keeps_no_decision_and_its_retry_one(session: Session) -> None:
    deploy(session, dmn(table(rule('"ja"', '"groen"'), rule("answer", '"rood"'))))
    with pytest.raises(StepFailedError):
        decide(session, answer="ja")
    assert not rule_hits(session, "colour", 1)

    case = decide(session, answer="nee")

    assert [each.hits for each in decisions_of(session, case.id)] == [[2]]
    assert rule_hits(session, "colour", 1) == {0: 1, 2: 1}


def test_hits_are_counted_per_version(session: Session) -> None:
    first(session)
    decide(session, answer="ja")
    decide(session, answer="nee")
    deploy(session, dmn(table(*COLOURS, rule("-", '"geel"'), hit_policy="COLLECT")))
    decide(session, answer="ja")

    assert rule_hits(session, "colour", 1) == {0: 2, 1: 1, 2: 1}
    assert rule_hits(session, "colour", 2) == {0: 1, 1: 1, 2: 1, 3: 1}
    assert rule_hits(session, "colour", 3) == {}


def test_counting_changes_nothing_that_is_told_and_counts_once(session: Session) -> None:
    first(session)
    for answer in ("ja", "nee", "nee"):
        decide(session, answer=answer)
    told = {0: 3, 1: 1, 2: 2}
    assert ANY_UNCOUNTED.ask(session, now())

    count(session, now())
    count(session, now())

    assert rule_hits(session, "colour", 1) == told
    assert not ANY_UNCOUNTED.ask(session, now())
    rows = session.scalars(select(RuleHits))
    assert {row.rule: row.count for row in rows} == told
    decide(session, answer="ja")
    count(session, now())
    assert rule_hits(session, "colour", 1) == {0: 4, 1: 2, 2: 2}


def test_what_a_decision_required_is_kept_before_it(session: Session) -> None:
    days = wide_table(
        [column("soort", "string")], wide_rule('"kort"', to="1"), wide_rule('"lang"', to="5")
    ).replace('id="t"', 'id="days"')
    cost = wide_table(
        [column("dagen * 2", "number")], wide_rule("< 5", to="10"), wide_rule(">= 5", to="80")
    )
    needs = '<informationRequirement><requiredDecision href="#dagen"/></informationRequirement>'
    model = (
        f'{HEAD}<decision id="dagen" name="dagen"><variable name="dagen"/>{days}</decision>'
        f'<decision id="colour" name="kosten">{needs}{cost}</decision></definitions>'
    )
    deploy(session, model.encode())

    case = decide(session, soort="lang")

    kept = [(each.key, each.inputs, each.hits) for each in decisions_of(session, case.id)]
    assert kept == [("dagen", {"soort": "lang"}, [2]), ("colour", {"dagen * 2": 10}, [2])]
    assert rule_hits(session, "dagen", 1) == {0: 1, 2: 1}
